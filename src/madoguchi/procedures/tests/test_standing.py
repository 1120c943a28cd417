"""The report to mayor and assembly: every figure is the sum of its rows, unknown is not zero, less than nothing is said."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from docx import Document

from madoguchi.accounts.models import AuditEntry
from madoguchi.accounts.tests.make import make_member
from madoguchi.engines.japanese import fiscal_year
from madoguchi.lib.errors import Refused
from madoguchi.procedures import actions as act
from madoguchi.procedures.models import InventoryCount, InventoryEntry, OperatingCost, StandingSettings, assumptions_of
from madoguchi.procedures.models.inventory_figures import published, so_far, year_of
from madoguchi.procedures.models.standing_figures import filings_of, minutes_of, spans, standing_of, yen_of
from madoguchi.procedures.tests.make import make_procedure, signed_in

pytestmark = pytest.mark.django_db
PAGE = "/koto/desk/inventory/standing/"


@pytest.fixture
def ict(division):
    return make_member("ict", division)


def last_year() -> int:
    return fiscal_year(timezone.localdate()) - 1


def entry(division, name: str, *, online: bool = False, **values) -> InventoryEntry:
    row = act.add_entry(division=division, name=name, values=values, by=None)
    if online:
        act.plan_entry(entry=row, plan={"progress": "online", "channel": "pittari"}, by=None)
        InventoryEntry.objects.filter(pk=row.pk).update(online_on=date(last_year(), 4, 1))
        row.refresh_from_db()
    return row


def counted(row: InventoryEntry, year: int, elsewhere: int, counter: int) -> None:
    """Every month of a fiscal year that is over, by two ways."""
    first, last = year_of(year)
    month = first
    while month <= min(last, timezone.localdate()):
        InventoryCount.objects.create(entry=row, month=month, channel="elsewhere", count=elsewhere)
        InventoryCount.objects.create(entry=row, month=month, channel="counter", count=counter)
        month = (month + timedelta(days=32)).replace(day=1)


@pytest.fixture
def town(division) -> list[InventoryEntry]:
    rows = [
        entry(division, "オンラインの届", online=True),
        entry(division, "紙だけの届", count_total=120, count_year=last_year()),
        entry(division, "誰も数えない届"),
    ]
    counted(rows[0], last_year(), elsewhere=10, counter=30)
    return rows


def figures(rows, **assumed) -> dict:
    today, span = timezone.localdate(), spans(timezone.localdate())[0]
    table = published(rows, span.year, {}, today)
    assumptions = assumptions_of(StandingSettings.objects.first())
    resident, staff = minutes_of(table, assumptions, span)
    found = [*standing_of(rows, today), *filings_of(table, span), resident, staff]
    found += yen_of(staff, list(OperatingCost.objects.all()), assumptions, span)
    return {one.key: one for one in found}


def test_what_each_figure_is_made_of(town):
    found = figures(town)
    assert (found["procedures-online"].value, found["procedures"].value) == (1, 3)
    assert found["procedures-online"].share == 33.3
    assert (found["filings-online"].value, found["filings"].value) == (120, 12 * 40 + 120)
    assert found["filings-online"].share == 20.0  # what was never online counts 0 online, not unknown
    assert found["filings"].unknown == 1
    assert found["resident-minutes"].value == 120 * (60 - 15)
    assert found["staff-minutes"].value == 120 * (20 - 15)
    assert found["yen-saved"].value == 120 * 5 * 3000 // 60


def test_unknown_is_not_zero(division):
    found = figures([entry(division, "誰も数えない届", online=True)])
    for key in ("filings-online", "filings", "resident-minutes", "staff-minutes", "yen-saved", "yen-spent", "yen-net"):
        assert found[key].value is None, key
    assert found["filings-online"].share is None


def test_less_than_nothing_is_said(town, ict):
    act.add_cost(fiscal_year=last_year(), kind="licence", label="利用料", yen=1_000_000, source="架空の決算書", by=ict.user)
    found = figures(town)
    assert found["yen-net"].value == 30_000 - 1_000_000
    act.update_entry(entry=town[0], values={"minutes_paper": 5, "minutes_online": 12}, source="実測", by=None)
    rows = list(InventoryEntry.objects.order_by("pk"))
    assert figures(rows)["staff-minutes"].value == 120 * -7
    assert "棚卸の処理時間" in figures(rows)["staff-minutes"].parts[0].how


def test_the_year_so_far_takes_no_yearly_number(town):
    today = timezone.localdate()
    year = fiscal_year(today)
    table = {one.entry.name: one for one in so_far(town, year, {}, today)}
    assert table["紙だけの届"].total is None  # the survey speaks of a whole year
    assert table["オンラインの届"].online is None
    counted(town[0], year, elsewhere=3, counter=1)
    months = InventoryCount.objects.filter(entry=town[0], channel="elsewhere", month__gte=year_of(year)[0]).count()
    whole = {one.entry.name: one for one in so_far(town, year, {}, today)}["オンラインの届"]
    assert (whole.total, whole.online) == (4 * months, 3 * months)
    InventoryCount.objects.filter(entry=town[0], month=year_of(year)[0]).delete()
    some = {one.entry.name: one for one in so_far(town, year, {}, today)}["オンラインの届"]
    assert (some.total, some.online) == ((None, 3 * (months - 1)) if months > 1 else (None, None))


def test_a_shown_form_that_nobody_filed_was_filed_no_times(division):
    make_procedure(division)
    (row,) = act.entries_for(procedures=[division.procedures.get()], by=None)
    today = timezone.localdate()
    (line,) = so_far([row], fiscal_year(today), {}, today)
    assert (line.total, line.online) == (None, 0)
    act.hide(procedure=row.procedure, by=None)
    row = InventoryEntry.objects.select_related("procedure").get()
    assert not row.is_online  # residents do not see it
    assert so_far([row], fiscal_year(today), {}, today)[0].online is None


@pytest.mark.parametrize("span", ["last", "now"])
def test_every_page_of_rows_lists_the_very_rows_of_its_figure(town, ict, span):
    act.add_cost(fiscal_year=last_year(), kind="postage", label="切手", yen=500, source="架空の帳簿", by=ict.user)
    counted(town[0], fiscal_year(timezone.localdate()), elsewhere=2, counter=2)
    desk = signed_in(ict)
    page = desk.get(PAGE)
    assert page.status_code == 200
    report = page.context["report"]
    wanted = [*report.standing, *next(rows for one, rows in report.spans if one.key == span)]
    for one in wanted:
        shown = desk.get(f"{PAGE}rows/{one.key}/?span={span}")
        assert shown.status_code == 200
        assert sum(part.amount for part in shown.context["figure"].parts) == (one.value or 0)
        assert shown.content.decode().count('<th scope="row" class="wrap">') == len(one.parts)
        if one.key.startswith("procedures"):
            assert len(one.parts) == one.value
        lines = desk.get(f"{PAGE}rows/{one.key}/?span={span}&as=csv").content.decode("utf-8-sig").strip().splitlines()
        assert len(lines) == len(one.parts) + 1
    assert desk.get(f"{PAGE}rows/no-such/").status_code == 404
    assert desk.get(f"{PAGE}rows/filings/?span=ever").status_code == 404


def test_the_page_says_what_is_unknown_and_what_is_assumed(town, clerk):
    text = signed_in(clerk).get(PAGE).content.decode()
    assert "分かりません" in text  # nobody entered a cost
    assert "仮の数（要確認）" in text
    assert "約90時間" in text
    assert f"{PAGE}settings/" not in text  # a clerk does not decide
    assert signed_in(clerk).get(f"{PAGE}settings/").status_code == 404
    assert signed_in(clerk).post(f"{PAGE}costs/", {"act": "remove", "cost": "1"}).status_code == 404


def test_assumptions_have_a_source_and_a_day(town, ict):
    desk, today = signed_in(ict), timezone.localdate()
    form = desk.get(f"{PAGE}settings/").context["form"]
    blank = {name: field.initial or "" for name, field in form.fields.items()}
    bad = desk.post(f"{PAGE}settings/", {**blank, "population-value": "５３万人"})
    assert (bad.status_code, "５３万人" in bad.content.decode()) == (400, True)
    bare = desk.post(f"{PAGE}settings/", {**blank, "population-value": "530,000"})
    assert (bare.status_code, "どこから取った数か" in bare.content.decode()) == (400, True)
    late = {
        **blank,
        "population-value": "530,000人",
        "population-source": "架空の台帳",
        "population-on": (today + timedelta(days=1)).isoformat(),
    }
    assert desk.post(f"{PAGE}settings/", late).status_code == 400
    good = {**late, "population-on": today.isoformat(), "staff_paper-value": "３０分", "staff_paper-source": "架空の実測"}
    good["staff_paper-on"] = today.isoformat()
    assert desk.post(f"{PAGE}settings/", good).status_code == 302
    found = assumptions_of(StandingSettings.objects.get())
    assert (found["population"].value, found["staff_paper"].value, found["staff_paper"].is_default) == (530_000, 30, False)
    assert found["staff_online"].is_default
    assert AuditEntry.objects.filter(verb="procedures.set_assumptions").count() == 1
    assert "架空の実測" in desk.get(PAGE).content.decode()
    desk.post(f"{PAGE}settings/", {**good, "staff_paper-value": ""})
    assert assumptions_of(StandingSettings.objects.get())["staff_paper"].value == 20


@pytest.mark.parametrize(
    "given",
    [
        {"nothing": {"value": 1, "source": "x", "on": date(2026, 1, 1)}},
        {"population": {"value": 0, "source": "x", "on": date(2026, 1, 1)}},
        {"staff_paper": {"value": -1, "source": "x", "on": date(2026, 1, 1)}},
        {"staff_paper": {"value": 1, "source": " ", "on": date(2026, 1, 1)}},
        {"staff_paper": {"value": 1, "source": "x", "on": None}},
    ],
)
def test_an_assumption_that_says_nothing_is_refused(given, ict):
    with pytest.raises(Refused):
        act.set_assumptions(assumptions=given, by=ict.user)
    assert not StandingSettings.objects.exists()


def test_costs_are_entered_and_taken_back(ict, other_municipality):
    desk = signed_in(ict)
    cost = {"fiscal_year": str(last_year()), "kind": "operation", "label": "保守", "yen": "１，２００，０００円", "source": ""}
    bad = desk.post(f"{PAGE}costs/", cost)
    assert (bad.status_code, "１，２００，０００円" in bad.content.decode()) == (400, True)
    assert desk.post(f"{PAGE}costs/", {**cost, "source": "架空の契約", "fiscal_year": "1999"}).status_code == 400
    desk.post(f"{PAGE}costs/", {**cost, "source": "架空の契約"})
    row = OperatingCost.objects.get()
    assert row.yen == 1_200_000
    assert "1,200,000" in desk.get(f"{PAGE}costs/").content.decode()
    desk.post(f"{PAGE}costs/", {"act": "remove", "cost": row.pk})
    assert not OperatingCost.objects.exists()
    assert [one.details["yen"] for one in AuditEntry.objects.filter(verb="procedures.remove_cost")] == [1_200_000]
    assert desk.post(f"{PAGE}costs/", {"act": "remove", "cost": "9" * 30}).status_code == 404
    with pytest.raises(PermissionDenied):
        OperatingCost(municipality=other_municipality, fiscal_year=2026, kind="other", label="x", yen=1, source="x").save()


def test_on_paper_stands_what_stands_on_the_page(town, ict):
    desk = signed_in(ict)
    pdf = desk.get("/koto/desk/inventory/standing.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert len(pdf.content) > 5000
    document = Document(io.BytesIO(desk.get("/koto/desk/inventory/standing.docx").content))
    rows = [[cell.text for cell in row.cells] for row in document.tables[0].rows]
    assert rows[1][:3] == ["オンラインの手続き（今日現在）", "–", "1（33.3%）"]
    assert ["オンラインの申請（件）", "120（20.0%）", "分かりません"] in [row[:3] for row in rows]
    assert ["使った額（円）", "分かりません", "分かりません"] in [row[:3] for row in rows]
    assert any("江東区（架空）" in line.text for line in document.paragraphs)
    assert desk.get("/koto/desk/inventory/standing.csv").status_code == 404


def test_seven_hundred_procedures_take_few_queries(division, clerk):
    rows = [
        InventoryEntry(
            division=division,
            number=f"k-{n:03}",
            name=f"手続{n}",
            key=f"手続{n}",
            values={"count_total": n},
            progress="online" if n % 2 else "open",
        )
        for n in range(700)
    ]
    InventoryEntry.objects.bulk_create(rows)
    desk = signed_in(clerk)
    for page in ("", "rows/filings-online/?span=last", "neighbours/"):
        with CaptureQueriesContext(connection) as few:
            assert desk.get(f"{PAGE}{page}").status_code == 200
        assert len(few) <= 40, page
