"""Life events from the guide to the status page: asked once, filed together, each to its own division. Library procedures, real pages."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_scopes import scope

from madoguchi.accounts.actions import resident_for
from madoguchi.accounts.tests.make import make_division, make_member, make_municipality
from madoguchi.applications.actions import sweep_filings
from madoguchi.applications.models import Application, FilingBundle, Reuse, State
from madoguchi.jobs.tests.make import run_tasks
from madoguchi.lib.limits import Limit
from madoguchi.lib.tests.boxes import form_with, posted, words
from madoguchi.notices.models import Mail
from madoguchi.procedures.actions import adopt, close, library_entries, publish, reopen, set_bundle
from tests import filler
from tests.people import text_of

pytestmark = pytest.mark.django_db
GUIDE = "/koto/life/shussei/guide/"
NAME = {"family": "見本", "given": "花子", "family_kana": "ミホン", "given_kana": "ハナコ"}
HOME = {"postal": "135-0016", "prefecture": "東京都", "city": "江東区", "town": "東陽", "block": "4-11-28", "building": ""}
COMMON = {
    "applicant_name": NAME,
    "applicant_birth": "1990-04-15",
    "applicant_address": HOME,
    "applicant_phone": "03-5555-0101",
    "applicant_email": "hanako@example.jp",
}
ENTRIES = {entry.id: entry for entry in library_entries()}


def answers(procedure: str) -> dict[str, Any]:
    """Those of the first clean example, with the common ones in place of its own."""
    found = next(one for one in ENTRIES[procedure].examples if one["expect"] == "clean")["answers"]
    same = {"name": NAME, "birth": "1990-04-15", "address": HOME, "phone": "03-5555-0101", "email": "hanako@example.jp"}
    return {**found, **{key: value for key, value in same.items() if key in found}}


@pytest.fixture
def koto(db):
    municipality = make_municipality("koto", "江東区", "Koto City", code="131083")
    with scope(municipality=municipality):
        for code, name in (("kosodate", "こども家庭支援課"), ("kokuho", "医療保険課"), ("kumin", "区民課")):
            make_division(code, name, code.title())
        for one in ("jido-teate-nintei", "kokuho-kanyu"):
            adopt(one, by=None)
        yield municipality


def begin(client: Client, *, agree: str = "yes", chosen: tuple[str, ...] = ("jido-teate-nintei", "kokuho-kanyu")) -> FilingBundle:
    page = client.get(GUIDE)
    form = form_with(page, name="a:which")
    page = client.post(GUIDE, posted(form, **{"a:which": "first", "a:public": "no", "a:insurance": "kokuho"}), follow=True)
    form = form_with(page, name="member")
    assert sorted(form.values("member")) == ["jido-teate-nintei", "kokuho-kanyu"]
    response = client.post(form.action, posted(form, member=list(chosen), agree=agree))
    assert response.status_code == 302, words(response)
    return FilingBundle.objects.get(uuid=response["Location"].split("/")[3])


def common(client: Client, filing: FilingBundle, **changes: Any) -> Any:
    address = client.get(f"/koto/b/{filing.uuid}/next/")["Location"]
    assert address == f"/koto/b/{filing.uuid}/common/you/"
    page = client.get(address)
    given = {**COMMON, **changes}
    boxes = {f"a:{path}:{part}": text for path, value in given.items() if isinstance(value, dict) for part, text in value.items()}
    boxes |= {f"a:{path}": value for path, value in given.items() if isinstance(value, str)}
    return client.post(address, posted(form_with(page, button="next"), "next", **boxes))


def walk_on(client: Client, filing: FilingBundle) -> str:
    """Answer form after form until nothing is left to ask; gives where the last page led."""
    address = client.get(f"/koto/b/{filing.uuid}/next/")["Location"]
    for _ in range(4):
        if "/a/" not in address:
            return address
        application = Application.objects.get(uuid=address.split("/")[3])
        end = filler.fill(client, application, answers(application.procedure.slug))
        assert end == f"/koto/b/{filing.uuid}/next/", end
        address = client.get(end)["Location"]
    raise AssertionError(address)


def test_asked_once_filed_together(koto, client):
    filing = begin(client)
    response = common(client, filing)
    assert response["Location"] == f"/koto/b/{filing.uuid}/next/", words(response)
    assert walk_on(client, filing) == f"/koto/b/{filing.uuid}/check/"
    check = client.get(f"/koto/b/{filing.uuid}/check/")
    assert words(check).count("共通の質問の答えから写しました。") >= 8
    sent = client.post(f"/koto/b/{filing.uuid}/check/", follow=True)
    assert "2件の手続きが、それぞれの担当の課に届きました。" in words(sent)
    filed = list(Application.objects.filed())
    assert {one.division.code for one in filed} == {"kosodate", "kokuho"}
    assert all(one.number in words(sent) for one in filed)


def test_in_english_too(koto, client):
    client.cookies["madoguchi_language"] = "en"
    filing = begin(client)
    assert filing.language == "en"
    assert "About you" in words(client.get(f"/koto/b/{filing.uuid}/next/", follow=True))
    common(client, filing)
    assert walk_on(client, filing).endswith("/check/")
    client.post(f"/koto/b/{filing.uuid}/check/")
    assert "child allowance" in words(client.get(f"/koto/b/{filing.uuid}/"))
    assert Application.objects.filed().filter(language="en").count() == 2


def test_an_application_of_a_filing_is_as_one_that_is_filed_alone(koto, client):
    filing = begin(client)
    common(client, filing)
    walk_on(client, filing)
    client.post(f"/koto/b/{filing.uuid}/check/")
    for together in Application.objects.filed():
        alone = filler.start(client, "koto", together.procedure.slug)
        filler.fill(client, alone, answers(together.procedure.slug))
        client.post(f"/koto/a/{alone.uuid}/check/")
        alone.refresh_from_db()
        mine, other = together.latest(), alone.latest()
        assert plain(mine.values) == plain(other.values)
        assert (mine.kind, mine.number, mine.code_lists, mine.typed) == (other.kind, other.number, other.code_lists, other.typed)
        assert (together.due_on, together.applicant_name, together.search_key) == (alone.due_on, alone.applicant_name, alone.search_key)
        assert together.documents.count() == alone.documents.count() == 1


def plain(values: Any) -> str:
    """Answers without what is drawn by lot: ids of rows, files and sealed numbers."""

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: clean(each) for key, each in value.items() if key not in ("row", "id", "secret", "size")}
        return [clean(each) for each in value] if isinstance(value, list) else value

    return json.dumps(clean(values), ensure_ascii=False, sort_keys=True)


def test_without_consent_nothing_is_copied(koto, client):
    filing = begin(client, agree="no")
    assert filing.document is None
    assert client.get(f"/koto/b/{filing.uuid}/next/")["Location"].startswith("/koto/a/")
    assert walk_on(client, filing).endswith("/check/")
    assert not Reuse.objects.exists()
    assert "から写しました" not in words(client.get(f"/koto/b/{filing.uuid}/check/"))


def test_pressing_twice_sends_once(koto, client):
    filing = begin(client)
    common(client, filing)
    walk_on(client, filing)
    for _ in range(2):
        assert client.post(f"/koto/b/{filing.uuid}/check/").status_code == 302
    numbers = [one.number for one in Application.objects.filed()]
    assert len(numbers) == 2
    assert all(one.answers.count() == 1 for one in Application.objects.filed())


def test_one_that_is_refused_takes_nothing_from_the_others(koto, client):
    filing = begin(client)
    common(client, filing)
    walk_on(client, filing)
    closed = Application.objects.get(procedure__slug="kokuho-kanyu").procedure
    close(procedure=closed, last_day=timezone.localdate() - timedelta(days=1), by=None)
    page = words(client.post(f"/koto/b/{filing.uuid}/check/", follow=True))
    assert "受付期間が終わったため、送れません。" in page
    assert "1件の手続きが" in page
    assert Application.objects.get(procedure__slug="kokuho-kanyu").state == State.DRAFT
    filing.refresh_from_db()
    assert filing.values, "a draft still needs the common answers"
    reopen(procedure=closed, by=None)
    client.post(f"/koto/b/{filing.uuid}/check/")
    assert Application.objects.filed().count() == 2
    filing.refresh_from_db()
    assert (filing.values, filing.is_asking) == ({}, False)


def test_what_is_not_complete_stays_a_draft_and_is_named(koto, client):
    filing = begin(client)
    common(client, filing)
    first = Application.objects.get(procedure__slug="jido-teate-nintei")
    assert client.post(f"/koto/b/{filing.uuid}/check/").status_code == 422
    filler.fill(client, first, answers("jido-teate-nintei"))
    check = words(client.get(f"/koto/b/{filing.uuid}/check/"))
    assert "まだ入力が終わっていません。下書きとして残ります。" in check
    client.post(f"/koto/b/{filing.uuid}/check/")
    first.refresh_from_db()
    other = Application.objects.get(procedure__slug="kokuho-kanyu")
    assert (first.state, other.state) == (State.SUBMITTED, State.DRAFT)
    assert "2件のうち1件を送りました" in words(client.get(f"/koto/b/{filing.uuid}/"))


def test_who_lost_the_cookie_comes_back_and_loses_nothing(koto, client):
    filing = begin(client)
    kept = client.get(f"/koto/b/{filing.uuid}/keep/")
    code, phrase = text_of(kept, "resume-code"), text_of(kept, "phrase")
    address = f"/koto/b/{filing.uuid}/common/you/"
    form = form_with(client.get(address), button="next")
    other = Client()
    asked = other.post(address, posted(form, "next", **{"a:applicant_phone": "03-5555-0177"}))
    assert asked.status_code == 403
    back = form_with(asked, name="phrase")
    carried = other.post("/koto/status/", posted(back, number=code, phrase=phrase))
    again = form_with(carried, name="a:applicant_phone")
    saved = other.post(again.action, posted(again))
    assert saved.status_code == 422, "the other boxes are still empty"
    filing.refresh_from_db()
    assert filing.values["applicant_phone"] == "03-5555-0177"
    assert other.get(f"/koto/b/{filing.uuid}/").status_code == 200
    assert Client().get(f"/koto/b/{filing.uuid}/").status_code == 302
    wrong = Client().post("/koto/status/", posted(back, number=code, phrase="さくら-さくら-さくら-さくら"))
    assert wrong.status_code == 422


def test_an_address_is_asked_once_and_its_link_opens_the_whole(koto, client):
    filing = begin(client)
    first, second = Application.objects.order_by("id")
    asked = client.post(f"/koto/a/{first.uuid}/leave/", {"email": "hanako@example.jp"}, follow=True)
    digits = re.search(r"\d{6}", mails()[-1])[0]
    client.post(asked.request["PATH_INFO"], posted(form_with(asked, name="code"), code=digits))
    second.refresh_from_db()
    assert second.email == "hanako@example.jp"
    other = Client()
    token = re.search(r"/koto/resume/([\w-]+)/", mails()[-1])[1]
    assert other.post(f"/koto/resume/{token}/")["Location"] == f"/koto/b/{filing.uuid}/"
    assert other.get(f"/koto/b/{filing.uuid}/").status_code == 200
    assert other.get(f"/koto/a/{second.uuid}/", follow=True).status_code == 200


def mails() -> list[str]:
    run_tasks()
    return [mail.body for mail in Mail.objects.order_by("id")]


def test_a_version_that_is_published_meanwhile(koto, client):
    filing = begin(client)
    common(client, filing)
    application = Application.objects.get(procedure__slug="kokuho-kanyu")
    document = json.loads(json.dumps(application.version.document))
    extra = {"id": "why_late", "type": "text", "required": True, "label": {"ja": "遅れた理由", "plain": "おくれた わけ", "en": "Why late"}}
    page = document["pages"][-1]
    (page["sections"][0] if "sections" in page else page)["questions"].append(extra)
    publish(procedure=application.procedure, document=document, by=None)
    walk_on(client, filing)
    first = client.get(f"/koto/a/{application.uuid}/p/{application.version.form.pages[0].id}/")
    assert "様式が新しくなりました" in words(first)
    client.post(f"/koto/a/{application.uuid}/new-version/")
    hub = words(client.get(f"/koto/b/{filing.uuid}/"))
    assert "直すところがあります" in hub or "あと" in hub
    client.post(f"/koto/b/{filing.uuid}/check/")
    application.refresh_from_db()
    assert application.state == State.DRAFT
    draft = application.draft()
    draft.values = {**draft.values, "why_late": "知りませんでした"}
    draft.save()
    client.post(f"/koto/b/{filing.uuid}/check/")
    application.refresh_from_db()
    assert (application.state, application.version.number) == (State.SUBMITTED, 2)


def test_the_desk_sees_what_its_division_has(koto, client):
    filing = begin(client)
    common(client, filing)
    walk_on(client, filing)
    client.post(f"/koto/b/{filing.uuid}/check/")
    mine, other = (Application.objects.get(procedure__slug=slug) for slug in ("jido-teate-nintei", "kokuho-kanyu"))
    clerk = Client()
    clerk.force_login(make_member("clerk", mine.division).user)
    clerk.cookies["madoguchi_desk"] = clerk.cookies["sessionid"].value
    page = words(clerk.get(f"/koto/desk/cases/{mine.number}/"))
    assert "ほかの課への手続きが1件あります。" in page
    assert other.number not in page
    assert other.procedure.name["ja"] not in page
    assert clerk.get(f"/koto/desk/cases/{other.number}/").status_code == 404
    other.procedure.division = mine.division
    other.procedure.save()
    assert other.number in words(clerk.get(f"/koto/desk/cases/{mine.number}/"))


def test_common_answers_that_change_later(koto, client):
    filing = begin(client)
    common(client, filing)
    first, second = (Application.objects.get(procedure__slug=slug) for slug in ("jido-teate-nintei", "kokuho-kanyu"))
    page = next(
        page.id for page in second.version.form.pages for section in page.sections for one in section.questions if one.id == "phone"
    )
    shown = client.get(f"/koto/a/{second.uuid}/p/{page}/")
    assert "共通の質問の答えから写しました。" in words(shown)
    client.post(f"/koto/a/{second.uuid}/p/{page}/", posted(form_with(shown, button="next"), "leave", **{"a:phone": "03-5555-0199"}))
    assert "共通の質問の答えから写しました。" in words(client.get(f"/koto/a/{second.uuid}/p/{page}/"))
    address = f"/koto/b/{filing.uuid}/common/you/"
    client.post(address, posted(form_with(client.get(address), button="next"), "next", **{"a:applicant_phone": "03-5555-0188"}))
    assert first.draft().values["phone"] == "03-5555-0188", "follows"
    assert second.draft().values["phone"] == "03-5555-0199", "what a person changed in a form stays"


def test_throwing_one_draft_away_leaves_the_others(koto, client):
    filing = begin(client)
    common(client, filing)
    gone, left = Application.objects.order_by("id")
    assert f"/koto/a/{gone.uuid}/discard/" in client.get(f"/koto/b/{filing.uuid}/").content.decode()
    assert client.post(f"/koto/a/{gone.uuid}/discard/")["Location"] == f"/koto/b/{filing.uuid}/"
    assert not Application.objects.filter(pk=gone.pk).exists()
    hub = words(client.get(f"/koto/b/{filing.uuid}/"))
    assert "下書きは消えました。" in hub
    assert "1件のうち0件を送りました" in hub
    client.post(f"/koto/a/{left.uuid}/discard/")
    assert sweep_filings() == 1
    filing.refresh_from_db()
    assert (filing.values, filing.typed) == ({}, {})


def test_one_list_of_documents(koto, client, monkeypatch):
    filing = begin(client)
    common(client, filing)
    walk_on(client, filing)
    page = client.get(f"/koto/b/{filing.uuid}/")
    papers = {paper.label: paper for paper in page.context["documents"].files}
    assert len(papers["本人確認書類"].procedures) == 2
    pdf = client.get(f"/koto/b/{filing.uuid}/documents.pdf")
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Content-Disposition"].startswith("attachment")
    monkeypatch.setattr("madoguchi.applications.views.together.PAPERS", Limit("bundle-documents", 0, 60))
    assert "15分ほど待ってから" in words(client.get(f"/koto/b/{filing.uuid}/documents.pdf"))


def test_the_guide_is_advice_and_keeps_nothing(koto, client):
    page = words(client.get(GUIDE))
    assert "お子さまが入る健康保険はどれですか" in page
    result = client.post(GUIDE, {}, follow=True)
    said = words(result)
    assert "関係があるかもしれません" in said
    assert "窓口で行う手続きです。" in said  # 出生届
    chosen = posted(form_with(result, name="member"), member=["kokuho-kanyu"])
    alone = client.post("/koto/life/shussei/start/", chosen)
    assert "/a/" in alone["Location"], "one alone begins as from its own page"
    nothing = client.post("/koto/life/shussei/start/", {"agree": "yes"})
    assert nothing.status_code == 422
    assert "1つ以上選んでください" in words(nothing)
    undecided = client.post("/koto/life/shussei/start/", {"member": ["kokuho-kanyu", "jido-teate-nintei"]})
    assert undecided.status_code == 422
    assert sorted(form_with(undecided, name="member").values("member")) == ["jido-teate-nintei", "kokuho-kanyu"], "the ticks stay"
    assert not FilingBundle.objects.exists()


def test_a_bundle_that_is_switched_off_is_gone(koto, client, django_user_model):
    user = django_user_model.objects.create(username="ict-koto")
    home = client.get("/koto/").content.decode()
    assert GUIDE in home
    assert client.get("/koto/life/shussei/")["Location"] == GUIDE
    set_bundle(name="shussei", is_on=False, position=1, order=[], left_out=[], by=user)
    assert GUIDE not in client.get("/koto/").content.decode()
    assert client.get(GUIDE).status_code == 404
    assert client.get("/koto/life/shussei/").status_code == 404
    assert client.get("/koto/life/kaigo/guide/").status_code == 404, "nothing of it can be done online here"


# -- answers of earlier applications -------------------------------------------------------------------------------------------


def test_earlier_answers_are_offered_to_who_is_signed_in(koto, client):
    resident = resident_for(email="hanako@example.jp")
    client.force_login(resident)
    client.cookies["madoguchi"] = client.cookies["sessionid"].value
    first = filler.start(client, "koto", "jido-teate-nintei")
    filler.fill(client, first, answers("jido-teate-nintei"))
    client.post(f"/koto/a/{first.uuid}/check/")
    second = filler.start(client, "koto", "kokuho-kanyu")
    assert f"/koto/a/{second.uuid}/reuse/" in client.get(f"/koto/a/{second.uuid}/keep/").content.decode()
    page = client.get(f"/koto/a/{second.uuid}/reuse/")
    form = form_with(page, name="pick")
    assert not form.values("pick"), "nothing is picked for anybody"
    assert set(form.offered["pick"]) >= {"name", "birth", "address", "phone"}
    assert not {"my_number", "declare_check", "identity_paper", "why"} & set(form.offered["pick"])
    assert client.post(f"/koto/a/{second.uuid}/reuse/", {}).status_code == 422
    client.post(f"/koto/a/{second.uuid}/reuse/", posted(form, pick=["name", "phone", "why"]))
    assert set(second.draft().values) == {"name", "phone"}
    shown = words(client.get(f"/koto/a/{second.uuid}/", follow=True))
    assert "「児童手当 認定請求」（" in shown
    assert "に書いた答えから写しました。" in shown
    stranger = Client()
    assert stranger.get(f"/koto/a/{second.uuid}/reuse/").status_code == 302


def test_nothing_is_offered_without_an_account(koto, client):
    first = filler.start(client, "koto", "jido-teate-nintei")
    filler.fill(client, first, answers("jido-teate-nintei"))
    client.post(f"/koto/a/{first.uuid}/check/")
    second = filler.start(client, "koto", "kokuho-kanyu")
    assert client.get(f"/koto/a/{second.uuid}/reuse/")["Location"] == f"/koto/a/{second.uuid}/"
