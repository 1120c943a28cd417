"""From the front page to a sent application with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import hand

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MOST_TABS = 60


def tab_to(page: Page, wanted: Callable[[dict[str, str]], bool]) -> None:
    """Press Tab until what has the focus is what is wanted; every stop on the way must show the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        assert hand.ring_is_visible(page), hand.focused(page).evaluate("one => one.outerHTML")
        if wanted(here(page)):
            return
    raise AssertionError(f"not reached with Tab on {page.url}")


def here(page: Page) -> dict[str, str]:
    """What has the focus: name, value, type, tag and words."""
    return page.evaluate(
        """() => { const one = document.activeElement;
        return { name: one.name || "", value: one.value || "", type: one.type || "", tag: one.tagName, id: one.id,
                 words: (one.textContent || "").trim(), href: one.getAttribute("href") || "" }; }"""
    )


def choose(page: Page, name: str, value: str) -> None:
    """Into the group with Tab, to the wanted choice with arrows, chosen with Space where the arrows did not."""
    tab_to(page, lambda at: at["name"] == name)
    for _ in range(12):
        at = here(page)
        if at["value"] == value:
            page.keyboard.press("Space")
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} not reached in {name}")


def answer_by_keyboard(page: Page, answers: dict[str, str]) -> None:
    """Everything on the page from top to bottom, then on to the button 次へ, which is pressed with Enter."""
    asked = {key: name for key, name in hand.boxes(page).items() if key in answers}
    for key, name in asked.items():
        kind = page.locator(f'[name="{name}"]').first.get_attribute("type")
        if kind == "radio":
            choose(page, name, answers[key])
            continue
        tab_to(page, lambda at, name=name: at["name"] == name)
        if kind == "checkbox":
            page.keyboard.press("Space")
        else:
            page.keyboard.insert_text(answers[key])
    press_next(page)


def press_next(page: Page) -> None:
    tab_to(page, lambda at: at["name"] == "act" and at["value"] == "next")
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_from_home_to_a_sent_application(visit: Callable[..., Page]) -> None:
    page = visit()
    page.goto("/koto/")
    page.keyboard.press("Tab")
    assert here(page)["href"] == "#main"  # the first stop leads past the header
    page.keyboard.press("Enter")
    tab_to(page, lambda at: at["name"] == "q")
    page.keyboard.insert_text("いぬ")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    tab_to(page, lambda at: "/procedures/inu-toroku/" in at["href"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/procedures/inu-toroku/")
    tab_to(page, lambda at: at["tag"] == "BUTTON" and page.locator("form[action*='/apply/'] button:focus").count() == 1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/keep/")
    tab_to(page, lambda at: page.locator("main a.button:focus").count() == 1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/p/you/")

    # Nothing answered: the focus is on the summary, its links lead into the boxes.
    press_next(page)
    expect(page.locator("#error-summary")).to_be_focused()
    assert page.title().startswith("エラー：")
    page.keyboard.press("Tab")
    first = page.locator("#error-summary a").first
    expect(first).to_be_focused()
    target = first.get_attribute("href").removeprefix("#")
    page.keyboard.press("Enter")
    expect(page.locator(f"#{target}")).to_be_focused()
    assert hand.ring_is_visible(page)
    page.keyboard.press("Shift+Tab")

    for _ in range(20):
        if "/check/" in page.url:
            break
        answer_by_keyboard(page, hand.DOG)
        assert not page.locator("#error-summary").count(), page.locator("#error-summary").inner_text()
    tab_to(page, lambda at: page.locator("main form[method=post] .buttons button.button:focus").count() == 1)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sent/")
    assert hand.said(page, "#confirmation-number")
