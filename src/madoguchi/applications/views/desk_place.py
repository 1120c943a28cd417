"""Where a member of staff is in the list they came from: the case before, the case after, and the way back.

The last lists are kept in the session as ids in the order in which they were shown, so that an act which takes a case out of its
list does not lose the place. The list shown last that holds the case is the one it was opened from.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from django.http import HttpRequest

from madoguchi.applications.models import Application
from madoguchi.applications.models.queue import cases_of

KEY = "desk_lists"
LISTS, LONGEST = 3, 500  # what is kept: a list in each of some tabs, and of each its beginning


@dataclass(frozen=True)
class Place:
    """The position (from 1) of a case in a list of `count`; numbers of its neighbours, "" at an end; the list's address."""

    position: int
    count: int
    before: str
    after: str
    address: str


def remember(request: HttpRequest, cases: Iterable[int]) -> None:
    """Keep the list that this page shows: ids in its order. The session is written only when that is not what it holds."""
    ids = list(dict.fromkeys(islice(cases, LONGEST)))
    shown = {"address": request.get_full_path(), "slug": request.municipality.slug, "ids": ids}
    kept = request.session.get(KEY, [])
    if kept[:1] != [shown]:
        request.session[KEY] = [shown, *(one for one in kept if one["ids"] != ids)][:LISTS]


def place_of(request: HttpRequest, application: Application) -> Place | None:
    """None for a case that was opened from no list, such as by its number."""
    own = [one for one in request.session.get(KEY, []) if one["slug"] == request.municipality.slug]
    found = next((one for one in own if application.pk in one["ids"]), None)
    if found is None:
        return None
    ids = found["ids"]
    place = ids.index(application.pk)
    near = {-1: ids[place - 1] if place else None, 1: ids[place + 1] if place + 1 < len(ids) else None}
    numbers = dict(cases_of(request.member).filter(pk__in=[pk for pk in near.values() if pk]).values_list("pk", "number"))
    before, after = (numbers.get(pk, "") for pk in near.values())
    return Place(place + 1, len(ids), before, after, f"{found['address']}#{application.number}")
