"""Every resident page does its work without scripts: buttons that the server answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import hand

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    Image.new("RGB", (320, 240), (120, 160, 200)).save(tmp_path / "委任状.jpg")
    return tmp_path / "委任状.jpg"


def press(page: Page, value: str) -> None:
    hand.press(page, page.locator(f'main button[name=act][value^="{value}"]:not([tabindex])').first)


def test_a_whole_application_with_a_file(visit: Callable[..., Page], photo: Path) -> None:
    page = visit(java_script_enabled=False)
    kept = hand.begin(page, "zei-shomei")

    # The postal code fills the address by its button; what was typed before stays.
    page.locator("[name='a:name:family']").fill("試験")
    page.locator("[name='a:address:postal']").fill("１３５－００１６")
    press(page, "postal:")
    expect(page.locator("[name='a:address:town']")).to_have_value("東陽")
    expect(page.locator("[name='a:name:family']")).to_have_value("試験")
    hand.go_on(page, hand.TAX, files=[photo], until="/p/certificates/")

    # Rows: one more certificate, then away again.
    hand.answer(page, hand.TAX)
    press(page, "next")
    press(page, "add:cert")
    press(page, "back")
    expect(page.locator("main .entries > .entry")).to_have_count(2)
    hand.press(page, page.locator('main button[name=act][value^="remove:"]').last)
    expect(page.locator("main .entries > .entry")).to_have_count(1)

    # Left and taken up again by code and phrase in another browser.
    press(page, "leave")
    page.wait_for_url("**/leave/")
    later = visit(java_script_enabled=False)
    later.goto("/koto/resume/")
    later.locator("main a[href*='/status/']").click()
    later.locator("[name=number]").fill(kept["code"])
    later.locator("[name=phrase]").fill(kept["phrase"])
    hand.press(later, later.locator("main form[method=post] button.button").first)
    assert "/p/certificates/" in later.url, (later.url, later.locator("main").inner_text(), kept)
    hand.go_on(later, hand.TAX)
    expect(later.locator("main")).to_contain_text("委任状.jpg")
    number = hand.send(later)
    later.reload()
    assert hand.said(later, "#confirmation-number") == number


def test_ranked_wishes_by_buttons(visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    kept = hand.begin(page, "hoiku-riyo")
    page.goto(f"/koto/a/{kept['uuid']}/p/children/")
    names = page.locator("main ol.entries .entry-name")
    for word in ("豊洲", "亀戸"):
        page.locator("main input[type=search]").last.fill(word)
        press(page, "search:child")
        press(page, "pick:child")
    first, second = names.all_inner_texts()
    press(page, "down:")
    assert names.all_inner_texts() == [second, first]
    press(page, "up:")
    assert names.all_inner_texts() == [first, second]
    press(page, "drop:")
    assert names.all_inner_texts() == [second]
    press(page, "back")
    page.goto(f"/koto/a/{kept['uuid']}/p/children/")
    press(page, "row:")
    assert names.all_inner_texts() == [second]


def test_child_rows_come_and_go(visit: Callable[..., Page]) -> None:
    page = visit(java_script_enabled=False)
    kept = hand.begin(page, "hoiku-riyo")
    page.goto(f"/koto/a/{kept['uuid']}/p/children/")
    hand.answer(page, {"child_expected": "no"})
    press(page, "next")  # a child that is born has a name: the page asks for it
    hand.answer(
        page, {"child_name:family": "試験", "child_name:given": "桜", "child_name:family_kana": "シケン", "child_name:given_kana": "サクラ"}
    )
    press(page, "back")
    expect(page.locator("main .entries")).to_contain_text("桜")
    press(page, "add:child")
    press(page, "back")
    expect(page.locator("main .entries > .entry")).to_have_count(2)
    hand.press(page, page.locator('main button[name=act][value^="remove:"]').last)
    expect(page.locator("main .entries > .entry")).to_have_count(1)
    expect(page.locator("main .entries")).to_contain_text("桜")
