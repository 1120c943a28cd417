"""The report as one thing, for the page and for both papers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.models import Municipality
from madoguchi.lib import pdf
from madoguchi.lib.charts import Figure, Series
from madoguchi.lib.tables import write_docx
from madoguchi.lib.tags import date_ja, named
from madoguchi.procedures.backends import filed_by_month, filed_online
from madoguchi.procedures.models import Assumption, InventoryEntry, OperatingCost, StandingSettings, assumptions_of
from madoguchi.procedures.models.inventory_figures import counted_by_month, published, so_far
from madoguchi.procedures.models.neighbours import Beside
from madoguchi.procedures.models.standing_figures import (
    Headline,
    Span,
    filings_of,
    minutes_of,
    months_figure,
    spans,
    standing_of,
    yen_of,
)


@dataclass(frozen=True)
class Report:
    """Figures of today, and those of each span; with what was assumed for them."""

    today: date
    standing: list[Headline]
    spans: list[tuple[Span, list[Headline]]]
    assumed: dict[str, Assumption]

    def figure(self, key: str, span: str) -> Headline | None:
        """One figure by its key; those of a span with the span's."""
        found = [*self.standing, *(row for one, rows in self.spans if one.key == span for row in rows)]
        return next((one for one in found if one.key == key), None)

    def pairs(self) -> list[tuple[Headline, Headline]]:
        """Every figure of a span beside the same of the other."""
        (_last, before), (_now, now) = self.spans
        return list(zip(before, now, strict=True))


def report_of(entries: Sequence[InventoryEntry]) -> Report:
    today = timezone.localdate()
    assumed = assumptions_of(StandingSettings.objects.first())
    costs, found = list(OperatingCost.objects.all()), []
    for span in spans(today):
        filed = filed_online(span.first, span.last)
        table = published(entries, span.year, filed, today) if span.key == "last" else so_far(entries, span.year, filed, today)
        resident, staff = minutes_of(table, assumed, span)
        found.append((span, [*filings_of(table, span), resident, staff, *yen_of(staff, costs, assumed, span)]))
    return Report(today, standing_of(entries, today), found, assumed)


def months(today: date) -> Figure:
    """Filings of each month that is over, since the fiscal year before this began."""
    first, found = spans(today)[0].first, []
    month = first
    while month < today.replace(day=1):
        found.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    online, other = counted_by_month(first, today)
    for month, number in filed_by_month(first, today).items():
        online[month] = online.get(month, 0) + number
    return months_figure(found, online, other)


# -- on paper ----------------------------------------------------------------------------------------------------------------------


def said(figure: Headline) -> str:
    """A figure with its share; what nobody knows is said so."""
    if figure.value is None:
        return _("分かりません")
    if figure.share is None:
        return f"{figure.value:,}"
    return _("%(number)s（%(share)s%%）") % {"number": f"{figure.value:,}", "share": figure.share}


def _figure_rows(report: Report) -> list[list[str]]:
    """A row for each figure, the two spans beside each other: all of it on one page."""
    rows = [
        [_("%(title)s（%(span)s）") % {"title": one.title, "span": one.span}, "–", said(one), one.definition] for one in report.standing
    ]
    return rows + [[now.title, said(before), said(now), now.definition] for before, now in report.pairs()]


def _assumed_rows(report: Report) -> list[list[str]]:
    return [
        [one.label, _value(one), one.source or _("仮の数（要確認）"), one.on.isoformat() if one.on else "–"]
        for one in report.assumed.values()
    ]


def _value(one: Assumption) -> str:
    return f"{one.value:,}" if one.value is not None else _("分かりません")


def _beside_rows(compared: Sequence[Beside]) -> list[list[str]]:
    return [
        [
            name_of(one.municipality),
            f"{one.facts['online']:,} / {one.facts['procedures']:,}",
            f"{one.share}%" if one.share is not None else "–",
            f"{one.facts['filings_online']:,}" if one.facts["filings_online"] is not None else "–",
            f"{one.per_thousand:,}" if one.per_thousand is not None else "–",
            timezone.localdate(one.at).isoformat(),
        ]
        for one in compared
    ]


def name_of(municipality: Municipality) -> str:
    """With a mark where everything in it is invented."""
    return _("%(name)s（架空）") % {"name": named(municipality)} if municipality.is_invented else named(municipality)


def shares_figure(compared: Sequence[Beside]) -> Figure:
    """Whose procedures are online to which part; a municipality without an inventory is left out."""
    known = [one for one in compared if one.share is not None]
    return Figure(
        title=_("オンラインの手続きの割合"),
        labels=[name_of(one.municipality) for one in known],
        series=[Series(_("割合"), [one.share for one in known])],
        unit="%",
        label_name=_("自治体"),
        summary=caution(),
    )


def _headers(report: Report) -> tuple[list[str], list[str], list[str]]:
    return (
        [_("指標"), *(span.label for span, _figures in report.spans), _("定義")],
        [_("前提"), _("値"), _("出典"), _("時点")],
        [_("自治体"), _("オンライン / 手続き"), _("割合"), _("前年度のオンラインの申請"), _("人口千人あたり"), _("時点")],
    )


def standing_pdf(report: Report, compared: Sequence[Beside], municipality: Municipality) -> bytes:
    """The report as a paper for the meeting."""
    figures, assumed, others = _headers(report)
    data = {
        "title": _("オンライン化の報告"),
        "municipality": name_of(municipality),
        "date": date_ja(report.today),
        "sections": [
            {"title": _("主な数字"), "columns": figures, "figures": [1, 2], "widths": [4, 3, 3, 7], "rows": _figure_rows(report)},
            {
                "title": _("ほかの自治体との比較"),
                "body": [caution()],
                "columns": others,
                "figures": [1, 2, 3, 4],
                "rows": _beside_rows(compared),
            },
            {"title": _("使った前提"), "columns": assumed, "figures": [1], "widths": [6, 2, 4, 2], "rows": _assumed_rows(report)},
        ],
    }
    return pdf.render("report", data).pdf


def caution() -> str:
    return _("手続きの数は、棚卸がどこまで進んだかで変わります。割合だけで優劣は決まりません。")


def standing_docx(report: Report, compared: Sequence[Beside], municipality: Municipality) -> bytes:
    """The same figures as a table that can be worked on; comparison and assumptions stand below as lines."""
    figures, _assumed, _others = _headers(report)
    title = _("オンライン化の報告：%(name)s") % {"name": name_of(municipality)}
    notes = [_("%(day)s現在。") % {"day": date_ja(report.today)}, _("ほかの自治体との比較"), caution()]
    notes += ["　".join(row) for row in _beside_rows(compared)]
    notes += [_("使った前提"), *("　".join(row) for row in _assumed_rows(report))]
    return write_docx(_figure_rows(report), figures, title=title, notes=notes)
