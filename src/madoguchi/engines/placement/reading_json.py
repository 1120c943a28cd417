"""An instance from its JSON document: everything that is wrong is named with its place, and nothing half is used."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .checking import require_together, warnings_of
from .instance import CLASSES, CONDITIONS, Child, Doubt, Facility, Family, Instance, Key, Unusable

FORMATS: Final = ("hoiku-matching/1", "hoiku-matching/2")
LARGEST: Final = 2**53
NEW_KEYS: Final = ("pinned", "forbidden")
Problems = list[tuple[str, str]]


def read_json(document: Any) -> tuple[Instance, list[Doubt]]:
    """The instance and what should be looked at. Raises Unusable with every problem: (place in the document, what to do)."""
    return _Reader().read(document)


def _where(key: str, number: int, row: Mapping[str, Any]) -> str:
    """Place of a row with its id, where it has one: people look for the id."""
    name = row.get("id")
    return f"{key}[{number}]（{name[:40]}）" if type(name) is str and name else f"{key}[{number}]"


class _Reader:
    def __init__(self) -> None:
        self.problems: Problems = []
        self.doubts: list[Doubt] = []
        self.is_new = False

    def read(self, document: Any) -> tuple[Instance, list[Doubt]]:
        if not isinstance(document, Mapping):
            raise Unusable([("", "オブジェクト（{…}）ではありません。書式は docs/engines/placement-format.md にあります。")])
        if document.get("format") not in FORMATS:
            raise Unusable([("format", f"{FORMATS[0]} か {FORMATS[1]} と書いてください。")])
        self.is_new = document["format"] == FORMATS[1]
        facilities = tuple(self._facility(row, _where("facilities", number, row)) for number, row in self._rows(document, "facilities"))
        children = tuple(self._child(row, _where("children", number, row)) for number, row in self._rows(document, "children"))
        families = tuple(self._family(row, _where("families", number, row)) for number, row in self._rows(document, "families"))
        instance = Instance(
            facilities,
            children,
            families,
            self._pinned(document),
            self._forbidden(document),
            str(document.get("name", "")),
            str(document.get("note", "")),
        )
        if not self.problems:
            self.problems += require_together(instance)
        if self.problems:
            raise Unusable(self.problems)
        return instance, [*self.doubts, *warnings_of(instance)]

    def _rows(self, document: Mapping[str, Any], key: str) -> list[tuple[int, Mapping[str, Any]]]:
        rows = document.get(key)
        if not isinstance(rows, list):
            self.problems.append((key, "並び（[…]）で書いてください。"))
            return []
        found = []
        for number, row in enumerate(rows):
            if isinstance(row, Mapping):
                found.append((number, row))
            else:
                self.problems.append((f"{key}[{number}]", "オブジェクト（{…}）で書いてください。"))
        return found

    # ------------------------------------------------------------------ values

    def _text(self, row: Mapping[str, Any], key: str, where: str) -> str:
        value = row.get(key)
        if type(value) is str and value:
            return value
        self.problems.append((f"{where}.{key}", "空でない文字列で書いてください。"))
        return ""

    def _whole(self, value: Any, where: str) -> int:
        if type(value) is int and -LARGEST < value < LARGEST:
            return value
        self.problems.append((where, "整数で書いてください（2の53乗より小さいもの。端数があれば全体を何倍かします）。"))
        return 0

    def _texts(self, value: Any, where: str) -> tuple[str, ...]:
        if isinstance(value, list) and all(type(each) is str for each in value):
            return tuple(value)
        self.problems.append((where, "文字列の並びで書いてください。"))
        return ()

    def _new(self, row: Mapping[str, Any], key: str, where: str) -> Any:
        """A value that only the second format has; in a document of the first it is left out, and said."""
        if key not in row:
            return None
        if not self.is_new:
            self.doubts.append(
                Doubt(
                    "new-key",
                    f"{where}.{key}",
                    f"{FORMATS[0]} の文書にあるため読みませんでした。読むには format を {FORMATS[1]} にします。",
                )
            )
            return None
        return row[key]

    # ------------------------------------------------------------------ rows

    def _facility(self, row: Mapping[str, Any], where: str) -> Facility:
        name = self._text(row, "id", where)
        capacity = row.get("capacity")
        seats: list[int | None] = [None] * CLASSES
        if not isinstance(capacity, Mapping):
            self.problems.append((f"{where}.capacity", 'クラスごとの席を {"0": 3, …} と書いてください。'))
            capacity = {}
        for age, number in capacity.items():
            place = f"{where}.capacity.{age}"
            if age not in ("0", "1", "2", "3", "4", "5"):
                self.problems.append((place, "クラスは0から5までです。"))
            elif number is not None:
                seats[int(age)] = self._whole(number, place)
                if type(number) is int and number < 0:
                    self.problems.append((place, "席の数は0以上にしてください。"))
        return Facility(name, tuple(seats), self._shared(row.get("shared"), f"{where}.shared"))

    def _shared(self, value: Any, where: str) -> tuple[tuple[int, ...], ...]:
        if value is None:
            return ()
        groups = value if isinstance(value, list) and all(isinstance(group, list) for group in value) else None
        ages = [age for group in groups or [] for age in group]
        if groups is None or any(type(age) is not int or not 0 <= age < CLASSES for age in ages):
            self.problems.append((where, "0から5までのクラスの組を [[3, 4, 5]] のように書いてください。"))
            return ()
        if len(set(ages)) < len(ages):
            self.problems.append((where, "同じクラスが2つの組にあります。組は重ならないようにしてください。"))
        return tuple(tuple(group) for group in groups)

    def _child(self, row: Mapping[str, Any], where: str) -> Child:
        age = self._whole(row.get("age"), f"{where}.age")
        if not 0 <= age < CLASSES:
            self.problems.append((f"{where}.age", "クラスは0から5までです。"))
        current = row.get("current")
        if current is not None and type(current) is not str:
            self.problems.append((f"{where}.current", "施設の識別子か null で書いてください。"))
            current = None
        young = self._new(row, "min_age_ok", where)
        return Child(
            id=self._text(row, "id", where),
            family=self._text(row, "family", where),
            age=age,
            points=self._whole(row.get("points"), f"{where}.points"),
            tiebreak=self._tiebreak(row.get("tiebreak", 0), f"{where}.tiebreak"),
            preferences=self._texts(row.get("preferences", []), f"{where}.preferences"),
            current=current,
            bonus=self._numbers(row.get("bonus", {}), f"{where}.bonus"),
            min_age_ok=None if young is None else frozenset(self._texts(young, f"{where}.min_age_ok")),
        )

    def _numbers(self, value: Any, where: str) -> dict[str, int]:
        if not isinstance(value, Mapping):
            self.problems.append((where, '{"施設": 数} と書いてください。'))
            return {}
        return {str(key): self._whole(number, f"{where}.{key}") for key, number in value.items()}

    def _tiebreak(self, value: Any, where: str) -> tuple[Key, ...]:
        if not isinstance(value, (list, Mapping)):
            return (self._whole(value, where),)
        if not self.is_new:
            self.problems.append((where, f"{FORMATS[0]} では整数1つです。並びで書くには format を {FORMATS[1]} にします。"))
            return (0,)
        keys = value if isinstance(value, list) else [value]
        return tuple(
            self._numbers(key, f"{where}[{number}]") if isinstance(key, Mapping) else self._whole(key, f"{where}[{number}]")
            for number, key in enumerate(keys)
        )

    def _family(self, row: Mapping[str, Any], where: str) -> Family:
        condition = row.get("condition", "single")
        if condition not in CONDITIONS:
            self.problems.append((f"{where}.condition", f"{'、'.join(CONDITIONS)} のどれかにしてください。"))
            condition = "single"
        priority = self._new(row, "priority", where)
        return Family(
            id=self._text(row, "id", where),
            children=self._texts(row.get("children"), f"{where}.children"),
            condition=condition,
            tuples=self._tuples(row, where, condition),
            priority=() if priority is None else self._texts(priority, f"{where}.priority"),
        )

    def _tuples(self, row: Mapping[str, Any], where: str, condition: str) -> tuple[tuple[str | None, ...], ...] | None:
        value = row.get("tuples")
        if value is None:
            return None
        size = len(row["children"]) if isinstance(row.get("children"), list) else 0
        if condition == "independent":
            self.problems.append((f"{where}.tuples", "independent の世帯には書けません。"))
        elif not isinstance(value, list) or any(
            not isinstance(one, list) or len(one) != size or any(each is not None and type(each) is not str for each in one)
            for one in value
        ):
            self.problems.append((f"{where}.tuples", "子どもの数だけの施設（なければ null）の並びを、好きな順に書いてください。"))
        else:
            return tuple(tuple(one) for one in value)
        return None

    def _pinned(self, document: Mapping[str, Any]) -> dict[str, str | None]:
        value = self._new(document, "pinned", "")
        if value is None:
            return {}
        if not isinstance(value, Mapping) or any(place is not None and type(place) is not str for place in value.values()):
            self.problems.append(("pinned", '{"子ども": "施設" か null} と書いてください。'))
            return {}
        return dict(value)

    def _forbidden(self, document: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
        value = self._new(document, "forbidden", "")
        if value is None:
            return frozenset()
        if not isinstance(value, list) or any(
            not isinstance(pair, list) or len(pair) != 2 or any(type(each) is not str for each in pair) for pair in value
        ):
            self.problems.append(("forbidden", '[["子ども", "施設"], …] と書いてください。'))
            return frozenset()
        return frozenset((pair[0], pair[1]) for pair in value)
