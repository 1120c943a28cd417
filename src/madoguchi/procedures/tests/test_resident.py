"""Residents' pages: found, read, in three languages, each municipality its own."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import override_settings
from django.utils import timezone
from django_scopes import scope

from madoguchi.accounts.tests.make import make_division
from madoguchi.procedures.actions import close, hide, reopen
from madoguchi.procedures.backends import Panel
from madoguchi.procedures.tests.make import make_procedure, words

TEXTS = {
    "overview": words("一生に一度の登録です。", "Once in its life."),
    "who": words("犬の飼い主", "Owners of dogs"),
    "when": words("30日以内", "Within 30 days"),
    "fee": words("3,000円", "3,000 yen"),
    "usual": words("3開庁日ほど", "About three working days"),
    "after": words("鑑札を用意します。", "We prepare the tag."),
    "needs": [words("注射の証明書", "Vaccination certificate")],
    "basis": words("狂犬病予防法 第4条", "Rabies Prevention Act, Article 4"),
    "keywords": ["鑑札"],
    "life_events": ["pet"],
    "review_steps": ["前の登録の有無"],
}
NAME = {"ja": "犬の登録", "plain": "{犬|いぬ}の {登録|とうろく}", "en": "Dog registration"}


@pytest.fixture
def dog(division):
    return make_procedure(division, name=NAME, annual_volume=900, **TEXTS)


def page(client, path: str, **headers) -> str:
    response = client.get(path, headers=headers)
    assert response.status_code == 200, path
    return response.content.decode()


def test_home_offers_search_events_and_what_is_used(client, dog) -> None:
    body = page(client, "/koto/")
    for part in (
        "何の手続きをしますか",
        'name="q"',
        "犬・ペット",
        "よく使われる手続き",
        "/koto/procedures/dog/",
        "/koto/life/pet/",
        "/koto/procedures/",
    ):
        assert part in body


def test_an_empty_municipality_says_so(client, municipality) -> None:
    assert "まだ手続きがありません" in page(client, "/koto/")
    assert "まだ手続きがありません" in page(client, "/koto/procedures/")


def test_closing_soon_is_on_the_home_page(client, dog) -> None:
    reopen(procedure=dog, closes_on=timezone.localdate() + timedelta(days=3), by=None)
    assert "もうすぐ受付が終わります" in page(client, "/koto/")


@pytest.mark.parametrize(
    "path",
    ["/koto/life/pet/", "/koto/divisions/kosodate/", "/koto/procedures/", "/koto/search/?q=鑑札", "/koto/search/?q=犬の登緑"],
)
def test_every_list_leads_to_the_procedure(client, dog, path) -> None:
    assert 'href="/koto/procedures/dog/"' in page(client, path)


def test_searching_for_nothing_and_for_the_unknown(client, dog) -> None:
    assert "すべての手続きを見る" in page(client, "/koto/search/")
    body = page(client, "/koto/search/?q=<b>パスポート")
    assert "見つかりませんでした" in body
    assert "<b>パスポート" not in body


def test_the_procedure_says_everything_before_the_first_question(client, dog) -> None:
    body = page(client, "/koto/procedures/dog/")
    texts = [text["ja"] for key, text in TEXTS.items() if isinstance(text, dict)]
    for part in (*texts, "注射の証明書", "分ほど", "サインインしなくても", "03-5555-0100", "/koto/apply/dog/", "前の登録の有無"):
        assert part in body
    assert 'method="post" action="/koto/apply/dog/"' in body
    assert "要確認" not in body


@pytest.mark.parametrize(
    ("language", "part"),
    [("en", "Owners of dogs"), ("ja-plain", "<ruby>犬<rp>（</rp><rt>いぬ</rt><rp>）</rp></ruby>"), ("ja", "犬の飼い主")],
)
def test_three_languages(client, dog, language, part) -> None:
    body = page(client, f"/koto/procedures/dog/?lang={language}")
    assert part in body
    for path in ("/koto/", "/koto/procedures/", "/koto/search/?q=dog", "/koto/life/pet/"):
        assert NAME[{"en": "en", "ja": "ja"}.get(language, "en")].split()[0] in page(client, path) or language == "ja-plain"


def test_the_kana_rows_and_the_letters(client, dog, division) -> None:
    make_procedure(division, "gakudo", name=words("学童クラブ", "After-school club"), kana="がくどうくらぶ")
    body = page(client, "/koto/procedures/")
    assert '<h2 id="row-1">あ</h2>' in body
    assert '<h2 id="row-2">か</h2>' in body
    assert '<h2 id="row-1">A</h2>' in page(client, "/koto/procedures/?lang=en")


def test_a_closed_procedure_says_so_and_cannot_be_started(client, dog) -> None:
    close(procedure=dog, last_day=timezone.localdate() - timedelta(days=1), by=None)
    body = page(client, "/koto/procedures/dog/")
    assert "終わりました" in body
    assert "/koto/apply/dog/" not in body
    reopen(procedure=dog, opens_on=timezone.localdate() + timedelta(days=5), by=None)
    body = page(client, "/koto/procedures/dog/")
    assert "に始まります" in body
    assert "/koto/apply/dog/" not in body


def test_finishing_at_the_counter_is_said_first(client, division) -> None:
    make_procedure(division, "tenshutsu", name=words("転出届"), finish="counter", **TEXTS)
    assert "ここでは準備までできます" in page(client, "/koto/procedures/tenshutsu/")


def test_unsure_content_is_marked_in_the_demo_only(client, division) -> None:
    make_procedure(division, name=NAME, unsure=["要確認: 手数料"], **TEXTS)
    assert "この見本の内容は要確認です" not in page(client, "/koto/procedures/dog/")
    with override_settings(DEMO=True):
        assert "この見本の内容は要確認です" in page(client, "/koto/procedures/dog/")


class Places:
    def panel(self, procedure, request):
        return Panel("procedures/tests/places.html", {"left": 3}) if procedure.capacity else None


TEMPLATES_OF_TESTS = {
    "BACKEND": "django.template.backends.django.DjangoTemplates",
    "OPTIONS": {"loaders": [("django.template.loaders.locmem.Loader", {"procedures/tests/places.html": "あと{{ panel.left }}人"})]},
}


def test_other_rooms_add_panels(client, dog, settings) -> None:
    settings.PROCEDURE_PANELS = {"places": {"BACKEND": "madoguchi.procedures.tests.test_resident.Places"}}
    assert "あと3人" not in page(client, "/koto/procedures/dog/")
    dog.capacity = 30
    dog.save()
    [template] = settings.TEMPLATES
    options = {key: value for key, value in template["OPTIONS"].items() if key != "loaders"}
    loaders = [
        *TEMPLATES_OF_TESTS["OPTIONS"]["loaders"],
        "django.template.loaders.filesystem.Loader",
        "django.template.loaders.app_directories.Loader",
    ]
    settings.TEMPLATES = [{**template, "APP_DIRS": False, "OPTIONS": {**options, "loaders": loaders}}]
    assert "あと3人" in page(client, "/koto/procedures/dog/")


@pytest.mark.parametrize(
    "path", ["/koto/life/nothing/", "/koto/divisions/nothing/", "/koto/procedures/nothing/", "/nowhere/", "/nowhere/procedures/"]
)
def test_what_is_not_there(client, dog, path) -> None:
    assert client.get(path).status_code == 404


def test_hidden_and_unpublished_procedures_do_not_exist(client, dog, division) -> None:
    make_procedure(division, "cat", published=False)
    hide(procedure=dog, by=None)
    for slug in ("dog", "cat"):
        assert client.get(f"/koto/procedures/{slug}/").status_code == 404
    assert "/dog/" not in page(client, "/koto/search/?q=犬")


def test_another_municipality_has_its_own(client, dog, other_municipality) -> None:
    with scope(municipality=other_municipality):
        make_procedure(
            make_division("eisei", "生活衛生課", "Health"), "cat", name=words("猫の登録", "Cat registration"), kana="ねこ", **TEXTS
        )
    assert client.get("/midori/procedures/dog/").status_code == 404
    assert client.get("/koto/procedures/cat/").status_code == 404
    for path in ("/midori/", "/midori/procedures/", "/midori/search/?q=登録", "/midori/life/pet/"):
        body = page(client, path)
        assert "猫の登録" in body
        assert "犬の登録" not in body


@pytest.mark.parametrize(
    ("path", "most"),
    [("/koto/", 4), ("/koto/procedures/", 3), ("/koto/search/?q=犬", 3), ("/koto/procedures/dog/", 4), ("/koto/life/pet/", 4)],
)
def test_pages_ask_the_database_little(client, dog, path, most, django_assert_max_num_queries) -> None:
    page(client, path)
    with django_assert_max_num_queries(most):
        page(client, path)
