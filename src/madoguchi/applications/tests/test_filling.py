"""The page of a draft, posted as a browser posts it: every button saves first, and nothing typed is lost."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madoguchi.applications.actions import fingerprint, save_answers, walk_of
from madoguchi.applications.models import Application, Secret
from madoguchi.applications.tests.every_type import EVERY_TYPE, QUESTIONS, publish_places
from madoguchi.applications.tests.make import CHILDREN, FORM, WITH_MYNUMBER, make_procedure
from madoguchi.applications.tests.make import words as texts
from madoguchi.engines.forms import TYPES, get, parts_of
from madoguchi.engines.japanese import remove_forbidden
from madoguchi.lib.tests.boxes import form_with, press, words
from madoguchi.lib.tests.files import picture

pytestmark = pytest.mark.django_db


def begin(client: Client, procedure) -> Application:
    response = client.post(f"/koto/apply/{procedure.slug}/")
    return Application.objects.get(uuid=response["Location"].split("/")[3])


def page(application: Application, name: str) -> str:
    return f"/koto/a/{application.uuid}/p/{name}/"


@pytest.fixture
def every(in_scope):
    publish_places()
    return make_procedure("every", form=EVERY_TYPE)


@pytest.fixture
def draft(every, client):
    return begin(client, every)


# -- the property: what was typed is there, as a value or as text ------------------------------------------------------------

TEXTS = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(
        ["令和6年4月15日", "昭和64年1月8日", "2026-02-30", "１２３", "12.5", "-1", "yes", "no", "one", "red", "p1", "p9", "0001", "001",
         "普通", "ordinary", "ヤマダ ハナコ", "135-0016", "090-1234-5678", "a@example.jp", "a..b@example.jp", "123456789018", "𠮷田",
         "葛\U000e0100飾", "👨\u200d👩\u200d👧", "\u202eabc", "a\x00b", "7000012050002", "  ", "あ" * 300, "a\r\nb"]
    ),
)  # fmt: skip
PARTS = {
    "person_name": ("family", "given", "family_kana", "given_kana"),
    "address": ("postal", "prefecture", "city", "town", "block", "building"),
    "bank_account": ("bank", "branch", "kind", "number", "holder"),
}
TICKED = ("yes_no", "choice", "choices", "declaration")  # ids that are no choice are nobody's text


def boxes_of(kind: str):
    if kind in PARTS:
        return st.fixed_dictionaries({}, optional={part: TEXTS.map(lambda text: [text]) for part in PARTS[kind]})
    return st.fixed_dictionaries({"": st.lists(TEXTS, min_size=1, max_size=3 if kind in ("choices", "ranked") else 1)})


POSTS = st.fixed_dictionaries(
    {}, optional={one["id"]: boxes_of(one["type"]) for one in QUESTIONS if one["type"] not in ("file", "information", "calculated")}
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(posts=st.lists(POSTS, min_size=1, max_size=2))
def test_a_save_never_loses_what_was_typed(posts, draft, client):
    store = draft.draft()
    items = list(walk_of(draft, store).items())
    for post in posts:
        saved = save_answers(store=store, application=draft, items=items, posted=post)
        assert not saved.conflicts
    store.refresh_from_db()
    for path, parts in posts[-1].items():
        kind = draft.version.form.question(path).type
        assert_kept(kind, draft.version.form.question(path), parts, get(store.values, path), store.typed.get(path), saved)
    assert client.get(f"/koto/a/{draft.uuid}/check/").status_code == 200
    assert client.get(page(draft, "all")).status_code == 200


def assert_kept(kind, question, parts, value, typed, saved) -> None:
    clean = {part: [text for each in several if (text := seen(each, kind))] for part, several in parts.items()}
    clean = {part: several for part, several in clean.items() if several}
    if kind == "mynumber":  # kept sealed, or told at once; never as text
        assert typed is None
        assert value is None or set(value) == {"secret"}
        assert value or not clean or any(problem.path == question.id for problem in saved.unread)
        return
    if kind in TICKED or not clean:
        assert typed is None
        return
    if typed:
        assert {part: text.split("\n") if kind == "ranked" else [text] for part, text in typed.items()} == clean
    else:
        assert {part: each for part, each in parts_of(question, value).items() if any(each)} == clean


def seen(text: str, kind: str) -> str:
    """A text as a person sees it: without what cannot be seen, trimmed."""
    visible = remove_forbidden(text)
    if kind == "long_text":
        return "\n".join(line.rstrip() for line in visible.split("\n")).strip()
    return visible.replace("\n", " ").replace("\t", " ").strip()


def test_every_type_is_on_the_page(draft, client):
    assert {one["type"] for one in QUESTIONS} == set(TYPES)
    response = client.get(page(draft, "all"))
    shown = set(form_with(response, button="next").values("shown"))
    assert {f"q_{kind}" for kind in TYPES if kind not in ("information", "calculated")} <= shown


ODD = [
    "👨\u200d👩\u200d👧",
    "𠮷田",
    "葛\U000e0100飾",
    "\u202eabc\u202c",
    "a\x00b",
    "&lt;b&gt;<script>alert(1)</script>",
    "=1+1",
    "あ" * 5000,
]


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_come_back_into_their_boxes(draft, client, text):
    address = page(draft, "all")
    for kind in ("text", "long_text", "kana", "date", "year_month", "phone", "email", "number", "yen", "corporate_number"):
        response = client.post(address, {"act": "save", "shown": f"q_{kind}", f"a:q_{kind}": text})
        assert response.status_code == 200
        box = form_with(response, button="next").value(f"a:q_{kind}")
        kept = draft.draft().typed.get(f"q_{kind}", {}).get("", box)
        assert kept == seen(text, kind)
    for kind, parts in PARTS.items():
        sent = {f"a:q_{kind}:{part}": text for part in parts}
        response = client.post(address, {"act": "save", "shown": f"q_{kind}", **sent})
        assert response.status_code == 200
    response = client.post(address, {"act": "next", "shown": [f"q_{kind}" for kind in TYPES]})
    assert response.status_code in (200, 302, 422)
    assert client.get(f"/koto/a/{draft.uuid}/check/").status_code == 200


# -- what stays while another part cannot be read -------------------------------------------------------------------------------


def test_a_picked_bank_stays_while_the_number_cannot_be_read(draft, client):
    address = page(draft, "all")
    response = press(client, client.get(address), "search:q_bank_account:bank", **{"q:q_bank_account:bank": "みずほ"})
    response = press(
        client, response, "pick:q_bank_account:bank|0001", **{"a:q_bank_account:number": "abc", "a:q_bank_account:holder": "カクウ ハナコ"}
    )
    form = form_with(response, button="next")
    assert form.value("a:q_bank_account:bank") == "0001"
    assert form.value("a:q_bank_account:number") == "abc"
    response = press(client, response, "next")
    assert response.status_code == 422
    form = form_with(response, button="next")
    assert form.value("a:q_bank_account:bank") == "0001"
    assert form.value("a:q_bank_account:number") == "abc"
    response = press(
        client, response, "save" if any(b[1] == "save" for b in form.buttons) else "next", **{"a:q_bank_account:number": "1234567"}
    )
    assert draft.draft().values["q_bank_account"]["number"] == "1234567"
    assert draft.draft().values["q_bank_account"]["bank"]["id"] == "0001"


def test_a_search_keeps_what_was_typed_elsewhere(draft, client):
    response = client.get(page(draft, "all"))
    response = press(client, response, "search:q_ranked", **{"q:q_ranked": "カクウ", "a:q_date": "きのう", "a:q_choice": ["two"]})
    form = form_with(response, button="next")
    assert form.value("a:q_date") == "きのう"
    assert form.value("a:q_choice") == "two"
    response = press(client, response, "pick:q_ranked|p3")
    response = press(client, press(client, response, "search:q_ranked", **{"q:q_ranked": "カクウ"}), "pick:q_ranked|p1")
    response = press(client, response, "up:q_ranked|p1")
    assert [wish["id"] for wish in draft.draft().values["q_ranked"]] == ["p1", "p3"]
    assert draft.draft().typed["q_date"] == {"": "きのう"}


def test_postal_fills_the_address_and_keeps_the_block(draft, client):
    response = client.get(page(draft, "all"))
    response = press(client, response, "postal:q_address", **{"a:q_address:postal": "1350016", "a:q_address:block": "4-11-28"})
    value = draft.draft().values["q_address"]
    assert (value["city"], value["town"], value["block"]) == ("江東区", "東陽", "4-11-28")


# -- buttons from elsewhere ---------------------------------------------------------------------------------------------------------


NOT_HERE = [
    "postal:q_text",
    "pick:q_text|x",
    "drop:q_text|x",
    "up:q_choices|red",
    "unfile:q_text|1",
    "unfile:q_file|nonsense",
    "search:q_text",
    "remove:q_text[r1]",
    "remove:]]",
    "remove:",
    "add:nothing",
    "add:q_text",
    "row:q_text[r1]",
    "row:",
    "row:child[../x]",
    "pick:q_bank_account:holder|0001",
    "drop:q_bank_account:number|x",
    "pick:q_bank_account:|",
    "pick:q_lookup|gone",
    "down:q_ranked|gone",
    "postal:nobody",
    "unknown:x",
    "next:next|next",
    "\x00:\x00|\x00",
]


@pytest.mark.parametrize("act", NOT_HERE)
def test_a_button_that_is_not_on_the_page_does_nothing(draft, client, act):
    answers = {
        "q_text": "だいじ",
        "q_choices": ["red", "blue"],
        "q_bank_account": {"number": "1234567"},
        "q_ranked": [{"id": "p1", "label": "架空保育園1"}],
    }
    store = draft.draft()
    store.values = answers
    store.save()
    response = client.post(page(draft, "all"), {"act": act})
    assert response.status_code in (200, 302)
    assert draft.draft().values == answers


def test_rows_of_groups_that_are_not_here_are_out_of_reach(in_scope, client):
    draft = begin(client, make_procedure(form=CHILDREN))
    store = draft.draft()
    store.values = {"child": [{"row": "r1", "child_birth": "2024-02-03"}]}
    store.save()
    for act in ("remove:child[r1]", "add:child", "row:child[r1]"):
        client.post(page(draft, "you"), {"act": act})
        assert draft.draft().values == store.values
    assert client.get(page(draft, "children") + "r9/")["Location"] == page(draft, "children")
    assert client.get(page(draft, "you") + "r1/")["Location"] == page(draft, "you")
    assert client.post(page(draft, "children") + "r9/", {"act": "next"})["Location"] == page(draft, "children")
    response = client.post(page(draft, "children"), {"act": "row:child[r1]"})
    assert response["Location"].endswith("/children/r1/")
    client.post(page(draft, "children"), {"act": "remove:child[r1]"})
    assert draft.draft().values["child"] == []


def test_a_post_without_boxes_empties_nothing(draft, client):
    store = draft.draft()
    store.values = {"q_text": "だいじ", "q_choices": ["red"]}
    store.save()
    client.post(page(draft, "all"), {"act": "save"})
    assert draft.draft().values == store.values
    client.post(page(draft, "all"), {"act": "save", "shown": ["q_choices"]})
    assert draft.draft().values == {"q_text": "だいじ"}


# -- the individual number ------------------------------------------------------------------------------------------------------------

NUMBER = "123456789018"


def test_an_individual_number_is_sealed_and_never_sent_back(in_scope, client):
    draft = begin(client, make_procedure(form=WITH_MYNUMBER))
    address = page(draft, "number")
    response = press(client, client.get(address), "next", **{"a:mynumber": "1234"})
    assert response.status_code == 422
    assert "個人番号" in words(response)
    response = press(client, client.get(address), "next", **{"a:mynumber": "1234-5678-9018"})
    assert response.status_code == 302
    assert NUMBER not in json.dumps([draft.draft().values, draft.draft().typed])
    assert Secret.objects.get(application=draft).open() == NUMBER
    for where in (address, f"/koto/a/{draft.uuid}/check/"):
        assert NUMBER not in client.get(where).content.decode()
    press(client, client.get(address), "next")
    assert Secret.objects.get(pk=draft.draft().values["mynumber"]["secret"]).open() == NUMBER


def test_a_given_number_makes_no_false_conflict(in_scope, client):
    form = {**FORM, "pages": [{"id": "both", "title": texts("両方"), "questions": [
        {"id": "mynumber", "type": "mynumber", "label": texts("個人番号")}, {"id": "memo", "type": "text", "label": texts("メモ")}]}]}  # fmt: skip
    draft = begin(client, make_procedure(form=form))
    press(client, client.get(page(draft, "both")), "next", **{"a:mynumber": NUMBER, "a:memo": "一"})
    response = press(client, client.get(page(draft, "both")), "next", **{"a:memo": "二"})
    assert response.status_code == 302
    assert draft.draft().values["memo"] == "二"


# -- saving in passing --------------------------------------------------------------------------------------------------------------------


def test_autosave_answers_in_json_and_moves_seen(draft, client):
    form = form_with(client.get(page(draft, "all")), button="next")
    sent = {"act": "autosave", "shown": form.values("shown"), "seen": form.value("seen"), "a:q_date": "h2.4.15"}
    reply = client.post(page(draft, "all"), sent, headers={"accept": "application/json"})
    assert reply.status_code == 200
    assert "1990年4月15日" in reply.json()["understood"]["q_date"]
    assert reply.json()["seen"] == fingerprint(draft.draft(), walk_of(draft, draft.draft()).items())
    again = client.post(page(draft, "all"), {**sent, "seen": reply.json()["seen"], "a:q_date": "h2.4.16"})
    assert again.status_code == 200
    assert draft.draft().values["q_date"] == "1990-04-16"


def test_an_answer_that_opens_a_question_keeps_one_on_the_page(in_scope, client):
    draft = begin(client, make_procedure(form=FORM))
    address = page(draft, "request")
    response = press(client, client.get(address), "next", **{"a:kind": ["again"], "a:reason": "理由"})
    assert response.status_code == 200
    assert form_with(response, button="next").has("a:before_on")
    response = press(client, response, "next", **{"a:before_on": "きのうのまえ"})
    assert response.status_code == 422
    assert form_with(response, button="next").value("a:before_on") == "きのうのまえ"
    assert press(client, response, "next", **{"a:before_on": "令和6年4月1日"}).status_code == 302


def test_back_and_leave_save_without_judging(in_scope, client):
    draft = begin(client, make_procedure(form=FORM))
    response = press(client, client.get(page(draft, "request")), "back", **{"a:amount": "たくさん"})
    assert response["Location"] == page(draft, "you")
    response = press(client, client.get(page(draft, "you")), "leave", **{"a:birth": "むかし"})
    assert response["Location"].endswith("/leave/")
    assert draft.draft().typed == {"amount": {"": "たくさん"}, "birth": {"": "むかし"}}


def test_unknown_pages_lead_back_into_the_form(in_scope, client):
    draft = begin(client, make_procedure(form=FORM))
    for name in ("nowhere", "children", "check"):
        assert client.get(page(draft, name)).status_code == 302
        assert client.post(page(draft, name), {"act": "next", "a:name:family": "x"}).status_code == 302
    assert draft.draft().values == {}


def test_files_are_kept_with_a_post_that_conflicts(draft, client):
    client.post(page(draft, "all"), {"act": "save", "shown": "q_text", "a:q_text": "先"})
    upload = SimpleUploadedFile("a.png", picture("PNG"), "image/png")
    shown = ["q_text", "q_file"]
    response = client.post(page(draft, "all"), {"act": "next", "seen": "00000000", "shown": shown, "a:q_text": "後", "f:q_file": upload})
    assert "別の画面" in words(response)
    assert len(draft.draft().values["q_file"]["files"]) == 1
    assert draft.draft().values["q_text"] == "先"
