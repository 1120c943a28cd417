"""Pictures and tables of the inventory: what is online by kinds and by volume, what hinders, and the table that ordinances want."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.engines.inventory import columns
from madoguchi.engines.japanese import fiscal_year
from madoguchi.lib.charts import Figure, Series
from madoguchi.procedures.models.inventory import CountChannel, InventoryCount, InventoryEntry, PlannedChannel

MOST_MONTHS = 60
Address = Callable[[str], str]


@dataclass(frozen=True)
class Shares:
    """How much is online: of the procedures, and of the filings that somebody counted."""

    procedures: int
    online: int
    filings: int
    filed_online: int
    uncounted: int  # procedures whose yearly number nobody knows

    @property
    def of_procedures(self) -> float | None:
        return round(100 * self.online / self.procedures, 1) if self.procedures else None

    @property
    def of_filings(self) -> float | None:
        return round(100 * self.filed_online / self.filings, 1) if self.filings else None


def shares(entries: Sequence[InventoryEntry], filed: Mapping[int, int], elsewhere: Mapping[int, int] | None = None) -> Shares:
    """`filed`: {procedure id: filings of a year that came here online}, `elsewhere`: {entry id: those that another service counted};
    the larger of them and what the survey says is online."""
    counted, other = [entry for entry in entries if entry.values.get("count_total") is not None], elsewhere or {}

    def online(entry: InventoryEntry) -> int:
        here = filed.get(entry.procedure_id or 0, 0) + other.get(entry.pk, 0)
        return min(max(entry.values.get("count_online") or 0, here), entry.values["count_total"])

    return Shares(
        procedures=len(entries),
        online=sum(entry.is_online for entry in entries),
        filings=sum(entry.values["count_total"] for entry in counted),
        filed_online=sum(online(entry) for entry in counted),
        uncounted=len(entries) - len(counted),
    )


def barrier_figure(entries: Iterable[InventoryEntry], address: Address) -> Figure:
    """Procedures that are not online, by what divisions say hinders them."""
    counts = Counter(barrier for entry in entries if not entry.is_online for barrier in entry.values.get("barriers") or ())
    codes = [(code.code, code.ja) for code in columns()["barriers"].codes if counts[code.code]]
    codes.sort(key=lambda pair: -counts[pair[0]])
    return Figure(
        title=_("オンライン化を妨げているもの"),
        labels=[label for _code, label in codes],
        series=[Series(_("手続き"), [counts[code] for code, _label in codes])],
        unit=_("件"),
        addresses=[address(code) for code, _label in codes],
        label_name=_("阻害要因"),
        summary=_("1つの手続きに、いくつもあることがあります。"),
    )


def division_figure(entries: Iterable[InventoryEntry], address: Address) -> Figure:
    """Each division's procedures: online, and not yet."""
    found: dict[tuple[str, str], list[int]] = {}
    for entry in entries:
        row = found.setdefault((entry.division.code, entry.division.name), [0, 0])
        row[0 if entry.is_online else 1] += 1
    rows = sorted(found.items(), key=lambda pair: -sum(pair[1]))
    return Figure(
        title=_("課ごとの手続き"),
        labels=[name for (_code, name), _row in rows],
        series=[Series(_("オンライン"), [row[0] for _key, row in rows]), Series(_("これから"), [row[1] for _key, row in rows])],
        unit=_("件"),
        addresses=[address(code) for (code, _name), _row in rows],
        label_name=_("所管課"),
    )


def history_figure(entries: Iterable[InventoryEntry], today: date) -> Figure:
    """Month by month since the first one went online: how many procedures are, and their share of all filings (in per cent)."""
    rows = list(entries)
    days = sorted(entry.online_on for entry in rows if entry.online_on is not None)
    months = list(_months(max(days[0], today - timedelta(days=MOST_MONTHS * 31)), today)) if days else []
    filings = sum(entry.values.get("count_total") or 0 for entry in rows)
    counts, covered = [], []
    for month in months:
        online = [entry for entry in rows if entry.online_on is not None and entry.online_on < _next(month)]
        counts.append(len(online))
        covered.append(round(100 * sum(entry.values.get("count_total") or 0 for entry in online) / filings, 1) if filings else None)
    return Figure(
        title=_("オンラインの手続きの増え方"),
        labels=[f"{month:%Y-%m}" for month in months],
        series=[Series(_("オンラインの手続き（件）"), counts), Series(_("その年間件数の割合（%）"), covered)],
        label_name=_("月"),
        summary=_("いまある手続きのうち、その月の終わりにオンラインで申請できたものです。"),
    )


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = _next(month)


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


# -- the yearly table ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Published:
    """One row of オンライン利用状況の公表: 手続の名称, 総件数, うちオンライン, 割合. `basis` says where the numbers come from."""

    entry: InventoryEntry
    total: int | None
    online: int | None
    basis: str

    @property
    def share(self) -> float | None:
        return round(100 * self.online / self.total, 1) if self.total and self.online is not None else None


def year_of(first: int) -> tuple[date, date]:
    """A fiscal year's first and last day."""
    return date(first, 4, 1), date(first + 1, 3, 31)


