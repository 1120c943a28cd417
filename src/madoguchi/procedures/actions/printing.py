"""The paper edition of a version: set once, kept with the places of its boxes, and made anew only when it would look different."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from PIL import Image

from madoguchi.accounts.actions import record
from madoguchi.engines.forms.paper_sheets import DPI, SIZE, faults, printed_data, qr_text, sheets_of
from madoguchi.engines.forms.papers import Paper, paper_of
from madoguchi.lib import pdf
from madoguchi.lib.errors import BackendError
from madoguchi.lib.uploads import draw_page
from madoguchi.procedures.models import PaperEdition, ProcedureVersion

TEMPLATE = "form"
HOW = (
    "黒のペンで、枠の中にはっきり書いてください。マスには1文字ずつ書きます。",
    "□には✓を付け、元号は○で囲みます。（任意）のところは、書かなくてもかまいません。",
    "「▶」のある問いは、あてはまるときだけ書いてください。",
)


def paper_edition(*, version: ProcedureVersion) -> PaperEdition:
    """The paper edition of a version as it would be printed now; made when there is none yet, or when it would look different.

    Raises BackendError when it cannot be set. What may not be asked on paper (an individual number without a right to it) is left out.
    """
    procedure = version.procedure
    paper = paper_of(version.form, mynumber=procedure.entitled_to_mynumber)
    data = _data(version, paper)
    digest = hashlib.sha256(f"{json.dumps(data, sort_keys=True, ensure_ascii=False)}{pdf.fingerprint(TEMPLATE)}".encode()).hexdigest()
    found = version.paper_editions.filter(digest=digest).first()
    if found is not None and default_storage.exists(found.file):
        return found
    number = found.number if found else (version.paper_editions.values_list("number", flat=True).first() or 0) + 1
    rendered, sheets = _printed(version, paper, data, number)
    if found is not None:  # the file is gone (a restore without files): the same paper, set again
        default_storage.save(found.file, ContentFile(rendered.pdf))
        return found
    try:
        return _keep(version, number, digest, rendered, sheets)
    except IntegrityError:  # somebody else was a moment faster
        return version.paper_editions.get(digest=digest)


def _data(version: ProcedureVersion, paper: Paper) -> dict[str, Any]:
    """What is printed, but for the QR codes and the number of the edition. Only what the law of the form needs: a new telephone
    number of the division must not move a box."""
    municipality = version.municipality
    mayor = f"{municipality.name}長" if municipality.name.endswith(("区", "市", "町", "村")) else municipality.head
    footer = "見本（架空のデータです）" if municipality.is_invented or settings.DEMO else ""
    return {**printed_data(paper), "to": mayor, "municipality": municipality.name, "how": HOW, "footer": footer}


def _printed(version: ProcedureVersion, paper: Paper, data: dict[str, Any], number: int) -> tuple[pdf.Rendered, list[dict[str, Any]]]:
    """Set with as many QR codes as there are pages: how many is known only when it is set, so once more where the guess was short."""
    pages, serial = len(paper.fields) // 5 + 3, str(number)
    while True:
        codes = [pdf.qr_svg(text) for text in _codes(version, pages, serial)]
        edition = f"第{version.number}版・第{number}刷"
        rendered = pdf.render(TEMPLATE, {**data, "qrs": codes, "edition": edition}, at=version.published_at, query="<spot>")
        printed = max(int(spot["pages"]) for spot in rendered.found)
        if printed <= pages:
            break
        pages = printed
    wrong = faults(paper, rendered.found)
    if wrong:
        raise BackendError(f"the paper edition of {version.procedure.slug} {version.number} has faults: {wrong[0]}", temporary=False)
    sheets = sheets_of(paper, rendered.found, form=version.procedure.slug, version=version.number, serial=serial, pages=printed)
    return rendered, sheets


def _codes(version: ProcedureVersion, pages: int, serial: str) -> Iterator[str]:
    return (qr_text(version.procedure.slug, version.number, page, serial) for page in range(1, pages + 1))


def sheet_archive(*, edition: PaperEdition) -> bytes:
    """What a paper reader needs of an edition, as a ZIP: each sheet as JSON and the blank page that it names, as a picture at 300 dpi."""
    with default_storage.open(edition.file) as file:
        paper = file.read()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for page, sheet in enumerate(edition.sheets, 1):
            blank = Image.new("L", SIZE, 255)
            blank.paste(draw_page(paper, page, SIZE[0]).convert("L"), (0, 0))
            picture = io.BytesIO()
            blank.save(picture, "PNG", optimize=True, dpi=(DPI, DPI))
            archive.writestr(sheet["blank"], picture.getvalue())
            archive.writestr(f"{sheet['blank'].removesuffix('.png')}.json", json.dumps(sheet, ensure_ascii=False))
    return target.getvalue()


@transaction.atomic
def _keep(version: ProcedureVersion, number: int, digest: str, rendered: pdf.Rendered, sheets: list[dict[str, Any]]) -> PaperEdition:
    sha256 = hashlib.sha256(rendered.pdf).hexdigest()
    edition = PaperEdition.objects.create(
        version=version,
        number=number,
        digest=digest,
        sheets=sheets,
        pages=len(sheets),
        missing=list(rendered.missing),
        file=f"paper/{version.municipality_id}-{version.pk}-{digest[:16]}.pdf",
        sha256=sha256,
    )
    default_storage.delete(edition.file)
    default_storage.save(edition.file, ContentFile(rendered.pdf))
    procedure = version.procedure
    facts = {"procedure": procedure.slug, "number": version.number, "edition": number, "sha256": sha256}
    record("procedures.paper_edition", by=None, on=edition, division=procedure.division, **facts)
    return edition
