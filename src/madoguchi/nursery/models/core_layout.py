"""The core system's files by a mapping file: which column is what when families come in, which columns results go out in.

{"format": "madoguchi-core/1",
 "import": {"household": column, "child": column, "birth": column, "name"?, "kana"?, "applicant"?, "district"?, "current"?: column,
            "wishes": [column, …], "condition"?: {"column", "values": {theirs: ours}},
            "facts": [{"fact": id, "column", "parent"?: 1 | 2, "child"?: true, "values"?: {theirs: ours}}]},
 "export": {"file"?: "csv" | "xlsx", "encoding"?: "utf-8-sig" | "cp932", "days"?: strftime, "columns": [{"column", "value" | "text", "words"?}]}}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.engines.japanese import DateProblem, parse_date, to_halfwidth
from madoguchi.engines.placement import CONDITIONS
from madoguchi.engines.placement.points import Rules as Rulebook
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models.facility import District, Facility
from madoguchi.nursery.models.household import Candidate
from madoguchi.nursery.models.reading import canonical, in_a_class
from madoguchi.nursery.models.round import Round
from madoguchi.nursery.models.sheets import Understood, found_rows

FORMAT = "madoguchi-core/1"
NEEDED = ("household", "child", "birth")
LONGEST_CODE = 24
TEXTS = (*NEEDED, "name", "kana", "applicant", "district", "current")
ENCODINGS = ("utf-8-sig", "cp932")

YES = (True, "1", "有", "あり", "はい", "○", "true")


def value_of(candidate: Candidate, name: str) -> Any:
    """What an exported column can hold."""
    facility = candidate.placed
    return {
        "household": candidate.household.code,
        "child": candidate.code,
        "name": candidate.name,
        "kana": candidate.kana,
        "birth": candidate.day_of_birth,
        "class": candidate.age_class,
        "result": candidate.state,
        "facility": facility.code if facility is not None else "",
        "facility_name": facility.name["ja"] if facility is not None else "",
        "points": candidate.score.get("shown_points", ""),
        "month": candidate.round.month,
        "decided_on": candidate.decision.at.date() if candidate.decision is not None else "",
    }[name]


VALUES = (
    "household", "child", "name", "kana", "birth", "class", "result", "facility", "facility_name", "points", "month", "decided_on",
)  # fmt: skip


def problems_of(document: Any) -> list[str]:
    """What is wrong with a mapping file; nothing when it can be used."""
    if isinstance(document, Mapping) and not _is_text(document):
        return [_("対応表に、文字として読めない記号があります。")]
    if not isinstance(document, Mapping) or document.get("format") != FORMAT:
        return [_("対応表のファイルではありません。formatに%(format)sと書いてください。") % {"format": FORMAT}]
    return [*_import_problems(document.get("import"), "import" in document), *_export_problems(document.get("export"))]


def _is_text(document: Any) -> bool:
    try:
        json.dumps(document, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_words(given: Any) -> bool:
    """A pair list of texts, or of what a text stands for."""
    return isinstance(given, Mapping) and all(isinstance(value, str | int | float | bool) for value in given.values())


def _import_problems(given: Any, has_import: bool) -> Iterator[str]:
    if not has_import:
        return
    if not isinstance(given, Mapping):
        yield _("importは項目の組で書いてください。")
        return
    for key in NEEDED:
        if not isinstance(given.get(key), str):
            yield _("importの%(key)sに、見出しの名前を書いてください。") % {"key": key}
    yield from _parts_problems(given)


def _parts_problems(given: Mapping[str, Any]) -> Iterator[str]:
    wishes, facts, condition = given.get("wishes", []), given.get("facts", []), given.get("condition", {"values": {}})
    if not isinstance(wishes, list) or not all(isinstance(one, str) for one in wishes):
        yield _("importのwishesは、見出しの名前を並べて書いてください。")
    if not isinstance(condition, Mapping) or not _is_words(condition.get("values", {})):
        yield _("importのconditionに、columnとvalues（相手の値と、こちらの値の組）を書いてください。")
    if not isinstance(facts, list):
        yield _("importのfactsは、項目を並べて書いてください。")
    for number, one in enumerate(facts if isinstance(facts, list) else [], 1):
        is_sound = isinstance(one, Mapping) and isinstance(one.get("fact"), str) and isinstance(one.get("column"), str)
        if not is_sound or one.get("parent", 1) not in (1, 2) or not _is_words(one.get("values", {})):
            yield _("importのfactsの%(number)s番目に、factとcolumnを書いてください。") % {"number": number}


def _export_problems(given: Any) -> Iterator[str]:
    if given is None:
        return
    columns = given.get("columns") if isinstance(given, Mapping) else None
    if not isinstance(columns, list) or not columns:
        yield _("exportのcolumnsに、列を並べて書いてください。")
        return
    if given.get("encoding", ENCODINGS[0]) not in ENCODINGS:
        yield _("exportのencodingは、%(names)sのどちらかです。") % {"names": "、".join(ENCODINGS)}
    for number, one in enumerate(columns, 1):
        is_named = isinstance(one, Mapping) and isinstance(one.get("column"), str)
        if not is_named or (one.get("value") not in VALUES and not isinstance(one.get("text"), str)) or not _is_words(one.get("words", {})):
            yield _("exportの%(number)s列目に、columnと、value（%(names)s）かtextを書いてください。") % {
                "number": number,
                "names": "、".join(VALUES),
            }


@dataclass
class ChildRow:
    """One child of a core system's list, understood."""

    code: str
    birth: date
    name: str
    kana: str
    current: str
    wishes: list[str]
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass
class FamilyRows:
    """One family: its children, the parents' facts by number, the household's."""

    code: str
    name: str
    district: str
    condition: str
    children: list[ChildRow] = field(default_factory=list)
    parents: dict[int, dict[str, Any]] = field(default_factory=dict)
    household: dict[str, Any] = field(default_factory=dict)


