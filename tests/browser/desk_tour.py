"""A walk past every kind of page of the desk: the menu of each role, and a case in each of its states with what can be done to it."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.browser import hand
from tests.browser.hand import Look

STATES = ("submitted", "accepted", "correcting", "decided", "withdrawn")
CASE_PAGES = ("correction", "edit", "withdraw", "phrase", "revisions")


def menu(page: Page, look: Look, role: str, done: set[str]) -> None:
    """Every page of this role's menu that no other role has shown."""
    found = [one.get_attribute("href") or "" for one in page.locator(".desk-menu a").all()]
    for address in found:
        if address not in done:
            done.add(address)
            page.goto(address)
            look(f"{role} {address}")


def cases(page: Page, look: Look) -> None:
    """The queue in its shapes, one case of each state, and each thing that can be done to a case."""
    page.goto("/koto/desk/?q=zzzzz")
    look("queue, nothing found")
    page.goto("/koto/desk/?tab=all&state=accepted")
    look("queue, filtered")
    done: set[str] = set()
    for state in STATES:
        page.goto(f"/koto/desk/?tab=all&state={state}")
        row = page.locator("[data-rows] tbody a").first
        if row.count():
            hand.press(page, row)
            look(f"case {state}")
            one_case(page, look, page.url.rstrip("/"), done)
    assert {"correction", "deciding"} <= done, done
    page.goto("/koto/desk/export/")
    look("export")


def one_case(page: Page, look: Look, base: str, done: set[str]) -> None:
    """What this case lets be done and no case before it did, up to the last button."""
    shown = {one.get_attribute("href") or "" for one in page.locator("main a").all()}
    for name in CASE_PAGES:
        if name not in done and any(address.rstrip("/").endswith(f"/{name}") for address in shown):
            done.add(name)
            page.goto(f"{base}/{name}/")
            look(f"case, {name}")
            if name == "correction":
                hand.press(page, page.locator("main form.ask button.button"))
                look("correction with errors")
    deciding = next((address for address in sorted(shown) if "/subjects/" in address), "")
    if deciding and "deciding" not in done:
        done.add("deciding")
        page.goto(deciding)
        look("decide")
        hand.press(page, page.locator("button[name=act][value=preview]"))
        look("decide, asked for nothing")
        page.locator("main [name=outcome]").first.check()
        hand.press(page, page.locator("button[name=act][value=preview]"))
        look("decide, preview")


def chief(page: Page, look: Look) -> None:
    page.goto("/koto/desk/chief/")
    look("chief")


def forms(page: Page, look: Look) -> None:
    """The desk's pages about procedures."""
    for address in ("/koto/desk/bundles/", "/koto/desk/bundles/shussei/"):
        page.goto(address)
        look(f"bundles by life event {address}")
    page.goto("/koto/desk/procedures/jido-teate-nintei/")
    look("a procedure")
    for address in sorted({one.get_attribute("href") or "" for one in page.locator("main a[href*='/versions/']").all()})[:1]:
        page.goto(address)
        look("a version")
        page.goto(f"{address}paths/")
        look("paths taken")
    page.goto("/koto/desk/procedures/jido-teate-nintei/announcing/")
    look("poster and words")
    publish = page.locator("main a[href$='/publish/']")
    page.goto("/koto/desk/procedures/jido-teate-nintei/")
    if publish.count():
        page.goto("/koto/desk/procedures/jido-teate-nintei/publish/")
        look("publish")

    publishing(page, look)


def publishing(page: Page, look: Look) -> None:
    """A draft on its way to a version, and the same form tried out to its first page."""
    base = "/koto/desk/procedures/inu-toroku"
    page.goto(f"{base}/studio/")
    begin = page.locator("button[name=act][value=open]")
    if begin.count():
        hand.press(page, begin)
    for at in ("page:you", "question:dog_birth", "check:dog_birth/0", "calculation:tag_fee", "calculation:total_fee&kind=count"):
        page.goto(f"{base}/studio/?at={at.replace(':', '%3A').replace('/', '%2F')}")
        for fold in page.locator("#part details").all():
            fold.evaluate("one => { one.open = true }")
        look(f"studio {at}")
    for name in ("studio/blocks", "studio/paper", "studio/publish", "studio/facts", "studio/examples", "versions/1/compare/1", "trial"):
        page.goto(f"{base}/{name}/")
        look(name)
    hand.press(page, page.locator("button[name=act][value=start]"))
    look("trial, a page")
    page.goto(f"{base}/trial/check/")
    look("trial, check")
    page.goto(f"{base}/studio/examples/")
    hand.press(page, page.locator("main tbody a").first)
    look("an example")


def outages(page: Page, look: Look) -> None:
    """An outage from its record with a mistake to its taking back; residents are told meanwhile."""
    page.goto("/koto/desk/outages/")
    page.locator("[name=began_at]").fill("2026-05-01T20:00")
    page.locator("[name=ended_at]").fill("2026-05-01T19:00")
    hand.press(page, page.locator("main form.narrow button"))
    look("outage with an error")
    page.locator("[name=ended_at]").fill("2026-05-01T22:00")
    hand.press(page, page.locator("main form.narrow button"))
    look("outage")
    hand.press(page, page.locator("button[value=cancel]"))
    look("outage, taken back")


def work(page: Page, look: Look) -> None:
    """Notices, letters, jobs."""
    page.goto("/koto/desk/workers/")
    look("workers")
    for name in ("notices", "jobs"):
        page.goto(f"/koto/desk/{name}/")
        first = page.locator(f"main tbody a[href*='/{name}/']").first
        if first.count():
            hand.press(page, first)
            look(f"one of {name}")
    page.goto("/sign-in/desk/self/")
    look("myself")
    page.goto("/koto/desk/nothing/")
    look("desk, not found")
