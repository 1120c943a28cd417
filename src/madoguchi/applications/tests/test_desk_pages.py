"""The desk's pages: what each shows and does, who may, what bad input gets."""

from __future__ import annotations

import uuid
from datetime import timedelta
from io import BytesIO

import pytest
import time_machine
from django.utils import timezone

from madoguchi.accounts.models import AuditEntry
from madoguchi.applications.actions import (
    accept,
    amend,
    attach,
    begin_amendment,
    correct,
    propose,
    request_correction,
    save_answers,
    set_answer,
    submit,
    walk_of,
)
from madoguchi.applications.models import Application, Decision, Message, State
from madoguchi.applications.tests.desk import DESK, at, sign_in, text
from madoguchi.applications.tests.make import CHILDREN, TWO_CHILDREN, WITH_MYNUMBER, make_draft, make_filed, make_procedure
from madoguchi.lib.tests.files import picture

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, clerk):
    return sign_in(client, clerk)


@pytest.fixture
def procedure(division):
    return make_procedure(appeal="mayor", review_steps=["住所を確かめる"], amend_until_days=30)


@pytest.fixture
def case(procedure):
    return make_filed(procedure)


def test_the_queue_lists_marks_and_finds(desk, case, clerk) -> None:
    page = text(desk.get(DESK))
    assert case.number in page
    assert "新着" in page
    assert desk.get(DESK, {"q": case.number.lower()}).status_code == 302
    for words in ("架空", "かくう", "ｶｸｳ"):
        assert case.number in text(desk.get(DESK, {"q": words}))
    assert case.number not in text(desk.get(DESK, {"q": "いない人"}))
    assert case.number not in text(desk.get(DESK, {"tab": "mine"}))
    accept(application=case, by=clerk.user)
    assert case.number in text(desk.get(DESK, {"tab": "mine"}))


def test_late_ones_are_said_in_words(desk, case) -> None:
    Application.objects.filter(pk=case.pk).update(due_on=timezone.localdate() - timedelta(days=3))
    page = text(desk.get(DESK, {"tab": "late"}))
    assert "3日過ぎています" in page


@pytest.mark.parametrize(
    "query",
    [
        {"procedure": "999999"}, {"state": "x"}, {"assignee": "0"}, {"arrived_from": "2月30日"}, {"sort": "x"}, {"page": "x"}, {"page": "99999"},
        {"tab": "x"}, {"q": "%_\x00'\"<"}, {"q": "\N{GRINNING FACE}" * 60}, {"arrived_from": "2026-01-01", "arrived_to": "令和8年12月31日"},
    ],
)  # fmt: skip
def test_odd_filters_are_no_error(desk, case, query) -> None:
    assert desk.get(DESK, query).status_code in (200, 422)


def test_filters_narrow(desk, case, clerk) -> None:
    other = make_filed(make_procedure("other"))
    found = text(desk.get(DESK, {"procedure": str(other.procedure_id)}))
    assert other.number in found
    assert case.number not in found
    assert case.number in text(desk.get(DESK, {"assignee": "none", "state": "submitted", "arrived_from": "令和元年5月1日"}))


def test_ticked_ones_are_accepted_and_assigned(desk, procedure, clerk, chief) -> None:
    cases = [make_filed(procedure) for _ in range(3)]
    numbers = [case.number for case in cases]
    response = desk.post(f"{DESK}bulk/", {"act": "assign", "case": numbers, "to": str(chief.user.pk), "next": f"{DESK}?tab=mine"})
    assert response.headers["Location"] == f"{DESK}?tab=mine"
    assert set(Application.objects.values_list("assignee", flat=True)) == {chief.user.pk}
    request_correction(application=cases[0], items=[("reason", "くわしく")], by=clerk.user)
    page = text(desk.post(f"{DESK}bulk/", {"act": "accept", "case": numbers, "next": "https://elsewhere.example/"}, follow=True))
    assert "2件を受け付けました" in page
    assert cases[0].number in page
    assert Application.objects.filter(state=State.ACCEPTED).count() == 2
    assert "選ばれていません" in text(desk.post(f"{DESK}bulk/", {"act": "accept"}, follow=True))
    assert desk.post(f"{DESK}bulk/", {"act": "assign", "case": numbers, "to": "999999"}).status_code == 409


