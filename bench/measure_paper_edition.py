"""The paper edition: how long a form of the library takes to set, with the places of all its boxes."""

from __future__ import annotations

import os
import statistics
import time
from typing import Any

TITLE = "The paper edition"
NOTE = (
    "Forms of the library set as A4 pages: planning and QR codes in our process; layout, PDF/UA and the query of all places in typst's. Set: the "
    "form's first time, which is what counts, as a version's paper is made once and is a file from then on. Faults: boxes that were not printed once, "
    "that leave the page or lie on another. Smallest, middle and largest form, and the whole library."
)


def measure() -> list[dict[str, Any]]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madoguchi.settings")
    import django

    django.setup()
    from madoguchi.engines.forms import load
    from madoguchi.lib import pdf
    from madoguchi.procedures.actions import library_entries

    try:
        rows = sorted((row(load(entry.document), entry.id) for entry in library_entries()), key=lambda one: one["cells"])
    finally:
        pdf.close_all()
    chosen = [rows[0], rows[len(rows) // 2], rows[-1]]
    middle = {name: round(statistics.median(one[name] for one in rows)) for name in ("pages", "boxes", "cells", "plan ms", "set ms", "KB")}
    return [*chosen, {"form": f"median of {len(rows)}", **middle, "faults": sum(one["faults"] for one in rows)}]


def row(form: Any, name: str) -> dict[str, Any]:
    from madoguchi.engines.forms.paper_sheets import faults, printed_data, qr_text
    from madoguchi.engines.forms.papers import paper_of
    from madoguchi.lib import pdf

    start = time.perf_counter()
    paper = paper_of(form, mynumber=True)
    codes = [pdf.qr_svg(qr_text(name, 1, page, "1")) for page in range(1, len(paper.fields) // 5 + 4)]
    data = {**printed_data(paper), "to": "見本", "edition": "第1版・第1刷", "how": ["見本"], "qrs": codes}
    middle = time.perf_counter()
    rendered = pdf.render("form", data, query="<spot>")
    end = time.perf_counter()
    return {
        "form": name,
        "pages": rendered.found[0]["pages"],
        "boxes": len(paper.boxes),
        "cells": len(rendered.found),
        "plan ms": round((middle - start) * 1000),
        "set ms": round((end - middle) * 1000),
        "KB": len(rendered.pdf) // 1024,
        "faults": len(faults(paper, rendered.found)),
    }
