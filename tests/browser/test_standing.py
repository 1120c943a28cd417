"""From the report to mayor and assembly to a form of one's own: a small town takes over what its neighbours have."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hand
from tests.browser.city import City

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
REPORT = "/midori/desk/inventory/standing/"


def test_a_small_town_takes_over_what_its_neighbours_have(visit: Callable[..., Page], city: City) -> None:
    page = visit(java_script_enabled=False, viewport={"width": 360, "height": 800})
    hand.sign_in_desk(page, "midori-ict", city.password)
    page.goto(REPORT)
    for name in ("江東区", "しおかぜ町", "そよかぜ市"):
        expect(page.locator("main")).to_contain_text(name)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 360

    # A figure opens the rows that it is the sum of.
    page.locator("main a[href*='/rows/procedures-online/']").first.click()
    number = int(page.locator("main .figures dd").first.inner_text())
    expect(page.locator("main tbody tr")).to_have_count(number)

    page.goto(REPORT)
    page.locator("main a[href$='/standing/neighbours/']").click()
    row = page.locator("main .link-list > li", has=page.locator("input[name=entry][value=inu-toroku]"))
    expect(row).to_contain_text("2自治体にあります")
    row.locator("select").select_option(label="総務課")
    hand.press(page, row.locator("button"))
    expect(page.locator("main")).to_contain_text("まだ非公開です")
    assert page.url.endswith("/midori/desk/procedures/inu-toroku/")
    answered = page.goto("/midori/procedures/inu-toroku/")
    assert answered is not None
    assert answered.status == 404  # residents see it when somebody shows it
    page.goto(f"{REPORT}neighbours/")
    expect(page.locator("main .link-list > li", has_text="準備中")).to_have_count(1)
