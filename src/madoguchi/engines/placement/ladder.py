"""The ordered tuples of one family with several children, made only as far as somebody has asked.

A tuple is a vector of places in the children's lists: 0 is the first wish, `len(list)` is no place. The order is that of
docs/engines/placement-format.md: tier of the condition, number not placed, sum of ranks, largest rank, ranks in the family's order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

Vector = tuple[int, ...]
Need = tuple[int, tuple[int, ...]]
"""(pool, keys of the family's children there, best first): as many seats as keys, and the last key decides what must give way."""

TIERS = {
    "same_facility": ("same",),
    "same_facility_first": ("same", "all"),
    "same_time": ("all",),
    "any": ("all", "partial"),
    "any_same_first": ("same", "all", "partial"),
    "same_or_partial": ("same", "partial"),
}


def vectors(lengths: Sequence[int], total: int) -> Iterator[Vector]:
    """Every vector with 0 ≤ v[i] < lengths[i] and the sum `total`, ascending."""
    if len(lengths) == 1:
        if 0 <= total < lengths[0]:
            yield (total,)
        return
    room = sum(lengths[1:]) - len(lengths) + 1
    for first in range(max(0, total - room), min(lengths[0] - 1, total) + 1):
        for rest in vectors(lengths[1:], total - first):
            yield (first, *rest)


def same_tier(lists: Sequence[Sequence[int]]) -> list[Vector]:
    """Everybody at one facility: by intersection, never by going through all combinations."""
    places = [{facility: rank for rank, facility in enumerate(one)} for one in lists]
    common = [facility for facility in lists[0] if all(facility in one for one in places)]
    found = [tuple(one[facility] for one in places) for facility in common]
    return sorted(found, key=lambda ranks: (sum(ranks), max(ranks), ranks))


def all_tier(lists: Sequence[Sequence[int]], *, after_same: bool) -> Iterator[Vector]:
    """Everybody placed, nearest to the tops first; without those of `same_tier` where that came before."""
    lengths = [len(one) for one in lists]
    if not all(lengths):
        return
    for total in range(sum(lengths) - len(lengths) + 1):
        for ranks in sorted(vectors(lengths, total), key=lambda ranks: (max(ranks), ranks)):
            if not (after_same and len({one[rank] for one, rank in zip(lists, ranks, strict=True)}) == 1):
                yield ranks


def partial_tier(lists: Sequence[Sequence[int]], outside: Vector, allowed: Callable[[Vector], bool]) -> Iterator[Vector]:
    """Somebody without a place, fewest first; never the outside option, and only what the family's `priority` allows."""
    lengths = [len(one) for one in lists]
    nullable = [child for child, length in enumerate(lengths) if outside[child] == length]
    for number in range(1, len(nullable) + 1):
        left_out = list(combinations(nullable, number))
        for total in range(sum(lengths) + 1):
            level: list[Vector] = []
            for chosen in left_out:
                level.extend(partial_level(lengths, chosen, total))
            for ranks in sorted(level, key=lambda ranks: (max(ranks), ranks)):
                if ranks != outside and allowed(ranks):
                    yield ranks


def partial_level(lengths: Sequence[int], chosen: tuple[int, ...], total: int) -> Iterator[Vector]:
    """Vectors with the sum `total` in which exactly the children `chosen` have no place."""
    others = [child for child in range(len(lengths)) if child not in chosen]
    rest = total - sum(lengths[child] for child in chosen)
    if rest < 0 or (not others and rest):
        return
    for ranks in vectors([lengths[child] for child in others], rest) if others else iter([()]):
        vector = list(lengths)
        for child, rank in zip(others, ranks, strict=True):
            vector[child] = rank
        yield tuple(vector)


def expand(lists: Sequence[Sequence[int]], outside: Vector, condition: str, first: Sequence[int]) -> Iterator[Vector]:
    """The family's tuples best first, the outside option last: what stands after it is dropped.

    `first` are children (positions) who must be placed before the next one in it may be.
    """
    lengths = [len(one) for one in lists]
    tiers = TIERS[condition]
    for tier in tiers:
        found: Iterator[Vector]
        if tier == "same":
            found = iter(same_tier(lists))
        elif tier == "all":
            found = all_tier(lists, after_same="same" in tiers)
        else:
            found = partial_tier(lists, outside, lambda ranks: in_order(ranks, lengths, first))
        for ranks in found:
            yield ranks
            if ranks == outside:
                return
    yield outside


def in_order(ranks: Vector, lengths: Sequence[int], first: Sequence[int]) -> bool:
    """Whether nobody of `first` has a place while one before has none."""
    placed = [ranks[child] < lengths[child] for child in first]
    return placed == sorted(placed, reverse=True)


class Ladder:
    """Tuples of one family with their needs, best first. Tuples that ask a pool for more seats than it has are left out."""

    __slots__ = ("_keys", "_more", "_pools", "_seats", "last", "needs", "ranks")

    def __init__(self, more: Iterator[Vector], pools: Sequence[Sequence[int]], keys: Sequence[Sequence[int]], seats: Sequence[int]) -> None:
        self._more: Iterator[Vector] | None = more
        self._pools, self._keys, self._seats = pools, keys, seats
        self.ranks: list[Vector] = []
        self.needs: list[tuple[Need, ...]] = []
        self.last = -1  # number of the outside option once it is known

    def reach(self, number: int) -> bool:
        """Whether there is a tuple `number`; makes the list as far as that."""
        while len(self.needs) <= number:
            if self._more is None:
                return False
            ranks = next(self._more, None)
            if ranks is None:
                self._more, self.last = None, len(self.needs) - 1
                return False
            needs = self._needs_of(ranks)
            if needs is not None:
                self.ranks.append(ranks)
                self.needs.append(needs)
        return True

    def complete(self) -> int:
        """Make every tuple; their number."""
        while self._more is not None:
            self.reach(len(self.needs))
        return len(self.needs)

    def _needs_of(self, ranks: Vector) -> tuple[Need, ...] | None:
        there: dict[int, tuple[int, ...]] = {}
        for pools, keys, rank in zip(self._pools, self._keys, ranks, strict=True):
            if rank == len(pools):
                continue
            pool = pools[rank]
            there[pool] = tuple(sorted((*there[pool], keys[rank]))) if pool in there else (keys[rank],)
            if len(there[pool]) > self._seats[pool]:
                return None
        return tuple(there.items())
