"""Take the pictures of docs/rooms/pictures/ anew: `python3 bench/pictures.py [NAME…]`.

A sample city is filled and served in a directory of its own, its pages are opened at the width of a telephone and of a desk, and each
is written as a PNG of few colours. Look at what comes out: that is what they are for.
"""

from __future__ import annotations

import importlib.util
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "rooms" / "pictures"
WIDTHS = (360, 1280)
COLOURS = 96
TALLEST = 2600  # px: a long list is shown by its beginning
SIZE = 300

if importlib.util.find_spec("playwright") is None:  # started with the system's Python
    venv = ROOT / ".venv" / "bin" / "python"
    if not venv.exists():
        raise SystemExit("Run `python3 dev.py test` once: it installs what this needs.")
    os.execv(venv, [str(venv), __file__, *sys.argv[1:]])
sys.path.insert(0, str(ROOT))


class Album:
    """Opens pages at both widths and keeps the wanted pictures."""

    def __init__(self, browser: Any, address: str, wanted: list[str]) -> None:
        self.browser, self.address, self.wanted = browser, address, wanted

    @contextmanager
    def page(self) -> Iterator[Any]:
        context = self.browser.new_context(base_url=self.address, locale="ja-JP", timezone_id="Asia/Tokyo")
        context.set_default_timeout(20_000)
        yield context.new_page()
        context.close()

    def take(self, page: Any, name: str) -> None:
        """The page as it stands, at each width."""
        if self.wanted and name not in self.wanted:
            return
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            page.wait_for_load_state("networkidle")
            height = min(TALLEST, page.evaluate("document.scrollingElement.scrollHeight"))
            page.set_viewport_size({"width": width, "height": height})  # what sticks to the window's edge stays at the page's
            page.wait_for_timeout(150)
            target = TARGET / f"{name}-{width}.png"
            page.screenshot(path=target)
            shrink(target)
            print(f"{target.relative_to(ROOT)} {target.stat().st_size // 1024} KB", flush=True)

    def print(self, page: Any, address: str, name: str) -> None:
        """The first page of a paper, as the browser's session gets it."""
        if self.wanted and name not in self.wanted:
            return
        import pypdfium2

        document = pypdfium2.PdfDocument(page.request.get(address).body())
        target = TARGET / f"{name}.png"
        document[0].render(scale=1.6).to_pil().save(target)
        document.close()
        shrink(target)
        print(f"{target.relative_to(ROOT)} {target.stat().st_size // 1024} KB", flush=True)


def shrink(file: Path) -> None:
    from PIL import Image

    with Image.open(file) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(file, optimize=True)


def residents(album: Album, city: Any) -> None:
    from tests.browser import hand

    with album.page() as page:
        page.goto("/koto/")
        album.take(page, "home")
        page.goto("/koto/procedures/inu-toroku/")
        album.take(page, "procedure")
        kept = hand.begin(page, "inu-toroku")
        hand.answer(page, {"owner_kind": "person", "phone": "5555-81"})
        hand.press(page, page.locator(hand.NEXT))
        album.take(page, "fill")
        page.goto(f"/koto/a/{kept['uuid']}/p/you/")
        hand.go_on(page, hand.DOG)
        album.take(page, "check")
        hand.send(page)
        album.take(page, "sent")
    with album.page() as page:
        hand.sign_in(page, city.resident)
        states = {"status": "main .tag.accepted, main .tag.submitted", "correct": "main a[href$='/correct/']"}
        cases = [one.get_attribute("href") for one in page.locator("main a[href*='/status/']").all()]
        for name, sign in states.items():
            for address in cases:
                page.goto(address)
                if page.locator(sign).count():
                    if name == "correct":
                        hand.press(page, page.locator(sign))
                    album.take(page, name)
                    break
        page.goto("/mailbox/")
        album.take(page, "mailbox")


