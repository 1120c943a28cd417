"""Pages are drawn in a process of their own, which is ended when a page never does."""

from __future__ import annotations

import subprocess
import threading
import time

import pikepdf
import pytest
from pikepdf import Dictionary, Name

from madoguchi.lib.tests.files import pdf, picture, refusal
from madoguchi.lib.uploads import pages, preview_png


def laughs(depth: int) -> bytes:
    """A small PDF whose one page draws a square 2 ** depth times: every form draws the one before it twice."""

    def change(made: pikepdf.Pdf) -> None:
        form = {"Type": Name.XObject, "Subtype": Name.Form, "BBox": [0, 0, 200, 200]}
        inner = made.make_indirect(pikepdf.Stream(made, b"0 0 10 10 re f", **form))
        for _ in range(depth):
            resources = Dictionary(XObject=Dictionary(X=inner))
            inner = made.make_indirect(pikepdf.Stream(made, b"/X Do /X Do", Resources=resources, **form))
        made.pages[0].Resources = Dictionary(XObject=Dictionary(X=inner))
        made.pages[0].Contents = pikepdf.Stream(made, b"/X Do")

    return pdf(change=change)


@pytest.fixture
def hurried(monkeypatch):
    monkeypatch.setattr(pages, "SECONDS_A_PAGE", 1.5)


def test_a_page_that_takes_years_is_refused_and_stops_nobody_else(hurried) -> None:
    assert preview_png(laughs(3), "pdf", width=40), "the same in small is an honest page"
    began = time.monotonic()
    assert refusal(laughs(40)) == "upload.bomb"
    assert time.monotonic() - began < 60, "it would have taken years"
    assert preview_png(pdf(), "pdf", width=40)


def test_two_bombs_at_once_leave_the_door_open(hurried) -> None:
    bombs = [threading.Thread(target=refusal, args=(laughs(40),)) for _ in range(2)]
    for bomb in bombs:
        bomb.start()
    assert preview_png(pdf(), "pdf", width=40)
    for bomb in bombs:
        bomb.join(10)
    assert not any(bomb.is_alive() for bomb in bombs)


def test_a_process_that_died_in_its_sleep_is_replaced() -> None:
    assert preview_png(pdf(), "pdf", width=40)
    for drawer in pages._idle:
        drawer.process.kill()
        drawer.process.wait()
    assert preview_png(pdf(), "pdf", width=40)


def test_the_process_gets_none_of_our_secrets(monkeypatch) -> None:
    monkeypatch.setenv("MADOGUCHI_SECRET_KEY", "not for pdfium")
    pages.close_all()
    asked: list[dict[str, str]] = []

    class Watched(subprocess.Popen[bytes]):
        def __init__(self, *args, **more) -> None:
            asked.append(more["env"])
            super().__init__(*args, **more)

    monkeypatch.setattr(subprocess, "Popen", Watched)
    assert preview_png(pdf(), "pdf", width=40)
    assert asked
    assert not any(name.startswith(("MADOGUCHI", "DATABASE")) for name in asked[0])


def test_a_photograph_in_a_thousand_scans() -> None:
    data = picture("JPEG", progressive=True)
    start = data.rindex(b"\xff\xda")
    assert refusal(data[:start] + data[start:-2] * 300 + b"\xff\xd9") == "upload.bomb"
