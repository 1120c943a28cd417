"""Who gains and who waits, group by group, and how much each row of the rules moved: figures for people who must answer for the rules.

Small groups are not shown (`SMALL`), and where a single group of a dimension is hidden the next smallest is hidden with it, so that nobody
can subtract. The groups are the caller's: districts, kinds of household, bands of income.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from .assign import assign
from .instance import Child, Instance, Places
from .simulate import compare

SMALL: Final = 10


@dataclass(frozen=True, slots=True)
class GroupFigures:
    """One group: children, how many have a place (those who stay included), how many their first wish; None where it is not shown."""

    group: str
    children: int | None
    placed: int | None
    first_wish: int | None
    median_points: float | None

    @property
    def is_hidden(self) -> bool:
        return self.children is None

    @property
    def share(self) -> float | None:
        """Placed of children, 0 to 1."""
        return self.placed / self.children if self.placed is not None and self.children else None

    def as_data(self) -> dict[str, Any]:
        return {**asdict(self), "share": self.share}


@dataclass(frozen=True, slots=True)
class RowEffect:
    """The rules without one row: children whose place differs, who would have gained by it and who lost, and how many it counted for."""

    row: str
    counted: int
    moves: int
    better_without: int
    worse_without: int
    seated_difference: int

    def as_data(self) -> dict[str, Any]:
        return asdict(self)


def outcomes_by_group(
    instance: Instance, places: Places, groups: Mapping[str, Mapping[str, str]], *, smallest: int = SMALL
) -> dict[str, list[GroupFigures]]:
    """{dimension: figures of its groups, by name}. `groups` is {dimension: {child id: group}}; a child without a group is left out."""
    children = {child.id: child for child in instance.children}
    found = {}
    for dimension, membership in groups.items():
        members: dict[str, list[Child]] = {}
        for child, group in membership.items():
            if child in children:
                members.setdefault(group, []).append(children[child])
        hidden = _hidden({group: len(rows) for group, rows in members.items()}, smallest)
        found[dimension] = [_figures(group, members[group], places, group in hidden) for group in sorted(members)]
    return found


def _hidden(sizes: Mapping[str, int], smallest: int) -> set[str]:
    hidden = {group for group, size in sizes.items() if size < smallest}
    if len(hidden) == 1 and len(sizes) > 1:
        hidden.add(min((size, group) for group, size in sizes.items() if group not in hidden)[1])
    return hidden


def _figures(group: str, rows: Sequence[Child], places: Places, is_hidden: bool) -> GroupFigures:
    if is_hidden:
        return GroupFigures(group, None, None, None, None)
    placed = [child for child in rows if places.get(child.id) is not None]
    first = sum(bool(child.preferences) and places.get(child.id) == child.preferences[0] for child in rows)
    points = sorted(child.points for child in rows)
    middle = len(points) // 2
    median = float(points[middle]) if len(points) % 2 else (points[middle - 1] + points[middle]) / 2
    return GroupFigures(group, len(rows), len(placed), first, median)


def row_effects(
    instance: Instance,
    before: Places,
    without: Iterable[tuple[str, int, Mapping[str, Child]]],
    *,
    rule: str = "points",
    on_progress: Callable[[int], None] | None = None,
) -> list[RowEffect]:
    """Place the market once for each row left out. `without` gives (row id, children it counted for, {child id: the child scored anew}).

    Better and worse are by the child's own list. A row that counted for nobody is not placed again: nothing can change.
    """
    found = []
    for done, (row, counted, rescored) in enumerate(without, 1):
        if counted:
            changed = replace(instance, children=tuple(rescored.get(child.id, child) for child in instance.children))
            comparison = compare(instance, before, assign(changed, rule=rule).places)
            tally = Counter(move.better for move in comparison.moves)
            difference = comparison.seated_after - comparison.seated_before
            found.append(RowEffect(row, counted, len(comparison.moves), tally[True], tally[False], difference))
        else:
            found.append(RowEffect(row, 0, 0, 0, 0, 0))
        if on_progress is not None:
            on_progress(done)
    return found
