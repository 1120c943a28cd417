"""A person at the browser: answers pages by what stands on them, presses buttons, and remembers what was handed out."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import quote

from playwright.sync_api import Locator, Page, expect

NEXT, SEND = 'main .buttons button[name=act][value="next"]', "main form button.button"
UUID = re.compile(r"/a/([0-9a-f-]{36})/")
ROW = re.compile(r"^a:[a-z0-9_-]+\[[^\]]*\]\.")
Look = Callable[[str], None]
TODAY = date.today()


def ago(days: int) -> str:
    return (TODAY - timedelta(days=days)).isoformat()


PERSON = {"name:family": "試験", "name:given": "太郎", "name:family_kana": "シケン", "name:given_kana": "タロウ", "phone": "03-5555-8101"}
HOME = {
    "address:postal": "136-0075",
    "address:prefecture": "東京都",
    "address:city": "江東区",
    "address:town": "新砂",
    "address:block": "3-8-2",
}
DOG = {
    **PERSON, **HOME, "owner_kind": "person", "dog_home": "same", "registered_before": "no", "chip": "no", "dog_name": "むぎ",
    "dog_breed": "柴犬", "dog_color": "赤茶", "dog_sex": "female", "dog_birth": ago(200), "dog_birth_sure": "about",
    "kept_since": ago(20), "came_from": "given", "vaccinated": "no", "receive_at": "joto", "true_answers": "yes", "keep_rules": "yes",
}  # fmt: skip
PAPERS = {
    **PERSON, **HOME, "own_data": "no", "kind": "person", "doc_topic": "公園の木の手入れ", "doc_detail": "手入れの予定と費用がわかる文書",
    "doc_period": "any", "without_private": "yes", "may_call": "yes", "way": "electronic", "agree_use": "yes", "agree_cost": "yes",
}  # fmt: skip
TAX = {
    **PERSON, **HOME, "birth": "昭和59年6月2日", "filing": "proxy", "proxy_relation": "子", "lived_in": "all", "cert_kind": "taxed",
    "cert_year": str(TODAY.year - 2019), "january_same": "yes", "copies": "２", "declared_by": "employer", "use": "loan",
    "submit_to": "みなと信用組合", "receive": "counter", "counter_place": "toyo", "true_answers": "yes", "no_misuse": "yes",
    **{key.replace("name", "proxy_name"): value for key, value in PERSON.items() if key != "phone"}, "proxy_phone": "０３５５５５８１０２",
    **{key.replace("address", "proxy_address"): value for key, value in HOME.items()},
}  # fmt: skip


def begin(page: Page, procedure: str, *, look: Look | None = None) -> dict[str, str]:
    """From the procedure's page to the first question; gives uuid, resume code and passphrase."""
    page.goto(f"/koto/procedures/{procedure}/")
    page.locator("form[action*='/apply/'] button").click()
    page.wait_for_url("**/keep/")
    if look:
        look("keep")
    kept = {"uuid": uuid_of(page), "code": said(page, "#resume-code"), "phrase": said(page, "#phrase")}
    page.locator("main a.button").click()
    page.wait_for_url("**/p/**")
    return kept


def uuid_of(page: Page) -> str:
    found = UUID.search(page.url)
    assert found, page.url
    return found[1]


def said(page: Page, selector: str) -> str:
    return re.sub(r"\s+", "", page.locator(selector).inner_text())


def boxes(page: Page) -> dict[str, str]:
    """Names of the answer boxes on the page, by question and part without the row they are in."""
    names = page.locator("main [name^='a:']").evaluate_all("all => all.map(one => one.name)")
    return {ROW.sub("", name).removeprefix("a:"): name for name in names}


ANSWER = """wanted => { for (const [name, value] of Object.entries(wanted)) {
  for (const box of document.getElementsByName(name)) {
    if (["radio", "checkbox"].includes(box.type)) { if (box.value === value && !box.checked) box.click(); continue; }
    if (box.type === "hidden" || box.value === value) continue;
    box.value = value;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new Event("change", { bubbles: true }));
  } } }"""


