"""`load`: from a document to a `Form`, or a `Faulty` that names everything that is wrong. Nothing is ever half loaded."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any, Literal, cast

from .definition import Calculation, Faulty, Form, Origin, Page, Question, Repeat, Section
from .parsing import Parser, Symbol
from .questions import load_question
from .rules_check import check_rules
from .schema import IDS, Faults, Part, survey
from .symbols import FORMATS, gather

FORM_KEYS = frozenset({"schema", "id", "languages", "title", "intro", "pages", "calculations", "retired"})
PAGE_KEYS = frozenset({"id", "title", "intro", "show_if", "ends", "repeat", "origin", "sections", "questions"})
SECTION_KEYS = frozenset({"id", "title", "intro", "show_if", "repeat", "origin", "questions"})
REPEAT_KEYS = frozenset({"id", "min", "max", "item", "named_by", "subject"})
MAX_PAGES, MAX_SECTIONS, MAX_QUESTIONS, MAX_CALCULATIONS, MAX_RULES = 200, 100, 300, 300, 2_000


def load(document: Mapping[str, Any]) -> Form:
    """The form of a document (schema 1). Raises `Faulty` with (path, message) pairs; messages are in Japanese.

    The document is copied: changing it afterwards does not change the form.
    """
    faults = [("", "オブジェクト（{…}）ではありません")] if not isinstance(document, Mapping) else survey(document)
    if faults:
        raise Faulty(tuple(faults))
    return _Loader(copy.deepcopy(dict(document))).form()


class _Loader:
    """One load. Two passes: ids first, so that a rule knows what it may name; then everything else."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.faults: Faults = []
        self.document = document
        self.root = Part(document, "", self.faults)
        self.symbols: Mapping[str, Symbol] = gather(self.root)
        self.parser = Parser(self.symbols, self.faults)
        self.questions: dict[str, Question] = {}
        self.repeats: dict[str, Repeat] = {}

    def form(self) -> Form:
        root = self.root
        root.only(FORM_KEYS)
        if root.raw.get("schema") != 1 or isinstance(root.raw.get("schema"), bool):
            root.fault("schema", "1 を書いてください")
        pages = tuple(self._page(part) for part in root.children("pages", MAX_PAGES))
        if not pages:
            root.fault("pages", "ページが1つ以上必要です")
        form = Form(
            id=root.identifier("id", "form"),
            languages=self._languages(),
            title=root.text("title"),
            pages=pages,
            document=self.document,
            intro=root.optional_text("intro"),
            calculations=tuple(c for part in root.children("calculations", MAX_CALCULATIONS) if (c := self._calculation(part))),
            retired=self._retired(),
            _questions=self.questions,
            _repeats=self.repeats,
        )
        return self._finish(form)

    def _finish(self, form: Form) -> Form:
        if self.parser.rules > MAX_RULES:
            self.root.fault("", f"条件が多すぎます（{MAX_RULES}個まで）")
        if sum(repeat.subject for repeat in self.repeats.values()) > 1:
            self.root.fault("pages", "subject: true の繰り返しは1つだけです")
        if not self.faults:
            check_rules(form, self.symbols, self.faults)
        if self.faults:
            raise Faulty(tuple(dict.fromkeys(self.faults)))
        return form

    def _languages(self) -> tuple[str, ...]:
        languages = self.root.words("languages", ("ja",), most=20)
        if "ja" not in languages or not all(IDS["language"].fullmatch(each) for each in languages):
            self.root.fault("languages", "ja を含む言語のリストを書いてください")
        return languages

    def _retired(self) -> tuple[str, ...]:
        retired = self.root.words("retired", (), most=5_000)
        for each in retired:
            if each in self.symbols:
                self.root.fault("retired", f"使い終えたidをまた使っています: {each}")
        return retired

    def _page(self, part: Part) -> Page:
        part.only(PAGE_KEYS)
        page_id = part.identifier("id", "page")
        repeat = self._repeat(part, page_id, None)
        if part.has("questions") == part.has("sections"):
            part.fault("", "sections か questions のどちらか1つを書いてください")
        if part.has("questions"):
            questions = self._questions(part, page_id, page_id, repeat)
            sections: tuple[Section, ...] = (Section(id=page_id, questions=questions),)
        else:
            sections = tuple(self._section(each, page_id, repeat) for each in part.children("sections", MAX_SECTIONS))
        ends = part.word("ends", ("not_eligible", "elsewhere")) or None
        return Page(
            id=page_id,
            title=part.text("title"),
            intro=part.optional_text("intro"),
            show_if=self.parser.parse(part.raw["show_if"], part.at("show_if")) if part.has("show_if") else None,
            ends=cast('Literal["not_eligible", "elsewhere"] | None', ends),
            repeat=repeat,
            origin=self._origin(part),
            sections=sections,
        )

    def _section(self, part: Part, page_id: str, outer: Repeat | None) -> Section:
        part.only(SECTION_KEYS)
        section_id = part.identifier("id", "page")
        repeat = self._repeat(part, page_id, section_id)
        if repeat and outer:
            part.fault("repeat", "繰り返しの中に繰り返しは置けません")
        scope = outer.id if outer else None  # a repeating section's own condition stands outside its rows
        return Section(
            id=section_id,
            title=part.optional_text("title"),
            intro=part.optional_text("intro"),
            show_if=self.parser.parse(part.raw["show_if"], part.at("show_if"), repeat=scope) if part.has("show_if") else None,
            repeat=repeat,
            origin=self._origin(part),
            questions=self._questions(part, page_id, section_id, repeat or outer),
        )

    def _questions(self, part: Part, page_id: str, section_id: str, repeat: Repeat | None) -> tuple[Question, ...]:
        loaded = []
        for each in part.children("questions", MAX_QUESTIONS):
            symbol = self.symbols.get(str(each.raw.get("id")))
            order = symbol.order if symbol else 0
            question = load_question(each, self.parser, page=page_id, section=section_id, repeat=repeat, order=order)
            if question:
                self.questions[question.id] = question
                loaded.append(question)
        if not loaded:
            part.fault("questions", "質問が1つ以上必要です")
        return tuple(loaded)

    def _repeat(self, part: Part, page_id: str, section_id: str | None) -> Repeat | None:
        own = part.child("repeat")
        if own is None:
            return None
        own.only(REPEAT_KEYS)
        repeat = Repeat(
            id=own.identifier("id", "question"),
            item=own.text("item"),
            page=page_id,
            section=section_id,
            min=own.whole("min", 0, 0, 200),
            max=own.whole("max", 20, 1, 200),
            named_by=own.optional_id("named_by", "question"),
            subject=own.flag("subject"),
        )
        if repeat.min > repeat.max:
            own.fault("min", "min が max より大きくなっています")
        named = self.symbols.get(repeat.named_by) if repeat.named_by else None
        if repeat.named_by and (named is None or named.repeat != repeat.id or named.kind != "question"):
            own.fault("named_by", "この繰り返しの中の質問のidを書いてください")
        self.repeats[repeat.id] = repeat
        return repeat

    @staticmethod
    def _origin(part: Part) -> Origin | None:
        own = part.child("origin")
        if own is None:
            return None
        own.only({"block", "hash"})
        return Origin(block=own.identifier("block", "form"), hash=own.identifier("hash", "hash"))

    def _calculation(self, part: Part) -> Calculation | None:
        part.only({"id", "type", "value"})
        own_id = part.identifier("id", "question")
        kind = part.word("type", FORMATS)
        if not part.has("value"):
            part.fault("value", "計算式が必要です")
            return None
        rule = self.parser.parse(part.raw["value"], part.at("value"))
        return Calculation(own_id, kind, rule) if rule else None
