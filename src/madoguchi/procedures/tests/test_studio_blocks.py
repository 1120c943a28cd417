"""Blocks in the studio: put in, kept, changed at their origin, taken or left; a municipality's own; never in a circle."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any

import pytest

from madoguchi.accounts.tests.make import make_member
from madoguchi.engines.forms import load
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions import all_blocks, blocks, change_draft, drop_block, own_blocks, save_block, take_draft
from madoguchi.procedures.models import FormBlock
from madoguchi.procedures.tests.at_studio import STUDIO, body_of, document_of
from madoguchi.procedures.tests.make import signed_in, words

SHELF = f"{STUDIO}blocks/"


def post(client: Any, draft: Any, act: str, at: str, **given: Any) -> Any:
    draft.refresh_from_db()
    return client.post(STUDIO, {"act": act, "at": at, "edition": draft.edition, **given}, follow=True)


@pytest.fixture
def newer(monkeypatch):
    """The block of a child as a later release has it: other words for one question, and one more."""

    def release() -> None:
        known = dict(all_blocks())
        section = copy.deepcopy(known["child"].section)
        section["questions"][0]["label"]["ja"] = "お子さまの氏名"
        section["questions"].append({"id": "child_school", "type": "text", "label": words("学校", "School")})
        known["child"] = dataclasses.replace(known["child"], section=section)
        monkeypatch.setattr(own_blocks, "_shipped", lambda: known)

    return release


@pytest.mark.parametrize("block", sorted(one.id for one in blocks()))
def test_every_block_goes_in_as_a_section_and_as_a_page_twice(at_work, draft, block) -> None:
    for how in ("section", "page", "section", "page"):
        assert "ひな形を入れました" in body_of(post(at_work, draft, "block_insert", "page:you", block=block, **{"as": how}))
    document = document_of(draft)
    form = load(document)
    copied = [one for page in document["pages"] for one in (page, *page.get("sections", ())) if one.get("origin")]
    assert [one["origin"] for one in copied] == [{"block": block, "hash": all_blocks()[block].hash}] * 4
    assert len(form.pages) == 3
    at_work.post(STUDIO, {"act": "undo", "edition": draft.edition})
    assert len(document_of(draft)["pages"]) == 2


def test_the_outline_says_where_a_part_comes_from_and_links_there(at_work, draft) -> None:
    page = body_of(post(at_work, draft, "block_insert", "page:you", block="child", **{"as": "section"}))
    assert "ひな形「お子さま」から" in page
    assert f'{SHELF}#child"' in page
    assert "新しくなりました" not in page
    shelf = body_of(at_work.get(SHELF))
    assert 'id="child"' in shelf
    assert "お子さまの生年月日" in shelf


def test_a_block_that_changed_says_so_and_is_taken_without_losing_what_was_adapted(at_work, draft, newer) -> None:
    post(at_work, draft, "block_insert", "page:you", block="child", **{"as": "section"})
    adapted = {"do": "text", "at": "question:child_birth", "key": "label", "language": "ja", "value": "誕生日"}
    change_draft(draft=draft, changes=[adapted], edition=1, by=draft.holder)
    newer()
    page = body_of(at_work.get(STUDIO, {"at": "section:you/children"}))
    assert "ひな形が新しくなりました" in page
    assert "「学校」は、ひな形に新しくあります。" in page
    assert "「お子さまの名前」は、ひな形と違います（たずねる文）。" in page
    post(at_work, draft, "block_replace", "section:you/children", question="child_name")
    post(at_work, draft, "block_take", "section:you/children")
    section = document_of(draft)["pages"][0]["sections"][1]
    said = {one["id"]: one["label"]["ja"] for one in section["questions"]}
    assert (said["child_name"], said["child_birth"], said["child_school"]) == ("お子さまの氏名", "誕生日", "学校")
    load(draft.document)
    assert "新しくなりました" not in body_of(at_work.get(STUDIO, {"at": "section:you/children"}))


def test_a_copy_that_got_sections_takes_what_is_new_into_its_last_one(at_work, draft, newer) -> None:
    post(at_work, draft, "block_insert", "page:you", block="child", **{"as": "page"})
    post(at_work, draft, "add_section", "page:children", title="ほか")
    newer()
    page = body_of(at_work.get(STUDIO, {"at": "page:children"}))
    assert "「学校」は、ひな形に新しくあります。" in page
    assert "「お子さまの生年月日」は" not in page
    post(at_work, draft, "block_take", "page:children")
    assert [one["id"] for one in document_of(draft)["pages"][1]["sections"][-1]["questions"]] == ["child_school"]


def test_a_block_that_changed_can_be_left(at_work, draft, newer) -> None:
    post(at_work, draft, "block_insert", "page:you", block="child", **{"as": "page"})
    newer()
    before = copy.deepcopy(document_of(draft)["pages"][1])
    post(at_work, draft, "block_leave", "page:children")
    after = document_of(draft)["pages"][1]
    assert after["origin"]["hash"] == all_blocks()["child"].hash != before["origin"]["hash"]
    assert {**after, "origin": 0} == {**before, "origin": 0}
    assert "新しくなりました" not in body_of(at_work.get(STUDIO, {"at": "page:children"}))


def test_what_is_no_block_is_refused_and_nothing_changes(at_work, draft) -> None:
    assert "ひな形を選んでください。" in body_of(post(at_work, draft, "block_insert", "page:you", block="nowhere"))
    for act in ("block_take", "block_leave", "block_replace"):
        assert post(at_work, draft, act, "page:you").status_code == 404
    assert draft.edits.count() == 0


# -- a municipality's own -------------------------------------------------------------------------------------------------------------------


def test_a_section_is_kept_put_into_another_form_and_taken_off_the_shelf(at_work, draft) -> None:
    post(at_work, draft, "add_section", "page:you", title="首輪")
    post(at_work, draft, "add_question", "section:you/section2", label="Colour", type="text")
    page = post(at_work, draft, "block_keep", "section:you/section2", title="首輪のこと", about="色", block="")
    assert "ひな形として残しました" in body_of(page)
    row = FormBlock.objects.get()
    assert document_of(draft)["pages"][0]["sections"][1]["origin"] == {"block": row.name, "hash": all_blocks()[row.name].hash}
    post(at_work, draft, "block_insert", "page:you", block=row.name, **{"as": "page"})
    assert document_of(draft)["pages"][1]["questions"][0]["id"] == "colour_2"
    assert "首輪のこと" in body_of(at_work.get(SHELF))
    assert "使うのをやめました" in body_of(at_work.post(SHELF, {"block": row.name}, follow=True))
    assert row.name not in all_blocks()
    assert "いまは使われていません" in body_of(at_work.get(STUDIO, {"at": "section:you/section2"}))
    assert "変えられません" in body_of(at_work.post(SHELF, {"block": "child"}, follow=True))


def test_an_own_block_that_is_kept_anew_is_news_to_its_copies(at_work, draft) -> None:
    post(at_work, draft, "add_page", "page:you", title="首輪")
    post(at_work, draft, "add_question", "page:page1", label="Colour", type="text")
    post(at_work, draft, "block_keep", "page:page1", title="首輪", block="")
    name = FormBlock.objects.get().name
    post(at_work, draft, "block_insert", "page:you", block=name, **{"as": "page"})
    post(at_work, draft, "add_question", "page:page1", label="Size", type="text")
    post(at_work, draft, "block_keep", "page:page1", title="首輪", block=name)
    assert FormBlock.objects.get().parent == ""
    copied = next(page["id"] for page in document_of(draft)["pages"] if page["id"].startswith("page1-"))
    page = body_of(at_work.get(STUDIO, {"at": f"page:{copied}"}))
    assert "「Size」は、ひな形に新しくあります。" in page


def test_an_old_page_and_another_holder_keep_no_block(at_work, draft, other) -> None:
    stale = {"act": "block_keep", "at": "page:you", "edition": 7, "title": "古い"}
    assert "別の画面で変更されています" in body_of(at_work.post(STUDIO, stale, follow=True))
    take_draft(draft=draft, by=other)
    assert "編集しています" in body_of(at_work.post(STUDIO, {**stale, "edition": 0}, follow=True))
    assert "ひな形の名前を入力してください" in body_of(at_work.post(STUDIO, {**stale, "title": " "}, follow=True))
    assert not FormBlock.objects.exists()


def section(name: str, origin: str = "", **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "id": name,
        "title": words(name),
        "questions": [{"id": f"{name}_q", "type": "text", "label": words("問い")}],
        **more,
    }
    return {**made, "origin": {"block": origin, "hash": "0" * 64}} if origin else made


def test_blocks_are_never_made_of_one_another_in_a_circle(designer) -> None:
    one = save_block(section=section("one"), title="一", by=designer)
    two = save_block(section=section("two", one.name), title="二", by=designer)
    three = save_block(section=section("three", two.name), title="三", by=designer)
    assert three.parent == two.name
    with pytest.raises(Refused) as refused:
        save_block(section=section("four", three.name), title="一", block=one.name, by=designer)
    assert refused.value.code == "block_circle"
    assert "「一」" in str(refused.value)
    one.refresh_from_db()
    assert (one.parent, one.section["id"]) == ("", "one")
    assert save_block(section=section("one", one.name), title="一", block=one.name, by=designer).pk == one.pk


@pytest.mark.parametrize(
    ("kept", "code"),
    [
        ({"questions": []}, "empty_block"),
        ({"questions": [{"id": "q", "type": "text", "show_if": {"answered": [{"var": "elsewhere"}]}}]}, "reads_outside"),
    ],
)
def test_a_block_knows_nothing_of_its_first_form(designer, kept, code) -> None:
    with pytest.raises(Refused) as refused:
        save_block(section={**section("one"), **kept}, title="一", by=designer)
    assert refused.value.code == code
    assert not FormBlock.objects.exists()


def test_the_products_blocks_are_nobodys_to_change(designer) -> None:
    for act in (
        lambda: save_block(section=section("one"), title="一", block="child", by=designer),
        lambda: drop_block(block="child", by=designer),
    ):
        with pytest.raises(Refused) as refused:
            act()
        assert refused.value.code == "not_own"


def test_the_shelf_is_for_designers(dog, division) -> None:
    assert signed_in(make_member("clerk", division)).get(SHELF).status_code == 404
