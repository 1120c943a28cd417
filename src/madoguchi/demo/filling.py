"""Filling the sample city: all its stories together, in the order of time, within one transaction."""

from __future__ import annotations

import gc
import heapq
import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection, transaction
from django.utils import timezone, translation
from django_scopes import scope
from django_tasks_db.models import DBTaskResult

from madoguchi.applications.actions import give_feedback
from madoguchi.demo import people, plots
from madoguchi.demo.answers import Example
from madoguchi.demo.city import City, found, open_round, second_version, take_over
from madoguchi.demo.clock import Clock, phrases_ahead
from madoguchi.demo.filing import Case
from madoguchi.demo.neighbours import found_towns, settle, show_koto
from madoguchi.demo.placing import nursery_year
from madoguchi.demo.taking_stock import take_stock
from madoguchi.demo.times import Times
from madoguchi.demo.together import file_together
from madoguchi.lib.errors import Refused
from madoguchi.lib.invented import Lead, World
from madoguchi.notices.models import Notice
from madoguchi.procedures.actions import LIBRARY, lists, read_entry

SEED = 2026
DAYS = 121  # how far back the city's story goes
STOCK = 9  # how many days ago the inventory was taken
DELIVER = "madoguchi.notices.tasks.deliver"

# course → (share of the applications, how many days ago it began at least, at most)
COURSES: dict[str, tuple[float, float, float]] = {
    "draft": (25, 0, 25),
    "submitted": (46, 0, 5),
    "submitted_late": (4, 9, 16),
    "accepted": (42, 2, 20),
    "accepted_late": (8, 45, 68),
    "proposed": (10, 9, 19),
    "correcting": (14, 4, 13),
    "correcting_late": (6, 24, 32),
    "corrected": (15, 7, 19),
    "amended": (13, 1, 3),
    "decided": (92, 12, 118),
    "granted_later": (4, 80, 114),
    "unreleased": (4, 14, 30),
    "withdrawn": (10, 5, 60),
}
FOR_THE_PERSONAS = {"proposed", "correcting", "corrected", "amended", "unreleased"}  # more of these where the personas clerk and chief work
ROUND_BEFORE = {"decided", "granted_later", "accepted_late"}


@dataclass
class Story:
    """One application to come: its plot and when it begins."""

    case: Case
    plot: Iterator[datetime]


@dataclass
class Filling:
    """The whole city while it is being filled."""

    now: datetime
    rng: Random = field(default_factory=lambda: Random(SEED))  # noqa: S311 invented people, no secrets
    cities: dict[str, City] = field(default_factory=dict)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    cases: list[Case] = field(default_factory=list)
    towns: list[City] = field(default_factory=list)  # light municipalities, only to be compared with
    families: list[dict[str, Any]] = field(default_factory=list)  # of the nursery year, to be looked up by number
    skipped: int = 0

    def __post_init__(self) -> None:
        self.times = Times(self.now, self.rng)
        self.telephones = people.Telephones(self.rng)


def fill(
    *, size: int = 300, children: int = 0, waiting: int = 0, now: datetime | None = None, say: Callable[[float], None] = lambda done: None
) -> Filling:
    """Fill an empty database with the sample city: `size` applications, made through the actions, dated back from `now`.

    With `children` also a nursery year: a first round of so many children that was told, and a second one that is open and holds
    at least `waiting`. `say` hears how far it is, 0 to 1.
    """
    filling = Filling(now or timezone.now())
    clock = Clock(filling.now - timedelta(days=DAYS))
    with (
        translation.override("ja"),
        _seldom_collected(),
        phrases_ahead(size + children + waiting),
        clock.running(),
        _unsynchronised(),
        transaction.atomic(),
    ):
        _lay_ground(filling)
        _run(filling, clock, _stories(filling, size), (children, waiting), say)
    return filling


@contextmanager
def _unsynchronised() -> Iterator[None]:
    """A power cut while filling costs nothing but another filling: SQLite need not wait for the disk meanwhile."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """So many short-lived rows are made here that looking for circles among them takes a fifth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _lay_ground(filling: Filling) -> None:
    filling.cities = found(filling.rng)
    for city in filling.cities.values():
        with scope(municipality=city.municipality):
            if city.offices:
                take_over(city, filling.times.today)
    filling.towns = found_towns()
    for slug in filling.cities["koto"].procedures:
        entry = read_entry(LIBRARY / slug)
        filling.examples[slug] = [Example.of(one) for one in entry.examples if one["expect"] == "clean"]


# -- who applies for what ------------------------------------------------------------------------------------------------------------


