"""Every kind of page, at 320 px and in each language: axe finds nothing, nothing scrolls sideways, every control can be hit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from tests.browser import desk_tour, hand, tour
from tests.browser.city import City
from tests.browser.eyes import PHONE, Eyes

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_the_eyes_see(visit: Callable[..., Page]) -> None:
    """The looking itself works: a bad page is called bad."""
    page = visit(viewport=PHONE)
    eyes = Eyes(page)
    page.goto("about:blank")
    page.set_content("<main><h1></h1><img src=x><button>あ</button>{{ broken }}<table width=900><tr><td>あ</table></main>")
    eyes("bad")
    assert {"image-alt", "empty-heading"} <= {line.split(": ")[1] for line in eyes.wrong}
    assert all(any(words in line for line in eyes.wrong) for words in ("too wide", "lower than", "machine"))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_residents_pages(visit: Callable[..., Page], city: City, language: str, tmp_path: Path) -> None:
    Image.new("RGB", (320, 240), (120, 160, 200)).save(tmp_path / "paper.jpg")
    narrow = {"viewport": PHONE, "language": language}
    eyes = Eyes(visit(**narrow))
    tour.public(eyes.page, eyes)
    kept = tour.dog(eyes.page, eyes)
    tour.ends_elsewhere(eyes.page, eyes)
    tour.tax(eyes.page, eyes, [tmp_path / "paper.jpg"])
    tour.long_lists(eyes.page, eyes)
    tour.life_event(eyes.page, eyes)
    other = Eyes(visit(**narrow))
    tour.looked_up(other.page, other, kept)
    tour.by_mail(other.page, other, "tester@example.jp")
    tour.mine(other.page, other, city.resident)
    wrong = eyes.wrong + other.wrong
    assert not wrong, f"{len(eyes.seen) + len(other.seen)} pages\n" + "\n".join(wrong)


def test_plain_japanese(visit: Callable[..., Page]) -> None:
    page = visit(viewport=PHONE, language="ja-plain")
    eyes = Eyes(page)
    for address in ("/koto/", "/koto/search/?q=%E7%8A%AC", "/koto/procedures/zei-shomei/", "/koto/status/", "/koto/nothing/"):
        page.goto(address)
        eyes(address)
    tour.dog(page, lambda name: None if name.startswith("dog") else eyes(name))
    assert not eyes.wrong, eyes.report()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_desk_pages(visit: Callable[..., Page], city: City, language: str) -> None:
    """axe on the desk's pages, and no sideways scroll on a desk's screen or, for a look on the way, a telephone's."""
    wrong: list[str] = []
    seen = 0
    done: set[str] = set()
    for name in ("clerk", "chief", "designer", "ict"):
        page = visit(language=language)
        eyes = Eyes(page, also_narrow=language == "en")  # the longer words
        hand.sign_in_desk(page, name, city.password)
        desk_tour.menu(page, eyes, name, done)
        if name == "clerk":
            desk_tour.cases(page, eyes)
            desk_tour.work(page, eyes)
        if name == "chief":
            desk_tour.chief(page, eyes)
        if name == "designer":
            desk_tour.forms(page, eyes)
        if name == "ict":
            desk_tour.outages(page, eyes)
        wrong, seen = wrong + eyes.wrong, seen + len(eyes.seen)
        page.context.close()
    assert not wrong, f"{seen} pages\n" + "\n".join(wrong)
