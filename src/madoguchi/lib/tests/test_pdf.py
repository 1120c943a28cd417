from __future__ import annotations

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pikepdf
import pypdfium2
import pytest

from madoguchi.lib import pdf
from madoguchi.lib.errors import BackendError

LETTER = {
    "title": "児童手当　認定通知書",
    "to": {"name": "江東　花子", "postal": "135-0016", "address": "東京都江東区東陽四丁目11番28号\nコーポ東陽305号室"},
    "document_number": "8江こ支第1234号",
    "date": "令和8年4月15日",
    "municipality": "江東区",
    "head": "江東区長　江東　太郎",
    "seal": True,
    "division": "こども家庭支援課",
    "phone": "03-0000-1234",
    "body": ["令和8年4月1日に申請のあった児童手当について、次のとおり認定しましたので通知します。"] * 2,
    "facts": [{"label": "対象となる児童", "value": "江東　一郎\n江東　二子"}, ["手当の月額", "20,000円"]],
    "reason": "申請のあった児童を監護し、生計を同じくしていると認められるため。",
    "appeal": ["この決定に不服があるときは、3か月以内に審査請求をすることができます。" * 3] * 2,
    "number": "K7M-4PX-9TR",
    "check_code": "3K7M-4PX9-TR6C-HW2J",
    "check_address": "https://madoguchi.example.jp/c/3K7M-4PX9-TR6C-HW2J/",
}
RECEIPT = {
    "title": "受付票",
    "number": "K7M-4PX-9TR",
    "procedure": "児童手当　認定請求",
    "arrived": "令和8年4月1日（水）10時05分",
    "municipality": "江東区",
    "division": "こども家庭支援課",
    "phone": "03-0000-1234",
    "groups": [{"title": f"お子さま：{number}人目", "rows": [{"label": "氏名", "value": "江東　一郎"}] * 6} for number in range(1, 13)],
    "attachments": [{"name": "通帳.jpg", "size": 1_234_567, "sha256": "a1b2c3d4" * 8}],
    "check_code": "3K7M-4PX9-TR6C-HW2J",
    "check_address": "https://madoguchi.example.jp/c/3K7M-4PX9-TR6C-HW2J/",
    "hash": "9f" * 32,
}


@pytest.fixture(scope="module", autouse=True)
def typesetters():
    yield
    pdf.close_all()


def pages(rendered: pdf.Rendered) -> list[str]:
    document = pypdfium2.PdfDocument(rendered.pdf)
    return [page.get_textpage().get_text_range().replace("\r\n", "\n") for page in document]


def joined(rendered: pdf.Rendered) -> str:
    return "".join("".join(pages(rendered)).split())


def has_box(rendered: pdf.Rendered) -> bool:
    """Whether any glyph of the paper is the font's empty box (glyph 0): its content streams would show <0000>."""
    with pikepdf.open(io.BytesIO(rendered.pdf)) as document:
        return any(b"<0000" in page.Contents.read_bytes() for page in document.pages)


def test_letter_is_one_page_with_everything_on_it() -> None:
    rendered = pdf.render("letter", LETTER)
    assert rendered.missing == ()
    assert len(pages(rendered)) == 1
    text = joined(rendered)
    for part in [
        "〒135-0016",
        "江東花子様",
        "令和8年4月15日",
        "8江こ支第1234号",
        "（公印省略）",
        "20,000円",
        "理由",
        "教示",
        "K7M-4PX-9TR",
        "1／1",
    ]:
        assert part in text


def test_letter_addresses_stay_in_the_window() -> None:
    """90 × 45 mm at 22 / 12 mm of the envelope; the sheet lies at its left edge and top, or 12 mm further in."""
    to = {"name": "とても長い名前の会　代表者　" * 5, "postal": "135-0016", "address": "東京都江東区の長い長い住所が続く\n" * 5 + "x" * 90}
    document = pypdfium2.PdfDocument(pdf.render("letter", {**LETTER, "to": to, "check_address": None}).pdf)
    textpage = document[0].get_textpage()
    millimetre, height = 72 / 25.4, 297
    inside = [textpage.get_charbox(place) for place in range(textpage.count_chars()) if textpage.get_text_range(place, 1) in "〒x様"]
    window = [box for box in inside if box[2] < 105 * millimetre]
    assert window
    for left, bottom, right, top in window:
        assert left >= 21.9 * millimetre
        assert right <= 100.1 * millimetre
        assert top <= (height - 17) * millimetre
        assert bottom >= (height - 52.1) * millimetre