def test_the_case_shows_everything_and_is_written_down(desk, case) -> None:
    page = text(desk.get(at(case)))
    for words in ("架空 花子", "試験のため", "住所を確かめる", "受け付ける", "補正を求める"):
        assert words in page
    entry = AuditEntry.objects.get(verb="applications.open_case")
    assert entry.details["purpose"] == "審査"


def test_what_changed_is_marked_with_before_and_after(desk, case) -> None:
    desk.get(at(case))
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        amendment = begin_amendment(application=case)
        set_answer(store=amendment, application=case, path="amount", value=15000)
        amend(amendment=amendment)
        assert "変更あり" in text(desk.get(DESK, {"tab": "news"}))
        page = text(desk.get(at(case)))
        assert "新しい変更" in page
        assert "12,000円" in page
        assert "15,000円" in page
        diff = text(desk.get(at(case, "revisions/")))
    assert "12,000円" in diff
    assert "15,000円" in diff
    assert "違いはありません" in text(desk.get(at(case, "revisions/"), {"old": "2", "new": "2"}))
    assert desk.get(at(case, "revisions/"), {"old": "x", "new": "99"}).status_code == 200


def test_short_acts(desk, case, clerk, chief) -> None:
    assert desk.post(at(case, "accept/")).status_code == 302
    assert desk.post(at(case, "take/")).status_code == 302
    assert desk.post(at(case, "assign/"), {"to": str(chief.user.pk)}).status_code == 302
    assert "先に担当になりました" in text(desk.post(at(case, "take/"), follow=True))
    assert desk.post(at(case, "note/"), {"text": "電話済み"}).status_code == 302
    assert desk.post(at(case, "message/"), {"text": "書類をお持ちください"}).status_code == 302
    assert desk.post(at(case, "review/"), {"step": "住所を確かめる", "passed": "yes"}).status_code == 302
    page = text(desk.get(at(case)))
    for words in ("電話済み", "書類をお持ちください", "問題なし"):
        assert words in page
    assert Message.objects.get().division == case.procedure.division
    assert "所見を入力" in text(desk.post(at(case, "review/"), {"step": "住所を確かめる", "passed": "no"}, follow=True))


def test_no_text_is_lost(desk, case) -> None:
    for place in ("note/", "message/"):
        long = "あ" * 4001
        response = desk.post(at(case, place), {"text": long})
        assert response.status_code == 422
        assert long in text(response)
        assert desk.post(at(case, place), {"text": "  "}).status_code == 422


def test_asking_for_a_correction(desk, case) -> None:
    page = text(desk.get(at(case, "correction/")))
    assert "reason:reason" in page
    refused = desk.post(at(case, "correction/"), {"path": ["reason"], "reason:reason": "", "words": "よろしく", "due_on": "2月30日"})
    assert refused.status_code == 422
    assert "よろしく" in text(refused)
    refused = desk.post(at(case, "correction/"), {"path": ["reason", "name"], "reason:reason": "くわしく", "due_on": ""})
    assert refused.status_code == 422
    assert "くわしく" in text(refused)
    done = desk.post(at(case, "correction/"), {"path": ["reason"], "reason:reason": "くわしく", "due_on": ""}, follow=True)
    assert "補正を待っています" in text(done)
    correction = case.corrections.get()
    assert desk.post(at(case, "correction/cancel/"), {"correction": str(correction.pk)}).status_code == 302
    for odd in ("", "x", "9" * 30, str(correction.pk)):
        assert "もう終わっています" in text(desk.post(at(case, "correction/cancel/"), {"correction": odd}, follow=True))


def test_the_answer_to_a_correction_is_seen(desk, case, clerk) -> None:
    correction = request_correction(application=case, items=[("reason", "くわしく")], by=clerk.user)
    set_answer(store=correction, application=case, path="reason", value="直した理由")
    correct(correction=correction)
    assert "補正済み" in text(desk.get(DESK, {"tab": "news"}))
    page = text(desk.get(at(case)))
    assert "直した理由" in page
    assert "補正が届きました" in page