def published(entries: Iterable[InventoryEntry], year: int, filed: Mapping[int, int], today: date) -> list[Published]:
    """The table of a fiscal year. `filed`: {procedure id: filings that came here online}.

    Months that were counted go before what the survey says once every month of the year that is over was counted; nothing is made up
    where both are silent; what could not be filed online in that year was filed online 0 times.
    """
    first, last = year_of(year)
    counts, found = _counts(first, last, today), []
    for entry in entries:
        here = filed.get(entry.procedure_id or 0, 0)
        survey = _surveyed(entry, year, first <= today <= last, here)
        row = survey if survey is not None and entry.pk not in counts.whole else _counted(entry, counts, here)
        found.append(_with_nothing_online(row, min(last, today)))
    return found


def counted_elsewhere(first: date, last: date) -> dict[int, int]:
    """{entry id: filings that came by another electronic service in these months}."""
    rows = InventoryCount.objects.filter(month__gte=first.replace(day=1), month__lte=last, channel=CountChannel.ELSEWHERE)
    return dict(rows.values_list("entry").annotate(sum=Sum("count")))


def counted_by_month(first: date, last: date) -> tuple[dict[date, int], dict[date, int]]:
    """({month: filings by another electronic service}, {month: by every other way}), where somebody counted."""
    rows = InventoryCount.objects.filter(month__gte=first, month__lte=last).values_list("month", "channel").annotate(sum=Sum("count"))
    online: dict[date, int] = {}
    other: dict[date, int] = {}
    for month, channel, number in rows.order_by():
        target = online if channel == CountChannel.ELSEWHERE else other
        target[month] = target.get(month, 0) + number
    return online, other


def so_far(entries: Iterable[InventoryEntry], year: int, filed: Mapping[int, int], today: date) -> list[Published]:
    """The fiscal year that runs, by what was counted: filings that came here, and months of other ways. A yearly number of the survey
    says nothing about so far; the total is known once every month that is over was counted."""
    counts, found = _counts(year_of(year)[0], today, today), []
    for entry in entries:
        here = filed.get(entry.procedure_id or 0, 0)
        row = _counted(entry, counts, here)
        if entry.pk not in counts.whole:
            row = Published(entry, None, 0 if row.online is None and _is_filed_here(entry) else row.online, row.basis)
        found.append(_with_nothing_online(row, today))
    return found


def _is_filed_here(entry: InventoryEntry) -> bool:
    """Where this installation sees every online filing, none seen is none filed."""
    return entry.is_online and entry.procedure is not None and entry.channel in ("", PlannedChannel.OWN)


@dataclass(frozen=True)
class Counted:
    """What months say of the procedures: {entry id: filings by way}, {entry id: months that were counted}, of which so many were over."""

    ways: Mapping[int, Counter[str]]
    months: Mapping[int, int]
    whole: frozenset[int]  # entries of which every month that is over was counted


def _counts(first: date, last: date, today: date) -> Counted:
    rows = InventoryCount.objects.filter(month__gte=first, month__lte=last)
    ways: dict[int, Counter[str]] = {}
    for row in rows.values("entry", "channel").annotate(sum=Sum("count")):
        ways.setdefault(row["entry"], Counter())[row["channel"]] += row["sum"]
    over = sum(_next(month) <= today for month in _months(first, min(last, today)))
    months = dict(rows.values_list("entry").annotate(n=Count("month", distinct=True)))
    done = dict(rows.filter(month__lt=today.replace(day=1)).values_list("entry").annotate(n=Count("month", distinct=True)))
    return Counted(ways, months, frozenset(pk for pk in ways if done.get(pk, 0) >= over))


def _with_nothing_online(row: Published, last: date) -> Published:
    """Where a procedure could not be filed online by that day, none was: that is a number, not a gap."""
    entry = row.entry
    opened = entry.is_online if entry.online_on is None else entry.online_on <= last
    says_online = entry.values.get("count_online") is not None or "online" in (entry.values.get("reception") or ())
    if row.online is not None or row.total is None or opened or says_online:
        return row
    return Published(entry, row.total, 0, row.basis)


def _surveyed(entry: InventoryEntry, year: int, is_now: bool, filed: int) -> Published | None:
    """What the survey says, where it says it of this year (or of now, for the year that runs); online also what came here."""
    total, online, of = (entry.values.get(key) for key in ("count_total", "count_online", "count_year"))
    if total is None or not (year == of or is_now or (of is None and year >= fiscal_year(timezone.localdate()) - 1)):
        return None
    if (online or 0) > total or filed > total:
        return Published(entry, total, None, _("棚卸調査（オンラインの件数が総件数より多いため、確かめてください）"))
    basis = _("棚卸調査（%(year)s年度の実績）") % {"year": of} if of is not None else _("棚卸調査")
    return Published(entry, total, max(online or 0, filed) if online is not None or filed else None, basis)


def _counted(entry: InventoryEntry, counts: Counted, filed: int) -> Published:
    counted, months = counts.ways.get(entry.pk, Counter()), counts.months.get(entry.pk, 0)
    if months:
        basis = _("月の件数（%(months)sか月分）とこのシステムの申請") % {"months": months}
        return Published(entry, filed + sum(counted.values()), filed + counted[CountChannel.ELSEWHERE], basis)
    return Published(entry, None, filed or None, _("このシステムの申請（紙の件数は不明）") if filed else "")
