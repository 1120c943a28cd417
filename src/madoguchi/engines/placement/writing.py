"""Instances and placements as docs/engines/placement-format.md writes them; read back they are equal to what was written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .instance import Child, Facility, Family, Instance, Places

FORMAT = "hoiku-matching/2"


def write_instance(instance: Instance) -> dict[str, Any]:
    """A JSON document of an instance; rows in the order of ids, so that equal markets give equal documents."""
    document: dict[str, Any] = {
        "format": FORMAT,
        "name": instance.name,
        "note": instance.note,
        "facilities": [_facility(one) for one in sorted(instance.facilities, key=lambda one: one.id)],
        "children": [_child(one) for one in sorted(instance.children, key=lambda one: one.id)],
        "families": [_family(one) for one in sorted(instance.families, key=lambda one: one.id)],
    }
    if instance.pinned:
        document["pinned"] = dict(sorted(instance.pinned.items()))
    if instance.forbidden:
        document["forbidden"] = [list(pair) for pair in sorted(instance.forbidden)]
    return document


def _facility(one: Facility) -> dict[str, Any]:
    row: dict[str, Any] = {"id": one.id, "capacity": {str(age): number for age, number in enumerate(one.capacity)}}
    if one.shared:
        row["shared"] = [list(classes) for classes in one.shared]
    return row


def _child(one: Child) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": one.id,
        "family": one.family,
        "age": one.age,
        "points": one.points,
        "tiebreak": [key if isinstance(key, int) else dict(sorted(key.items())) for key in one.tiebreak],
        "preferences": list(one.preferences),
        "current": one.current,
    }
    if one.bonus:
        row["bonus"] = dict(sorted(one.bonus.items()))
    if one.min_age_ok is not None:
        row["min_age_ok"] = sorted(one.min_age_ok)
    return row


def _family(one: Family) -> dict[str, Any]:
    row: dict[str, Any] = {"id": one.id, "children": list(one.children), "condition": one.condition}
    if one.tuples is not None:
        row["tuples"] = [list(each) for each in one.tuples]
    if one.priority:
        row["priority"] = list(one.priority)
    return row


def write_assignment(places: Places) -> dict[str, Mapping[str, str | None]]:
    """A JSON document of a placement; every child stands in it, null included."""
    return {"assignment": dict(sorted(places.items()))}
