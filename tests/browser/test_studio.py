"""A designer makes the form of the child allowance from nothing, with the keyboard alone; and moves a row by dragging it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django_scopes import scope
from playwright.sync_api import Browser, Page, expect

from madoguchi.accounts.models import Division, Municipality
from madoguchi.accounts.tests.make import PASSWORD, make_division, make_member, make_municipality
from madoguchi.engines.forms import lint, load
from madoguchi.procedures.actions import keep_example
from madoguchi.procedures.models import FormDraft, Procedure
from madoguchi.procedures.tests.make import READY, make_procedure, words
from tests.browser import hand
from tests.browser.test_keyboard import here, tab_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), pytest.mark.django_db(transaction=True)]
STUDIO = "/koto/desk/procedures/jido/studio/"


@pytest.fixture
def town(transactional_db: None) -> Municipality:
    """A municipality with a designer who may publish, and a procedure without any form."""
    municipality = make_municipality()
    with scope(municipality=municipality):
        division: Division = make_division()
        make_member("ict", division, username="maker")
        make_member("chief", division, username="chief")
        make_procedure(division, "jido", published=False, name=words("児童手当（架空）", "Child allowance (invented)"), **READY)
    return municipality


@pytest.fixture
def at_desk(browser: Browser, live_server: Any, town: Municipality) -> Iterator[Callable[[str], Page]]:
    """Somebody at the desk, each in a browser of their own."""
    opened = []

    def go(username: str) -> Page:
        context = browser.new_context(
            base_url=live_server.url, locale="ja-JP", timezone_id="Asia/Tokyo", viewport={"width": 1280, "height": 900}
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        page = context.new_page()
        hand.sign_in_desk(page, username, PASSWORD)
        return page

    yield go
    for context in opened:
        context.close()


def enter(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def press(page: Page, act: str) -> None:
    """Tab to a button of an act, and press it."""
    tab_to(page, lambda at: at["name"] == "act" and at["value"] == act)
    enter(page)


def unfold(page: Page, words: str) -> None:
    tab_to(page, lambda at: at["tag"] == "SUMMARY" and at["words"] == words)
    page.keyboard.press("Enter")


def write(page: Page, box: str, text: str) -> None:
    """Tab into a box and write over what stands in it."""
    tab_to(page, lambda at: at["id"] == box)
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)


def pick(page: Page, box: str, value: str) -> None:
    """Tab to a list and go to the value with the arrows."""
    tab_to(page, lambda at: at["id"] == box)
    page.keyboard.press("Home")
    for _ in range(60):
        if here(page)["value"] == value:
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{value} not reached in {box}")


def open_part(page: Page, at: str) -> None:
    """From the outline, which is tabbed through like everything else."""
    page.goto(f"{STUDIO}?at={at}#part")
    page.keyboard.press("Tab")


def say(page: Page, ja: str, plain: str, en: str, *, key: str = "label") -> None:
    for language, text in (("ja", ja), ("plain", plain), ("en", en)):
        write(page, f"part_{key}_{language}", text)


def problems(page: Page) -> str:
    found = page.locator("details.changes")
    return str(found.text_content()) if found.count() else ""


def test_the_child_allowance_is_built_from_nothing_by_keyboard(at_desk: Callable[[str], Page], town: Municipality) -> None:
    page = at_desk("maker")
    page.goto(STUDIO)
    press(page, "open")

    # The applicant, from a block, into the page that is there; the page gets its words.
    tab_to(page, lambda at: "at=page%3Ayou" in at["href"])
    enter(page)
    say(page, "あなたについて教えてください", "あなたの ことを {教|おし}えて ください", "About you", key="title")
    press(page, "save")
    unfold(page, "ひな形を入れる（申請者、お子さま、口座など）")
    pick(page, "block", "applicant")
    pick(page, "as", "section")
    press(page, "block_insert")
    expect(page.locator("#part")).to_contain_text("から入れました")

    # The children, a group of its own page; then the account.
    for block in ("child", "account"):
        unfold(page, "ひな形を入れる（申請者、お子さま、口座など）")
        pick(page, "block", block)
        pick(page, "as", "page")
        press(page, "block_insert")

    # How many children: a calculation, chosen, and an answer that shows it on the account's page.
    page.goto(STUDIO)
    unfold(page, "計算を加える")
    pick(page, "new_calculation_kind", "count")
    press(page, "add_calculation")
    pick(page, "part_group", "child")
    pick(page, "part_gives", "number")
    press(page, "save")
    open_part(page, "page%3Aaccount")
    unfold(page, "項目を加える")
    write(page, "new_question_label", "Children counted")
    pick(page, "new_question_type", "calculated")
    press(page, "add_question")
    say(page, "お子さまの人数", "{子|こ}どもの {人数|にんずう}", "Number of children")
    press(page, "save")
    tab_to(page, lambda at: at["id"] == "kind")
    enter(page) if here(page)["tag"] == "BUTTON" else page.keyboard.press("Tab")
    enter(page)
    pick(page, "part_o0_what", "var:calc1")
    press(page, "save")

    # A question of our own with a condition and a check.
    open_part(page, "page%3Aaccount")
    unfold(page, "項目を加える")
    write(page, "new_question_label", "Other town")
    pick(page, "new_question_type", "yes_no")
    press(page, "add_question")
    say(page, "ほかの市区町村で受け取っていますか", "ほかの まちで もらって いますか", "Do you receive it from another town?")
    pick(page, "part_required", "yes")
    press(page, "save")
    unfold(page, "確かめを加える")
    write(page, "new_check_say", "受け取っている方は申し込めません。")
    press(page, "add_check")
    pick(page, "part_operator", "==")
    write(page, "part_other_value", "いいえ")
    say(page, "受け取っている方は申し込めません。", "もらって いる {人|ひと}は もうしこめません。", "You cannot apply then.", key="say")
    press(page, "save")

    assert problems(page) == ""
    with scope(municipality=town):
        document = FormDraft.objects.get().document
    assert [one for one in lint(load(document)) if one.level in ("error", "warning")] == []
    assert document["calculations"] == [{"id": "calc1", "type": "number", "value": {"count": ["child", True]}}]

    # Undo takes the last step back, and it is done again.
    press_from_top(page, "undo")
    with scope(municipality=town):
        assert "that" not in FormDraft.objects.get().document["pages"][2]["questions"][-1]["checks"][0]
        draft = FormDraft.objects.get()
    assert draft.document != document
    open_part(page, "check%3Aother_town%2F0")
    pick(page, "part_operator", "==")
    write(page, "part_other_value", "いいえ")
    say(page, "受け取っている方は申し込めません。", "もらって いる {人|ひと}は もうしこめません。", "You cannot apply then.", key="say")
    press(page, "save")

    publish_by_keyboard(page, at_desk("chief"), town)
    with scope(municipality=town):
        assert Procedure.objects.get(slug="jido").current.document == document
    file_an_application(page)

    # A question is changed; before it is published the page says what that means.
    page.goto(STUDIO)
    press(page, "open")
    open_part(page, "question%3Aother_town")
    say(
        page, "いま、ほかの市区町村で受け取っていますか", "いま ほかの まちで もらって いますか", "Do you receive it from another town now?"
    )
    press(page, "save")
    page.goto(f"{STUDIO}publish/")
    expect(page.locator("main")).to_contain_text("文言だけの変更")
    expect(page.locator("main")).to_contain_text("いま1件あります")


def press_from_top(page: Page, act: str) -> None:
    page.goto(page.url.partition("#")[0])
    press(page, act)


EXAMPLE: dict[str, Any] = {  # an invented family
    "name": {"family": "架空", "given": "太郎", "family_kana": "カクウ", "given_kana": "タロウ"},
    "birth": "1984-06-02",
    "address": {"postal": "136-0075", "prefecture": "東京都", "city": "江東区", "town": "新砂", "block": "3-8-2"},
    "phone": "03-5555-8101",
    "child": [
        {
            "row": "r1",
            "child_name": {"family": "架空", "given": "花子", "family_kana": "カクウ", "given_kana": "ハナコ"},
            "child_birth": "2024-05-01",
            "child_relation": "child",
            "child_together": True,
        }
    ],
    "account": {
        "bank": {"id": "0001", "label": "みずほ"},
        "branch": {"id": "001", "label": "東京営業部"},
        "kind": "ordinary",
        "number": "0123456",
        "holder": "カクウ タロウ",
    },
    "other_town": False,
}


def publish_by_keyboard(page: Page, chief: Page, town: Municipality) -> None:
    """The list of what is still to be done, an example, a second pair of eyes, a note, and the version is there."""
    with scope(municipality=town):
        keep_example(procedure=Procedure.objects.get(), name="1人の子", on=date(2026, 11, 20), answers=EXAMPLE, expect="clean", by=None)
    page.goto(page.url.partition("#")[0])
    tab_to(page, lambda at: at["href"].endswith("/studio/publish/"))
    enter(page)
    expect(page.locator("main")).to_contain_text("まだ終わっていないこと：1")
    unfold(page, "もう1人の確認を頼む")
    tab_to(page, lambda at: at["name"] == "words")
    page.keyboard.insert_text("計算を見てください")
    press(page, "ask")
    chief.goto(f"{STUDIO}publish/")
    press(chief, "approve")
    page.reload()
    expect(page.locator("main")).to_contain_text("まだ終わっていないこと：0")
    tab_to(page, lambda at: at["name"] == "note")
    page.keyboard.insert_text("はじめての版")
    enter(page)  # in a box: the form's own button
    expect(page.locator("main")).to_contain_text("第1版")


def file_an_application(page: Page) -> None:
    """A resident fills what the designer made, and sends it."""
    answers = {
        **hand.PERSON, **hand.HOME, "birth": "昭和59年6月2日", "child_name:family": "試験", "child_name:given": "花子",
        "child_name:family_kana": "シケン", "child_name:given_kana": "ハナコ", "child_birth": hand.ago(900), "child_relation": "child",
        "child_together": "yes", "account:kind": "ordinary",
        "account:number": "0123456", "account:holder": "シケン タロウ", "other_town": "no",
    }  # fmt: skip
    hand.begin(page, "jido")
    hand.go_on(page, answers, until="/p/account/")
    for part, word in (("bank", "みずほ銀行"), ("branch", "東京営業部")):
        page.locator("main input[type=search]").last.fill(word)
        page.keyboard.press("Enter")
        page.locator(f"main button[name=act][value^='pick:account:{part}']").first.click()
        page.locator(f"main input[type=hidden][name='a:account:{part}']").wait_for(state="attached")
        page.wait_for_load_state("networkidle")
    hand.go_on(page, answers)
    expect(page.locator("main")).to_contain_text("お子さまの人数")
    assert hand.send(page)


# -- dragging ---------------------------------------------------------------------------------------------------------------------------------


def test_a_row_is_dragged_to_another_place(at_desk: Callable[[str], Page], town: Municipality) -> None:
    page = at_desk("maker")
    page.goto(STUDIO)
    hand.press(page, page.locator("button[value=open]"))
    for label in ("First", "Second", "Third"):
        page.goto(f"{STUDIO}?at=page%3Ayou")
        page.locator("summary", has_text="項目を加える").click()
        page.locator("#new_question_label").fill(label)
        hand.press(page, page.locator("button[value=add_question]"))
    row: Callable[[str], Any] = lambda name: page.locator(f".outline [data-at='question:{name}']")  # noqa: E731
    with page.expect_navigation():
        row("third").drag_to(row("first"), target_position={"x": 20, "y": 4})
    with scope(municipality=town):
        assert [one["id"] for one in FormDraft.objects.get().document["pages"][0]["questions"]] == ["third", "first", "second"]
    expect(page.locator(".outline [aria-current=true]")).to_have_text("Third")
