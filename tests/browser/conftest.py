"""Chromium against the real product: one sample city for all browser tests, one browser, a fresh context for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import city as cities
from tests.browser.city import City
from tests.conftest import lacking

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--no-first-run"]
WAIT = 15_000  # ms: two shared cores, and Chromium on one of them


@pytest.fixture(scope="session", autouse=True)
def rows_beside_the_browser() -> Iterator[None]:
    """The browser's loop runs in the thread of the tests; those that look at rows themselves would be refused by Django."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; without one the test is skipped, or fails where chromium is required."""
    found = cities.chromium()
    if found is None:
        lacking("chromium", "no Chromium on this machine (PATH or the variable CHROMIUM)")
    return str(found)


@pytest.fixture(scope="session")
def browser_type_launch_args(chromium: str) -> dict[str, Any]:
    return {"executable_path": chromium, "args": ARGUMENTS, "headless": True}


@pytest.fixture(scope="session")
def city(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """The sample city, filled and served once."""
    with cities.running(tmp_path_factory.mktemp("city"), size=30) as found:
        yield found


@pytest.fixture(scope="session")
def base_url(city: City) -> str:
    return city.address


@pytest.fixture(scope="session")
def browser_context_args(base_url: str) -> dict[str, Any]:
    return {"base_url": base_url, "locale": "ja-JP", "timezone_id": "Asia/Tokyo", "viewport": {"width": 1280, "height": 900}}


@pytest.fixture
def visit(browser: Browser, browser_context_args: dict[str, Any]) -> Iterator[Callable[..., Page]]:
    """`visit(java_script_enabled=False, …)` → a page in a context of its own, closed after the test."""
    opened: list[BrowserContext] = []

    def go(*, language: str = "", **options: Any) -> Page:
        context = browser.new_context(**{**browser_context_args, **options})
        context.set_default_timeout(WAIT)
        if language:
            speak(context, str(browser_context_args["base_url"]), language)
        opened.append(context)
        return context.new_page()

    yield go
    for context in opened:
        context.close()


def speak(context: BrowserContext, address: str, language: str) -> None:
    """The reader's language, as the switch on every page would set it."""
    context.add_cookies([{"name": "madoguchi_language", "value": language, "url": address}])