def test_a_translation_has_a_page_of_its_own_and_is_marked() -> None:
    translation = {
        "language": "en",
        "title": "Notice",
        "body": ["Granted."],
        "facts": [["Amount", "20,000 yen"]],
        "appeal": "Within 3 months.",
    }
    first, second = pages(pdf.render("letter", {**LETTER, "translation": translation}))
    assert "Notice" not in first
    assert "参考訳" in second
    assert "Granted." in second
    assert "If you disagree" in second


def test_a_letter_needs_little() -> None:
    rendered = pdf.render(
        "letter", {"title": "お知らせ", "body": ["一行目\n二行目", "三行目"], "to": {"name": "", "postal": "", "address": ""}}
    )
    assert "二行目" in pages(rendered)[0]


def test_receipt_runs_over_pages_with_its_number_on_each() -> None:
    found = pages(pdf.render("receipt", RECEIPT))
    assert len(found) > 1
    for number, text in enumerate(found, 1):
        assert "K7M-4PX-9TR" in text
        assert f"{number}／{len(found)}" in text
    assert "1.2 MB" in found[-1]
    assert "a1b2c3d4a1b2c3d4" in found[-1]
    assert "a1b2c3d4a1b2c3d4a" not in found[-1]


def test_receipt_needs_little_and_speaks_english() -> None:
    assert "K7M-4PX-9TR" in pages(pdf.render("receipt", {"title": "受付票", "number": "K7M-4PX-9TR", "groups": []}))[0]
    english = pdf.render("receipt", {**RECEIPT, "language": "en", "title": "Receipt", "groups": []})
    assert "Application number" in pages(english)[0]
    with pikepdf.open(io.BytesIO(english.pdf)) as document:
        assert str(document.Root.Lang).startswith("en")


@pytest.mark.parametrize(("template", "data"), [("letter", LETTER), ("receipt", RECEIPT)])
def test_tagged_titled_and_in_japanese(template, data) -> None:
    with pikepdf.open(io.BytesIO(pdf.render(template, data).pdf)) as document:
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.Lang).startswith("ja")
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        with document.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert str(data["title"]) in metadata["dc:title"]
        tags, figures = structure(document)
        assert {"/H1", "/H2", "/P", "/Table", "/TR", "/TD", "/Figure"} <= tags
        assert figures
        assert all("QR" in figure for figure in figures)


def structure(document: pikepdf.Pdf) -> tuple[set[str], list[str]]:
    """Names of all tags, and the alternative texts of the pictures."""
    elements = [each for each in document.objects if isinstance(each, pikepdf.Dictionary) and "/S" in each and "/P" in each]
    tags = {str(each.S) for each in elements}
    return tags, [str(each.get("/Alt", "")) for each in elements if str(each.S) == "/Figure"]


def test_the_packaged_font_prints_what_names_need() -> None:
    rendered = pdf.render("letter", {**LETTER, "body": ["髙橋 﨑山 齋藤 渡邉 德川 濵田 ①Ⅳ㈱ ㎡ ～〜 ー−‐ é ō ℃"]})
    assert rendered.missing == ()
    assert not has_box(rendered)


@pytest.mark.parametrize(
    ("text", "missing", "printed"),
    [
        ("𠮷野", ("U+20BB7",), "〓野"),
        ("😀と👨‍👩‍👧", ("U+1F600", "U+1F468 U+200D U+1F469 U+200D U+1F467"), "〓と〓"),
        ("𠮷𠮷", ("U+20BB7",), "〓〓"),
        ("\ue000外字", ("U+E000",), "〓外字"),
        ("か\u3099", (), "が"),
        ("العربية", tuple(f"U+{ord(char):04X}" for char in dict.fromkeys("العربية")), "〓" * 7),
        ("a\u2003b\u202ec\x00d\ufeff", (), "abcd"),
        ("한", ("U+D55C",), "〓"),
    ],
)
def test_a_character_that_no_font_has_is_geta_and_noted(text, missing, printed) -> None:
    rendered = pdf.render("letter", {"title": "通知", "body": [f"〈{text}〉"]})
    assert rendered.missing == missing
    found = joined(rendered)
    assert f"〈{printed}〉" in found
    for code in missing:
        assert code.replace(" ", "") in found
    assert not has_box(rendered)


