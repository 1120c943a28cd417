"""The rules document of a ward and a fiscal year: read, checked, compiled. Adding a ward is adding a document.

The format is docs/engines/placement-points.md. Texts are {"ja", "en"} and may have "plain". Points are whole numbers; a ward that
counts in halves writes `scale` 2 and doubles them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from .conditions import BadExpression, Closure, Leaf, compile_expression, conjuncts, names_in

SCOPES: Final = ("parent", "household", "child", "facility")
TYPES: Final = ("number", "bool", "choice", "text", "date", "list")
COMBINATIONS: Final = ("sum", "min", "average")
GROUP_RULES: Final = ("largest", "sum")
KEY_KINDS: Final = ("flag", "number", "order", "base")
STATUSES: Final = ("official", "要確認", "invented")
AUTOMATIC: Final = {
    # What scoring itself knows: nobody has to give these facts.
    "age_class": "child",
    "is_transfer": "child",
    "twin": "child",
    "siblings_applying": "household",
    "parents": "household",
    "base_points": "household",
    "facility": "facility",
}

Text = Mapping[str, str]


class FaultyRules(ValueError):
    """A document that cannot be used: [(path, sentence)]."""

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {sentence}" for path, sentence in problems[:3]))
        self.problems = list(problems)


class NoRules(LookupError):
    """A month of intake without rules, or with two; `count` says which."""

    def __init__(self, month: date, count: int) -> None:
        super().__init__(f"{count} rules for {month:%Y-%m}")
        self.month, self.count = month, count


@dataclass(frozen=True, slots=True)
class FactKind:
    """One fact that the rules read; `concepts` are those of the form: for a parent, the first parent's and then the second's."""

    id: str
    scope: str
    type: str
    concepts: tuple[str, ...]
    text: Text
    unit: Text
    choices: Mapping[str, Text]
    is_needed: bool
    document: Text
    default: Any = None  # what holds where nobody said anything, such as no sibling at any facility


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """One line of the table. `scope` facility: the points count at the facilities for which the condition holds, and nowhere else."""

    id: str
    scope: str
    points: int
    text: Text
    test: Closure
    leaves: tuple[Leaf, ...]
    names: tuple[str, ...]
    group: str
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class Reset:
    """What changes the whole: `to` sets the total, `last` puts the child behind all others (育休延長: kept, so that a 保留通知 is issued)."""

    id: str
    to: int | None
    is_last: bool
    keeps_adjustments: bool
    text: Text
    test: Closure
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TieBreak:
    """One key of the ordered list, smaller is better: a flag (true first), a number, a place in an order, or the base points."""

    id: str
    kind: str
    scope: str
    text: Text
    value: Closure
    names: tuple[str, ...]
    order: tuple[Any, ...]
    high_first: bool
    missing_last: bool


@dataclass(frozen=True, slots=True)
class Rules:
    """A compiled document; `document` is what it was made from."""

    id: str
    name: Text
    status: str
    first_month: date
    last_month: date
    scale: int
    combine: str
    parent_cap: int | None
    household_cap: int | None
    facts: Mapping[str, FactKind]
    derived: tuple[tuple[str, str, Closure], ...]
    base: tuple[Row, ...]
    adjustments: tuple[Row, ...]
    groups: Mapping[str, tuple[str, int | None]]
    resets: tuple[Reset, ...]
    tie_breaks: tuple[TieBreak, ...]
    no_tie_breaks: Closure | None
    document: Mapping[str, Any]

    @property
    def defaults(self) -> Mapping[str, Mapping[str, Any]]:
        """{scope: {fact: what holds where nobody said anything}}."""
        found: dict[str, dict[str, Any]] = {scope: {} for scope in SCOPES}
        for fact in self.facts.values():
            if fact.default is not None:
                found[fact.scope][fact.id] = fact.default
        return found

    def covers(self, month: date) -> bool:
        return self.first_month <= month <= self.last_month

    def row(self, name: str) -> Row | None:
        """A row by its id."""
        return next((row for row in (*self.base, *self.adjustments) if row.id == name), None)

    def without(self, name: str) -> Rules:
        """The same rules without one row or reset, to see what it moves."""
        return replace(
            self,
            base=tuple(row for row in self.base if row.id != name),
            adjustments=tuple(row for row in self.adjustments if row.id != name),
            resets=tuple(reset for reset in self.resets if reset.id != name),
        )


def rules_for(documents: Iterable[Rules], month: date) -> Rules:
    """The rules of a month of intake; raises NoRules for a month with none or with two."""
    found = [rules for rules in documents if rules.covers(month)]
    if len(found) != 1:
        raise NoRules(month, len(found))
    return found[0]


def load(document: Any) -> Rules:
    """Compile a document; raises FaultyRules with every problem and its path."""
    return _Loader(document).load()


class _Loader:
    def __init__(self, document: Any) -> None:
        self.problems: list[tuple[str, str]] = []
        if not isinstance(document, Mapping):
            raise FaultyRules([("", "not an object")])
        self.document: Mapping[str, Any] = document
        self.known: frozenset[str] = frozenset()

    def load(self) -> Rules:
        document = self.document
        facts = {name: self._fact(name, given) for name, given in self._objects("facts")}
        derived_names = [name for name, _ in self._objects("derived")]
        self.known = frozenset({*facts, *derived_names, *AUTOMATIC})
        derived = tuple(self._derived(name, given) for name, given in self._objects("derived"))
        groups = {name: self._group(name, given) for name, given in self._objects("groups")}
        parents = document.get("parents", {})
        base = tuple(self._rows("base", frozenset(groups), ("parent",)))
        adjustments = tuple(self._rows("adjustments", frozenset(groups), ("household", "child", "facility")))
        self._require_unique([*base, *adjustments])
        first, last = self._months()
        rules = Rules(
            id=str(document.get("id", "")),
            name=self._text("name", document.get("name")),
            status=self._one_of("status", document.get("status"), STATUSES),
            first_month=first,
            last_month=last,
            scale=self._whole("scale", document.get("scale", 1)) or 1,
            combine=self._one_of("parents/combine", parents.get("combine", "sum"), COMBINATIONS),
            parent_cap=self._whole("parents/cap", parents.get("cap")),
            household_cap=self._whole("parents/household_cap", parents.get("household_cap")),
            facts=facts,
            derived=derived,
            base=base,
            adjustments=adjustments,
            groups=groups,
            resets=tuple(self._reset(number, given) for number, given in enumerate(document.get("resets", []))),
            tie_breaks=tuple(self._tie_break(number, given) for number, given in enumerate(document.get("tie_breaks", []))),
            no_tie_breaks=self._compiled("no_tie_breaks", document["no_tie_breaks"]) if "no_tie_breaks" in document else None,
            document=document,
        )
        if not base:
            self.problems.append(("base", "no row: nobody would have points"))
        if not rules.tie_breaks:
            self.problems.append(("tie_breaks", "empty: equal points would be decided by the number of the child alone"))
        if self.problems:
            raise FaultyRules(self.problems)
        return rules

    def _objects(self, key: str) -> list[tuple[str, Mapping[str, Any]]]:
        given = self.document.get(key, {})
        if not isinstance(given, Mapping):
            self.problems.append((key, "not an object"))
            return []
        return [(str(name), value if isinstance(value, Mapping) else {"is": value}) for name, value in given.items()]

    def _fact(self, name: str, given: Mapping[str, Any]) -> FactKind:
        path = f"facts/{name}"
        scope = self._one_of(f"{path}/scope", given.get("scope"), SCOPES)
        kind = self._one_of(f"{path}/type", given.get("type"), TYPES)
        choices = given.get("choices", {})
        text = self._text(f"{path}/text", given.get("text"))
        concepts = tuple(given.get("concepts", ()))
        unit, document = given.get("unit", {}), given.get("document", {})
        return FactKind(name, scope, kind, concepts, text, unit, choices, bool(given.get("needed")), document, given.get("default"))

    def _derived(self, name: str, given: Mapping[str, Any]) -> tuple[str, str, Closure]:
        scope = self._one_of(f"derived/{name}/scope", given.get("scope"), ("parent", "household", "child"))
        return name, scope, self._compiled(f"derived/{name}/value", given.get("value"))

    def _group(self, name: str, given: Mapping[str, Any]) -> tuple[str, int | None]:
        rule = self._one_of(f"groups/{name}/rule", given.get("rule"), GROUP_RULES)
        return rule, self._whole(f"groups/{name}/cap", given.get("cap"))

    def _rows(self, key: str, groups: frozenset[str], scopes: tuple[str, ...]) -> Iterator[Row]:
        for number, given in enumerate(self.document.get(key, [])):
            path = f"{key}/{given.get('id', number)}" if isinstance(given, Mapping) else f"{key}/{number}"
            if not isinstance(given, Mapping):
                self.problems.append((path, "not an object"))
                continue
            group = str(given.get("group", ""))
            if group and group not in groups:
                self.problems.append((f"{path}/group", f"no group is called {group!r}"))
            source = given.get("when", True)
            yield Row(
                id=str(given.get("id", "")) or self._missing(f"{path}/id"),
                scope=self._one_of(f"{path}/scope", given.get("scope", scopes[0]), scopes),
                points=self._whole(f"{path}/points", given.get("points"), needed=True) or 0,
                text=self._text(f"{path}/text", given.get("text")),
                test=self._compiled(f"{path}/when", source),
                leaves=self._leaves(source),
                names=tuple(dict.fromkeys(names_in(source))),
                group=group,
                reason=str(given.get("reason", "")),
                note=str(given.get("note", "")),
            )

    def _reset(self, number: int, given: Mapping[str, Any]) -> Reset:
        path = f"resets/{given.get('id', number)}"
        return Reset(
            id=str(given.get("id", "")) or self._missing(f"{path}/id"),
            to=self._whole(f"{path}/to", given.get("to")),
            is_last=bool(given.get("last")),
            keeps_adjustments=bool(given.get("keeps_adjustments", True)),
            text=self._text(f"{path}/text", given.get("text")),
            test=self._compiled(f"{path}/when", given.get("when")),
            names=tuple(dict.fromkeys(names_in(given.get("when")))),
        )

    def _tie_break(self, number: int, given: Mapping[str, Any]) -> TieBreak:
        path = f"tie_breaks/{given.get('id', number)}"
        kind = self._one_of(f"{path}/kind", given.get("kind"), KEY_KINDS)
        return TieBreak(
            id=str(given.get("id", "")) or self._missing(f"{path}/id"),
            kind=kind,
            scope=self._one_of(f"{path}/scope", given.get("scope", "household"), ("household", "child", "facility")),
            text=self._text(f"{path}/text", given.get("text")),
            value=self._compiled(f"{path}/value", given.get("value", {"var": "base_points"})),
            names=tuple(dict.fromkeys(names_in(given.get("value")))),
            order=tuple(given.get("order", ())),
            high_first=given.get("first", "low") == "high",
            missing_last=bool(given.get("missing_last", True)),
        )

    def _compiled(self, path: str, source: Any) -> Closure:
        try:
            return compile_expression(source, self.known)
        except BadExpression as bad:
            self.problems.append((f"{path}{bad.path}", bad.sentence))
            return lambda scope: None

    def _leaves(self, source: Any) -> tuple[Leaf, ...]:
        try:
            return conjuncts(source, self.known)
        except BadExpression:
            return ()

    def _months(self) -> tuple[date, date]:
        given = self.document.get("months")
        try:
            first, last = (date.fromisoformat(f"{text}-01") for text in given or ())
        except (TypeError, ValueError):
            self.problems.append(("months", 'wants the first and the last month of intake: ["2026-04", "2027-03"]'))
            return date.max, date.min
        if first > last:
            self.problems.append(("months", "the last month lies before the first"))
        return first, last

    def _require_unique(self, rows: list[Row]) -> None:
        seen: set[str] = set()
        for row in rows:
            if row.id in seen:
                self.problems.append((row.id, "two rows have this id"))
            seen.add(row.id)

    def _text(self, path: str, given: Any) -> Text:
        if not isinstance(given, Mapping) or not given.get("ja") or not given.get("en"):
            self.problems.append((path, "wants a text in ja and en"))
            return {"ja": "", "en": ""}
        return given

    def _whole(self, path: str, given: Any, *, needed: bool = False) -> int | None:
        if given is None and not needed:
            return None
        if type(given) is not int:
            self.problems.append((path, "wants a whole number"))
            return 0
        return given

    def _one_of(self, path: str, given: Any, allowed: Sequence[str]) -> str:
        if given not in allowed:
            self.problems.append((path, f"wants one of {', '.join(allowed)}"))
            return allowed[0]
        return str(given)

    def _missing(self, path: str) -> str:
        self.problems.append((path, "missing"))
        return ""
