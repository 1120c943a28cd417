"""What a walk gives: pages, groups, rows and items that count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from .definition import Choice, Form, Page, Question, Repeat, Section, Text
from .logic import Scope, Value
from .problems import Problem
from .texts import pick


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a group. `own_name` is what the row is called by its own answers (languages → text), if by anything."""

    repeat: Repeat
    id: str
    number: int
    own_name: Text | None = None

    @property
    def path(self) -> str:
        return f"{self.repeat.id}[{self.id}]"

    @property
    def name(self) -> str:
        """The row's name in Japanese: 山田 一, or お子さま1."""
        return self.named("ja")

    def named(self, language: str) -> str:
        """The row's name in a language."""
        own = pick(self.own_name, language)
        if own:
            return own
        item = pick(self.repeat.item, language)
        return f"{item}{self.number}" if not item.isascii() else f"{item} {self.number}"


@dataclass(frozen=True, slots=True)
class Item:
    """One question that counts. `value` is what counts of its answer, None when unanswered."""

    question: Question
    path: str
    value: Any
    choices: tuple[Choice, ...] = ()
    row: Row | None = None

    @property
    def answered(self) -> bool:
        return self.value is not None


@dataclass(frozen=True, slots=True)
class Group:
    """A section as it counts, in one row where it repeats."""

    section: Section
    row: Row | None
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class WalkedPage:
    """A page that counts. `rows` are those of a repeating page; `repeats` the groups that may take rows here now."""

    page: Page
    groups: tuple[Group, ...]
    rows: tuple[Row, ...] = ()
    repeats: tuple[Repeat, ...] = ()

    def items(self) -> Iterator[Item]:
        """All items in order."""
        for group in self.groups:
            yield from group.items

    def for_row(self, row_id: str) -> tuple[Group, ...]:
        """The groups of one row."""
        return tuple(group for group in self.groups if group.row and group.row.id == row_id)


@dataclass(frozen=True)
class Walk:
    """What counts. `values` has the shape of answers, calculated questions included; `calculations` those of the form."""

    form: Form
    on: date
    pages: tuple[WalkedPage, ...]
    ended: WalkedPage | None
    values: Mapping[str, Any]
    calculations: Mapping[str, Any]
    errors: tuple[Problem, ...]
    scope: Scope = field(repr=False, compare=False)
    row_scopes: Mapping[str, Mapping[str, Value]] = field(repr=False, compare=False)
    _items: Mapping[str, Item] = field(repr=False, compare=False)

    def items(self) -> Iterator[Item]:
        """All items that count, in order."""
        for page in self.pages:
            yield from page.items()

    def item(self, path: str) -> Item | None:
        """The item at a path, None when that question does not count."""
        return self._items.get(path)

    def page(self, page_id: str) -> WalkedPage | None:
        """The page as it counts, None when it does not."""
        return next((page for page in self.pages if page.page.id == page_id), None)

    def rows(self, repeat_id: str) -> tuple[Row, ...]:
        """The rows of a group that count, in order."""
        found: dict[str, Row] = {}
        for page in self.pages:
            found |= {row.id: row for row in page.rows if row.repeat.id == repeat_id}
            found |= {group.row.id: group.row for group in page.groups if group.row and group.row.repeat.id == repeat_id}
        return tuple(found.values())

    def scope_of(self, item: Item) -> Scope:
        """The scope from which the item's checks are made."""
        return self.scope.within(self.row_scopes[item.row.path]) if item.row else self.scope
