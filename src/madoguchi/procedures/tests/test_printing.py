"""The paper edition: every form of the library as paper that a machine can read back."""

from __future__ import annotations

import json

import pypdfium2
import pytest
from django.core.files.storage import default_storage

from madoguchi.engines.forms import TYPES, load, questions_of
from madoguchi.engines.forms.paper_sheets import box_list, faults, printed_data, qr_text, sheets_of
from madoguchi.engines.forms.papers import paper_of, printed_rows
from madoguchi.lib import pdf
from madoguchi.procedures.actions import LIBRARY, adopt, paper_edition, publish
from madoguchi.procedures.models import PaperEdition
from madoguchi.procedures.tests.make import form, make_procedure, words

QUICK = {"inu-toroku", "jido-teate-nintei"}
FORMS = [
    pytest.param(path.parent.name, marks=() if path.parent.name in QUICK else pytest.mark.slow)
    for path in sorted(LIBRARY.glob("*/form.json"))
]


@pytest.fixture(scope="module", autouse=True)
def typesetters():
    yield
    pdf.close_all()


def loaded(name):
    return load(json.loads((LIBRARY / name / "form.json").read_text(encoding="utf-8")))


def askable(one):
    """How often each question that a person answers is printed: once, or once for each printed row of its group."""
    return {
        question.id: printed_rows(one.repeat(question.repeat)) if question.repeat else 1
        for question in questions_of(one)
        if question.is_typed and not one.page(question.page).ends
    }


def words_outside(data):
    """Letters that stand outside the printed area, by page: cut off, or on the marks."""
    millimetre, found = 72 / 25.4, []
    document = pypdfium2.PdfDocument(data)
    for number, page in enumerate(document, 1):
        text = page.get_textpage()
        boxes = [text.get_charbox(place) for place in range(text.count_chars())]
        inside = (17.4 * millimetre, 12 * millimetre, 192.6 * millimetre, 290 * millimetre)
        found += [
            (number, box)
            for box in boxes
            if box[2] - box[0] > 0.1 and (box[0] < inside[0] or box[1] < inside[1] or box[2] > inside[2] or box[3] > inside[3])
        ]
        text.close()
    document.close()
    return found


@pytest.mark.parametrize("name", FORMS)
def test_every_form_of_the_library_fits_on_paper(name) -> None:
    one = loaded(name)
    paper = paper_of(one, mynumber=True)
    data = {
        **printed_data(paper),
        "to": "江東区長",
        "edition": "第1版・第1刷",
        "how": ["書きます"],
        "qrs": [pdf.qr_svg("F=x;v=1;p=1;s=1")] * 30,
    }
    rendered = pdf.render("form", data, query="<spot>")
    assert rendered.missing == ()
    assert faults(paper, rendered.found) == []
    assert words_outside(rendered.pdf) == []
    written = {field.path for field in paper.fields if field.rows}
    assert len(written) == sum(askable(one).values())
    pages = len(pypdfium2.PdfDocument(rendered.pdf))
    assert rendered.found[0]["pages"] == pages
    sheets = sheets_of(paper, rendered.found, form=name, version=1, serial="1", pages=pages)
    fields = [field["id"] for sheet in sheets for field in sheet["fields"]]
    assert sorted(set(fields)) == sorted(box.id for box in box_list(paper))
    for sheet in sheets:
        for field in sheet["fields"]:
            for x, y, w, h in [field["box"], *field.get("cells", ()), *field.get("boxes", ())]:
                assert 0 < x < x + w < sheet["size"][0]
                assert 0 < y < y + h < sheet["size"][1]


def test_the_edition_is_kept_and_made_anew_only_when_it_would_look_different(division) -> None:
    procedure = make_procedure(division)
    version = procedure.current
    first = paper_edition(version=version)
    assert paper_edition(version=version).pk == first.pk
    assert PaperEdition.objects.count() == 1
    assert first.sheets[0]["qr"] == "F=dog;v=1;p=1;s=1"
    with default_storage.open(first.file) as file:
        kept = file.read()
    assert kept.startswith(b"%PDF")
    division.phone = "03-0000-9999"
    division.save()
    assert paper_edition(version=version).pk == first.pk, "a new telephone number moves no box"
    default_storage.delete(first.file)
    again = paper_edition(version=version)
    assert again.pk == first.pk
    with default_storage.open(again.file) as file:
        assert file.read() == kept, "what a backup without files lost is the same again"
    procedure.municipality.name = "みどり野市"
    version.municipality.name = "みどり野市"
    second = paper_edition(version=version)
    assert (second.number, second.sheets[0]["qr"]) == (2, "F=dog;v=1;p=1;s=2")


def test_a_version_has_its_own_paper(division) -> None:
    procedure = make_procedure(division)
    old = procedure.current
    changed = form()
    changed["pages"][0]["questions"].append({"id": "tel", "type": "phone", "label": words("電話番号", "Phone")})
    new = publish(procedure=procedure, document=changed, by=None)
    ids = [{field["id"] for sheet in paper_edition(version=one).sheets for field in sheet["fields"]} for one in (old, new)]
    assert ids[1] - ids[0] == {"tel"}


