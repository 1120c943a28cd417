"""A clerk's day: three hundred cases, the next one at hand, what a list says where it has nothing to say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from madoguchi.accounts.tests.make import make_member
from madoguchi.applications.actions import accept, correct, decide, propose, request_correction, set_answer, withdraw
from madoguchi.applications.models import Application, Feedback, Subject
from madoguchi.applications.tests.desk import DESK, at, sign_in, text
from madoguchi.applications.tests.make import CHILDREN, TWO_CHILDREN, days_ago, make_filed, make_procedure
from madoguchi.notices.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, clerk):
    return sign_in(client, clerk)


@pytest.fixture
def procedure(division):
    return make_procedure(review_steps=["住所を確かめる"])


def many(procedure, count: int) -> None:
    """So many filed cases, written straight to the table: their own story is not what is asked here."""
    rows = [
        Application(
            procedure=procedure, version=procedure.current, version_hash=procedure.current.hash, state="submitted", number=f"T{place:04}",
            arrived_at=days_ago(place % 40), due_on=timezone.localdate() + timedelta(days=place % 60 - 20), applicant_name=f"架空 {place}号",
            search_key=f"架空{place}号",
        )
        for place in range(count)
    ]  # fmt: skip
    made = Application.objects.bulk_create(rows)
    Subject.objects.bulk_create([Subject(application=one, name=one.applicant_name) for one in made])


@pytest.mark.parametrize(
    "query", [{}, {"tab": "all"}, {"tab": "news"}, {"q": "架空"}, {"tab": "all", "sort": "newest", "state": "submitted"}]
)
def test_three_hundred_cases_take_few_queries(desk, procedure, query) -> None:
    many(procedure, 300)
    desk.get(DESK, query)  # the session keeps the list
    with CaptureQueriesContext(
        connection,
    ) as few:
        page = text(desk.get(DESK, query))
    assert len(few) <= 30
    assert "全300件のうち1〜50件" in page or query.get("tab") == "news"


def numbers_in(page: str, cases: list[Application]) -> list[str]:
    """Numbers in the order in which the page names them first."""
    return [one.number for one in sorted(cases, key=lambda one: page.index(f'id="{one.number}"'))]


def test_what_is_late_comes_first_and_what_is_over_last(desk, procedure, clerk) -> None:
    over, asked, later, sooner, late = (make_filed(procedure) for _ in range(5))
    withdraw(application=over, by=clerk.user, reason="電話", by_desk=True)
    request_correction(application=asked, items=[("reason", "くわしく")], by=clerk.user)
    for case, days in ((over, -30), (asked, -20), (late, -3), (sooner, 2), (later, 20)):
        Application.objects.filter(pk=case.pk).update(due_on=timezone.localdate() + timedelta(days=days))
    page = text(desk.get(DESK, {"tab": "all"}))
    assert numbers_in(page, [over, asked, later, sooner, late]) == [one.number for one in (late, sooner, later, asked, over)]


def test_something_helpful_stands_where_no_day_runs(desk, clerk, division) -> None:
    fixed = make_procedure(
        "fixed", clock_unit="fixed_day", standard_days=None, standard_label={"ja": "2月のはじめ", "en": "Early February"}
    )
    free = make_procedure("free", clock_unit="none", standard_days=None)
    report = make_procedure("report", kind="notification")
    waiting, asked, held, decided, gone, accepted = (make_filed(one) for one in (fixed, free, free, free, free, report))
    request_correction(application=asked, items=[("reason", "くわしく")], by=clerk.user)
    for case, outcome in ((held, "held"), (decided, "granted")):
        decide(accept(application=case, by=clerk.user).subjects.get(), by=clerk.user, outcome=outcome)
    withdraw(application=gone, by=clerk.user, reason="電話", by_desk=True)
    accept(application=accepted, by=clerk.user)
    page = text(desk.get(DESK, {"tab": "all"}))
    for words in ("2月のはじめ", "返事は", "保留の期限なし", "保留中", "に決定", "に取下げ", "に受付", "まだいません"):
        assert words in page
    assert "—" not in page
    asked.corrections.update(due_on=timezone.localdate() - timedelta(days=1))
    assert "を過ぎました" in text(desk.get(DESK, {"tab": "resident"}))
    assert "返事がないまま" in text(desk.get(at(asked)))
    assert waiting.number in page


def test_a_column_that_says_nothing_is_left_out(desk, procedure, clerk) -> None:
    accept(application=make_filed(procedure), by=clerk.user)
    page = text(desk.get(DESK))
    assert 'scope="col">手続き<' not in page
    assert 'scope="col">担当者<' in page
    assert 'scope="col">担当者<' not in text(desk.get(DESK, {"tab": "mine"}))
    make_procedure("other")
    assert 'scope="col">手続き<' in text(desk.get(DESK))


def test_an_empty_list_says_what_and_where_to_go_on(desk, procedure) -> None:
    assert "?tab=division" in text(desk.get(DESK, {"tab": "mine"})).partition("いま担当している申請はありません")[2]
    assert "終わった申請も見る" in text(desk.get(DESK))
    make_filed(procedure)
    assert "絞り込みに合う申請がありません" in text(desk.get(DESK, {"state": "decided"}))


@pytest.mark.parametrize("words", ["架空 花子", "架空花子", "架空　花子", "かくう", "ｶｸｳ ﾊﾅｺ", "カクウハナコ"])
def test_names_are_found_in_any_width(desk, procedure, words) -> None:
    case = make_filed(procedure)
    assert case.number in text(desk.get(DESK, {"q": words}))
    wide = "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in case.number)
    for written in (wide, case.number.lower(), case.number.replace("-", ""), f" {case.number} "):
        assert desk.get(DESK, {"q": written}).headers["Location"] == at(case)
    assert case.number in text(desk.get(DESK, {"q": case.number[:5]}))


def test_the_next_case_is_one_step_away(desk, procedure, clerk) -> None:
    cases = [make_filed(procedure) for _ in range(3)]
    assert 'rel="next"' not in text(desk.get(at(cases[0])))  # opened from no list
    desk.get(DESK, {"tab": "division", "state": "submitted"})
    first, middle, last = (text(desk.get(at(case))) for case in cases)
    assert "3件のうち2番目" in middle
    assert f'rel="prev" href="{at(cases[0])}"' in middle
    assert f'rel="next" href="{at(cases[2])}"' in middle
    assert f"?tab=division&amp;state=submitted#{cases[1].number}" in middle
    assert 'rel="prev"' not in first
    assert 'rel="next"' not in last
    # An act that takes the case out of the list does not lose the place in it.
    assert f'rel="next" href="{at(cases[2])}"' in text(desk.post(at(cases[1], "accept/"), follow=True))


def test_a_list_is_kept_once_and_only_three(desk, procedure) -> None:
    for _ in range(2):
        make_filed(procedure)
    desk.get(DESK)
    with CaptureQueriesContext(connection) as queries:
        desk.get(DESK)
    assert not [one for one in queries if "django_session" in one["sql"] and one["sql"].startswith("UPDATE")]
    for tab in ("mine", "late", "resident", "news", "all"):
        desk.get(DESK, {"tab": tab})
    assert len(desk.session["desk_lists"]) <= 3


def test_the_chief_walks_through_the_proposals(client, division, clerk, chief) -> None:
    procedure = make_procedure(second_review=True)
    subjects = [accept(application=make_filed(procedure), by=clerk.user).subjects.get() for _ in range(2)]
    for subject in subjects:
        propose(subject=subject, outcome="granted", by=clerk.user)
    sign_in(client, chief)
    client.get(f"{DESK}chief/")
    page = text(client.get(at(subjects[0].application)))
    assert f'rel="next" href="{at(subjects[1].application)}"' in page
    assert f'href="{DESK}chief/#' in page
    acts = page.partition('class="buttons acts"')[2].partition("</div>")[0]
    assert "決裁する" in acts.partition("起案し直す")[0]  # the chief's own act is the first one


def test_what_changed_stands_first_with_what_had_been_asked(desk, procedure, clerk) -> None:
    case = make_filed(procedure)
    correction = request_correction(
        application=case, items=[("reason", "くわしく書いてください"), ("amount", "合っていますか")], by=clerk.user
    )
    page = text(desk.get(at(case)))
    assert "くわしく書いてください" in page
    assert "合っていますか" in page
    set_answer(store=correction, application=case, path="reason", value="直した理由")
    correct(correction=correction)
    first = text(desk.get(at(case))).partition('class="changes"')[2].partition("</section>")[0]
    for words in ("直りました", "変わっていません", "くわしく書いてください", "試験のため", "直した理由"):
        assert words in first


def test_a_long_case_has_an_index(desk, division) -> None:
    child = TWO_CHILDREN["child"][0]
    children = [{**child, "row": f"r{place}", "child_name": {"family": "架空", "given": f"{place}号"}} for place in range(6)]
    page = text(desk.get(at(make_filed(make_procedure("hoiku", form=CHILDREN), {**TWO_CHILDREN, "child": children}))))
    assert 'href="#group-7"' in page
    assert 'id="group-7"' in page


def test_a_notice_is_reached_from_its_case(desk, procedure) -> None:
    case = make_filed(procedure)
    notice = Notice.objects.of(case.uuid)[0]
    assert f"{DESK}notices/{notice.uuid}/" in text(desk.get(at(case)))


@pytest.mark.parametrize("act", ["accept/", "take/", "assign/", "note/", "message/", "review/", "mynumber/", "correction/cancel/"])
def test_an_act_opened_as_a_page_leads_to_the_case(desk, procedure, act) -> None:
    """After signing in again the browser opens the address of what was to be posted."""
    case = make_filed(procedure)
    assert desk.get(at(case, act)).headers["Location"] == at(case)
    desk.post(at(case, "note/"), {"text": ""})
    refused = text(desk.post(at(case, "note/"), {"text": ""}))
    assert f'name="next" value="{at(case)}"' in refused


PAGES = ("", "?tab=late", "chief/", "export/", "notices/", "letters/", "jobs/", "procedures/", "procedures/test/", "nothing/", "cases/AAA/")


@pytest.mark.parametrize("place", PAGES)
def test_every_desk_page_takes_an_opinion_and_finds_a_case(client, chief, division, place) -> None:
    make_procedure()
    sign_in(client, chief)
    page = text(client.get(f"{DESK}{place}"))
    assert f'action="{DESK}feedback/"' in page
    assert 'name="end" value="desk:' in page
    assert "data-search" in page
    assert 'id="keys"' in page


def test_the_opinion_knows_its_page_and_leads_back_to_it(client, division) -> None:
    sign_in(client, make_member("ict", division))
    page = text(client.get(f"{DESK}workers/"))
    assert 'value="desk:jobs.health"' in page
    assert "data-search" not in page  # who opens no cases searches none
    given = client.post(f"{DESK}feedback/", {"end": "desk:jobs.health", "score": "5", "words": "", "next": f"{DESK}workers/"})
    assert given.headers["Location"] == f"{DESK}workers/"
    assert Feedback.objects.get().end == "desk:jobs.health"


def test_the_menu_says_where_one_is(desk, procedure) -> None:
    case = make_filed(procedure)

    def here(place: str) -> str:
        menu = text(desk.get(place)).partition('class="desk-menu"')[2].partition("</nav>")[0]
        return next(line for line in menu.splitlines() if "aria-current" in line)

    assert "申請の一覧" in here(at(case))
    assert 'aria-current="true"' in here(at(case))
    assert 'aria-current="page"' in here(DESK)
    assert "手続き" in here(f"{DESK}procedures/test/")
    assert "通知" in here(f"{DESK}notices/")


def test_days_are_english_in_english(desk, procedure) -> None:
    make_filed(procedure)
    desk.cookies["madoguchi_language"] = "en"
    page = text(desk.get(DESK))
    with translation.override("en"):
        assert f"{timezone.localdate().day} {timezone.localdate():%B}" in page


def test_a_clerk_types_what_came_on_paper(desk, procedure, clerk):
    """The page gives a link that opens the form once, and what the person needs afterwards; the channel stays with the case."""
    page = text(desk.get(f"{DESK}new/", {"procedure": procedure.slug, "channel": "paper"}))
    assert "紙で届いた" in page
    assert "手続きを選んでください" in text(desk.post(f"{DESK}new/", {"channel": "paper"}))
    assert "紙か窓口" in text(desk.post(f"{DESK}new/", {"procedure": procedure.slug, "channel": "online"}))
    assert Application.objects.count() == 0
    begun = text(desk.post(f"{DESK}new/", {"procedure": procedure.slug, "channel": "counter"}))
    made = Application.objects.get()
    assert (made.channel, made.state, made.resume_code in begun) == ("counter", "draft", True)
    assert desk.get(f"/koto/a/{made.uuid}/check/").status_code == 302  # the desk's own session opens no resident's page