def test_mending_for_the_resident(desk, case) -> None:
    assert "生年月日" in text(desk.get(at(case, "edit/"), {"path": "birth"}))
    place = at(case, "edit/") + "?path=birth"
    wrong = desk.post(place, {"shown": "birth", "a:birth": "2月30日", "reason": "電話"})
    assert wrong.status_code == 422
    assert "2月30日" in text(wrong)
    assert desk.post(place, {"shown": "birth", "a:birth": "1991-01-01", "reason": ""}).status_code == 422
    assert desk.post(place, {"shown": "birth", "a:birth": "平成3年1月1日", "reason": "電話"}).status_code == 302
    assert case.latest().values["birth"] == "1991-01-01"
    for path in ("proof", "nonsense", "x[[", ""):
        assert desk.get(at(case, "edit/"), {"path": path}).status_code == 404


def test_deciding_by_the_page(desk, case, clerk) -> None:
    accept(application=case, by=clerk.user)
    place = at(case, f"subjects/{case.subjects.get().pk}/")
    assert "理由の書き出し" in text(desk.get(place))
    ready = text(desk.post(place, {"ready": "2", "reason": "はじめに", "outcome": "refused"}))
    assert "はじめに" in ready
    assert "一致しませんでした" in ready
    preview = text(desk.post(place, {"act": "preview", "outcome": "refused", "reason": "要件の不足", "release": "now"}))
    assert "要件の不足" in preview
    assert "江東区長に対して審査請求" in preview
    assert not Decision.objects.exists()
    assert desk.post(place, {"act": "decide", "outcome": "refused", "reason": ""}).status_code == 422
    assert desk.post(place, {"act": "decide", "outcome": "x"}).status_code == 422
    done = desk.post(place, {"act": "decide", "outcome": "granted", "release": "later", "seen": ""}, follow=True)
    assert "まだ知らせていません" in text(done)
    stale = desk.post(place, {"act": "decide", "outcome": "refused", "reason": "x", "seen": ""})
    assert stale.status_code == 422
    assert "ほかの人が先に" in text(stale)
    decision = Decision.objects.get()
    assert desk.post(at(case, f"decisions/{decision.pk}/"), {"act": "recall"}).status_code == 302
    desk.post(place, {"act": "decide", "outcome": "granted", "release": "later", "seen": ""})
    decision = Decision.objects.latest("pk")
    desk.post(at(case, f"decisions/{decision.pk}/"), {"act": "release"})
    decision.refresh_from_db()
    assert decision.released_at is not None
    changed = desk.post(place, {"act": "decide", "outcome": "refused", "reason": "取消し", "release": "now", "seen": str(decision.pk)})
    assert changed.status_code == 302


def test_proposing_and_approving_by_the_page(client, division, clerk, chief) -> None:
    case = accept(application=make_filed(make_procedure(second_review=True)), by=clerk.user)
    subject = case.subjects.get()
    place = at(case, f"subjects/{subject.pk}/")
    sign_in(client, clerk)
    assert "起案する" in text(client.get(place))
    client.post(place, {"act": "propose", "outcome": "granted", "reason": "", "note": "要件を満たす", "seen": ""})
    assert client.post(f"{place}approve/", {"act": "approve"}).status_code == 404
    assert client.get(f"{DESK}chief/").status_code == 404
    sign_in(client, chief)
    page = text(client.get(f"{DESK}chief/"))
    assert case.number in page
    assert "要件を満たす" in page
    assert "決裁待ち" in text(client.get(DESK, {"tab": "approvals"}))
    proposal = subject.reviews.get()
    assert "差し戻す理由" in text(client.post(f"{place}approve/", {"act": "back", "seen": str(proposal.pk)}, follow=True))
    assert "起案が変わった" in text(client.post(f"{place}approve/", {"act": "approve", "seen": "9" * 40}, follow=True))
    assert "選ばれていません" in text(client.post(f"{DESK}chief/approve/", {"act": "decide", "proposal": ["x"]}, follow=True))
    done = text(client.post(f"{DESK}chief/approve/", {"act": "decide", "proposal": [str(proposal.pk)]}, follow=True))
    assert "1件を決裁しました" in done
    assert Decision.objects.get().outcome == "granted"
    again = text(client.post(f"{DESK}chief/approve/", {"act": "decide", "proposal": [str(proposal.pk)]}, follow=True))
    assert "先に決裁した" in again


