"""The figures for mayor and assembly: each with its span, its definition and the very rows that it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from madoguchi.engines.japanese import fiscal_year
from madoguchi.lib.charts import Figure, Series
from madoguchi.procedures.models.inventory import InventoryEntry
from madoguchi.procedures.models.inventory_figures import Published, year_of
from madoguchi.procedures.models.standing import Assumption, OperatingCost


@dataclass(frozen=True)
class Span:
    """What a figure covers: `last` is the fiscal year before, `now` the one that runs, up to today."""

    key: str
    year: int
    first: date
    last: date

    @property
    def label(self) -> str:
        said = _("%(year)s年度") if self.key == "last" else _("%(year)s年度（これまで）")
        return said % {"year": self.year}


def spans(today: date) -> list[Span]:
    year = fiscal_year(today)
    return [Span("last", year - 1, *year_of(year - 1)), Span("now", year, year_of(year)[0], today)]


@dataclass(frozen=True)
class Part:
    """One row behind a figure: `amount` is what it adds, `how` where that comes from."""

    name: str
    amount: int
    how: str = ""
    entry: InventoryEntry | None = None


@dataclass(frozen=True)
class Headline:
    """A figure. Its value is the sum of its rows; without rows that say anything it is unknown, and never zero."""

    key: str
    title: str  # with its unit
    definition: str
    span: str
    parts: tuple[Part, ...]
    is_known: bool = True
    share: float | None = None
    share_of: str = ""  # what the share is a share of, as a sentence
    unknown: int = 0  # procedures of which nobody knows the number

    @property
    def hours(self) -> int | None:
        """The same in hours, for minutes."""
        return round((self.value or 0) / 60) if self.key.endswith("minutes") and self.is_known else None

    @property
    def value(self) -> int | None:
        return sum(part.amount for part in self.parts) if self.is_known else None


def standing_of(entries: Sequence[InventoryEntry], today: date) -> list[Headline]:
    """How many procedures there are, and how many of them are online."""
    online = [entry for entry in entries if entry.is_online]
    share = round(100 * len(online) / len(entries), 1) if entries else None
    return [
        Headline(
            key="procedures-online",
            title=_("オンラインの手続き"),
            definition=_(
                "棚卸にある手続きのうち、今日オンラインで申請できるもの。このシステムで公開中か、ほかの電子サービスで公開済のもの。"
            ),
            span=_("今日現在"),
            parts=tuple(Part(entry.name, 1, _where(entry), entry) for entry in online),
            share=share,
            share_of=_("棚卸にある手続きに占める割合"),
        ),
        Headline(
            key="procedures",
            title=_("すべての手続き"),
            definition=_("棚卸にあり、廃止されていない手続き。棚卸が進むと増えます。"),
            span=_("今日現在"),
            parts=tuple(Part(entry.name, 1, entry.get_progress_display(), entry) for entry in entries),
        ),
    ]


def _where(entry: InventoryEntry) -> str:
    return str(entry.get_channel_display()) if entry.channel else _("このシステム") if entry.procedure_id else _("公開済")


def _largest(parts: Iterable[Part]) -> tuple[Part, ...]:
    return tuple(sorted(parts, key=lambda part: -abs(part.amount)))


def filings_of(table: Sequence[Published], span: Span) -> list[Headline]:
    """Filings online and in all, of those procedures of which the number is known."""
    both = [one for one in table if one.total and one.online is not None]
    total = sum(one.total or 0 for one in both)
    share = round(100 * sum(one.online or 0 for one in both) / total, 1) if total else None
    online = [one for one in table if one.online is not None]
    counted = [one for one in table if one.total is not None]
    return [
        Headline(
            key="filings-online",
            title=_("オンラインの申請（件）"),
            definition=_("期間の間にオンラインで届いた件数。このシステムの申請は数え、ほかは月の件数か棚卸調査の数です。"),
            span=span.label,
            parts=_largest(Part(one.entry.name, one.online or 0, one.basis, one.entry) for one in online),
            is_known=bool(online),
            share=share,
            share_of=_("総件数も分かる手続きでの割合"),
            unknown=len(table) - len(online),
        ),
        Headline(
            key="filings",
            title=_("すべての申請（件）"),
            definition=_("期間の間に窓口・郵送・オンラインなどで届いた件数。総件数の分かる手続きだけの合計です。"),
            span=span.label,
            parts=_largest(Part(one.entry.name, one.total or 0, one.basis, one.entry) for one in counted),
            is_known=bool(counted),
            unknown=len(table) - len(counted),
        ),
    ]


def minutes_of(table: Sequence[Published], assumed: Mapping[str, Assumption], span: Span) -> list[Headline]:
    """Minutes that residents and staff were spared: filings online × (minutes by paper − minutes online)."""
    known = [one for one in table if one.online is not None]
    rows = [one for one in known if one.online]
    return [
        Headline(
            key="resident-minutes",
            title=_("住民の節約時間（分）"),
            definition=_("オンラインの申請 ×（紙の1件の時間 − オンラインの1件の時間）。1件の時間は前提の数です。"),
            span=span.label,
            parts=_largest(_minutes(one, *_assumed(assumed, "resident")) for one in rows),
            is_known=bool(known),
            unknown=len(table) - len(known),
        ),
        Headline(
            key="staff-minutes",
            title=_("職員の節約時間（分）"),
            definition=_(
                "オンラインの申請 ×（紙の1件の処理時間 − オンラインの1件の処理時間）。棚卸に処理時間のある手続きはその数、ほかは前提の数です。"
            ),
            span=span.label,
            parts=_largest(_minutes(one, *_staff(one.entry, assumed)) for one in rows),
            is_known=bool(known),
            unknown=len(table) - len(known),
        ),
    ]


def _assumed(assumed: Mapping[str, Assumption], who: str) -> tuple[int, int, str]:
    return assumed[f"{who}_paper"].value or 0, assumed[f"{who}_online"].value or 0, _("前提の時間")


def _staff(entry: InventoryEntry, assumed: Mapping[str, Assumption]) -> tuple[int, int, str]:
    """What the inventory says of this procedure where it says both; else what is assumed of all."""
    paper, online = entry.values.get("minutes_paper"), entry.values.get("minutes_online")
    if paper is not None and online is not None:
        return paper, online, _("棚卸の処理時間")
    return _assumed(assumed, "staff")


def _minutes(one: Published, paper: int, online: int, source: str) -> Part:
    how = _("%(count)s件 ×（%(paper)s分 − %(online)s分）・%(source)s")
    said = how % {"count": f"{one.online:,}", "paper": paper, "online": online, "source": source}
    return Part(one.entry.name, (one.online or 0) * (paper - online), said, one.entry)


def yen_of(staff: Headline, costs: Iterable[OperatingCost], assumed: Mapping[str, Assumption], span: Span) -> list[Headline]:
    """Yen saved by staff minutes, yen spent by the cost rows, and what is left of them, which may be less than nothing."""
    hour = assumed["staff_hour_yen"].value or 0
    saved = Headline(
        key="yen-saved",
        title=_("節約した額（円）"),
        definition=_("職員の節約時間 × 職員1時間の費用（%(yen)s円）。実際に減った支出ではなく、ほかの仕事に使える時間の値段です。")
        % {"yen": f"{hour:,}"},
        span=span.label,
        parts=tuple(
            Part(part.name, round(part.amount * hour / 60), _("%(minutes)s分") % {"minutes": f"{part.amount:,}"}, part.entry)
            for part in staff.parts
        ),
        is_known=staff.is_known,
        unknown=staff.unknown,
    )
    rows = [cost for cost in costs if cost.fiscal_year == span.year]
    spent = Headline(
        key="yen-spent",
        title=_("使った額（円）"),
        definition=_("その年度の経費として入力された額の合計。入力がなければ、分からないと出します。"),
        span=span.label,
        parts=tuple(
            Part(cost.label, cost.yen, _("%(kind)s・%(source)s") % {"kind": cost.get_kind_display(), "source": cost.source})
            for cost in rows
        ),
        is_known=bool(rows),
    )
    is_known = saved.is_known and spent.is_known
    net = Headline(
        key="yen-net",
        title=_("差し引き（円）"),
        definition=_("節約した額 − 使った額。使った額のほうが多いときは、マイナスで出します。"),
        span=span.label,
        parts=(Part(saved.title, saved.value or 0), Part(spent.title, -(spent.value or 0))) if is_known else (),
        is_known=is_known,
    )
    return [saved, spent, net]


def months_figure(months: Sequence[date], online: Mapping[date, int], other: Mapping[date, int]) -> Figure:
    """Filings month by month: online, and by every other way that was counted; a month that nobody counted is a gap."""
    return Figure(
        title=_("月ごとの申請"),
        labels=[f"{month:%Y-%m}" for month in months],
        series=[
            Series(_("オンライン（件）"), [online.get(month) for month in months]),
            Series(_("窓口・郵送など（件）"), [other.get(month) for month in months]),
        ],
        label_name=_("月"),
        summary=_("月の件数とこのシステムの申請です。入力のない月は線が切れます。途中の今月は入れません。"),
    )
