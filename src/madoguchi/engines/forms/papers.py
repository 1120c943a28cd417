"""The paper edition of a form: everything of it in the order of the paper, with the boxes to write in. Knows no printer and no page size.

On paper nobody can be led: what only some are asked carries a sentence that says when. A group that repeats is printed for its first rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .definition import Calculation, Choice, Form, Page, Question, Repeat, Section, questions_of
from .logic import Rule
from .paper_boxes import Box, Rows, boxes_of
from .rule_words import Wording
from .texts import pick

ROWS_PRINTED: Final = 3


@dataclass(frozen=True, slots=True)
class Part:
    """A heading: level 1 for a page of the form, 2 for a section or one row of a group."""

    level: int
    title: str
    intro: str = ""
    only: str = ""
    note: str = ""  # what to do when there are more rows than printed


@dataclass(frozen=True, slots=True)
class Note:
    """Something to read: an information of the form, or where it ends for some."""

    title: str
    text: str
    only: str = ""
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A question with its boxes."""

    number: str
    label: str
    must: str
    path: str
    hint: str = ""
    only: str = ""
    how: str = ""
    rows: Rows = ()
    paper: bool = False  # a paper to hand in with the form


Block = Part | Note | Field


@dataclass(frozen=True, slots=True)
class Paper:
    """What is printed, in order. `left_out` are questions that this procedure may not ask."""

    title: str
    intro: str
    blocks: tuple[Block, ...]
    left_out: tuple[str, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        return tuple(block for block in self.blocks if isinstance(block, Field))

    @property
    def boxes(self) -> tuple[Box, ...]:
        """Every box, in order; its place in this tuple is how a printed box is known."""
        return tuple(box for field in self.fields for row in field.rows for box in row)


def paper_of(form: Form, *, mynumber: bool) -> Paper:
    """The paper edition. Individual numbers are asked only with `mynumber`: where the procedure is entitled to them."""
    return _Planner(form, mynumber=mynumber).plan()


def printed_rows(repeat: Repeat) -> int:
    """How many rows of a group are printed: its least, at least one, and up to three."""
    return max(repeat.min, min(ROWS_PRINTED, repeat.max), 1)


class _Words(Wording):
    """Conditions by the numbers that stand on the paper: 問3が「はい」."""

    def __init__(self, form: Form, numbers: Mapping[str, str]) -> None:
        super().__init__(form)
        self.numbers = numbers
        self.calculations: Mapping[str, Calculation] = {each.id: each for each in form.calculations}

    def _var(self, arguments: list[Any]) -> str:
        head = str(arguments[0]).partition(".")[0]
        if head in self.calculations:
            return f"（{self.say(self.calculations[head].value.source)}）"
        said = Wording._var(self, arguments)
        name = f"「{self._name(head)}」"
        return said.replace(name, f"問{self.numbers[head]}", 1) if head in self.numbers else said

    def _operator(self, name: str, arguments: list[Any]) -> str:
        if name == "and":  # that something was answered at all goes without saying on paper
            said = [each for each in arguments if not (isinstance(each, Mapping) and "answered" in each)]
            arguments = said or arguments
            if len(arguments) == 1:
                return self.say(arguments[0])
        return super()._operator(name, arguments)

    def _literal(self, value: Any, beside: Any) -> str:
        return f"「{'はい' if value else 'いいえ'}」" if isinstance(value, bool) else super()._literal(value, beside)

    def when(self, rule: Rule | None) -> str:
        """問3が「はい」のときだけ; "" without a rule."""
        if rule is None:
            return ""
        said = self.say(rule.source)
        return said + ("ときだけ" if said.endswith(("ない", "る", "さい", "きい", "合う")) else "のときだけ")


class _Planner:
    def __init__(self, form: Form, *, mynumber: bool) -> None:
        self.form, self.mynumber = form, mynumber
        self.asked = [question for question in questions_of(form) if question.is_typed and self.may_ask(question)]
        self.numbers = {question.id: str(number) for number, question in enumerate(self.asked, 1)}
        self.words = _Words(form, self.numbers)

    def may_ask(self, question: Question) -> bool:
        return self.mynumber or question.type != "mynumber"

    def plan(self) -> Paper:
        blocks = tuple(block for page in self.form.pages for block in self.page(page))
        left_out = tuple(question.id for question in questions_of(self.form) if not self.may_ask(question))
        return Paper(pick(self.form.title, "ja"), pick(self.form.intro, "ja"), blocks, left_out)

    def page(self, page: Page) -> Iterator[Block]:
        if page.ends:
            text = "\n".join(pick(question.label, "ja") for question in questions_of(page) if question.type == "information")
            yield Note(pick(page.title, "ja"), text or pick(page.intro, "ja"), self.words.when(page.show_if), ends=True)
            return
        yield Part(1, pick(page.title, "ja"), pick(page.intro, "ja"), self.words.when(page.show_if), _more(page.repeat))
        for number in range(1, printed_rows(page.repeat) + 1) if page.repeat else (0,):
            if page.repeat:
                yield Part(2, f"{pick(page.repeat.item, 'ja')}（{number}）")
            for section in page.sections:
                yield from self.section(section, page.repeat, number)

    def section(self, section: Section, repeat: Repeat | None, number: int) -> Iterator[Block]:
        own = section.repeat
        title, intro, only = pick(section.title, "ja"), pick(section.intro, "ja"), self.words.when(section.show_if)
        if title or intro or only or own:
            yield Part(2, title, intro, only, _more(own))
        for each in range(1, printed_rows(own) + 1) if own else (number,):
            if own:
                yield Part(2, f"{pick(own.item, 'ja')}（{each}）")
            for question in section.questions:
                yield from self.question(question, own or repeat, each)

    def question(self, question: Question, repeat: Repeat | None, row: int) -> Iterator[Block]:
        label, hint, only = pick(question.label, "ja"), pick(question.hint, "ja"), self.words.when(question.show_if)
        if question.type == "information":
            yield Note(label, hint, only)
        elif question.is_typed and self.may_ask(question):
            path = f"{repeat.id}[r{row}].{question.id}" if repeat else question.id
            yield Field(
                number=self.numbers[question.id] + (f"-{row}" if repeat else ""),
                label="確認・同意" if question.type == "declaration" else label,
                must="" if question.required is True else "できれば" if question.required == "soft" else "任意",
                path=path,
                hint=hint,
                only=only,
                how=_how(question),
                rows=boxes_of(question, path, self.beside),
                paper=question.type == "file",
            )

    def beside(self, choice: Choice) -> str:
        """For whom a choice is, where it is not for everybody."""
        return f"（{self.words.when(choice.show_if)}）" if choice.show_if else ""


def _more(repeat: Repeat | None) -> str:
    if repeat is None or repeat.max <= printed_rows(repeat):
        return ""
    many = f"{pick(repeat.item, 'ja')}が{printed_rows(repeat)}つより多いときは、このページをもう1枚印刷して続きを書いてください"
    return f"{many}（{repeat.max}まで書けます）。"


def _how(question: Question) -> str:
    """How to fill the boxes, in a few words."""
    if question.type == "choices":
        return _how_many(question)
    return {
        "choice": "1つだけ✓",
        "yes_no": "どちらかに✓",
        "date": "元号を○で囲み、年は右づめ",
        "year_month": "元号を○で囲み、年は右づめ",
        "phone": "左づめ、ハイフンなし",
        "number": "右づめ",
        "yen": "右づめ",
        "person_name": "カナは姓と名のあいだを1マス空けて" if question.kana != "none" else "",
        "bank_account": "種類に✓、名義はカナ",
        "declaration": "読んで✓",
    }.get(question.type, "")


def _how_many(question: Question) -> str:
    if question.max is not None and question.max < len(question.choices):
        return f"{int(question.max)}つまで✓"
    return "あてはまるものすべてに✓"
