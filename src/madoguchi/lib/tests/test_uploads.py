from __future__ import annotations

import io
import struct
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor

import pikepdf
import puremagic
import pytest
from PIL import Image, ImageCms, ImageSequence

from madoguchi.lib import uploads
from madoguchi.lib.tests.files import HEIC_HEAD, MEGABYTE, look, opened, pdf, picture, refusal
from madoguchi.lib.uploads import UploadRefused, kinds, pictures, preview_png

# -- what it is ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("data", "kind"), [(picture("JPEG"), "jpeg"), (picture("PNG"), "png"), (pdf(), "pdf"), (HEIC_HEAD, "heic")])
def test_kind_by_content(data, kind) -> None:
    assert uploads.kind_of(data) == kind


def zip_of_zeros() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", b"\0" * 50 * MEGABYTE)
    return target.getvalue()


LIARS = {
    "exe.pdf": b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff" + b"\0" * 500,
    "exe-with-pdf-inside.pdf": b"MZ\x90\x00\x03" + b"%PDF-1.7\n" + b"\0" * 500,
    "zip-bomb.pdf": zip_of_zeros(),
    "page.pdf": b"<html><script>alert(1)</script>%PDF-1.4",
    "drawing.png": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "moving.png": b"GIF89a" + b"\0" * 50,
    "text.jpg": "写真ではありません".encode(),
    "avif.heic": b"\0\0\0\x1cftypavif\0\0\0\0mif1avifmiaf",
    "film.heic": b"\0\0\0\x18ftypisom\0\0\0\0isommp42",
    "nul.pdf": b"\0" * 100,
    "one": b"%",
}


@pytest.mark.parametrize("name", LIARS)
def test_files_that_lie_about_their_type(name) -> None:
    assert refusal(LIARS[name], name=name) == "upload.wrong_type"


def test_a_kind_that_the_question_does_not_accept_names_those_it_does() -> None:
    with pytest.raises(UploadRefused) as caught:
        look(pdf(), accept=[".jpg", "image/png"])
    assert caught.value.key == "upload.wrong_type"
    assert "JPEG、PNG" in str(caught.value)


def test_a_form_that_accepts_an_unknown_word_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="docx"):
        look(pdf(), accept=["docx"])


def test_a_right_file_under_a_wrong_name_is_kept_under_a_right_one() -> None:
    assert look(picture("JPEG"), name="住民票.PNG").name == "住民票.jpg"
    assert look(pdf(), name="scan.jpeg").name == "scan.pdf"


def test_an_unsure_puremagic_is_no_veto(monkeypatch) -> None:
    def unknown(data):
        raise puremagic.PureError("nothing")

    monkeypatch.setattr(puremagic, "magic_string", unknown)
    assert uploads.kind_of(picture("PNG")) == "png"


def test_a_sure_puremagic_is_a_veto(monkeypatch) -> None:
    class Match:
        extension, confidence = ".exe", 0.8

    monkeypatch.setattr(puremagic, "magic_string", lambda data: [Match()])
    assert uploads.kind_of(picture("PNG")) is None


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("C:\\Users\\me\\収入.pdf", "収入.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        ("...", "file.pdf"),
        ("a\u202efdp.exe", "afdp.pdf"),
        ("a\x00b\nc.pdf", "ab_c.pdf"),
        ("令和8年4月1日.分", "令和8年4月1日.pdf"),
        ("Mr. Smith", "Mr. Smith.pdf"),
        ("か\u3099.pdf", "が.pdf"),
        ('<a href="x">.pdf', "_a href=_x_.pdf"),
        ("𠮷野家.PDF", "𠮷野家.pdf"),
    ],
)
def test_clean_names(name, clean) -> None:
    assert uploads.clean_name(name, "pdf") == clean


def test_clean_name_is_short() -> None:
    assert len(uploads.clean_name("長" * 500 + ".heic", "jpeg")) <= kinds.NAME_LENGTH


# -- size ---------------------------------------------------------------------------------------------------------------


def test_empty_and_too_large() -> None:
    assert refusal(b"") == "upload.empty"
    assert refusal(io.BytesIO(b"")) == "upload.empty"
    assert refusal(io.BytesIO(b"x" * 2000), max_bytes=1024) == "upload.too_large"
    with pytest.raises(UploadRefused, match="10 MB"):
        look(b"x" * (10 * MEGABYTE + 1), max_bytes=10 * MEGABYTE)


def test_exactly_the_limit_is_kept() -> None:
    data = pdf()
    assert look(io.BytesIO(data), max_bytes=len(data)).data == data


# -- pictures -----------------------------------------------------------------------------------------------------------


def test_jpeg_is_turned_shrunk_and_freed_of_where_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by 90° clockwise
    exif[0x8825] = {1: "N", 2: (35.0, 40.0, 0.0)}
    exif[0x010F] = "CameraMaker"
    sent = picture("JPEG", size=(3600, 1200), exif=exif, comment=b"secret")
    kept = look(sent, name="IMG_0001.JPG")
    assert (kept.kind, kept.media_type, kept.name, kept.note) == ("jpeg", "image/jpeg", "IMG_0001.jpg", "shrunk")
    assert (kept.width, kept.height) == opened(kept).size == (1000, 3000)
    assert not opened(kept).getexif()
    assert b"CameraMaker" not in kept.data
    assert b"secret" not in kept.data


def test_small_jpeg_keeps_its_size() -> None:
    kept = look(picture("JPEG"))
    assert (kept.width, kept.height, kept.pages, kept.note) == (60, 40, None, None)