def life_event(album: Album, city: Any) -> None:
    """The guide of 出生 with its list, and the status page of what was begun together."""
    from tests.browser import hand

    with album.page() as page:
        page.goto("/koto/life/shussei/guide/")
        hand.answer(page, {"which": "first", "public": "no", "insurance": "kokuho", "nursery": "no", "single": "no"})
        hand.press(page, page.locator("main form button").first)
        album.take(page, "guide")
        page.locator("#agree-yes").check()
        hand.press(page, page.locator("form[action$='/start/'] button"))
        hand.press(page, page.locator("main a.button"))
        hand.answer(page, {f"applicant_{key}": text for key, text in {**hand.PERSON, **hand.HOME, "birth": "1990-04-15"}.items()})
        hand.press(page, page.locator(hand.NEXT).first)
        hand.press(page, page.locator("main a[href*='/b/']").first)
        album.take(page, "together")


def desk(album: Album, city: Any) -> None:
    from tests.browser import hand

    with album.page() as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        hand.sign_in_desk(page, "clerk", city.password)
        album.take(page, "queue")
        page.goto("/koto/desk/?tab=division&state=accepted")
        cases = [one.get_attribute("href") for one in page.locator("[data-rows] tbody a").all()]
        for address in cases:
            page.goto(address)
            if page.locator("main .changed").count() or address == cases[-1]:
                break
        album.take(page, "case")
        for address in cases:
            page.goto(address)
            link = page.locator("main .acts a[href*='/subjects/']")
            if link.count():
                hand.press(page, link)
                page.locator("main [name=outcome][value=granted]").check()
                hand.press(page, page.locator("button[name=act][value=preview]"))
                album.take(page, "decision")
                break
        page.goto("/koto/desk/notices/")
        album.take(page, "notices")
    with album.page() as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        hand.sign_in_desk(page, "ict", city.password)
        page.goto("/koto/desk/jobs/")
        album.take(page, "jobs")
        page.goto("/koto/desk/procedures/")
        album.take(page, "procedures-desk")
        for name, place in (("inventory", ""), ("priority", "procedures/"), ("standing", "standing/")):
            page.goto(f"/koto/desk/inventory/{place}")
            album.take(page, name)
    with album.page() as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        hand.sign_in_desk(page, "designer", city.password)
        page.goto("/koto/desk/procedures/jido-teate-nintei/studio/")
        hand.press(page, page.locator("button[name=act][value=open]"))
        page.goto("/koto/desk/procedures/jido-teate-nintei/studio/?at=question%3Aspouse_apart")
        album.take(page, "studio")


def outside(album: Album, city: Any) -> None:
    """What leaves the screen: an outage that residents are told, words and poster of a procedure, its paper edition."""
    from tests.browser import hand

    with album.page() as page:
        page.set_viewport_size({"width": 1280, "height": 800})
        hand.sign_in_desk(page, "ict", city.password)
        closing = (datetime.now(ZoneInfo("Asia/Tokyo")) + timedelta(days=21)).replace(hour=18, minute=0)  # when the city's courses close
        page.goto("/koto/desk/outages/")
        for name, moment in (("began_at", closing), ("ended_at", closing + timedelta(hours=36))):
            page.locator(f"[name={name}]").fill(moment.strftime("%Y-%m-%dT%H:%M"))
        page.locator("[name=reason]").select_option("maintenance")
        hand.press(page, page.locator("main form.narrow button"))
        album.take(page, "outage")
        page.goto("/koto/desk/procedures/jido-teate-nintei/versions/1/paths/")
        album.take(page, "paths")
        album.print(page, "/koto/desk/procedures/inu-toroku/poster-a4.pdf", "poster")
        album.print(page, "/koto/desk/procedures/jido-teate-nintei/versions/1/paper.pdf", "paper-edition")


def main(wanted: list[str]) -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser import city as cities
    from tests.browser.conftest import ARGUMENTS

    browser_path = cities.chromium()
    if browser_path is None:
        raise SystemExit("No Chromium on this machine (PATH or the variable CHROMIUM).")
    TARGET.mkdir(parents=True, exist_ok=True)
    parts: list[Callable[[Album, Any], None]] = [residents, desk, outside]
    parts: list[Callable[[Album, Any], None]] = [residents, life_event, desk]
    with tempfile.TemporaryDirectory() as home, cities.running(Path(home), size=SIZE) as city, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=browser_path, args=[*ARGUMENTS, "--lang=ja"], env={**os.environ, "LANGUAGE": "ja"})
        for part in parts:
            part(Album(browser, city.address, wanted), city)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