def answer(page: Page, answers: Mapping[str, str]) -> None:
    """Fill what the page asks and `answers` knows, in one go; test_keyboard.py does it stroke by stroke."""
    page.evaluate(ANSWER, {name: answers[key] for key, name in boxes(page).items() if key in answers})


def give(page: Page, files: list[Path]) -> None:
    for box in page.locator("main input[type=file]").all():
        box.set_input_files(files)


def go_on(page: Page, answers: Mapping[str, str], *, files: list[Path] = (), until: str = "/check/", look: Look | None = None) -> None:  # type: ignore[assignment]
    """Page after page until the address contains `until`; `look` is called with the id of each new page."""
    for _ in range(60):
        if until in page.url:
            return
        seen = page.url
        answer(page, answers)
        if files and page.locator("main input[type=file]").count() and not page.locator("main .file-entry").count():
            give(page, files)
            if page.locator("html.js").count():
                page.locator("main .file-entry").first.wait_for()
        if look and "/p/" in seen:
            look("p/" + seen.split("/p/", 1)[1].partition("/")[0])
        press(page, page.locator(NEXT).first)
        problems = page.locator("#error-summary li").all_inner_texts()
        assert not problems, (seen, problems)
    raise AssertionError(f"no end in sight at {page.url}")


def press(page: Page, button: Locator) -> None:
    """Press what leads to another page, or to this one again, and wait for it."""
    with page.expect_navigation():
        button.click()


def send(page: Page) -> str:
    """From the check page: send, and the number on the confirmation."""
    page.locator("main form[method=post] .buttons button.button").click()
    page.wait_for_url("**/sent/")
    return said(page, "#confirmation-number")


def apply(page: Page, procedure: str, answers: Mapping[str, str], *, files: list[Path] = ()) -> dict[str, str]:  # type: ignore[assignment]
    """A whole application; gives what `begin` gave and the number."""
    kept = begin(page, procedure)
    go_on(page, answers, files=files)
    return {**kept, "number": send(page)}


def sign_in_desk(page: Page, username: str, password: str) -> None:
    page.goto("/sign-in/desk/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(password)
    page.locator("main form button").click()
    page.wait_for_url("**/desk/**")


def mails(page: Page, email: str) -> list[str]:
    """Addresses of the mails to somebody in the demo's mailbox, newest first."""
    return re.findall(r'href="(/mailbox/mail/\d+/)"', page.request.get(f"/mailbox/?to={quote(email)}").text())


def mail_after(page: Page, email: str, act: Callable[[], object]) -> str:
    """Do something; the words of the mail that comes of it."""
    before = set(mails(page, email))
    act()
    for _ in range(100):
        new = [one for one in mails(page, email) if one not in before]
        if new:
            main = page.request.get(new[0]).text().split("<main", 1)[1].partition("</main>")[0]
            return unescape(re.sub(r"<[^>]+>", " ", main))
        page.wait_for_timeout(150)
    raise AssertionError(f"no mail came for {email}")


def code_after(page: Page, email: str, act: Callable[[], object]) -> str:
    """The six digits that come by mail after an act."""
    words = mail_after(page, email, act)
    found = re.search(r"(?<!\d)(\d{6})(?!\d)", words)
    assert found, words
    return found[1]


def sign_in(page: Page, email: str, *, look: Look | None = None) -> None:
    """A resident's sign-in by the code in the mail."""
    page.goto("/koto/sign-in/")
    if look:
        look("sign-in")
    page.locator("#email").fill(email)
    digits = code_after(page, email, lambda: press(page, page.locator("main form:has(#email) button.button")))
    if look:
        look("code")
    page.locator("#code").fill(digits)
    press(page, page.locator("main form:has(#code) button.button"))
    assert "/my/" in page.url, page.locator("main").inner_text()


def focused(page: Page) -> Locator:
    return page.locator("*:focus")


def ring_is_visible(page: Page) -> bool:
    """Whether what has the focus shows it: an outline of at least two pixels."""
    return bool(
        page.evaluate(
            """() => { const one = document.activeElement; if (!one || one === document.body) return false;
            const style = getComputedStyle(one); const box = one.getBoundingClientRect();
            return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 && box.width > 0; }"""
        )
    )


__all__ = ["expect"]
