"""Which class of change lies between two versions of a form: wording, addition or meaning.

* wording: texts only. Drafts and open cases may take it over without a word.
* addition: something new that nobody has to answer (an optional question, a choice, a warning), or another order. Drafts are told.
* meaning: what is asked, of whom, whether it must be answered, or what is computed. Finish on the old version, migrate, or ask.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal

from .canonical import canonical_json
from .definition import Choice, Form, Page, Question, Repeat, Section, Text, questions_of

ChangeClass = Literal["wording", "addition", "meaning"]
CLASSES: tuple[ChangeClass, ...] = ("wording", "addition", "meaning")
# Texts, and where a question stands in the document: neither changes what an answer means.
_WORDS = frozenset({"label", "hint", "unit", "page", "section", "order", "checks", "choices", "show_if", "value"})
Rules = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs: `key` such as question.added, the id it is about, its text where it has one, its class."""

    key: str
    id: str
    level: ChangeClass
    text: Text | None = None


def classify(old: Form, new: Form) -> ChangeClass:
    """The heaviest class among the differences; "wording" for two documents that ask the same."""
    return max((each.level for each in differences(old, new)), key=CLASSES.index, default="wording")


def differences(old: Form, new: Form) -> tuple[Difference, ...]:
    """What differs between two versions, in the new form's order, what was removed last. Texts are one difference per part."""
    return tuple(_differences(_Version(old), _Version(new)))