def test_cmyk_and_grey_and_profiled_jpeg() -> None:
    assert opened(look(picture("JPEG", mode="CMYK", colour=(0, 255, 255, 0)))).mode == "RGB"
    assert opened(look(picture("JPEG", mode="L", colour=40))).mode == "L"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    kept = look(picture("JPEG", icc_profile=profile))
    assert "icc_profile" not in opened(kept).info
    assert opened(kept).tobytes()[0] > 240
    assert look(picture("JPEG", icc_profile=b"not a profile")).kind == "jpeg"


def test_broken_pictures() -> None:
    noisy = io.BytesIO()
    Image.effect_noise((400, 400), 80).save(noisy, "JPEG")
    assert refusal(noisy.getvalue()[: len(noisy.getvalue()) // 2]) == "upload.broken"
    assert refusal(picture("JPEG")[:20]) == "upload.broken"
    assert refusal(picture("PNG")[:50]) == "upload.broken"
    assert refusal(b"\x89PNG\r\n\x1a\n" + b"\xff" * 100) == "upload.broken"
    assert refusal(HEIC_HEAD + b"\0" * 100) == "upload.broken"
    assert refusal(b"\xff\xd8\xff") == "upload.broken"


def png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


@pytest.mark.parametrize("side", [9_000, 30_000])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_decompression_bombs_are_not_unpacked(side) -> None:
    head = png_chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + head + png_chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + png_chunk(b"IEND", b"")
    assert refusal(bomb) == "upload.bomb"


def test_png_stays_png() -> None:
    for mode, colour in [("RGBA", (255, 0, 0, 100)), ("P", 3), ("1", 1), ("LA", (10, 200)), ("L", 7)]:
        kept = look(picture("PNG", mode=mode, colour=colour))
        assert (kept.kind, kept.note, opened(kept).format) == ("png", None, "PNG")


def test_png_of_16_bits_keeps_its_greys() -> None:
    kept = look(picture("PNG", mode="I;16", colour=32896))
    assert opened(kept).convert("L").getpixel((3, 3)) == 128


def test_animated_png_gives_its_first_picture() -> None:
    target = io.BytesIO()
    frames = [Image.new("RGB", (30, 30), colour) for colour in ("blue", "red")]
    frames[0].save(target, "PNG", save_all=True, append_images=frames[1:])
    kept = look(target.getvalue())
    assert kept.note == "first_frame"
    assert len(list(ImageSequence.Iterator(opened(kept)))) == 1
    assert opened(kept).getpixel((1, 1)) == (0, 0, 255)


def test_one_pixel_and_long_strips() -> None:
    assert (look(picture("PNG", size=(1, 1))).width, look(picture("PNG", size=(1, 1))).height) == (1, 1)
    strip = look(picture("PNG", size=(20_000, 2)))
    assert (strip.width, strip.height) == (3000, 1)


def test_a_huge_png_becomes_jpeg(monkeypatch) -> None:
    monkeypatch.setattr(pictures, "_HUGE_PNG", 100)
    kept = look(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0), size=(400, 400)), name="a.png")
    assert (kept.kind, kept.name, kept.note) == ("jpeg", "a.jpg", "converted")
    assert opened(kept).getpixel((1, 1)) == (255, 255, 255)


def test_heic_becomes_jpeg(monkeypatch) -> None:
    """pi-heif cannot write HEIC, so a stub stands for its decoder, which turns the picture upright itself."""
    real = Image.open

    def stub(file, formats=None):
        assert formats == ["HEIF"]
        decoded = real(io.BytesIO(picture("PNG", size=(4000, 3000))))
        decoded.format = "HEIF"
        return decoded

    monkeypatch.setattr(Image, "open", stub)
    kept = look(HEIC_HEAD, name="IMG_1234.HEIC")
    monkeypatch.undo()
    assert (kept.kind, kept.media_type, kept.name, kept.note) == ("jpeg", "image/jpeg", "IMG_1234.jpg", "converted")
    assert opened(kept).size == (3000, 2250)


def test_pillow_reads_heic_through_pi_heif() -> None:
    assert "HEIF" in Image.OPEN


# -- previews -----------------------------------------------------------------------------------------------------------


def test_previews() -> None:
    page = Image.open(io.BytesIO(preview_png(pdf(pages=2), "pdf", page=2, width=300)))
    assert (page.format, page.width) == ("PNG", 300)
    assert Image.open(io.BytesIO(preview_png(picture("JPEG", size=(2000, 1000)), "jpeg", width=500))).size == (500, 250)
    assert Image.open(io.BytesIO(preview_png(picture("PNG", size=(50, 10)), "png"))).size == (50, 10)
    with pytest.raises(IndexError):
        preview_png(pdf(), "pdf", page=2)
    with pytest.raises(UploadRefused):
        preview_png(b"%PDF-1.4 nothing", "pdf")
    with pytest.raises(UploadRefused):
        preview_png(b"\xff\xd8\xff", "jpeg")


def test_preview_of_a_very_long_page_is_bounded() -> None:
    made = pikepdf.new()
    made.add_blank_page(page_size=(3, 14_400))
    target = io.BytesIO()
    made.save(target)
    drawn = Image.open(io.BytesIO(preview_png(target.getvalue(), "pdf")))
    assert drawn.width * drawn.height < 13_000_000


def test_threads() -> None:
    data = pdf(pages=2)

    def work(_):
        preview = preview_png(data, "pdf", width=100)
        return look(data).pages, preview

    with ThreadPoolExecutor(4) as pool:
        results = set(pool.map(work, range(20)))
    assert len(results) == 1


def test_every_key_has_its_sentence() -> None:
    assert set(uploads.NOTES) == {"converted", "first_frame", "shrunk"}
    for key in uploads.SENTENCES:
        assert uploads.sentence(UploadRefused(key, limit="1 MB", kinds="PDF"))
