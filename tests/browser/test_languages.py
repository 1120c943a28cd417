"""The switch on every page keeps the page and what was written."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hand

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def switch(page: Page, language: str) -> None:
    hand.press(page, page.locator(f"button[name=language][value='{language}']"))


def test_the_switch_keeps_page_and_answers(visit: Callable[..., Page]) -> None:
    page = visit()
    hand.begin(page, "inu-toroku")
    place = page.url
    hand.answer(page, {**hand.PERSON, "owner_kind": "person"})
    expect(page.locator("#save-state")).to_contain_text("保存しました")
    japanese = page.locator("h1").inner_text()
    switch(page, "en")
    assert page.url == place
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert page.locator("h1").inner_text() != japanese
    expect(page.locator("[name='a:name:family']")).to_have_value("試験")
    expect(page.locator("[name='a:owner_kind'][value=person]")).to_be_checked()
    switch(page, "ja")
    assert page.locator("h1").inner_text() == japanese


def test_plain_japanese_shows_furigana_that_can_be_put_away(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/koto/procedures/inu-toroku/")
    assert page.locator("main ruby").count() == 0
    switch(page, "ja-plain")
    assert page.locator("main ruby").count() > 3
    reading = page.locator("main rt").first
    expect(reading).to_be_visible()
    button = page.locator("[data-furigana]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(reading).to_be_hidden()
    page.reload()
    expect(page.locator("main rt").first).to_be_hidden()
