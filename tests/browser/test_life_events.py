"""出生: child allowance and health insurance begun from the guide, asked once, filed with one press; at 360 px and without scripts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from madoguchi.engines.forms import load, parts_of, questions_of, rows_of
from madoguchi.procedures.actions import library_entries
from tests.browser import hand

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
CHOSEN = ("jido-teate-nintei", "kokuho-kanyu")
COPIED = ("name", "birth", "address", "phone")  # answered in common: nobody types them again
COMMON = {
    "applicant_name:family": "試験", "applicant_name:given": "花子", "applicant_name:family_kana": "シケン", "applicant_name:given_kana": "ハナコ",
    "applicant_birth": "平成2年4月15日", "applicant_phone": "０３－５５５５－８１０１",
    **{key.replace("address", "applicant_address"): value for key, value in hand.HOME.items()},
}  # fmt: skip


def known(procedure: str) -> dict[str, str]:
    """What the first clean example of the library would type, by box; those of rows without their row."""
    entry = next(one for one in library_entries() if one.id == procedure)
    answers = next(one for one in entry.examples if one["expect"] == "clean")["answers"]
    form, found = load(entry.document), dict[str, str]()
    for question in questions_of(form):
        held = rows_of(answers, question.repeat)[:1] if question.repeat else [answers]
        for row in held:
            if question.id in row and question.type not in ("file", "calculated"):
                parts = parts_of(question, row[question.id]) if question.type != "mynumber" else {}
                found |= {f"{question.id}:{part}" if part else question.id: texts[0] for part, texts in parts.items() if texts}
    own = {box: text for box, text in found.items() if box.partition(":")[0] not in COPIED}
    return {**own, "child_birth": hand.ago(20), "account_way": "registered"}


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    Image.new("RGB", (320, 240), (120, 160, 200)).save(tmp_path / "書類.jpg")
    return tmp_path / "書類.jpg"


def test_a_birth_filed_together(visit: Callable[..., Page], photo: Path) -> None:
    page = visit(java_script_enabled=False, viewport={"width": 360, "height": 800})
    page.goto("/koto/")
    hand.press(page, page.locator("a[href*='/life/shussei/']"))
    hand.answer(page, {"which": "first", "public": "no", "insurance": "kokuho", "nursery": "no"})
    hand.press(page, page.locator("main form button").first)
    for slug in CHOSEN:
        expect(page.locator(f"input[name=member][value={slug}]")).to_be_checked()
    expect(page.locator("main")).to_contain_text("窓口で行う手続きです。")
    for box in page.locator("input[name=member]").all():
        box.set_checked(box.get_attribute("value") in CHOSEN)
    page.locator("#agree-yes").check()
    hand.press(page, page.locator("form[action$='/start/'] button"))
    code, phrase = hand.said(page, "#resume-code"), hand.said(page, "#phrase")
    hand.press(page, page.locator("main a.button"))
    hand.answer(page, COMMON)
    hand.press(page, page.locator(hand.NEXT).first)
    walk_on(page, photo)

    expect(page.locator("main")).to_contain_text("共通の質問の答えから写しました。")
    no_wider(page)
    page.locator("main form[method=post] button.button").click()
    page.wait_for_url("**/?sent=1")
    expect(page.locator("main")).to_contain_text("2件の手続きが、それぞれの担当の課に届きました。")
    numbers = page.locator("main .entry .number-inline").all_inner_texts()
    assert len(set(numbers)) == 2
    no_wider(page)

    # From another browser: the code of the whole opens the one status page, the number of one opens that one.
    later = visit(java_script_enabled=False)
    later.goto("/koto/status/")
    later.locator("[name=number]").fill(code)
    later.locator("[name=phrase]").fill(phrase)
    hand.press(later, later.locator("main form[method=post] button.button").first)
    assert later.locator("main .entry .number-inline").all_inner_texts() == numbers
    hand.press(later, later.locator("main .entry-name a").first)
    expect(later.locator("main")).to_contain_text(numbers[0])


def walk_on(page: Page, photo: Path) -> None:
    """Form after form to the summary; a list of rows is entered once."""
    answers = {slug: known(slug) for slug in CHOSEN}
    entered: set[str] = set()
    for _ in range(60):
        if page.url.endswith("/check/"):
            return
        no_wider(page)
        slug = CHOSEN[0] if page.locator("main .not-sent").inner_text().startswith("児童手当") else CHOSEN[1]
        row = page.locator('main button[name=act][value^="row:"], main button[name=act][value^="add:"]').first
        if page.url not in entered and "/p/" in page.url and row.count() and not page.locator("main [name^='a:']").count():
            entered.add(page.url)
            hand.press(page, row)
            continue
        hand.answer(page, answers[slug])
        if page.locator("main input[type=file]").count() and not page.locator("main .file-entry").count():
            hand.give(page, [photo])
        seen = page.url
        hand.press(page, page.locator(hand.NEXT).first)
        problems = page.locator("#error-summary li").all_inner_texts()
        assert not problems, (seen, problems)
    raise AssertionError(f"no end in sight at {page.url}")


def no_wider(page: Page) -> None:
    """Nothing sticks out to the side of a telephone."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360, page.url