def test_approving_many_skips_ones_own(client, division, clerk, chief) -> None:
    procedure = make_procedure(second_review=True)
    mine, theirs = (accept(application=make_filed(procedure), by=clerk.user).subjects.get() for _ in range(2))
    own = propose(subject=mine, outcome="granted", by=chief.user)
    other = propose(subject=theirs, outcome="granted", by=clerk.user)
    sign_in(client, chief)
    page = text(client.post(f"{DESK}chief/approve/", {"act": "approve", "proposal": [str(own.pk), str(other.pk)]}, follow=True))
    assert "1件を決裁しました" in page
    assert "起案した人は" in page


def test_papers_are_drawn_by_us_and_downloaded(desk, procedure) -> None:
    draft = make_draft(procedure)
    question = draft.version.form.question("proof")
    attach(store=draft.draft(), application=draft, question=question, path="proof", file=BytesIO(picture("PNG")), name="証明.png")
    case = submit(application=draft)
    file = case.attachments.get().uuid
    assert "証明.png" in text(desk.get(at(case)))
    drawn = desk.get(at(case, f"files/{file}/1.png"))
    assert drawn.headers["Content-Type"] == "image/png"
    assert desk.get(at(case, f"files/{file}/9.png")).status_code in (200, 404)
    assert "attachment" in desk.get(at(case, f"files/{file}/")).headers["Content-Disposition"]
    assert desk.get(at(case, f"files/{uuid.uuid4()}/")).status_code == 404


def test_looking_at_a_number_once(desk, division) -> None:
    procedure = make_procedure("number", form=WITH_MYNUMBER, entitled_to_mynumber=True)
    draft = make_draft(procedure)
    item = walk_of(draft, draft.draft()).item("mynumber")
    save_answers(store=draft.draft(), application=draft, items=[item], posted={"mynumber": {"": ["123456789018"]}})
    case = submit(application=draft)
    assert "1234 5678 9018" not in text(desk.get(at(case)))
    assert desk.post(at(case, "mynumber/"), {"path": "mynumber", "reason": ""}).status_code == 422
    response = desk.post(at(case, "mynumber/"), {"path": "mynumber", "reason": "identity"})
    assert "1234 5678 9018" in text(response)
    assert "no-store" in response.headers["Cache-Control"]
    assert "個人番号を見ました" in text(desk.get(at(case)))


def test_a_new_phrase_at_the_counter(desk, case) -> None:
    old = case.phrase_hash
    assert desk.post(at(case, "phrase/"), {"proof": "card"}).status_code == 422
    page = text(desk.post(at(case, "phrase/"), {"proof": "card", "sure": "on"}))
    case.refresh_from_db()
    assert case.phrase_hash != old
    assert "もう一度は出せません" in page
    assert "マイナンバーカード" in case.notes.get().text


def test_withdrawing_at_the_counter(desk, division) -> None:
    case = make_filed(make_procedure("hoiku", form=CHILDREN), TWO_CHILDREN)
    first = case.subjects.first()
    assert desk.post(at(case, "withdraw/"), {"reason": "電話"}).status_code == 422
    assert desk.post(at(case, "withdraw/"), {"reason": "電話", "subjects": [str(first.pk)]}).status_code == 302
    case.refresh_from_db()
    assert case.state == State.SUBMITTED
    assert desk.post(at(case, "withdraw/"), {"reason": "電話"}).status_code == 302
    case.refresh_from_db()
    assert case.state == State.WITHDRAWN
    assert AuditEntry.objects.filter(verb="applications.withdraw").last().details["by_desk"] is True


def test_pages_ask_the_database_little(desk, procedure, clerk, django_assert_max_num_queries) -> None:
    cases = [make_filed(procedure) for _ in range(12)]
    with django_assert_max_num_queries(30):
        desk.get(DESK)
    with django_assert_max_num_queries(46):
        desk.get(at(cases[0]))
