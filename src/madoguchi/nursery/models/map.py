"""The schematic map: districts as outlines, facilities as dots in a plane of 1000 by 1000; to no scale and without tiles from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from madoguchi.engines.forms import pick
from madoguchi.nursery.models.facility import District, Facility

SIZE = 1000
LETTER, RADIUS, STEP = 36, 13, 20  # height of a district's name, of a dot from its middle (both as in the style sheet), of the search


@dataclass(frozen=True)
class Shape:
    """A district: its points as SVG writes them, and where its name stands."""

    name: str
    points: str
    x: int
    y: int


@dataclass(frozen=True)
class Dot:
    """A facility: `look` is a word for the style sheet, `text` what a screen reader says."""

    x: int
    y: int
    address: str
    text: str
    look: str


@dataclass(frozen=True)
class Map:
    shapes: tuple[Shape, ...]
    dots: tuple[Dot, ...]


def map_of(
    facilities: Iterable[Facility], language: str, address: Callable[[Facility], str], look: Callable[[Facility], str] = lambda facility: ""
) -> Map:
    """The map of these facilities; those without a place on it are left out (the list below it has them all)."""
    dots = [
        Dot(facility.x, facility.y, address(facility), facility.named(language), look(facility))
        for facility in facilities
        if facility.x is not None and facility.y is not None
    ]
    shapes = [_shape(district, pick(district.name, language), dots) for district in District.objects.all() if district.outline]
    return Map(tuple(shapes), tuple(dots))


def _shape(district: District, name: str, dots: list[Dot]) -> Shape:
    return Shape(name, " ".join(f"{x},{y}" for x, y in district.outline), *_place_for(name, district.outline, dots))


def _place_for(name: str, outline: list[list[int]], dots: list[Dot]) -> tuple[int, int]:
    """Where in the district its name covers the fewest dots, and of such places the one nearest to the middle."""
    half = sum(LETTER if ord(letter) > 0x2E7F else LETTER * 0.55 for letter in name) / 2 + RADIUS
    xs, ys = [point[0] for point in outline], [point[1] for point in outline]
    middle = sum(xs) / len(xs), sum(ys) / len(ys)

    def cost(place: tuple[int, int]) -> tuple[int, float]:
        x, y = place
        covered = sum(abs(dot.x - x) < half and y - LETTER - RADIUS < dot.y < y + RADIUS for dot in dots)
        return covered, (x - middle[0]) ** 2 + (y - middle[1]) ** 2

    grid = [(x, y) for x in range(min(xs), max(xs), STEP) for y in range(min(ys), max(ys), STEP) if _inside(x, y, outline)]
    return min(grid, key=cost, default=(round(middle[0]), round(middle[1])))


def _inside(x: int, y: int, outline: list[list[int]]) -> bool:
    """Whether a point lies in the polygon: a ray from it crosses an odd number of sides."""
    crossings = 0
    for (ax, ay), (bx, by) in zip(outline, [*outline[1:], outline[0]], strict=True):
        crossings += (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax
    return crossings % 2 == 1