def test_a_variant_that_no_font_has_is_printed_in_its_usual_form_and_noted() -> None:
    rendered = pdf.render("letter", {"title": "通知", "body": ["辻\U000e01ef様"], "to": {"name": "葛\U000e0100"}})
    assert "U+8FBB U+E01EF" in rendered.missing
    assert "辻様" in joined(rendered)
    assert not has_box(rendered)


def test_texts_are_never_read_as_typst() -> None:
    nasty = '#strong[x] $x^2$ *太字* _斜体_ `raw` = 見出し #read("/etc/x") \\ \\u{41} <label> @ref // /* ]) } " --- ~ '
    to = {"name": nasty, "address": nasty}
    rendered = pdf.render("letter", {"title": nasty, "body": [nasty], "facts": [[nasty, nasty]], "reason": nasty, "to": to})
    assert joined(rendered).count('#read("/etc/x")') == 7
    assert "*太字*" in joined(rendered)


@pytest.mark.parametrize("text", ["", " ", "\n\n\n", "あ" * 5000, "x" * 3000, "\t", "　"])
def test_any_text_can_be_set(text) -> None:
    assert pages(pdf.render("letter", {**LETTER, "body": [text], "reason": text, "facts": [[text, text]]}))
    assert pages(pdf.render("receipt", {**RECEIPT, "groups": [{"title": text or "－", "rows": [{"label": text, "value": text}]}]}))


def test_the_same_data_gives_the_same_bytes() -> None:
    at = datetime(2026, 4, 1, 10, 5, tzinfo=UTC)
    first = pdf.render("receipt", RECEIPT, at=at)
    pdf.close_all()
    assert pdf.render("receipt", RECEIPT, at=at).pdf == first.pdf


def test_many_in_order_and_processes_are_recycled(monkeypatch) -> None:
    monkeypatch.setattr(pdf, "PAPERS_A_PROCESS", 3)
    started = []
    real = subprocess.Popen

    def count(*args, **options):
        started.append(args)
        return real(*args, **options)

    pdf.close_all()
    monkeypatch.setattr(subprocess, "Popen", count)
    rendered = pdf.render_many("letter", [{"title": f"通知{number}", "body": []} for number in range(7)])
    assert [pages(each)[0].strip().split()[0] for each in rendered] == [f"通知{number}" for number in range(7)]
    assert len(started) == 3


def test_threads() -> None:
    with ThreadPoolExecutor(4) as pool:
        rendered = list(pool.map(lambda number: pdf.render("letter", {"title": f"通知{number}", "body": []}), range(12)))
    assert [f"通知{number}" in pages(each)[0] for number, each in enumerate(rendered)] == [True] * 12


def test_a_process_that_died_in_its_sleep_is_replaced() -> None:
    pdf.render("letter", LETTER)
    for typesetter in pdf._idle:
        typesetter.process.kill()
        typesetter.process.wait()
    assert pdf.render("letter", LETTER).pdf


def test_a_process_that_never_answers_is_ended(monkeypatch) -> None:
    monkeypatch.setattr(pdf, "SECONDS_A_PAPER", 0.3)
    real = subprocess.Popen
    sleeper = [sys.executable, "-c", "import sys, time; [None for _ in iter(lambda: time.sleep(5), 1)]"]
    monkeypatch.setattr(subprocess, "Popen", lambda args, **options: real(sleeper, **options))
    pdf.close_all()
    with pytest.raises(BackendError) as caught:
        pdf.render("letter", LETTER)
    assert caught.value.temporary


def test_data_that_do_not_fit_are_a_permanent_error_and_quote_nothing(settings) -> None:
    settings.TESTING = False
    fonts = pdf.FontChoice(system=False)
    with pytest.raises(BackendError) as caught:
        pdf.render("letter", {"title": "秘密", "body": [{"not": "a text"}]}, fonts=fonts)
    assert not caught.value.temporary
    assert "秘密" not in str(caught.value)
    assert pdf.render("letter", LETTER, fonts=fonts).pdf  # the process goes on
    with pytest.raises(ValueError, match="no template"):
        pdf.render("../letter", {})


def test_qr_is_an_svg_without_declaration() -> None:
    svg = pdf.qr_svg("https://example.jp/c/x")
    assert svg.startswith("<svg")
    assert svg.endswith("</svg>")
    assert "style=" not in svg