def test_the_places_are_those_of_the_ink(division) -> None:
    """Printed and looked at: on the edge of every box there is ink, and inside it nothing."""
    procedure = adopt(LIBRARY / "inu-toroku", by=None, division=division.code)
    edition = paper_edition(version=procedure.current)
    with default_storage.open(edition.file) as file:
        document = pypdfium2.PdfDocument(file.read())
    looked_at = 0
    for sheet, page in zip(edition.sheets, document, strict=True):
        picture = page.render(scale=300 / 72).to_pil().convert("L")
        for field in sheet["fields"]:
            if field["kind"] == "circle":
                continue
            for x, y, w, h in field.get("cells") or field.get("boxes") or [field["box"]]:
                edges = [
                    picture.crop((x + w // 2, y - 3, x + w // 2 + 1, y + 4)),
                    picture.crop((x + w // 2, y + h - 3, x + w // 2 + 1, y + h + 4)),
                    picture.crop((x - 3, y + h // 2 + 5, x + 4, y + h // 2 + 6)),
                    picture.crop((x + w - 3, y + h // 2 + 5, x + w + 4, y + h // 2 + 6)),
                ]
                assert all(edge.getextrema()[0] < 140 for edge in edges), (field["id"], x, y)
                inside = picture.crop((x + 6, y + 6, x + w - 6, y + min(h // 3, 60))).getextrema()[0]
                assert inside > 250, (field["id"], x, y)
                looked_at += 1
    document.close()
    assert looked_at > 100


def test_a_form_of_long_words_many_choices_and_every_type_still_fits() -> None:
    """What no library form has: hints of pages, sixty choices, a group in a section, words without a place to break."""
    long, questions = "とても長い説明です。" * 300, []
    for number, kind in enumerate(TYPES):
        own = (
            {"choices": [{"id": f"c{n}", "label": words(f"選択肢その{n}" * (1 + n % 5))} for n in range(60)]}
            if kind in ("choice", "choices")
            else {}
        )
        own |= {"list": "places"} if kind in ("lookup", "ranked") else {}
        own |= {"value": {"today": []}, "format": "date"} if kind == "calculated" else {}
        own |= {"min": -5} if kind == "number" else {}
        hint = {"hint": words(long if number % 5 == 0 else "x" * 400)}
        questions.append(
            {"id": f"q{number}", "type": kind, "label": words(f"問い{number}" + "長" * 200 if number % 7 == 0 else "問い"), **hint, **own}
        )
    page = {"id": "you", "title": words("題" * 120), "intro": words(long), "questions": questions}
    group = {"id": "rows", "title": words("組"), "sections": [{"id": "s", "title": words("節"), "questions": [{**questions[2], "id": "n"}],
             "repeat": {"id": "thing", "min": 5, "max": 9, "item": words("もの")}}]}  # fmt: skip
    one = load({**form(), "pages": [page, group]})
    paper = paper_of(one, mynumber=True)
    data = {**printed_data(paper), "to": "江東区長", "edition": "第1版・第1刷", "how": ["書きます"], "qrs": []}
    rendered = pdf.render("form", data, query="<spot>")
    assert faults(paper, rendered.found) == []
    assert words_outside(rendered.pdf) == []
    assert {field.path for field in paper.fields} >= {f"thing[r{number}].n" for number in range(1, 6)}


def test_an_individual_number_is_asked_only_where_the_law_lets_the_office_ask(division) -> None:
    document = form()
    document["pages"][0]["questions"].append({"id": "my", "type": "mynumber", "label": words("個人番号", "Individual Number")})
    one = load(document)
    assert [box.path for box in paper_of(one, mynumber=True).boxes].count("my") == 1
    assert paper_of(one, mynumber=False).left_out == ("my",)
    procedure = make_procedure(division, document=document, entitled_to_mynumber=False)
    edition = paper_edition(version=procedure.current)
    assert "my" not in {field["id"] for sheet in edition.sheets for field in sheet["fields"]}


def test_the_sheets_are_those_of_the_exchange_format(division) -> None:
    procedure = make_procedure(division)
    (sheet,) = paper_edition(version=procedure.current).sheets
    assert set(sheet) == {"fid", "qr", "size", "blank", "fields"}
    assert sheet["size"] == [2480, 3508]
    fields = {field["id"]: field for field in sheet["fields"]}
    assert fields["name.kana"]["type"] == "kana_comb"
    assert len(fields["name.kana"]["cells"]) == 22
    assert fields["name"]["kind"] == "line"
    assert fields["kind"]["opts"] == ["born", "given"]
    assert len(fields["kind"]["boxes"]) == 2
    assert fields["_written_on"]["type"] == "date_comb"
    assert qr_text("dog", 1, 1, "1") == sheet["qr"]


def test_a_condition_is_a_sentence_with_the_number_of_its_question(division) -> None:
    only = {field.path: field.only for field in paper_of(load(form()), mynumber=False).fields}
    assert only == {"name": "", "kind": "", "giver": "問2が「もらった」のときだけ"}
