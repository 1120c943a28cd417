"""The desk does its work: the next case by keyboard, a correction that the resident mends, a proposal that the chief agrees to."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hand
from tests.browser.city import City

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def press(page: Page, words: str) -> None:
    hand.press(page, page.locator("main").get_by_role("button", name=words, exact=True).first)


def test_correction_and_decision(visit: Callable[..., Page], city: City) -> None:
    resident, clerk, chief = visit(), visit(), visit()
    sent = hand.apply(resident, "kobunsho-kaiji", hand.PAPERS)

    # By keyboard: j walks the rows, Enter opens; / leads to the search, which takes a whole number straight to its case.
    hand.sign_in_desk(clerk, "soumu-1", city.password)
    clerk.keyboard.press("j")
    assert hand.ring_is_visible(clerk)
    with clerk.expect_navigation():
        clerk.keyboard.press("Enter")
    assert "/desk/cases/" in clerk.url
    clerk.keyboard.press("/")
    expect(clerk.locator("[data-search]")).to_be_focused()
    clerk.keyboard.insert_text(sent["number"])
    with clerk.expect_navigation():
        clerk.keyboard.press("Enter")
    assert sent["number"] in clerk.url
    press(clerk, "受け付ける")
    expect(clerk.locator("main")).to_contain_text("受け付け")

    hand.press(clerk, clerk.locator("main a[href$='/correction/']").first)
    clerk.get_by_role("checkbox", name="知りたい内容").check()
    clerk.locator(".ask-row:has(:checked) .ask-reason input").fill("何年度の文書か、書いてください。")
    press(clerk, "補正を求める")
    expect(clerk.locator("main")).to_contain_text("補正を待っています")

    # The resident sees just that question and its reason, and sends it again.
    resident.goto(f"/koto/a/{sent['uuid']}/status/")
    hand.press(resident, resident.locator("main a[href$='/correct/']"))
    expect(resident.locator("main")).to_contain_text("何年度の文書か")
    assert [key for key in hand.boxes(resident) if key != "doc_detail"] == []
    hand.answer(resident, {"doc_detail": "令和7年度の手入れの予定と費用がわかる文書"})
    hand.press(resident, resident.locator(hand.NEXT))
    expect(resident.locator("main")).to_contain_text("直した内容が届きました")

    clerk.reload()
    expect(clerk.locator("main .changed")).to_contain_text("令和7年度")
    hand.press(clerk, clerk.locator("main .acts a[href*='/subjects/']"))
    clerk.locator("main [name=outcome][value=granted]").check()
    press(clerk, "起案する")
    expect(clerk.locator("main")).to_contain_text("決裁待ち")

    hand.sign_in_desk(chief, "soumu-chief", city.password)
    chief.goto("/koto/desk/chief/")
    hand.press(chief, chief.locator("main a").filter(has_text=sent["number"]).first)
    press(chief, "決裁して結果を知らせる")
    expect(chief.locator("main .tag.granted").first).to_be_visible()

    resident.goto(f"/koto/a/{sent['uuid']}/status/")
    expect(resident.locator("main .tag").first).to_have_class("tag decided")
    expect(resident.locator("main")).not_to_contain_text("架空")  # no clerk's name


def test_messages_go_both_ways(visit: Callable[..., Page], city: City) -> None:
    resident, clerk = visit(), visit()
    sent = hand.apply(resident, "kobunsho-kaiji", hand.PAPERS)
    resident.goto(f"/koto/a/{sent['uuid']}/status/")
    resident.locator("#message-text").fill("いつごろ見られますか。")
    hand.press(resident, resident.locator("form[action$='/message/'] button"))
    hand.sign_in_desk(clerk, "soumu-1", city.password)
    clerk.goto(f"/koto/desk/cases/{sent['number']}/")
    expect(clerk.locator("main")).to_contain_text("いつごろ見られますか。")
    clerk.locator("#message-text").fill("来週お知らせします。")
    hand.press(clerk, clerk.locator("form[action$='/message/'] button"))
    resident.reload()
    expect(resident.locator(".message.from-desk")).to_contain_text("来週お知らせします。")
    expect(resident.locator(".message.from-desk")).to_contain_text("総務課")
