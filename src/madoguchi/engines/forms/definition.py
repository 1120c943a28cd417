"""What a form is once it has been loaded: frozen dataclasses, filled with their defaults.

Only `loading.load` makes them, so whoever holds a `Form` holds a sound one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from .logic import Rule

Text = Mapping[str, str]
Answers = Mapping[str, Any]
Document = Mapping[str, Any]

TYPES = (
    "text", "long_text", "person_name", "kana", "date", "year_month", "address", "phone", "email", "number", "yen", "yes_no",
    "choice", "choices", "lookup", "ranked", "bank_account", "mynumber", "corporate_number", "file", "declaration", "calculated",
    "information",
)  # fmt: skip
UNTYPED = frozenset({"calculated", "information"})  # nobody types an answer to these


class Faulty(Exception):
    """A definition that must not be used; `problems` holds (path, message) pairs, never empty."""

    def __init__(self, problems: tuple[tuple[str, str], ...]) -> None:
        super().__init__("\n".join(f"{path}: {message}" for path, message in problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Choice:
    id: str
    label: Text
    hint: Text | None = None
    show_if: Rule | None = None
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """A rule of the form's author; `say` is shown when it is false."""

    that: Rule
    say: Text
    level: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Keys that a type does not have keep their neutral default."""

    id: str
    type: str
    label: Text
    page: str
    section: str
    repeat: str | None
    order: int
    hint: Text | None = None
    required: bool | Literal["soft"] = False
    show_if: Rule | None = None
    concept: str | None = None
    amendable: bool = False
    checks: tuple[Check, ...] = ()
    choices: tuple[Choice, ...] = ()
    min: Decimal | None = None
    max: Decimal | None = None
    decimals: int = 0
    unit: Text | None = None
    min_length: int = 0
    max_length: int = 0
    pattern: str | None = None
    kana: str = "none"
    list: str = ""
    facts: tuple[str, ...] = ()
    max_files: int = 0
    max_mb: int = 0
    accept: tuple[str, ...] = ()
    later: bool = False
    value: Rule | None = None
    format: str = ""

    def choice(self, choice_id: str) -> Choice | None:
        """The choice of that id, whether it counts now or not."""
        return next((choice for choice in self.choices if choice.id == choice_id), None)

    @property
    def is_typed(self) -> bool:
        """Whether a person gives the answer (everything but `calculated` and `information`)."""
        return self.type not in UNTYPED


@dataclass(frozen=True, slots=True)
class Repeat:
    id: str
    item: Text
    page: str
    section: str | None  # None: the page itself repeats
    min: int = 0
    max: int = 20
    named_by: str | None = None
    subject: bool = False


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a page or section was copied from: a block, and its hash (`canonical.document_hash`) on that day. Nothing is computed from it."""

    block: str
    hash: str


@dataclass(frozen=True, slots=True)
class Section:
    id: str
    questions: tuple[Question, ...]
    title: Text | None = None
    intro: Text | None = None
    show_if: Rule | None = None
    repeat: Repeat | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Page:
    id: str
    title: Text
    sections: tuple[Section, ...]
    intro: Text | None = None
    show_if: Rule | None = None
    ends: Literal["not_eligible", "elsewhere"] | None = None
    repeat: Repeat | None = None
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Calculation:
    id: str
    type: str
    value: Rule


@dataclass(frozen=True)
class Form:
    """A sound form. `document` is a private copy of the JSON it was loaded from."""

    id: str
    languages: tuple[str, ...]
    title: Text
    pages: tuple[Page, ...]
    document: Document = field(repr=False, compare=True)
    intro: Text | None = None
    calculations: tuple[Calculation, ...] = ()
    retired: tuple[str, ...] = ()
    _questions: Mapping[str, Question] = field(default_factory=dict, repr=False, compare=False)
    _repeats: Mapping[str, Repeat] = field(default_factory=dict, repr=False, compare=False)

    def question(self, question_id: str) -> Question:
        """The question of that id; KeyError when the form has none."""
        return self._questions[question_id]

    def has(self, question_id: str) -> bool:
        """Whether the form has a question of that id."""
        return question_id in self._questions

    def page(self, page_id: str) -> Page:
        """The page of that id; KeyError when the form has none."""
        for page in self.pages:
            if page.id == page_id:
                return page
        raise KeyError(page_id)

    def repeat(self, repeat_id: str) -> Repeat:
        """The repeat group of that id; KeyError when the form has none."""
        return self._repeats[repeat_id]

    @property
    def repeats(self) -> tuple[Repeat, ...]:
        """All repeat groups in the form's order."""
        return tuple(self._repeats.values())

    @property
    def subject_repeat(self) -> Repeat | None:
        """The group whose rows are the Subjects of the application, if there is one."""
        return next((repeat for repeat in self._repeats.values() if repeat.subject), None)


def questions_of(part: Form | Page | Section) -> Iterator[Question]:
    """Every question of a form, page or section, in order, whether it counts or not."""
    if isinstance(part, Section):
        yield from part.questions
        return
    children: tuple[Page, ...] | tuple[Section, ...] = part.pages if isinstance(part, Form) else part.sections
    for child in children:
        yield from questions_of(child)
