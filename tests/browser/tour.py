"""A walk past every kind of page, with a look at each: who looks, and at what, is the caller's matter."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page

from tests.browser import hand
from tests.browser.hand import Look

PUBLIC = {
    "front": "/",
    "home": "/koto/",
    "search": "/koto/search/?q=%E7%8A%AC",
    "search without a find": "/koto/search/?q=zzzzz",
    "life event": "/koto/life/pet/",
    "all procedures": "/koto/procedures/",
    "division": "/koto/divisions/eisei/",
    "procedure": "/koto/procedures/zei-shomei/",
    "procedure with a closing day": "/koto/procedures/hoiku-riyo/",
    "procedure that ends at the counter": "/koto/procedures/tenshutsu/",
    "resume": "/koto/resume/",
    "a used link": "/koto/resume/nothing/",
    "status sign-in": "/koto/status/",
    "check paper": "/c/",
    "check paper without a find": "/c/AAAA-AAAA-AAAA-AAAA/",
    "a short address, mistyped": "/koto/t/ABCDE/",
    "not found": "/koto/nothing/",
    "mailbox": "/mailbox/",
    "desk sign-in": "/sign-in/desk/",
}


def public(page: Page, look: Look) -> None:
    """What everybody can open."""
    for name, address in PUBLIC.items():
        page.goto(address)
        look(name)


def dog(page: Page, look: Look) -> dict[str, str]:
    """A registration of a dog from the first page to its status, with the wrong turns; gives what was handed out."""
    kept = hand.begin(page, "inu-toroku", look=look)
    base = f"/koto/a/{kept['uuid']}"
    hand.press(page, page.locator(hand.NEXT))
    look("a page with errors")
    page.goto(f"{base}/check/")
    look("check, not ready")
    hand.press(page, page.locator("main form[method=post] .buttons button.button"))
    look("check, refused")
    page.goto(f"{base}/p/you/")
    hand.go_on(page, hand.DOG, look=lambda name: look(f"dog {name}"))
    look("check")
    for name in ("leave", "discard", "email"):
        page.goto(f"{base}/{name}/")
        look(name)
    page.goto(f"{base}/check/")
    kept["number"] = hand.send(page)
    look("sent")
    for name in ("status", "withdraw", "amend"):
        page.goto(f"{base}/{name}/")
        look(name)
    return kept


def ends_elsewhere(page: Page, look: Look) -> None:
    """A page on which the journey ends because the matter belongs elsewhere."""
    hand.begin(page, "inu-toroku")
    hand.go_on(page, {**hand.DOG, "dog_home": "outside"}, until="/p/outside/")
    look("ended elsewhere")


def tax(page: Page, look: Look, files: list[Path]) -> None:
    """Rows on pages of their own, files, calculated answers."""
    hand.begin(page, "zei-shomei")
    hand.go_on(page, hand.TAX, files=files, look=lambda name: look(f"tax {name}"))
    look("check with rows and files")


def life_event(page: Page, look: Look) -> None:
    """The guide, what is begun from it, the common questions, a form with copied answers, the page of the whole."""
    page.goto("/koto/life/shussei/guide/")
    look("guide")
    hand.answer(page, {"which": "first", "public": "no", "insurance": "kokuho", "nursery": "no"})
    hand.press(page, page.locator("main form button").first)
    look("guide, answered")
    hand.press(page, page.locator("form[action$='/start/'] button"))
    look("guide, not agreed")
    for box in page.locator("input[name=member]").all():
        box.set_checked(box.get_attribute("value") in ("jido-teate-nintei", "kokuho-kanyu"))
    page.locator("#agree-yes").check()
    hand.press(page, page.locator("form[action$='/start/'] button"))
    look("together, keep")
    hand.press(page, page.locator("main a.button"))
    look("common questions")
    hand.press(page, page.locator(hand.NEXT).first)
    look("common questions with errors")
    hand.answer(page, {f"applicant_{key}": text for key, text in {**hand.PERSON, **hand.HOME, "birth": "1990-04-15"}.items()})
    hand.press(page, page.locator(hand.NEXT).first)
    look("a form with copied answers")
    hand.press(page, page.locator("main a[href*='/b/']").first)
    look("together")


def long_lists(page: Page, look: Look) -> None:
    """Ranked wishes, a bank account, 個人番号: the questions that the two forms above do not ask."""
    kept = hand.begin(page, "hoiku-riyo")
    page.goto(f"/koto/a/{kept['uuid']}/p/children/")
    for word in ("豊洲", "亀戸"):
        page.locator("main input[type=search]").last.fill(word)
        page.keyboard.press("Enter")
        button = page.locator("main button[name=act][value^='pick:child']").first
        button.wait_for()
        look(f"wishes, searched {word}")
        button.click()
        page.locator("main ol.entries .entry-name").nth(("豊洲", "亀戸").index(word)).wait_for()
    look("wishes, picked")
    kept = hand.begin(page, "jido-teate-nintei")
    page.locator(hand.NEXT).first.wait_for()
    look("child allowance, first page")


def looked_up(page: Page, look: Look, kept: dict[str, str]) -> None:
    """By number and phrase in another browser; then the way out and what follows it."""
    page.goto("/koto/status/")
    page.locator("[name=number]").fill(kept["number"])
    hand.press(page, page.locator("main form[method=post] button.button").first)
    look("status sign-in, wrong")
    page.locator("[name=phrase]").fill(kept["phrase"])
    hand.press(page, page.locator("main form[method=post] button.button").first)
    assert "/status/" in page.url, page.locator("main").inner_text()
    look("status by number and phrase")
    page.goto(f"/koto/a/{kept['uuid']}/status/proof/")
    look("second proof")
    page.goto(f"/koto/a/{kept['uuid']}/withdraw/")
    hand.press(page, page.locator("main button.danger"))
    look("withdrawn")
    send_instead(page, f"/koto/a/{kept['uuid']}/withdraw/")
    look("refused")
    page.goto(f"/koto/a/{kept['uuid']}/status/")
    send_instead(page, f"/koto/a/{kept['uuid']}/withdraw/", token=False)
    look("without a token")
    page.goto(f"/koto/a/{kept['uuid']}/status/")
    hand.press(page, page.locator("main .feedback button.button"))
    look("thanks")
    page.goto(f"/koto/a/{kept['uuid']}/status/")
    hand.press(page, page.locator("main form[action$='/sign-out/'] button"))
    look("ended")


def send_instead(page: Page, address: str, *, token: bool = True) -> None:
    """Send the page's last form somewhere else: what a stale tab or a stranger's page would do."""
    with page.expect_navigation():
        page.evaluate(
            """([address, token]) => { const form = [...document.forms].at(-1); form.action = address;
            if (!token) form.querySelector("[name=csrfmiddlewaretoken]").remove(); form.submit(); }""",
            [address, token],
        )


def by_mail(page: Page, look: Look, email: str) -> None:
    """An e-mailed link: the address is proven first, the link opens by a button."""
    kept = hand.begin(page, "inu-toroku")
    page.goto(f"/koto/a/{kept['uuid']}/leave/")
    page.locator("#email").fill(email)
    digits = hand.code_after(page, email, lambda: hand.press(page, page.locator("main form:has(#email) button.button")))
    look("code for a link")
    page.locator("#code").fill("000000")
    hand.press(page, page.locator("main form:has(#code) button.button"))
    look("wrong code")
    page.locator("#code").fill(digits)
    words = hand.mail_after(page, email, lambda: hand.press(page, page.locator("main form:has(#code) button.button")))
    look("left")
    page.goto(hand.mails(page, email)[0])
    look("a mail")
    link = re.search(r"https?://[^/\s]+(/koto/resume/[^\s]+)", words)
    assert link, words
    page.goto(link[1])
    look("link")
    hand.press(page, page.locator("main form[method=post] button.button"))
    page.goto(f"/koto/a/{kept['uuid']}/discard/")
    hand.press(page, page.locator("main button.danger"))
    look("discarded")


def mine(page: Page, look: Look, email: str) -> None:
    """A resident's account, and each state that the sample city has given her."""
    hand.sign_in(page, email, look=look)
    look("my page")
    cases = {one.get_attribute("href") or "" for one in page.locator("main a[href*='/status/']").all()}
    for address in sorted(cases)[:6]:
        page.goto(address)
        state = page.locator("main .tag").first.get_attribute("class") or ""
        look(f"status {state}")
        if page.locator("main a[href$='/correct/']").count():
            page.goto(address.replace("/status/", "/correct/"))
            look("correct")