class _Version:
    """A form with what the comparison needs: rules as they stand in the document, keyed by where they bind."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self.questions = {question.id: question for question in questions_of(form)}
        self.repeats = {repeat.id: repeat for repeat in form.repeats}
        self.raw: dict[str, Mapping[str, Any]] = {}
        self.conditions: dict[str, list[str]] = {}
        self.ends = {page.id: page for page in form.pages if page.ends}
        for page in form.document["pages"]:
            for section in page.get("sections") or [page]:
                for question in section["questions"]:
                    self.raw[question["id"]] = question
                    outer = [page.get("show_if"), section.get("show_if") if section is not page else None, question.get("show_if")]
                    self.conditions[question["id"]] = [canonical_json(rule) for rule in outer if rule is not None]
        self.calculations = {each["id"]: canonical_json(each) for each in form.document.get("calculations") or ()}


def _differences(old: _Version, new: _Version) -> Iterator[Difference]:
    if old.form.id != new.form.id:
        yield Difference("form.id", new.form.id, "meaning", new.form.title)
    if (old.form.title, old.form.intro) != (new.form.title, new.form.intro):
        yield Difference("form.wording", new.form.id, "wording", new.form.title)
    yield from _pages(old, new)
    for question in new.questions.values():
        known = old.questions.get(question.id)
        yield from _question(known, question, old, new) if known else [_added(question)]
    for question in old.questions.values():
        if question.id not in new.questions:
            level: ChangeClass = "wording" if question.type == "information" else "meaning"
            yield Difference("question.removed", question.id, level, question.label)
    yield from _repeats(old.repeats, new.repeats)
    yield from _calculations(old.calculations, new.calculations)
    if _moved(list(old.questions), list(new.questions)):
        yield Difference("form.order", new.form.id, "addition", new.form.title)


def _added(question: Question) -> Difference:
    """What must be answered changes the form for everybody who is in the middle of it; what may be left out does not."""
    if question.type == "information":
        return Difference("question.added", question.id, "wording", question.label)
    must = question.required is True or any(check.level == "error" for check in question.checks)
    return Difference("question.added", question.id, "meaning" if must else "addition", question.label)


def _question(old: Question, new: Question, before: _Version, after: _Version) -> Iterator[Difference]:
    def found(key: str, level: ChangeClass) -> Difference:
        return Difference(f"question.{key}", new.id, level, new.label)

    if before.conditions[new.id] != after.conditions[new.id]:
        yield found("condition", "meaning" if new.type != "information" else "wording")
    if _rule(before, new.id, "value") != _rule(after, new.id, "value"):
        yield found("calculation", "meaning")
    names = [field.name for field in fields(Question) if field.name not in _WORDS]
    if changed := [name for name in names if getattr(old, name) != getattr(new, name)]:
        yield found("type" if "type" in changed else "required" if "required" in changed else "rules", "meaning")
    yield from _choices(old, new, before, after)
    yield from _checks(new, before.raw[new.id], after.raw[new.id])
    if _words(old, new) != _words(new, old):
        yield found("wording", "wording")


def _rule(version: _Version, question: str, key: str) -> str:
    return canonical_json(version.raw[question].get(key))


def _words(question: Question, beside: Question) -> list[Any]:
    """The texts of a question; of its choices only those that the other version has too."""
    choices: list[Choice] = sorted((each for each in question.choices if beside.choice(each.id)), key=lambda choice: choice.id)
    says = [check.say for check in question.checks] if len(question.checks) == len(beside.checks) else []
    return [question.label, question.hint, question.unit, says, [(choice.label, choice.hint) for choice in choices]]


def _choices(old: Question, new: Question, before: _Version, after: _Version) -> Iterator[Difference]:
    was = {each["id"]: _without_words(each) for each in before.raw[new.id].get("choices") or ()}
    now = {each["id"]: _without_words(each) for each in after.raw[new.id].get("choices") or ()}
    if was.keys() - now.keys() or any(was[each] != now[each] for each in was.keys() & now.keys()):
        yield Difference("question.choices", new.id, "meaning", new.label)
    elif now.keys() - was.keys():
        yield Difference("question.choices_added", new.id, "addition", new.label)
    if _moved([choice.id for choice in old.choices], [choice.id for choice in new.choices]):
        yield Difference("question.choices_order", new.id, "addition", new.label)


def _without_words(choice: Mapping[str, Any]) -> str:
    return canonical_json({key: value for key, value in choice.items() if key not in ("id", "label", "hint") and value})


def _checks(question: Question, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Difference]:
    old = {(canonical_json(check["that"]), check.get("level") or "error") for check in was.get("checks") or ()}
    new = {(canonical_json(check["that"]), check.get("level") or "error") for check in now.get("checks") or ()}
    if old != new:
        milder = all(level == "warning" for _, level in old ^ new)
        yield Difference("question.checks", question.id, "addition" if milder else "meaning", question.label)


def _pages(old: _Version, new: _Version) -> Iterator[Difference]:
    """Pages that end the journey, and headings; whom a page's questions reach is compared question by question."""
    before = {page["id"]: page for page in old.form.document["pages"]}
    after = {page["id"]: page for page in new.form.document["pages"]}
    for page in (*new.ends.values(), *(page for page in old.ends.values() if page.id not in new.ends)):
        keys = ("ends", "show_if")
        if [canonical_json(before.get(page.id, {}).get(key)) for key in keys] != [
            canonical_json(after.get(page.id, {}).get(key)) for key in keys
        ]:
            yield Difference("page.ends", page.id, "meaning", page.title)
    known = {page.id: page for page in old.form.pages}
    for page in new.form.pages:
        if page.id in known and _page_words(known[page.id]) != _page_words(page):
            yield Difference("page.wording", page.id, "wording", page.title)


def _page_words(page: Page) -> list[Any]:
    sections: tuple[Section, ...] = page.sections
    return [page.title, page.intro, [(section.id, section.title, section.intro) for section in sections]]


def _repeats(old: Mapping[str, Repeat], new: Mapping[str, Repeat]) -> Iterator[Difference]:
    """A group that comes or goes is told by its questions, unless they moved into or out of it (their `repeat` differs then)."""
    for repeat in new.values():
        known = old.get(repeat.id)
        if known is None:
            continue
        if (known.min, known.max, known.subject) != (repeat.min, repeat.max, repeat.subject):
            yield Difference("repeat.rules", repeat.id, "meaning", repeat.item)
        if (known.item, known.named_by) != (repeat.item, repeat.named_by):
            yield Difference("repeat.wording", repeat.id, "wording", repeat.item)


def _calculations(old: Rules, new: Rules) -> Iterator[Difference]:
    for each in new:
        if each not in old:
            yield Difference("calculation.added", each, "addition")
        elif old[each] != new[each]:
            yield Difference("calculation.changed", each, "meaning")
    for each in old:
        if each not in new:
            yield Difference("calculation.removed", each, "meaning")


def _moved(old: Sequence[str], new: Sequence[str]) -> bool:
    """Whether what both have stands in another order."""
    return [each for each in old if each in set(new)] != [each for each in new if each in set(old)]
