"""From a division's paper form to questions, each looked at before it is taken."""

from __future__ import annotations

import io
from typing import Any

import pytest
import typst
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document

from madoguchi.lib.documents.fonts import packaged
from madoguchi.procedures.actions import change_draft, take_draft
from madoguchi.procedures.tests.at_studio import STUDIO, body_of, document_of, text

# -- from paper ----------------------------------------------------------------------------------------------------------------------

PAPER = f"{STUDIO}paper/"


def word(*rows: tuple[str, str]) -> SimpleUploadedFile:
    made, out = Document(), io.BytesIO()
    made.add_paragraph("架空の申請書")
    table = made.add_table(rows=len(rows), cols=2)
    for number, (label, beside) in enumerate(rows):
        table.cell(number, 0).text, table.cell(number, 1).text = label, beside
    made.save(out)
    return SimpleUploadedFile("架空の申請書.docx", out.getvalue())


def rows_of(response: Any) -> dict[str, Any]:
    """What a browser would send of the rows that were read."""
    rows = response.context["rows"]
    given = {f"{rows.prefix}-{name}": rows.management_form[name].value() for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    for row in rows:
        given |= {row.add_prefix(name): row[name].value() for name in row.fields if row[name].value() not in (None, False)}
    return {**given, "act": "take", "title": response.context["title"], "edition": response.context["draft"].edition}


def test_a_word_form_becomes_a_page_of_questions(at_work, draft) -> None:
    shown = at_work.post(PAPER, {"file": word(("氏　名", ""), ("性別", "□男 □女 □答えない"), ("生年月日", "年　月　日"), ("屋号", ""))})
    assert [one["label"].value() for one in shown.context["rows"]] == ["氏名", "性別", "生年月日", "屋号"]
    assert draft.edits.count() == 0
    given = rows_of(shown)
    del given["form-3-take"]
    answer = at_work.post(PAPER, {**given, "form-0-label": "お名前"})
    assert answer.status_code == 302
    page = document_of(draft)["pages"][-1]
    assert page["title"] == {"ja": "架空の申請書"}
    assert [(one["label"]["ja"], one["type"], one.get("concept")) for one in page["questions"]] == [
        ("お名前", "person_name", "applicant.name"), ("性別", "choice", None), ("生年月日", "date", "applicant.birth"),
    ]  # fmt: skip
    assert [one["label"]["ja"] for one in page["questions"][1]["choices"]] == ["男", "女", "答えない"]
    at_work.post(STUDIO, {"act": "undo", "edition": draft.edition})
    assert len(document_of(draft)["pages"]) == 1


def test_a_row_that_lacks_something_is_shown_again_and_nothing_is_lost(at_work, draft) -> None:
    given = rows_of(at_work.post(PAPER, {"file": word(("氏名", ""), ("屋号", ""))}))
    again = at_work.post(PAPER, {**given, "form-0-label": "直した名前", "form-1-type": "choice"})
    assert again.status_code == 400
    assert "直した名前" in body_of(again)
    assert "選択肢を「、」で区切って" in body_of(again)
    none = {name: value for name, value in given.items() if not name.endswith("-take")}
    assert "入れる項目を選んでください" in body_of(at_work.post(PAPER, none))
    assert document_of(draft)["pages"][0]["id"] == "you"
    assert draft.edition == 0


def test_an_old_page_of_proposals_changes_nothing_and_keeps_what_was_typed(at_work, draft, designer) -> None:
    given = rows_of(at_work.post(PAPER, {"file": word(("氏名", ""))}))
    change_draft(draft=draft, changes=[text("question:name", "お名前")], edition=0, by=designer)
    again = at_work.post(PAPER, {**given, "form-0-label": "直した名前"})
    assert again.status_code == 400
    assert "直した名前" in body_of(again)
    assert at_work.post(PAPER, {**rows_of(again), "edition": 1}).status_code == 302


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空"),
        (b"%PDF-1.7 broken", "PDFのどれかの様式を選んでください。"),
        (b"PK\x03\x04broken", "PDFのどれかの様式を選んでください。"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "保存し直してから選んでください。"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(at_work, draft, data, sentence) -> None:
    response = at_work.post(PAPER, {"file": SimpleUploadedFile("form.docx", data)})
    assert response.status_code == 400
    assert sentence in body_of(response)


def test_a_pdf_form_becomes_a_page_of_questions(at_work, draft, tmp_path) -> None:
    source = tmp_path / "form.typ"
    source.write_text('#set text(font: "IPAexGothic")\n架空の申請書 見本\n#table(columns: 2, [氏名], [], [生年月日], [])', "utf-8")
    paper = typst.compile(source, font_paths=packaged())
    shown = at_work.post(PAPER, {"file": SimpleUploadedFile("架空の申請書.pdf", paper)})
    assert [(one["label"].value(), one["type"].value()) for one in shown.context["rows"]][-2:] == [
        ("氏名", "person_name"),
        ("生年月日", "date"),
    ]
    assert at_work.post(PAPER, rows_of(shown)).status_code == 302
    assert [one["type"] for one in document_of(draft)["pages"][-1]["questions"]][-2:] == ["person_name", "date"]


def test_rows_that_were_tampered_with_are_refused(at_work, draft) -> None:
    given = rows_of(at_work.post(PAPER, {"file": word(("氏名", ""))}))
    for change in ({"form-TOTAL_FORMS": "x"}, {"form-TOTAL_FORMS": "100000"}, {"form-0-type": "calculated"}):
        assert at_work.post(PAPER, {**given, **change}).status_code == 400
    assert at_work.post(PAPER, {**given, "form-0-concept": "no.such"}).status_code == 302
    assert "concept" not in document_of(draft)["pages"][-1]["questions"][0]


def test_paper_is_read_only_into_ones_own_draft(at_work, draft, other) -> None:
    take_draft(draft=draft, by=other)
    assert at_work.get(PAPER).status_code == 302
    assert at_work.post(PAPER, {"act": "take"}).status_code == 302
