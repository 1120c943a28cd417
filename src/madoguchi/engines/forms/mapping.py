"""A form as a map: pages are stations on a line that runs down; what only some people see lies beside it, out and back again.

Places are in units of a drawing, top left 0, 0. Nothing here knows SVG; a page draws it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from .definition import Form, Page, Text, questions_of
from .logic import Rule

WIDTH: Final = 720
BOX: Final = (280, 52)  # width, height
SPINE: Final = 160  # where the line runs: the middle of the boxes that everybody sees
BESIDE: Final = 400  # left edge of the boxes that only some see
STEP: Final = 84  # from one box to the next
TOP: Final = 16
Kind = Literal["page", "ends"]


@dataclass(frozen=True)
class Station:
    """A page: its box, whether everybody sees it, how many questions it has, and the rule that leads to it."""

    id: str
    title: Text
    number: int
    x: int
    y: int
    kind: Kind
    questions: int
    repeats: bool
    rule: Rule | None


@dataclass(frozen=True)
class Track:
    """A line through points; `some` for one that only some people take."""

    points: tuple[tuple[int, int], ...]
    some: bool
    arrow: bool


@dataclass(frozen=True)
class FormMap:
    width: int
    height: int
    box: tuple[int, int]
    stations: tuple[Station, ...]
    tracks: tuple[Track, ...]


def map_of(form: Form) -> FormMap:
    """Every page of the form, in order. A page without a condition that does not end the form is on the line."""
    stations = tuple(_station(page, number) for number, page in enumerate(form.pages, 1))
    return FormMap(WIDTH, TOP * 2 + STEP * (len(stations) - 1) + BOX[1], BOX, stations, tuple(_tracks(stations)))


def _station(page: Page, number: int) -> Station:
    is_beside = page.show_if is not None or page.ends is not None
    return Station(
        id=page.id,
        title=page.title,
        number=number,
        x=BESIDE if is_beside else SPINE - BOX[0] // 2,
        y=TOP + STEP * (number - 1),
        kind="ends" if page.ends is not None else "page",
        questions=sum(question.is_typed for question in questions_of(page)),
        repeats=page.repeat is not None or any(section.repeat is not None for section in page.sections),
        rule=page.show_if,
    )


def _tracks(stations: tuple[Station, ...]) -> Iterator[Track]:
    """The line from one station on it to the next, and for each beside it the way out and, unless it ends there, the way back."""
    on_line = [one for one in stations if one.x < BESIDE]
    for one, two in pairwise(on_line):
        yield Track(((SPINE, one.y + BOX[1]), (SPINE, two.y)), some=False, arrow=True)
    if on_line and stations[-1] is not on_line[-1]:  # the form goes on beside the line after its last station
        yield Track(((SPINE, on_line[-1].y + BOX[1]), (SPINE, stations[-1].y + BOX[1])), some=False, arrow=False)
    if on_line and stations[0] is not on_line[0]:
        yield Track(((SPINE, stations[0].y), (SPINE, on_line[0].y)), some=False, arrow=True)
    for one in stations:
        if one.x == BESIDE:
            middle = one.y + BOX[1] // 3
            yield Track(((SPINE, middle), (BESIDE, middle)), some=True, arrow=True)
            if one.kind == "page":
                back = one.y + BOX[1] * 2 // 3
                yield Track(((BESIDE, back), (SPINE, back)), some=True, arrow=True)