def understood_core(data: bytes, layout: Mapping[str, Any], row: Round, rules: Rulebook) -> Understood:
    """{household code: FamilyRows}. Every row that cannot be read is named; raises Refused for a file that is no such sheet at all."""
    names = {key: (layout[key],) for key in TEXTS if isinstance(layout.get(key), str)}
    names |= {f"wish{number}": (column,) for number, column in enumerate(layout.get("wishes", []))}
    names |= {f"fact{number}": (one["column"],) for number, one in enumerate(layout.get("facts", []))}
    if isinstance(layout.get("condition"), Mapping):
        names["condition"] = (str(layout["condition"].get("column", "")),)
    try:
        found = found_rows(data, names, NEEDED)
    except Refused as refused:
        if refused.code != "no_header":
            raise
        wanted = "、".join(layout[key] for key in NEEDED)
        raise Refused(
            _("見出しの行が見つかりません。対応表のとおりの見出し（%(names)s）があるシートを選んでください。") % {"names": wanted},
            code="no_header",
        ) from refused
    reader = _Reader(layout, rules, Understood(unknown_columns=found.unknown), row.month)
    for number, cells in found.rows:
        reader.read(number, {key: to_halfwidth(text).strip() for key, text in cells.items()})
    return reader.result


class _Reader:
    def __init__(self, layout: Mapping[str, Any], rules: Rulebook, result: Understood, month: date) -> None:
        self.layout, self.rules, self.result, self.month = layout, rules, result, month
        self.facilities = set(Facility.objects.values_list("code", flat=True))
        self.districts = {name: row.code for row in District.objects.all() for name in (row.code, row.name["ja"])}
        self.children: set[str] = set()

    def refuse(self, number: int, sentence: str) -> None:
        self.result.refused.append(_("%(row)s行目：%(sentence)s") % {"row": number, "sentence": sentence})

    def read(self, number: int, cells: Mapping[str, str]) -> None:
        code, child = cells.get("household", ""), cells.get("child", "")
        if not code or not child:
            self.result.doubts.append(_("%(row)s行目：番号がないため、読みませんでした。") % {"row": number})
            return
        if child in self.children:
            self.refuse(number, _("児童番号%(child)sが2回出ています。") % {"child": child[:40]})
            return
        self.children.add(child)
        try:
            birth = _day(cells.get("birth", ""))
        except DateProblem:
            self.refuse(number, _("生年月日「%(text)s」を読み取れません。") % {"text": cells.get("birth", "")[:20]})
            return
        if not in_a_class(birth, self.month):
            self.refuse(number, _("生年月日「%(text)s」では、この入園月のクラスに入れません。") % {"text": cells.get("birth", "")[:20]})
            return
        if len(code) > LONGEST_CODE or len(child) > LONGEST_CODE:
            self.refuse(number, _("番号が長すぎます（%(most)s文字まで）。") % {"most": LONGEST_CODE})
            return
        family = self.result.rows.get(code) or self._family(number, code, cells)
        self.result.rows[code] = family
        one = ChildRow(
            child,
            birth,
            cells.get("name", ""),
            cells.get("kana", ""),
            self._place(number, cells.get("current", "")),
            self._wishes(number, cells),
        )
        family.children.append(one)
        self._facts(number, family, one, cells)

    def _family(self, number: int, code: str, cells: Mapping[str, str]) -> FamilyRows:
        text = cells.get("condition", "")
        condition = self.layout.get("condition", {}).get("values", {}).get(text, text) if text else ""
        if condition and condition not in CONDITIONS:
            self.refuse(number, _("きょうだいの条件「%(text)s」が分かりません。対応表に加えてください。") % {"text": text[:20]})
        return FamilyRows(code, cells.get("applicant", ""), self.districts.get(cells.get("district", ""), ""), condition or "independent")

    def _place(self, number: int, code: str) -> str:
        if code and code not in self.facilities:
            self.refuse(number, _("施設番号%(code)sの施設は登録されていません。") % {"code": code[:20]})
        return code

    def _wishes(self, number: int, cells: Mapping[str, str]) -> list[str]:
        named = [cells.get(f"wish{place}", "") for place in range(len(self.layout.get("wishes", [])))]
        return [self._place(number, code) for code in dict.fromkeys(named) if code]

    def _facts(self, number: int, family: FamilyRows, child: ChildRow, cells: Mapping[str, str]) -> None:
        for place, one in enumerate(self.layout.get("facts", [])):
            text, fact = cells.get(f"fact{place}", ""), self.rules.facts.get(one["fact"])
            if not text or fact is None:
                continue
            ours = one.get("values", {}).get(text, text)
            try:
                value = ours in YES if fact.type == "bool" else canonical(ours, fact.type)
            except ValueError:
                self.refuse(number, _("「%(text)s」を読み取れません（%(column)s）。") % {"text": text[:20], "column": one["column"]})
                continue
            if fact.choices and value not in fact.choices and not isinstance(value, list):
                self.refuse(number, _("「%(text)s」が対応表にありません（%(column)s）。") % {"text": text[:20], "column": one["column"]})
                continue
            target = (
                family.parents.setdefault(int(one["parent"]), {})
                if "parent" in one
                else child.facts
                if one.get("child")
                else family.household
            )
            target[fact.id] = value


def _day(text: str) -> date:
    """Also 20250415, which core systems write; raises DateProblem."""
    if len(text) == 8 and text.isdecimal():
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return parse_date(text)


def exported(candidates: list[Candidate], layout: Mapping[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """(header, rows) as the mapping file wants them."""
    days, columns = str(layout.get("days", "%Y-%m-%d")), layout["columns"]
    return [one["column"] for one in columns], [[_cell(candidate, one, days) for one in columns] for candidate in candidates]


def _cell(candidate: Candidate, column: Mapping[str, Any], days: str) -> Any:
    if "value" not in column:
        return column["text"]
    value = value_of(candidate, column["value"])
    if isinstance(value, date):
        value = value.strftime(days)
    return column.get("words", {}).get(str(value), value)
