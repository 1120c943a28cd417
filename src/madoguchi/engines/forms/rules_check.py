"""Rules look back only, and calculations do not run in circles."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from .definition import Form, Page, Question, Section, questions_of
from .logic import Rule
from .parsing import Symbol
from .schema import Faults

_NOWHERE = 1_000_000  # behind every question


class _Stand(NamedTuple):
    """A rule, the place before which everything it reads must lie, and the group whose rows it may count nevertheless."""

    rule: Rule
    before: int
    own_rows: str | None = None


def check_rules(form: Form, symbols: Mapping[str, Symbol], faults: Faults) -> None:
    """Note a fault for every condition that looks ahead and every calculation that needs itself."""
    calculations = {each.id: each.value for each in form.calculations}
    _no_circles(calculations, faults)
    if faults:
        return
    places = {name: symbol.order for name, symbol in symbols.items()} | _ends_of_repeats(form)
    for stand in _stands(form):
        for used in sorted(_behind(stand.rule, calculations)):
            if places[used] >= stand.before and used != stand.own_rows:
                faults.append((stand.rule.path, f"後の質問は見られません: {used}"))


def _ends_of_repeats(form: Form) -> dict[str, int]:
    """The place of the last question of each repeat: from outside, its rows are known only behind it."""
    ends = {repeat.id: 0 for repeat in form.repeats}
    for question in questions_of(form):
        if question.repeat:
            ends[question.repeat] = max(ends[question.repeat], question.order)
    return ends


def _behind(rule: Rule, calculations: Mapping[str, Rule]) -> set[str]:
    """The questions and repeats a rule reads, also through calculations; what it reads in rows counts as the repeat."""
    found: set[str] = set()
    seen: set[str] = set()
    todo = [rule]
    while todo:
        current = todo.pop()
        for used in current.uses - _inside_aggregates(current):
            if used not in calculations:
                found.add(used)
            elif used not in seen:
                seen.add(used)
                todo.append(calculations[used])
    return found


def _inside_aggregates(rule: Rule) -> set[str]:
    """Ids a rule reads only inside `count`, `any`…: the place of the repeat covers them."""
    inside: set[str] = set()
    outside: set[str] = set()
    todo = [(rule.node, False)]
    while todo:
        node, within = todo.pop()
        if node.op == "var":
            where, name = node.value
            (inside if within and where == "row" else outside).add(name.split(".")[0])
        over_rows = node.op != "literal" and node.value is not None
        todo += [(arg, within or over_rows) for arg in node.args]
    return inside - outside


def _stands(form: Form) -> Iterator[_Stand]:
    for page in form.pages:
        if page.show_if:
            yield _Stand(page.show_if, _first(page))
        for section in page.sections:
            if section.show_if:
                yield _Stand(section.show_if, _first(section))
            for question in section.questions:
                yield from _of_question(question)


def _first(part: Page | Section) -> int:
    return min((question.order for question in questions_of(part)), default=_NOWHERE)


def _of_question(question: Question) -> Iterator[_Stand]:
    for rule in (question.show_if, question.value, *(choice.show_if for choice in question.choices)):
        if rule:
            yield _Stand(rule, question.order)
    for check in question.checks:  # made after the walk: it may read its own answer, and the other rows of its group
        yield _Stand(check.that, question.order + 1, question.repeat)


def _no_circles(calculations: Mapping[str, Rule], faults: Faults) -> None:
    done: set[str] = set()
    for start in calculations:
        trail = [(start, _needs(calculations, start))]
        while trail:
            name, todo = trail[-1]
            if not todo:
                done.add(name)
                trail.pop()
                continue
            following = todo.pop()
            if any(following == each for each, _ in trail):
                return faults.append((calculations[name].path, f"計算が輪になっています: {following}"))
            if following not in done:
                trail.append((following, _needs(calculations, following)))
    return None


def _needs(calculations: Mapping[str, Rule], name: str) -> list[str]:
    return sorted(calculations[name].uses & calculations.keys())
