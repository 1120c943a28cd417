from __future__ import annotations

import zlib

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from madoguchi.lib.tests.files import MEGABYTE, look, pdf, refusal
from madoguchi.lib.uploads import documents


def test_pdf_is_kept_as_it_came() -> None:
    data = pdf(pages=3)
    kept = look(data, name="証明書.pdf")
    assert (kept.kind, kept.media_type, kept.data, kept.pages, kept.width) == ("pdf", "application/pdf", data, 3, None)


def test_pdf_after_a_blank_line_is_a_pdf() -> None:
    assert look(b"\xef\xbb\xbf\r\n" + pdf()).kind == "pdf"


def test_password() -> None:
    assert refusal(pdf(encryption=pikepdf.Encryption(user="a", owner="b"))) == "upload.encrypted"
    assert look(pdf(encryption=pikepdf.Encryption(user="", owner="b"))).pages == 1  # prints only: opens without a password


def test_broken_pdfs() -> None:
    assert refusal(b"%PDF-1.7\n" + b"\0" * 400) == "upload.broken"
    assert refusal(pdf()[:60]) == "upload.broken"
    assert refusal(pdf(pages=0)) == "upload.broken"


def test_too_many_pages() -> None:
    assert refusal(pdf(pages=201)) == "upload.too_many_pages"
    assert look(pdf(pages=200)).pages == 200


def action(word, **more):
    def change(made):
        made.Root.OpenAction = Dictionary(S=Name(f"/{word}"), **more)

    return change


def carried_file(made) -> None:
    made.attachments["x.exe"] = b"MZ"


def annotation(made) -> None:
    made.pages[0].Annots = pikepdf.Array([Dictionary(Type=Name.Annot, Subtype=Name.RichMedia, Rect=[0, 0, 1, 1])])


def hidden_script(made) -> None:
    made.pages[0].AA = Dictionary(O=Dictionary(Next=[Dictionary(S=Name.JavaScript, JS=pikepdf.String("app.alert(1)"))]))


def xfa(made) -> None:
    made.Root.AcroForm = Dictionary(Fields=[], XFA=made.make_stream(b"<xdp/>"))


@pytest.mark.parametrize(
    "change",
    [
        action("JavaScript", JS=pikepdf.String("app.alert(1)")),
        action("Launch", F=pikepdf.String("cmd.exe")),
        carried_file,
        annotation,
        hidden_script,
        xfa,
    ],
)
@pytest.mark.parametrize("packed", [pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate])
def test_active_pdfs(change, packed) -> None:
    assert refusal(pdf(change=change, object_stream_mode=packed)) == "upload.active"


def test_a_plain_link_is_not_active() -> None:
    def link(made):
        jump = Dictionary(S=Name.URI, URI=pikepdf.String("mailto:a@example.jp"))
        made.pages[0].Annots = pikepdf.Array([Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=[0, 0, 1, 1], A=jump)])

    assert look(pdf(change=link)).pages == 1


def test_a_page_that_unpacks_to_a_flood() -> None:
    def flood(made):
        stream = pikepdf.Stream(made, b"")
        stream.write(zlib.compress(b"0 0 m " * 12_000_000, 9), filter=Name.FlateDecode)
        made.pages[0].Contents = made.make_indirect(stream)

    data = pdf(change=flood, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    assert len(data) < MEGABYTE
    assert refusal(data) == "upload.bomb"


def test_tables_that_unpack_to_a_flood_while_opening() -> None:
    objects = b"<</Type/Catalog/Pages 2 0 R>>".ljust(40) + b"<</Type/Pages/Kids[]/Count 0>>" + b" " * 70_000_000
    head = b"1 0 2 40 "
    packed = zlib.compress(head + objects, 9)
    data = b"%PDF-1.5\n"
    first = len(data)
    data += b"3 0 obj\n<</Type/ObjStm/N 2/First %d/Filter/FlateDecode/Length %d>>stream\n" % (len(head), len(packed))
    data += packed + b"\nendstream endobj\n"
    second = len(data)
    rows = [(0, 0, 65535), (2, 3, 0), (2, 3, 1), (1, first, 0), (1, second, 0)]
    table = b"".join(bytes([kind]) + place.to_bytes(4, "big") + index.to_bytes(2, "big") for kind, place, index in rows)
    data += b"4 0 obj\n<</Type/XRef/Size 5/W[1 4 2]/Root 1 0 R/Length %d>>stream\n" % len(table) + table
    data += b"\nendstream endobj\nstartxref\n%d\n%%%%EOF\n" % second
    assert refusal(data) == "upload.broken"  # qpdf stops at its limit and then finds no root


def test_a_picture_of_too_many_pixels_inside_a_pdf() -> None:
    def poster(made):
        image = made.make_stream(b"\0", Type=Name.XObject, Subtype=Name.Image, Width=60_000, Height=60_000, ColorSpace=Name.DeviceGray)
        made.pages[0].Resources = Dictionary(XObject=Dictionary(Im0=image))

    assert refusal(pdf(change=poster)) == "upload.bomb"


def test_too_many_objects(monkeypatch) -> None:
    monkeypatch.setattr(documents, "_MAX_OBJECTS", 2)
    assert refusal(pdf(pages=5)) == "upload.bomb"
