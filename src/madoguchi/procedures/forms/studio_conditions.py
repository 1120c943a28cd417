"""Conditions as boxes: rows of a question, how it is compared, a value; and what the rules of a part can read at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from madoguchi.engines.forms import pick
from madoguchi.engines.forms.conditions import Condition, Term, chosen
from madoguchi.engines.forms.editing import Found, parts, uses
from madoguchi.procedures.forms.studio_boxes import SAID, TERM, TERMS, box, select
from madoguchi.procedures.forms.studio_values import BETWEEN, operators_of, value_of

Known = Mapping[str, Mapping[str, Any]]


class ConditionBoxes:
    """The rows of one condition in a form; `cannot_choose` where the rule that stands says more than they can show."""

    def __init__(self, form: forms.Form, prefix: str, rule: Any, known: Known, label: Any) -> None:
        self.form, self.prefix, self.known, self.label = form, prefix, known, label
        standing = chosen(rule) if rule is not None else Condition("and", ())
        self.cannot_choose = rule is not None and (standing is None or not self._can_choose(standing))
        self.standing = standing if standing is not None and not self.cannot_choose else Condition("and", ())

    def name(self, number: int, part: str) -> str:
        return f"{self.prefix}{number}_{part}"

    @property
    def join_name(self) -> str:
        return "join" if self.prefix == "c" else f"{self.prefix}_join"

    def add(self) -> None:
        """The boxes, filled with what stands."""
        names = [("", _("（条件なし）")), *((name, called(one)) for name, one in self.known.items())]
        joins = [("and", _("すべてに当てはまるとき")), ("or", _("どれかに当てはまるとき"))]
        fields = self.form.fields
        fields[self.join_name] = select(joins, self.label, initial=self.standing.join)
        for number in range(TERMS):
            term = self.standing.terms[number] if number < len(self.standing.terms) else Term("", "==")
            shown = {"number": number + 1}
            fields[self.name(number, "question")] = select(names, _("条件%(number)s：項目") % shown, initial=term.question)
            fields[self.name(number, "operator")] = select(list(SAID.items()), _("条件%(number)s：比べ方") % shown, initial=term.operator)
            fields[self.name(number, "value")] = forms.CharField(
                label=_("条件%(number)s：値") % shown, required=False, max_length=200, initial=self._shown(term), widget=box()
            )

    def names(self) -> set[str]:
        """Of all boxes."""
        return {self.join_name, *(self.name(number, part) for number in range(TERMS) for part in TERM)}

    @property
    def join(self) -> forms.BoundField:
        return self.form[self.join_name]

    def rows(self) -> list[list[forms.BoundField]]:
        """The rows that are filled, and the next one; none of them goes away while it is being mended."""
        if self.join_name not in self.form.fields:
            return []
        rows = [[self.form[self.name(number, part)] for part in TERM] for number in range(TERMS)]
        filled = sum(1 for row in rows if row[0].value())
        sent = sum(1 for number in range(TERMS) if self.name(number, "question") in self.form.data)
        return rows[: max(filled + 1, sent)]

    def read(self, given: Mapping[str, Any]) -> Condition | None:
        """What was chosen, None for no condition; what does not fit is an error beside its box."""
        terms = []
        for number in range(TERMS):
            name = given.get(self.name(number, "question")) or ""
            if not name:
                continue
            operator, text = given.get(self.name(number, "operator"), ""), given.get(self.name(number, "value"), "").strip()
            question = self.known[name]
            if operator not in operators_of(question):
                self.form.add_error(self.name(number, "operator"), _("この項目は、その比べ方ができません。"))
                continue
            try:
                terms.append(Term(name, operator, value_of(question, operator, text)))
            except ValueError as problem:
                self.form.add_error(self.name(number, "value"), str(problem))
        return Condition("or" if given.get(self.join_name) == "or" else "and", tuple(terms)) if terms else None

    # -- what stands ---------------------------------------------------------------------------------------------------------------

    def _can_choose(self, condition: Condition) -> bool:
        """Every term can be shown in the boxes and is read back as it stands; otherwise saving would change it."""
        return len(condition.terms) <= TERMS and all(self._reads_back(self.known.get(term.question), term) for term in condition.terms)

    def _reads_back(self, question: Mapping[str, Any] | None, term: Term) -> bool:
        if question is None or term.operator not in operators_of(question):
            return False
        try:
            value = value_of(question, term.operator, self._shown(term))
        except ValueError:
            return False
        return type(value) is type(term.value) and value == term.value

    def _shown(self, term: Term) -> str:
        return shown_value(self.known.get(term.question, {}), term.value)


def shown_value(question: Mapping[str, Any], value: Any) -> str:
    """A value of a comparison as a person would type it."""
    if isinstance(value, tuple):  # a label with a comma in it goes by its id
        return "、".join(str(one) if BETWEEN.search(shown := shown_value(question, one)) else shown for one in value)
    if value is True or value is False:
        return str(_("はい") if value else _("いいえ"))
    if value is None or value == "today":
        return str(_("今日")) if value else ""
    label = next((one["label"].get("ja") for one in question.get("choices", ()) if one["id"] == value and one.get("label")), None)
    return str(label or value)


def called(one: Mapping[str, Any]) -> str:
    """A question by its words; a calculation, which has none, by its id."""
    return pick(one.get("label") or {"ja": one["id"]}, "ja") or str(one["id"])


# -- what a rule can read -----------------------------------------------------------------------------------------------------------


def groups_of(there: Mapping[str, Found], address: str) -> set[str]:
    """Addresses of the groups that repeat in which a part stands, itself included."""
    found: set[str] = set()
    while address:
        one = there[address]
        if one.part.get("repeat"):
            found.add(address)
        address = one.home
    return found


def before(document: dict[str, Any], address: str, *, itself: bool = False) -> dict[str, Mapping[str, Any]]:
    """{id: question or calculation} that a rule of this part can read: it looks back only, and into no group from outside."""
    known, there = dict[str, Mapping[str, Any]](), dict(parts(document))
    own = groups_of(there, address)
    stop = there[address].home if address.startswith(("choice:", "check:")) else address
    for where, one in there.items():
        if where == stop and not itself:
            break
        if one.kind == "question" and one.part.get("type") != "information" and groups_of(there, where) <= own:
            known[one.part["id"]] = one.part
        if where == stop:
            break
    return known | {one["id"]: one for one in document.get("calculations", ())}


def everywhere(document: dict[str, Any], address: str) -> dict[str, Mapping[str, Any]]:
    """{id: question or calculation} that a calculation can read: everything outside groups, and no calculation that needs this one."""
    there, own = dict(parts(document)), address.partition(":")[2]
    known: dict[str, Mapping[str, Any]] = {
        one.part["id"]: one.part
        for where, one in there.items()
        if one.kind == "question" and one.part.get("type") != "information" and not groups_of(there, where)
    }
    circle = needing(document, own)
    return known | {one["id"]: one for one in document.get("calculations", ()) if one["id"] not in circle}


def needing(document: dict[str, Any], calculation: str) -> set[str]:
    """The calculation and all that need it, at whatever remove."""
    read, found, todo = uses(document), {calculation}, [calculation]
    while todo:
        for where in read.get(todo.pop(), ()):
            kind, _colon, name = where.partition(":")
            if kind == "calculation" and name not in found:
                found.add(name)
                todo.append(name)
    return found


def groups_before(document: dict[str, Any], address: str) -> dict[str, tuple[str, dict[str, Mapping[str, Any]]]]:
    """{group id: (its name, its questions)} that a rule of this part can count: those that lie behind it whole; for a calculation all."""
    there = dict(parts(document))
    places = {where: number for number, where in enumerate(there)}
    own = groups_of(there, address)
    limit = len(places) if address.startswith("calculation:") else places[address]
    found: dict[str, tuple[str, dict[str, Mapping[str, Any]]]] = {}
    for where, one in there.items():
        repeat = one.part.get("repeat")
        if not repeat or where in own:
            continue
        inner = {place: other.part for place, other in there.items() if other.kind == "question" and where in groups_of(there, place)}
        if all(places[place] < limit for place in inner):
            name = pick(repeat.get("item") or {}, "ja") or str(repeat["id"])
            found[str(repeat["id"])] = (name, {part["id"]: part for part in inner.values() if part.get("type") != "information"})
    return found
