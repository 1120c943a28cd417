"""What scripts add: saving in passing, a loud word when saving fails, files sent when chosen, no second sending."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser import hand

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_saves_in_passing_and_says_so(visit: Callable[..., Page]) -> None:
    page = visit()
    hand.begin(page, "inu-toroku")
    page.locator("[name='a:phone']").fill("０３５５５５８１０１")
    expect(page.locator("#save-state")).to_contain_text("保存しました")
    expect(page.locator("[data-understood='phone']")).to_contain_text("03-5555-8101")
    page.reload()
    expect(page.locator("[name='a:phone']")).not_to_have_value("")


def test_a_lost_network_is_told_loudly_and_nothing_is_lost(visit: Callable[..., Page]) -> None:
    page = visit()
    hand.begin(page, "inu-toroku")
    page.context.set_offline(True)
    page.locator("[name='a:name:family']").fill("試験")
    alarm = page.locator("#save-failed")
    expect(alarm).to_be_visible()
    expect(alarm).to_contain_text("保存できていません")
    expect(alarm).to_have_attribute("role", "alert")
    expect(page.locator("[name='a:name:family']")).to_have_value("試験")
    page.context.set_offline(False)
    page.locator("[name='a:name:given']").fill("太郎")
    expect(page.locator("#save-state")).to_contain_text("保存しました")
    expect(alarm).to_be_hidden()
    page.reload()
    expect(page.locator("[name='a:name:family']")).to_have_value("試験")
    expect(page.locator("[name='a:name:given']")).to_have_value("太郎")


def test_a_file_is_sent_when_chosen(visit: Callable[..., Page], tmp_path: Path) -> None:
    Image.new("RGB", (320, 240), (120, 160, 200)).save(tmp_path / "写真.png")
    page = visit()
    kept = hand.begin(page, "zei-shomei")
    hand.go_on(page, hand.TAX, until="/p/proxy-papers/")
    page.locator("main input[type=file]").first.set_input_files(tmp_path / "写真.png")
    expect(page.locator("main .file-entry")).to_contain_text("写真.png")
    page.goto(f"/koto/a/{kept['uuid']}/p/proxy-papers/")
    expect(page.locator("main .file-entry")).to_contain_text("写真.png")
    page.locator("main .file-entry button").click()
    expect(page.locator("main .file-entry")).to_have_count(0)


def test_a_postal_code_fills_the_address_in_place(visit: Callable[..., Page]) -> None:
    page = visit()
    hand.begin(page, "inu-toroku")
    page.locator("[name='a:address:postal']").fill("1350016")
    page.keyboard.press("Enter")
    expect(page.locator("[name='a:address:town']")).to_have_value("東陽")


def test_two_presses_send_once(visit: Callable[..., Page]) -> None:
    page = visit()
    kept = hand.begin(page, "inu-toroku")
    hand.go_on(page, hand.DOG)
    sends: list[str] = []
    page.on("request", lambda request: sends.append(request.url) if request.method == "POST" else None)
    page.locator("main form[method=post] .buttons button.button").dblclick()
    page.wait_for_url("**/sent/")
    number = hand.said(page, "#confirmation-number")
    assert len([one for one in sends if one.endswith("/check/")]) == 1
    page.go_back()
    page.goto(f"/koto/a/{kept['uuid']}/check/")
    assert hand.said(page, "#confirmation-number") == number


def test_the_same_draft_in_two_tabs(visit: Callable[..., Page]) -> None:
    """The slower tab is told, and shown both."""
    page = visit()
    hand.begin(page, "inu-toroku")
    other = page.context.new_page()
    other.goto(page.url)
    other.locator("[name='a:name:family']").fill("別田")
    expect(other.locator("#save-state")).to_contain_text("保存しました")
    page.locator("[name='a:name:family']").fill("試験")
    expect(page.locator("#save-failed")).to_contain_text("別の画面")
    hand.press(page, page.locator(hand.NEXT))
    expect(page.locator("main")).to_contain_text("別の画面でも入力されています")
    expect(page.locator("[name='a:name:family']")).to_have_value("試験")
    expect(page.locator("main")).to_contain_text(re.compile("別田"))