def _stories(filling: Filling, size: int) -> list[Story]:
    """Every story of the city; those of the resident persona and of the second municipality are among the `size`."""
    persona = _persona_stories(filling)
    in_midori = max(2, size // 15)
    wanted = max(0, size - in_midori - len(persona))
    stories = persona + [_story(filling, "koto", course, procedure) for course, procedure in _shares(filling, wanted)]
    midori = filling.cities["midori"]
    names = list(midori.procedures)
    for number in range(in_midori):
        course = ("submitted", "accepted", "decided", "draft", "corrected")[number % 5]
        stories.append(_story(filling, "midori", course, names[(number * 2 + number // 5) % len(names)]))
    return stories


def _shares(filling: Filling, wanted: int) -> list[tuple[str, str]]:
    """(course, procedure) pairs: the courses in their shares, every procedure filed at least once when there is room."""
    total = sum(share for share, *_ in COURSES.values())
    ends = list(itertools.accumulate(share / total * wanted for share, *_ in COURSES.values()))
    courses = [name for name, end, start in zip(COURSES, ends, [0.0, *ends], strict=False) for _ in range(round(end) - round(start))]
    filling.rng.shuffle(courses)
    first = _one_for_each(filling, courses)
    return [(course, first.get(number) or _drawn(course, filling)) for number, course in enumerate(courses)]


def _one_for_each(filling: Filling, courses: list[str]) -> dict[int, str]:
    """Which course goes to which procedure so that each is filed: whoever fits the fewest chooses first."""
    fitting = {
        name: [number for number, course in enumerate(courses) if course != "draft" and _fits(course, name, filling)]
        for name in people.data("city")["weights"]
    }
    chosen: dict[int, str] = {}
    for name, numbers in sorted(fitting.items(), key=lambda pair: len(pair[1])):
        free = [number for number in numbers if number not in chosen]
        if free:
            chosen[free[0]] = name
    return chosen


def _drawn(course: str, filling: Filling) -> str:
    weights = people.data("city")["weights"]
    names = [name for name in weights if _fits(course, name, filling)]
    shown = 4 if course in FOR_THE_PERSONAS else 1
    return filling.rng.choices(names, [weights[name] * (shown if name.startswith("jido-teate") else 1) for name in names])[0]


def _fits(course: str, procedure: str, filling: Filling) -> bool:
    """Whether a course can happen in a procedure: a 届出 is never decided, a round is open only at times."""
    row = filling.cities["koto"].procedures[procedure]
    rounds = people.data("city")["rounds"].get(procedure)
    if course in ("decided", "granted_later", "unreleased", "proposed", "accepted_late") and not row.is_decided:
        return False
    if course in ("proposed", "unreleased") and not row.second_review:
        return False
    if course == "granted_later":
        return procedure in ("hoiku-riyo", "koza-moshikomi")
    if course == "amended":
        return row.amend_until_days is not None
    if rounds is not None:
        first = -rounds["now"][0]
        return course in ROUND_BEFORE - {"accepted_late"} or COURSES[course][1] < first - 1
    return True


def _story(filling: Filling, slug: str, course: str, procedure: str) -> Story:
    city = filling.cities[slug]
    world = World(filling.rng, filling.telephones, _Lists(), slug)
    case = Case(city, procedure, filling.examples[procedure], world)
    _, first, last = COURSES[course]
    rounds = people.data("city")["rounds"].get(procedure) if slug == "koto" else None
    if rounds is not None:
        first, last = (-rounds["before"][1], -rounds["before"][0]) if course in ROUND_BEFORE else (first, min(last, -rounds["now"][0] - 1))
    days_ago = filling.rng.uniform(first + 0.5, max(first + 0.6, last - 0.5))
    return Story(case, _maker(course)(case, filling.times, days_ago))


def _maker(course: str) -> plots.Maker:
    return getattr(plots, course.removesuffix("_late"))  # type: ignore[no-any-return]


class _Lists:
    """The code lists of whatever municipality is open when they are asked for."""

    def __getattr__(self, name: str) -> Any:
        return getattr(lists(), name)


def _persona_stories(filling: Filling) -> list[Story]:
    """The resident persona: a draft, a correction to answer, a message, a decision; and two cases for the look-up by number."""
    lead = _hanako(filling)
    wanted: list[tuple[str, str, str, float, Lead | None]] = [
        ("hanako", "decided", "jido-teate-nintei", 62, lead),
        ("hanako", "correcting", "hoiku-riyo", 12, lead),
        ("hanako", "messaged", "koza-moshikomi", 6, lead),
        ("hanako", "draft", "zei-shomei", 2, lead),
        ("look-up", "correcting", "kaigo-futan-sai", 7, None),
        ("look-up", "decided", "kaigo-nintei", 40, None),
    ]
    stories = []
    for role, course, procedure, days_ago, person in wanted:
        world = World(filling.rng, filling.telephones, _Lists())
        case = Case(filling.cities["koto"], procedure, filling.examples[procedure], world, person, facts={"role": role})
        stories.append(Story(case, _maker(course)(case, filling.times, days_ago)))
    return stories


def _hanako(filling: Filling) -> Lead:
    facts = people.data("city")["resident"]
    born = filling.times.today + timedelta(days=int(facts["birth"]))
    address = people.address(filling.rng)
    return Lead(facts["name"], born.isoformat(), address, filling.telephones.next(), facts["email"])


# -- the run ---------------------------------------------------------------------------------------------------------------------------


def _run(filling: Filling, clock: Clock, stories: list[Story], nursery: tuple[int, int], say: Callable[[float], None]) -> None:
    """Let every story act when its time has come. Mails go out at once; papers are left to the worker."""
    number, (children, waiting) = itertools.count(), nursery
    filling.cases = [story.case for story in stories]
    queue: list[tuple[datetime, int, City, Callable[[], datetime | None]]] = []
    for moment, city, what in _city_events(filling):
        heapq.heappush(queue, (moment, next(number), city, what))
    for story in stories:
        heapq.heappush(queue, (_first(story), next(number), story.case.city, _step(filling, story)))
    if children:
        koto = filling.cities["koto"]
        year = nursery_year(
            koto,
            filling.times,
            children=children,
            waiting=waiting,
            telephones=_numbers(),
            known=filling.families,
            say=lambda done: say(0.3 + 0.7 * done),
        )
        heapq.heappush(queue, (next(year), next(number), koto, lambda: next(year, None)))
    began, total = 0, len(stories)
    while queue:
        moment, _, city, what = heapq.heappop(queue)
        clock.forward(moment)
        with scope(municipality=city.municipality):
            following = what()
            _deliver_mails(clock.at)
        if following is not None:
            heapq.heappush(queue, (following, next(number), city, what))
        began += 1
        if not children:
            say(min(1.0, began / (total * 4 + 1)))
    clock.forward(filling.now)


def _numbers() -> Callable[[], str]:
    """Telephone numbers of an area that is given out to nobody, again and again: a ward-year has more families than numbers."""
    numbers = itertools.cycle(range(2000, 10_000))
    return lambda: f"03-5555-{next(numbers):04d}"


def _first(story: Story) -> datetime:
    return next(story.plot)


def _step(filling: Filling, story: Story) -> Callable[[], datetime | None]:
    def step() -> datetime | None:
        try:
            with transaction.atomic():
                return next(story.plot, None)  # no StopIteration: it would take the last act back
        except (Refused, ValueError):  # a day of the year on which no example is clean: the city has one application fewer
            filling.skipped += 1
            return None

    return step


def _together(filling: Filling, city: City) -> Callable[[], None]:
    def file() -> None:
        world = World(filling.rng, filling.telephones, _Lists())
        try:
            with transaction.atomic():
                file_together(city=city, examples=filling.examples, world=world, lead=_hanako(filling), today=timezone.localdate())
        except (Refused, ValueError):  # as with any story: a day on which no example is clean
            filling.skipped += 1

    return file


def _city_events(filling: Filling) -> Iterator[tuple[datetime, City, Callable[[], datetime | None]]]:
    """What the office itself does: new rounds, a second version, words about the desk's own pages."""
    koto = filling.cities["koto"]
    for procedure, rounds in people.data("city")["rounds"].items():
        when = filling.now + timedelta(days=rounds["now"][0]) - timedelta(hours=30)
        yield when, koto, _opening(filling, koto, procedure, rounds["now"])
    yield filling.now + timedelta(days=people.data("city")["second_version"]["days"]), koto, _new_version(koto)
    yield filling.now - timedelta(days=STOCK), koto, lambda: take_stock(koto)
    for town in (filling.cities["midori"], *filling.towns):
        yield filling.now - timedelta(days=STOCK, hours=1), town, _settling(town)
    yield filling.now - timedelta(hours=1), koto, show_koto
    yield filling.now - timedelta(hours=30), koto, _together(filling, koto)
    for end, share in (("status", 8), ("not_eligible", 4), ("desk:queue", 6)):
        for _ in range(share):
            days = filling.rng.uniform(0.2, 100)
            yield filling.now - timedelta(days=days), koto, _word(filling, end)


def _settling(town: City) -> Callable[[], None]:
    return lambda: settle(town.municipality)


def _new_version(city: City) -> Callable[[], None]:
    def publish() -> None:
        second_version(city)

    return publish


def _opening(filling: Filling, city: City, procedure: str, days: list[int]) -> Callable[[], None]:
    return lambda: open_round(city, procedure, days, filling.times.today)


def _word(filling: Filling, end: str) -> Callable[[], None]:
    def say() -> None:
        score, text = filling.rng.choice(people.data("words")["feedback"][end])
        give_feedback(end=end, score=score, words=text, by_staff=end.startswith("desk"))

    return say


def _deliver_mails(since: datetime) -> None:
    """Send what is to go by mail now, so that it stands in the mailbox under its own day; letters wait for the worker."""
    rows = DBTaskResult.objects.filter(task_path=DELIVER, status="READY", enqueued_at__gte=since)
    waiting = {row.args_kwargs["kwargs"]["notice"]: row for row in rows}
    if not waiting:
        return
    mails = list(Notice.objects.filter(pk__in=waiting, channel="email").values_list("pk", flat=True))
    for pk in mails:
        waiting[pk].task.func(**waiting[pk].args_kwargs["kwargs"])
    DBTaskResult.objects.filter(pk__in=[waiting[pk].pk for pk in mails]).delete()
