"""The schematic map: districts as outlines, facilities as dots in a plane of 1000 by 1000; to no scale and without tiles from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from madoguchi.engines.forms import pick
from madoguchi.nursery.models.facility import District, Facility

SIZE = 1000


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
    shapes = [_shape(district, language) for district in District.objects.all() if district.outline]
    dots = [
        Dot(facility.x, facility.y, address(facility), facility.named(language), look(facility))
        for facility in facilities
        if facility.x is not None and facility.y is not None
    ]
    return Map(tuple(shapes), tuple(dots))


def _shape(district: District, language: str) -> Shape:
    xs, ys = [point[0] for point in district.outline], [point[1] for point in district.outline]
    middle = round(sum(xs) / len(xs)), round(sum(ys) / len(ys))
    return Shape(pick(district.name, language), " ".join(f"{x},{y}" for x, y in district.outline), *middle)
