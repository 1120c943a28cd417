"""Charts as numbers: from a figure to places in per cent, which the templates in parts/ draw as SVG beside real text.

Everything is in per cent of the width or height, so nothing scales: letters keep their size on a phone and at 400 % zoom.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

Number = int | float | Decimal
SHADES = 6  # how many series the style sheet tells apart


@dataclass(frozen=True)
class Series:
    """One row of values, in the order of the figure's labels; None where there is none (a gap, not a zero)."""

    name: str
    values: Sequence[Number | None]


@dataclass(frozen=True)
class Figure:
    """What a chart shows. `addresses` (per label, "" for none) lead to the rows behind; `unit` stands after each number (件, 円, 日)."""

    title: str
    labels: Sequence[str]
    series: Sequence[Series]
    unit: str = ""
    addresses: Sequence[str] = ()
    label_name: str = ""  # heading of the table's first column
    summary: str = ""  # one sentence that says what is to be seen

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.values) != len(self.labels):
                raise ValueError(f"{series.name}: {len(series.values)} values for {len(self.labels)} labels")
        if self.addresses and len(self.addresses) != len(self.labels):
            raise ValueError(f"{len(self.addresses)} addresses for {len(self.labels)} labels")

    @property
    def key(self) -> str:
        """An id for the page, the same at every rendering of the same figure."""
        return "chart-" + hashlib.sha256("\n".join([self.title, *self.labels, *(s.name for s in self.series)]).encode()).hexdigest()[:8]

    def address(self, index: int) -> str:
        return self.addresses[index] if self.addresses else ""


@dataclass(frozen=True)
class Piece:
    """One rectangle of a bar: place and width in per cent, `shade` 1–6."""

    start: str
    width: str
    shade: int
    name: str
    text: str


@dataclass(frozen=True)
class Bar:
    label: str
    address: str
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Row:
    """One line of the table under the chart."""

    label: str
    address: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Tick:
    """A value on the upright axis, or a label on the lying one, at a place in per cent."""

    at: str
    text: str
    anchor: str = "middle"
    minor: bool = False  # left out where there is little room


@dataclass(frozen=True)
class Dot:
    x: str
    y: str
    text: str
    address: str


@dataclass(frozen=True)
class Segment:
    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True)
class Line:
    name: str
    shade: int
    segments: tuple[Segment, ...]
    dots: tuple[Dot, ...]


