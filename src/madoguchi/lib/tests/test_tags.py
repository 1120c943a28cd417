"""Tags, filters and the weight of what every page loads."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.template import Context, Engine, Template
from django.test import RequestFactory
from django.urls import NoReverseMatch, include, path
from django.utils import translation

import madoguchi
from madoguchi.engines.forms.definition import TYPES
from madoguchi.lib import addresses, tags

PACKAGE = Path(madoguchi.__file__).parent
TEMPLATES, STATIC = PACKAGE / "templates", PACKAGE / "static" / "madoguchi"
KOTO = SimpleNamespace(slug="koto", name="江東区", name_en="Koto City")
WORDS = {"ja": "お名前", "plain": "{名前|なまえ}を <書>く", "en": "Name & address"}


def nothing(*_: object) -> HttpResponse:
    """A view that is never called."""
    return HttpResponse()


urlpatterns = [
    path("language/", include(([path("", nothing, name="language")], "shared"))),
    path("<slug:slug>/", include(([path("s/<int:number>/", nothing, name="status"), path("", nothing, name="home")], "rooms"))),
]


def rendered(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.urls(__name__)
class TestAddresses:
    def test_slug_comes_from_the_municipality(self):
        assert rendered("{% address 'rooms:status' number=3 %}", municipality=KOTO) == "/koto/s/3/"

    def test_a_page_of_no_municipality(self):
        assert rendered("{% address 'shared:language' %}", municipality=KOTO) == "/language/"
        assert rendered("{% address 'shared:language' %}") == "/language/"

    def test_another_municipality_by_name(self):
        assert rendered("{% address 'rooms:home' slug='sumida' %}", municipality=KOTO) == "/sumida/"

    def test_what_is_not_served_is_empty_or_an_error(self):
        assert rendered("{% address_if 'rooms:gone' as to %}[{{ to }}]", municipality=KOTO) == "[]"
        with pytest.raises(NoReverseMatch):
            rendered("{% address 'rooms:gone' %}", municipality=KOTO)
        with pytest.raises(NoReverseMatch, match="slug"):
            rendered("{% address 'rooms:status' %}", municipality=KOTO)

    def test_function(self):
        assert addresses.address("rooms:status", slug="koto", number=1) == "/koto/s/1/"


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("ja", "お名前"),
        ("en", "Name &amp; address"),
        ("ja-plain", "<ruby>名前<rp>（</rp><rt>なまえ</rt><rp>）</rp></ruby>を &lt;書&gt;く"),
    ],
)
def test_text_in_the_readers_language(language: str, expected: str):
    with translation.override(language):
        assert rendered("{{ words|text }}", words=WORDS) == expected


def test_text_without_english_falls_back_and_nothing_is_empty():
    with translation.override("en"):
        assert tags.text({"ja": "町"}) == "町"
    assert tags.text(None) == "" == tags.plain_text(None)
    with translation.override("ja-plain"):
        assert tags.plain_text(WORDS) == "名前を <書>く"
        assert tags.text("{町|まち}") == "<ruby>町<rp>（</rp><rt>まち</rt><rp>）</rp></ruby>"


def test_names():
    with translation.override("en"):
        assert tags.named(KOTO) == "Koto City"
        assert tags.named(SimpleNamespace(name="課", name_en="")) == "課"
    assert tags.named(KOTO) == "江東区"
    assert tags.named(None) == ""


MOMENT = datetime.datetime(2026, 3, 31, 15, 5, tzinfo=datetime.UTC)  # 1 April, five past midnight, in Tokyo


@pytest.mark.parametrize(
    ("call", "value", "ja", "en"),
    [
        (tags.date_ja, datetime.date(2026, 4, 1), "2026年4月1日（水）", "Wed 1 April 2026"),
        (tags.date_ja, MOMENT, "2026年4月1日（水）", "Wed 1 April 2026"),
        (tags.time_ja, MOMENT, "0時05分", "0:05"),
        (tags.time_ja, datetime.time(14, 30), "14時30分", "14:30"),
        (tags.datetime_ja, MOMENT, "2026年4月1日（水）0時05分", "Wed 1 April 2026, 0:05"),
        (tags.yen, 12000, "12,000円", "12,000 yen"),
        (tags.yen, Decimal("0"), "0円", "0 yen"),
        (tags.yen, "無料", "無料", "無料"),
        (tags.date_ja, None, "", ""),
        (tags.time_ja, None, "", ""),
        (tags.datetime_ja, None, "", ""),
        (tags.yen, None, "", ""),
    ],
)
def test_dates_and_money(call, value, ja: str, en: str):
    with translation.override("ja"):
        assert call(value) == ja
    with translation.override("en"):
        assert call(value) == en


def test_small_filters():
    assert tags.nl("一<b>\r\n二\n三") == "一&lt;b&gt;<br>二<br>三"
    assert tags.state("REQUEST_NEW") == "request-new" == tags.state(SimpleNamespace(value="REQUEST_NEW"))
    assert tags.html_lang("ja-plain") == "ja"
    assert tags.html_lang("en") == "en"
    assert rendered('{{ values|part:"family" }}{{ values|part:"" }}{{ none|part:"x" }}', values={"family": "山田", "": "値"}) == "山田値"


def test_error_of_a_box():
    field = SimpleNamespace(
        names={"family": "a:n:family"},
        part_errors={"family": "姓"},
        errors=[{"part": "family", "sentence": "姓"}, {"part": "", "sentence": "全体"}],
    )
    assert tags.error(field, "family") == "姓"
    assert tags.error(field, "given") == ""
    assert tags.error(field) == "全体"


def test_with_query_keeps_the_rest():
    request = RequestFactory().get("/", {"q": "山田", "page": "2"})
    assert rendered("{% with_query page=3 %}", request=request) == "?q=%E5%B1%B1%E7%94%B0&amp;page=3"
    assert rendered("{% with_query page=None %}", request=request) == "?q=%E5%B1%B1%E7%94%B0"


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


@pytest.mark.parametrize("file", templates(), ids=lambda file: str(file.relative_to(TEMPLATES)))
def test_templates_compile_and_hold_nothing_inline(file: Path):
    source = file.read_text("utf-8")
    Engine.get_default().get_template(str(file.relative_to(TEMPLATES)))
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:", source)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", source))


def test_every_type_of_question_has_its_template():
    assert {kind for kind in TYPES if not (TEMPLATES / "questions" / f"{kind}.html").exists()} == set()


def test_weight_of_style_and_scripts():
    sizes = {file.name: file.stat().st_size for file in STATIC.iterdir()}
    assert sizes["base.css"] < 25_000  # all that a resident's telephone loads
    # The desk's own sheet holds a case's panes, the bar for ticked cases, lists that fit a telephone, the map of a form, the studio.
    assert sizes["base.css"] + sizes["desk.css"] < 36_000
    assert all(size < 4_096 for name, size in sizes.items() if name.endswith(".css") and name not in ("base.css", "desk.css"))  # one page's
    assert all(size < 8_192 for name, size in sizes.items() if name.endswith(".js"))
    assert sizes["page.js"] + sizes["form.js"] < 60_000  # residents' pages load these two and no htmx
