"""Deferred acceptance over families, driven by a queue.

Nobody is seated at first, children who hold a seat neither: theirs is their last wish, where nobody stands before them, so a chain of
transfers closes by itself. A unit takes its best tuple that fits; units displaced go on from their next tuple before anybody else moves;
a seat given up is offered to those who were turned away there, best first. Every tuple that was passed over is watched at one pool that
refused it, so nothing else needs to be looked at again.

Where this does not settle (a stable placement need not exist) it goes on in an order shuffled from a fixed seed, and then stops.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import islice
from typing import Generic, TypeVar

from madoguchi.engines.placement.model import Model

Entry = TypeVar("Entry")

AT_HAND = 50  # pools among which the shuffled order chooses
RECENT = 1_000  # moves remembered, from which the units that go round in circles are named


class Overlay(Generic[Entry]):
    """Lists by pool, each a copy of the one below from when it is first asked for."""

    __slots__ = ("base", "own")

    def __init__(self, base: list[list[Entry]] | Overlay[Entry]) -> None:
        self.base = base
        self.own: dict[int, list[Entry]] = {}

    def __getitem__(self, pool: int) -> list[Entry]:
        found = self.own.get(pool)
        if found is None:
            found = self.own[pool] = list(self.base[pool])
        return found

    def __setitem__(self, pool: int, entries: list[Entry]) -> None:
        self.own[pool] = entries

    def __iter__(self) -> Iterator[list[Entry]]:
        for pool, entries in enumerate(self.base):
            yield self.own.get(pool, entries)


class Queue:
    """One run over a model. `at[u]` ≥ 0: seated with that tuple; otherwise `~at[u]` is the tuple that it tries next."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.seats = list(model.seats)
        self.at = [-1] * len(model.unit_children)
        self.held: list[list[int]] | Overlay[int] = [[] for _ in self.seats]  # keys of those seated, best first
        self.waiting: list[list[tuple[int, int, int]]] | Overlay[tuple[int, int, int]] = [
            [] for _ in self.seats
        ]  # heaps of (key, unit, tuple) that need one seat
        self.twins: dict[int, set[tuple[int, int]]] = {}  # pool → (unit, tuple) that need several
        self.frozen: set[int] = set()
        self.stack: list[int] = []  # displaced
        self.dirty: OrderedDict[int, None] = OrderedDict()  # pools in which something became free, in that order
        self.again: OrderedDict[int, None] = OrderedDict()  # units to be looked at from their first tuple
        self.recent: deque[int] = deque(maxlen=RECENT)
        self.steps = 0

    def copy(self) -> Queue:
        """The same state, to try something with: what a pool holds is copied when it is first looked at. Until the copy is done with,
        this one must not move."""
        other = Queue.__new__(Queue)
        other.model, other.seats, other.at = self.model, list(self.seats), list(self.at)
        other.held, other.waiting, other.twins = (
            Overlay(self.held),
            Overlay(self.waiting),
            {pool: set(one) for pool, one in self.twins.items()},
        )
        other.frozen, other.stack, other.dirty = set(self.frozen), list(self.stack), self.dirty.copy()
        other.again = self.again.copy()
        other.recent, other.steps = deque(self.recent, maxlen=RECENT), self.steps
        return other

    def keep(self) -> Queue:
        """Make this copy the state that counts: what it was copied from is lost."""
        for name in ("held", "waiting"):
            while isinstance(overlay := getattr(self, name), Overlay):
                for pool, entries in overlay.own.items():
                    overlay.base[pool] = entries
                setattr(self, name, overlay.base)
        return self

    # ------------------------------------------------------------------ running

    def start(self) -> None:
        """Seat every unit once, best priority first, each with whom it displaces."""
        for unit in range(len(self.at)):
            self.stack.append(unit)
            self._settle_stack()

    def run(self, steps: int) -> bool:
        """Up to `steps` more moves; whether everything settled."""
        end = self.steps + steps
        while self.steps < end:
            if self.stack:
                self._settle_stack(end)
            elif self.again:
                self.recheck(next(iter(self.again)))
            elif self.dirty:
                self.refill(next(iter(self.dirty)))
            else:
                return True
        return not (self.stack or self.again or self.dirty)

    def run_shuffled(self, steps: int, seed: int) -> bool:
        """Like `run`, in an order drawn from `seed` by a generator that is the same on every machine."""
        end, state = self.steps + steps, seed
        while self.steps < end:
            if self.again:
                self.recheck(next(iter(self.again)))
                continue
            open_ones = len(self.stack) + min(len(self.dirty), AT_HAND)
            if not open_ones:
                return True
            state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 64)
            chosen = (state >> 33) % open_ones
            if chosen < len(self.stack):
                self.stack[chosen], self.stack[-1] = self.stack[-1], self.stack[chosen]
                self._propose(self.stack.pop())
            else:
                self.refill(next(islice(self.dirty, chosen - len(self.stack), None)))
        return not (self.stack or self.again or self.dirty)

    def circling(self) -> list[int]:
        """Units seen in the last moves, those that moved most first."""
        counts = Counter(self.recent)
        return sorted(counts, key=lambda unit: (-counts[unit], unit))

    def _settle_stack(self, end: int | None = None) -> None:
        stack = self.stack
        while stack and (end is None or self.steps < end):
            self._propose(stack.pop())

    # ------------------------------------------------------------------ one unit goes down its list

    def _propose(self, unit: int) -> None:
        number = ~self.at[unit]
        if number < 0:
            return  # seated meanwhile
        self.steps += 1
        if self.model.ladders[unit] is None:
            self._propose_child(unit, number)
        else:
            self._propose_family(unit, number)

    def _propose_child(self, unit: int, number: int) -> None:
        child = self.model.unit_children[unit][0]
        pools, keys = self.model.pools[child], self.model.keys[child]
        for at in range(number, len(pools)):
            pool, key = pools[at], keys[at]
            there = self.held[pool]
            if len(there) < self.seats[pool]:
                insort(there, key)
            elif there and there[-1] > key:
                loser = there.pop()
                insort(there, key)
                self._displace(pool, loser)
            else:
                if pool:
                    heappush(self.waiting[pool], (key, unit, at))
                continue
            self.at[unit] = at
            return
        self.at[unit] = len(pools)

    def _propose_family(self, unit: int, number: int) -> None:
        ladder = self.model.ladders[unit]
        assert ladder is not None
        while ladder.reach(number):
            if self._fits_or_watch(unit, number):
                self._sit(unit, number)
                return
            number += 1
        raise AssertionError(f"the outside option of family {self.model.unit_family[unit]} always fits")

    def _fits_or_watch(self, unit: int, number: int) -> bool:
        refused = self.refusing(unit, number)
        if refused is None:
            return True
        pool, keys = refused
        if len(keys) == 1:
            heappush(self.waiting[pool], (keys[0], unit, number))
        else:
            self.twins.setdefault(pool, set()).add((unit, number))
        return False

    def needs(self, unit: int, number: int) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """What a tuple asks for: pools with the keys of the unit's children there."""
        ladder = self.model.ladders[unit]
        if ladder is not None:
            return ladder.needs[number] if ladder.reach(number) else ()
        child = self.model.unit_children[unit][0]
        pools = self.model.pools[child]
        return ((pools[number], (self.model.keys[child][number],)),) if number < len(pools) else ()

    def refusing(self, unit: int, number: int) -> tuple[int, tuple[int, ...]] | None:
        """The first need of a tuple that those seated leave no room for, seats of the unit itself counted as free."""
        own = self.needs(unit, self.at[unit]) if self.at[unit] >= 0 else ()
        for pool, keys in self.needs(unit, number):
            better = bisect_left(self.held[pool], keys[-1])
            for held_pool, held_keys in own:
                if held_pool == pool:
                    better -= bisect_left(held_keys, keys[-1])
            if better + len(keys) > self.seats[pool]:
                return pool, keys
        return None

    def _sit(self, unit: int, number: int) -> None:
        """Take a tuple that fits; whoever is over is displaced, and the unit's old seats are offered."""
        if self.at[unit] >= 0:
            self._leave(unit)
        self.at[unit] = number
        pushed = False
        for pool, keys in self.needs(unit, number):
            there = self.held[pool]
            for key in keys:
                insort(there, key)
            while len(there) > self.seats[pool]:
                pushed = True
                self._displace(pool, there.pop())
        if pushed and self.model.ladders[unit] is not None:
            self.again[unit] = None  # whom it pushed out may have stood before another of its children

    def _leave(self, unit: int) -> None:
        for pool, keys in self.needs(unit, self.at[unit]):
            there = self.held[pool]
            for key in keys:
                del there[bisect_left(there, key)]
            self.dirty[pool] = None

    def _displace(self, pool: int, key: int) -> None:
        """The holder of `key` was taken out of `pool`: brothers and sisters lose their seats of this tuple too."""
        unit = self.model.unit_of[key & self.model.mask]
        number = self.at[unit]
        if self.model.ladders[unit] is not None:
            for other, keys in self.needs(unit, number):
                there = self.held[other]
                for one in keys:
                    if one != key:
                        del there[bisect_left(there, one)]
                if other != pool or len(keys) > 1:
                    self.dirty[other] = None
            self.at[unit] = ~number  # it may fit again at once: brothers and sisters have left too
        else:
            heappush(self.waiting[pool], (key, unit, number))
            self.at[unit] = ~(number + 1)
        self.stack.append(unit)
        self.recent.append(unit)

    # ------------------------------------------------------------------ seats that became free

    def refill(self, pool: int) -> None:
        """Offer what is free in a pool to those it turned away, best first."""
        self.steps += 1
        del self.dirty[pool]
        waiting, there = self.waiting[pool], self.held[pool]
        while waiting:
            key, unit, number = waiting[0]
            at = self.at[unit]
            if (at if at >= 0 else ~at) <= number or unit in self.frozen:
                heappop(waiting)
                continue
            better = bisect_left(there, key)
            if at >= 0 and self.model.ladders[unit] is not None:
                better -= sum(bisect_left(keys, key) for held, keys in self.needs(unit, at) if held == pool)
            if better >= self.seats[pool]:
                break
            heappop(waiting)
            self._move_up(unit, number)
            if self.stack:  # those displaced first: they may come back to this very pool
                self.dirty[pool] = None
                return
        if pool in self.twins:
            self._refill_twins(pool)

    def _refill_twins(self, pool: int) -> None:
        entries = sorted(self.twins.pop(pool), reverse=True)
        while entries:
            unit, number = entries.pop()
            at = self.at[unit]
            if (at if at >= 0 else ~at) > number and unit not in self.frozen:
                self._move_up(unit, number)
                if self.stack:
                    self.twins.setdefault(pool, set()).update(entries)
                    self.dirty[pool] = None
                    return

    def _move_up(self, unit: int, number: int) -> None:
        if self._fits_or_watch(unit, number):
            self.steps += 1
            self.recent.append(unit)
            self._sit(unit, number)

    def recheck(self, unit: int) -> bool:
        """Move a unit to a better tuple if one fits now, whoever watches it; whether it moved."""
        self.steps += 1
        self.again.pop(unit, None)
        if unit in self.frozen:
            return False
        at = self.at[unit]
        for number in range(at if at >= 0 else ~at):
            if self.refusing(unit, number) is None:
                self.recent.append(unit)
                self._sit(unit, number)
                return True
        return False

    def thaw(self, unit: int) -> None:
        """Let a unit that was set aside move up again: its better tuples are tried and watched anew."""
        self.frozen.discard(unit)
        at = self.at[unit]
        for number in range(at if at >= 0 else ~at):
            if self._fits_or_watch(unit, number):
                self._sit(unit, number)
                return

    # ------------------------------------------------------------------ the full check

    def blocking(self) -> list[tuple[int, int]]:
        """Every unit that would rather have a tuple it could get, with the best such tuple. Nothing is trusted: a full scan."""
        found = []
        model, held, seats = self.model, self.held, self.seats
        for unit, at in enumerate(self.at):
            end = at if at >= 0 else ~at
            if not end:
                continue
            if model.ladders[unit] is None:
                child = model.unit_children[unit][0]
                keys = model.keys[child]
                for number, pool in enumerate(model.pools[child][:end]):
                    there = held[pool]
                    if len(there) < seats[pool] or (there and there[-1] > keys[number]):
                        found.append((unit, number))
                        break
                continue
            number = next((one for one in range(end) if self.refusing(unit, one) is None), -1)
            if number >= 0:
                found.append((unit, number))
        return found