@dataclass(frozen=True)
class BarChart:
    bars: tuple[Bar, ...]
    legend: tuple[tuple[int, str], ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class LineChart:
    lines: tuple[Line, ...]
    levels: tuple[Tick, ...]
    labels: tuple[Tick, ...]
    legend: tuple[tuple[int, str], ...]
    rows: tuple[Row, ...]


def said(value: Number | None, unit: str = "") -> str:
    """A number for people: thousands apart, no needless zeros, – where there is none."""
    if value is None:
        return "–"
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    if exact == exact.to_integral_value():
        return f"{exact.to_integral_value():,f}{unit}"
    return f"{exact.normalize():,f}{unit}"


def per_cent(share: float) -> str:
    """`0.5` → `50%`, with as many digits as a screen can show."""
    return f"{round(share * 100, 2):g}%"


def nice_top(highest: float) -> tuple[float, float]:
    """The end of an axis that holds `highest`, and the step between its levels (1, 2, 2.5 or 5 × 10ⁿ; two to five steps)."""
    if highest < 1e-9:  # nothing that a screen could show
        return 1.0, 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    step = next(candidate * power for candidate in (0.25, 0.5, 1, 2, 2.5, 5) if highest <= candidate * power * 4.000001)
    if highest >= 1 and step < 1:
        step = 1.0
    return math.ceil(round(highest / step, 6)) * step, step


def bars(figure: Figure) -> BarChart:
    """The first series as bars, each as long as its share of the longest. Values below zero have no length."""
    values = figure.series[0].values if figure.series else []
    top = max((float(value) for value in values if value is not None), default=0.0) or 1.0
    made = tuple(
        Bar(
            label,
            figure.address(index),
            said(values[index], figure.unit),
            (_piece(0.0, _share(values[index], top), 1, figure.series[0].name, said(values[index], figure.unit)),),
        )
        for index, label in enumerate(figure.labels if values else ())
    )
    return BarChart(made, (), _rows(figure))


def stacked_bars(figure: Figure) -> BarChart:
    """All series after one another; the longest sum is the whole width."""
    top = max((_sum(figure, index) for index in range(len(figure.labels))), default=0.0) or 1.0
    made = tuple(
        Bar(label, figure.address(index), said(_exact_sum(figure, index), figure.unit), _pieces(figure, index, top))
        for index, label in enumerate(figure.labels)
    )
    return BarChart(made, _legend(figure), _rows(figure, total=True))


def lines(figure: Figure) -> LineChart:
    """Every series as a line over the labels; the axis starts at zero, a missing value interrupts the line."""
    highest = max((float(value) for series in figure.series for value in series.values if value is not None), default=0.0)
    top, step = nice_top(highest)
    levels = tuple(Tick(per_cent(1 - n * step / top), said(Decimal(str(round(n * step, 6))))) for n in range(round(top / step) + 1))
    drawn = tuple(_line(figure, number, top) for number in range(len(figure.series)))
    return LineChart(drawn, levels, _label_ticks(figure.labels), _legend(figure), _rows(figure))


def _share(value: Number | None, top: float) -> float:
    return max(0.0, float(value)) / top if value is not None else 0.0


def _sum(figure: Figure, index: int) -> float:
    return sum(max(0.0, float(series.values[index] or 0)) for series in figure.series)


def _exact_sum(figure: Figure, index: int) -> Decimal:
    return sum((Decimal(str(series.values[index] or 0)) for series in figure.series), Decimal(0))


def _piece(start: float, share: float, number: int, name: str, text: str) -> Piece:
    return Piece(per_cent(start), per_cent(share), (number - 1) % SHADES + 1, name, text)


def _pieces(figure: Figure, index: int, top: float) -> tuple[Piece, ...]:
    made: list[Piece] = []
    start = 0.0
    for number, series in enumerate(figure.series, start=1):
        share = _share(series.values[index], top)
        if share:
            made.append(_piece(start, share, number, series.name, said(series.values[index], figure.unit)))
        start += share
    return tuple(made)


def _legend(figure: Figure) -> tuple[tuple[int, str], ...]:
    return tuple(((number - 1) % SHADES + 1, series.name) for number, series in enumerate(figure.series, start=1))


def _rows(figure: Figure, *, total: bool = False) -> tuple[Row, ...]:
    rows: list[Row] = []
    for index, label in enumerate(figure.labels):
        cells = [said(series.values[index], figure.unit) for series in figure.series]
        if total:
            cells.append(said(_exact_sum(figure, index), figure.unit))
        rows.append(Row(label, figure.address(index), tuple(cells)))
    return tuple(rows)


def _across(index: int, count: int) -> float:
    """The place of a label: the first at 2 %, the last at 98 %, so that dots and letters are not cut."""
    return 0.5 if count < 2 else 0.02 + 0.96 * index / (count - 1)


def _ems(label: str) -> float:
    """The width of a label in full-width letters."""
    return sum(1 if ord(letter) > 0x2E7F else 0.55 for letter in label)


def _label_ticks(labels: Sequence[str]) -> tuple[Tick, ...]:
    """As many labels as fit side by side in some 40 letters; where there is little room only first, middle and last."""
    count = len(labels)
    widest = max((_ems(label) for label in labels), default=0.0)
    every = max(1, math.ceil((count - 1) / max(1, 40 / (widest + 0.7) - 1)))
    middle = (count - 1) // 2 if count % 2 else None
    ticks: list[Tick] = []
    for index, label in enumerate(labels):
        first, last = index == 0 and count > 1, index == count - 1 and count > 1
        if not (first or last or (index % every == 0 and count - 1 - index >= every)):
            continue
        anchor = ("start" if first else "end" if last else "middle") if widest > 3 else "middle"
        ticks.append(Tick(per_cent(_across(index, count)), label, anchor, minor=not (first or last or index == middle)))
    return tuple(ticks)


def _line(figure: Figure, number: int, top: float) -> Line:
    series, count = figure.series[number], len(figure.labels)
    segments: list[Segment] = []
    dots: list[Dot] = []
    last: Dot | None = None
    for index, value in enumerate(series.values):
        if value is None:
            last = None
            continue
        place = per_cent(_across(index, count)), per_cent(1 - _share(value, top))
        dot = Dot(*place, f"{figure.labels[index]} {series.name} {said(value, figure.unit)}", figure.address(index))
        if last is not None:
            segments.append(Segment(last.x, last.y, dot.x, dot.y))
        dots.append(dot)
        last = dot
    return Line(series.name, number % SHADES + 1, tuple(segments), tuple(dots))
