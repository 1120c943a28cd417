"""`walk`: the only truth about which pages, rows and questions count, and what their answers are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from .answers import rows_of
from .calculating import Calculator, as_canonical
from .definition import Answers, Form, Page, Question, Repeat, Section, Text
from .lists import Lists, NoLists
from .logic import Rule, RuleError, Scope, Value, evaluate, holds
from .problems import Problem
from .shapes import for_rules, parts_for_rules, shape
from .walked import Group, Item, Row, Walk, WalkedPage


def walk(form: Form, answers: Answers, *, on: date, lists: Lists | None = None) -> Walk:
    """Which pages, rows and questions of the form count with these answers on that day.

    Takes any JSON as answers: what does not count or is no canonical value is left out, never an exception.
    `lists` only gives facts of entries to rules such as {"var": "facility.district"}.
    """
    return _Walker(form, answers if isinstance(answers, Mapping) else {}, on, lists or NoLists()).walk()


@dataclass(slots=True)
class _Stand:
    """Where the walker stands: in the form or in one row of it. `known` and `values` grow as it goes."""

    page: Page
    scope: Scope
    answers: Answers
    known: dict[str, Value]
    values: dict[str, Any]
    row: Row | None = None

    def path(self, name: str) -> str:
        return f"{self.row.path}.{name}" if self.row else name


class _Walker:
    def __init__(self, form: Form, answers: Answers, on: date, lists: Lists) -> None:
        self.form, self.answers, self.lists = form, answers, lists
        self.known: dict[str, Value] = {}
        self.rows: dict[str, list[Mapping[str, Value]]] = {}
        self.row_scopes: dict[str, Mapping[str, Value]] = {}
        self.items: dict[str, Item] = {}
        self.values: dict[str, Any] = {}
        self.errors: list[Problem] = []
        self.calculator = Calculator(form)
        self.scope = Scope(on, self.known, self.rows, self.calculator.value)
        self.calculator.scope = self.scope

    def walk(self) -> Walk:
        pages: list[WalkedPage] = []
        ended = None
        for page in self.form.pages:
            walked = self.page(page)
            if walked is None:
                continue
            pages.append(walked)
            if page.ends:
                ended = walked
                break
        calculations = self.calculator.all()
        return Walk(
            form=self.form,
            on=self.scope.on,
            pages=tuple(pages),
            ended=ended,
            values=self.values,
            calculations=calculations,
            errors=(*self.errors, *self.calculator.errors),
            scope=self.scope,
            row_scopes=self.row_scopes,
            _items=self.items,
        )

    def counts(self, rule: Rule | None, name: str, stand: _Stand) -> bool:
        """Whether a condition holds. Unknown hides; an error hides and is reported."""
        if rule is None:
            return True
        try:
            return holds(rule, stand.scope) is True
        except RuleError as error:
            self.report(error, stand.path(name), stand.page.id)
            return False

    def report(self, error: RuleError, path: str, page: str) -> None:
        params = {"rule": error.path, "reason": error.reason}
        self.errors.append(Problem(path, "rule.error", "error", params, None, page))

    def page(self, page: Page) -> WalkedPage | None:
        stand = _Stand(page, self.scope, self.answers, self.known, self.values)
        if not self.counts(page.show_if, page.id, stand):
            return None
        if page.repeat:
            groups, rows = self.repeated(page, page.repeat, page.sections)
            return WalkedPage(page, tuple(groups), tuple(rows), (page.repeat,))
        found: list[Group] = []
        repeats: list[Repeat] = []
        for section in page.sections:
            if not self.counts(section.show_if, section.id, stand):
                continue
            if section.repeat:
                repeats.append(section.repeat)
                found += self.repeated(page, section.repeat, (section,))[0]
            elif items := self.section(section, stand):
                found.append(Group(section, None, items))
        return WalkedPage(page, tuple(found), (), tuple(repeats)) if found or repeats or page.ends else None

    def repeated(self, page: Page, repeat: Repeat, sections: tuple[Section, ...]) -> tuple[list[Group], list[Row]]:
        groups: list[Group] = []
        rows: list[Row] = []
        kept: list[dict[str, Any]] = []
        self.rows[repeat.id] = []
        for number, answers in enumerate(rows_of(self.answers, repeat.id), start=1):
            row, known, values = Row(repeat, answers["row"], number), dict[str, Value](), {"row": answers["row"]}
            stand = _Stand(page, self.scope.within(known), answers, known, values, row)
            found = [Group(section, row, self.section(section, stand)) for section in sections if self.in_row(section, stand)]
            row, found = self.named(row, found)
            groups += found
            rows.append(row)
            kept.append(values)
            self.rows[repeat.id].append(known)
            self.row_scopes[row.path] = known
        if kept:
            self.values[repeat.id] = kept
        return groups, rows

    def in_row(self, section: Section, stand: _Stand) -> bool:
        """A section of a repeating page is asked for in each row; a repeating section's condition was asked outside."""
        return section.repeat is not None or self.counts(section.show_if, section.id, stand)

    def named(self, row: Row, groups: list[Group]) -> tuple[Row, list[Group]]:
        """Row and groups with the row's own name in them; it is known only once its answers are."""
        own = next((_name(item) for group in groups for item in group.items if item.question.id == row.repeat.named_by), None)
        if own:
            row = replace(row, own_name=own)
            groups = [Group(g.section, row, tuple(replace(item, row=row) for item in g.items)) for g in groups]
        self.items.update({item.path: item for group in groups for item in group.items})
        return row, groups

    def section(self, section: Section, stand: _Stand) -> tuple[Item, ...]:
        items = []
        for question in section.questions:
            if not self.counts(question.show_if, question.id, stand):
                continue
            item = self.item(question, stand)
            items.append(item)
            self.items[item.path] = item
            if item.value is not None:
                stand.values[question.id] = item.value
                self.learn(question, item.value, stand.known)
        return tuple(items)

    def item(self, question: Question, stand: _Stand) -> Item:
        path = stand.path(question.id)
        if question.value is not None:
            return Item(question, path, self.computed(question, question.value, stand), row=stand.row)
        value = shape(question, stand.answers.get(question.id))
        if not question.choices:
            return Item(question, path, value, row=stand.row)
        choices = tuple(choice for choice in question.choices if self.counts(choice.show_if, question.id, stand))
        allowed = {choice.id for choice in choices}
        if isinstance(value, list):
            value = [each for each in value if each in allowed] or None
        elif value not in allowed:
            value = None
        return Item(question, path, value, choices, stand.row)

    def computed(self, question: Question, rule: Rule, stand: _Stand) -> Any:
        try:
            return as_canonical(question.format, evaluate(rule, stand.scope), rule.path)
        except RuleError as error:
            self.report(error, stand.path(question.id), stand.page.id)
            return None

    def learn(self, question: Question, value: Any, known: dict[str, Value]) -> None:
        """Let later rules see the answer, its parts, and for a `lookup` the facts of the entry."""
        known[question.id] = for_rules(question, value)
        for part, each in parts_for_rules(question, value).items():
            known[f"{question.id}.{part}"] = each
        entry = self.lists.get(question.list, value["id"]) if question.type == "lookup" else None
        for fact, its_value in (entry.facts if entry else {}).items():
            known[f"{question.id}.{fact}"] = _fact(its_value)


def _fact(fact: str | int | bool) -> Value:
    """A fact of an entry as rules see it."""
    return fact if isinstance(fact, bool | str) else Decimal(fact)


def _name(item: Item) -> Text | None:
    """What an answer calls its row."""
    value, kind = item.value, item.question.type
    if kind == "person_name" and value:
        return {"ja": f"{value.get('family', '')} {value.get('given', '')}".strip()}
    if kind == "choice" and (choice := item.question.choice(value or "")):
        return choice.label
    if kind == "lookup" and value:
        return {"ja": value["label"]}
    return {"ja": value} if isinstance(value, str) and value and kind in ("text", "kana") else None
