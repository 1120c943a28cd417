"""Conditions that never or always hold, and pages nobody can reach: found by trying all answers that matter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .abstraction import Abstraction, Ground, TooMany
from .definition import Form, Page, Question, Section
from .findings import Finding, Level, found
from .logic import Rule


def unreachable(form: Form) -> Iterator[Finding]:
    """Findings about pages, sections, questions, choices and checks whose conditions can be decided without answers."""
    ground = Ground(form)
    stops: list[Rule] = []
    always_ended = False
    for index, page in enumerate(form.pages):
        if always_ended:
            yield found(f"pages[{index}]", "page.after_end", "error")
            continue
        yield from _page(ground, page, index, stops)
        if page.ends and page.show_if:
            stops.append(page.show_if)
            always_ended = _verdict(ground, page.show_if, (), ()) == "always"
        elif page.ends:
            always_ended = True


def _page(ground: Ground, page: Page, index: int, stops: Sequence[Rule]) -> Iterator[Finding]:
    around: tuple[Rule, ...] = ()
    if page.show_if:
        verdict = _verdict(ground, page.show_if, (), stops)
        if verdict in ("never", "never here"):
            yield found(page.show_if.path, "rule.always_false" if verdict == "never" else "rule.never_here", "error")
            yield found(f"pages[{index}]", "page.unreachable", "error")
            return
        yield from _of(verdict, page.show_if)
        around = (page.show_if,)
    for section in page.sections:
        yield from _section(ground, section, around, stops)


def _section(ground: Ground, section: Section, around: tuple[Rule, ...], stops: Sequence[Rule]) -> Iterator[Finding]:
    if section.show_if:
        yield from _of(_verdict(ground, section.show_if, around, stops), section.show_if)
        around = (*around, section.show_if)
    for question in section.questions:
        yield from _question(ground, question, around, stops)


def _question(ground: Ground, question: Question, around: tuple[Rule, ...], stops: Sequence[Rule]) -> Iterator[Finding]:
    if question.show_if:
        yield from _of(_verdict(ground, question.show_if, around, stops), question.show_if)
        around = (*around, question.show_if)
    for choice in question.choices:
        if choice.show_if:
            yield from _of(_verdict(ground, choice.show_if, around, stops), choice.show_if)
    for check in question.checks:
        verdict = _verdict(ground, check.that, (), ())
        if verdict == "never":
            yield found(check.that.path, "check.never_passes", "error")
        elif verdict == "always":
            yield found(check.that.path, "check.always_passes", "warning")


def _of(verdict: str, rule: Rule) -> Iterator[Finding]:
    keys: dict[str, tuple[str, Level]] = {
        "never": ("rule.always_false", "error"),
        "never here": ("rule.never_here", "error"),
        "always": ("rule.always_true", "warning"),
    }
    if verdict in keys:
        key, level = keys[verdict]
        yield found(rule.path, key, level)


def _verdict(ground: Ground, rule: Rule, around: Sequence[Rule], stops: Sequence[Rule]) -> str:
    """never, never here (with the conditions around it, and where no page before has ended the form), always, or open."""
    try:
        alone = Abstraction(ground).outcomes(rule.node)
    except TooMany:
        return "open"
    if True not in alone:
        return "never"
    if alone == {True}:
        return "always"
    if not around and not stops:
        return "open"
    abstraction = Abstraction(ground)
    try:
        return "open" if abstraction.can_hold([each.node for each in (*around, rule)], [each.node for each in stops]) else "never here"
    except TooMany:
        return "open"
