"""From a changed question to the resident who is asked: two people at the desk, one at home, all without scripts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hand
from tests.browser.city import City

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
DESK = "/koto/desk/procedures/inu-toroku"
TEXTS = {"privacy": "犬の登録と、予防注射の記録のために使います", "criteria": "犬がいる場所が区の中であること"}


def act(page: Page, word: str) -> None:
    hand.press(page, page.locator(f"main button[name=act][value={word}]").first)


def at_desk(visit: Callable[..., Page], city: City, name: str) -> Page:
    page = visit(java_script_enabled=False)
    hand.sign_in_desk(page, name, city.password)
    return page


def tried(page: Page) -> None:
    """The form walked to its end as a test: page by page, sent, looked at from all sides, and kept as an example."""
    page.goto(f"{DESK}/trial/")
    act(page, "start")
    while "/trial/p/" in page.url:
        before = page.url
        hand.answer(page, hand.DOG)
        hand.press(page, page.locator(hand.NEXT))
        assert page.url != before or page.locator("main .error").count() == 0, page.locator("main").inner_text()
    hand.press(page, page.locator("main .buttons a.button").first)
    expect(page.locator("main")).to_contain_text("試しの番号です")
    for heading in ("受付票", "お知らせ", "課の画面", "結果ごとの通知の文"):
        expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()
    page.locator("summary", has_text="回答の例として残す").click()
    page.locator("[name=name]").fill("もらった犬")
    act(page, "keep")
    expect(page.locator("main tbody")).to_contain_text("もらった犬")


def filled_in(page: Page) -> None:
    """What the list asks of the procedure itself."""
    page.goto(f"{DESK}/studio/facts/")
    for key, text in TEXTS.items():
        for language in ("ja", "plain", "en"):
            page.locator(f"[name={key}_{language}]").fill(text)
    hand.press(page, page.get_by_role("button", name="保存する", exact=True))


def test_a_change_of_meaning_reaches_the_people_it_touches(visit: Callable[..., Page], city: City) -> None:
    home = visit(java_script_enabled=False)
    kept = hand.begin(home, "inu-toroku")

    designer = at_desk(visit, city, "designer")
    designer.goto(f"{DESK}/studio/")
    if not designer.locator("button[name=act][value=open]").count():  # another test has begun
        designer.locator("summary", has_text="取りやめる").click()
        act(designer, "drop")
    act(designer, "open")
    designer.goto(f"{DESK}/studio/?at=question:email#part")
    act(designer, "remove")
    tried(designer)
    designer.goto(f"{DESK}/studio/publish/")
    expect(designer.locator("main")).to_contain_text("項目がなくなる")
    filled_in(designer)
    designer.locator("summary", has_text="もう1人の確認を頼む").click()
    designer.locator("#words").fill("メールアドレスをたずねるのをやめました")
    act(designer, "ask")
    expect(designer.locator("main button[value=approve]")).to_have_count(0)

    ict = at_desk(visit, city, "ict")
    ict.goto(f"{DESK}/studio/publish/")
    expect(ict.locator("main")).to_contain_text("メールアドレスをたずねるのをやめました")
    act(ict, "approve")
    ict.locator("[name=meaning_drafts]").select_option("ask")
    act(ict, "publish")
    expect(ict.locator("main")).to_contain_text("を公開しました")

    asked = home.locator("main .notice", has_text="様式が新しくなりました")
    for _time in range(20):  # the worker treats who is under way one by one
        home.goto(f"/koto/a/{kept['uuid']}/p/you/")
        if asked.locator("li").count():
            break
        home.wait_for_timeout(1000)
    expect(asked).to_contain_text("なくなる項目：メールアドレス")
    hand.press(home, home.locator("main .notice button.second"))
    expect(home.locator("[name='a:email']")).to_have_count(0)
    expect(home.locator("main .notice", has_text="様式が新しくなりました")).to_have_count(0)
