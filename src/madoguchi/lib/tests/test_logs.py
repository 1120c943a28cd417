"""Logs: no words that somebody wrote, no address that opens something."""

from __future__ import annotations

import io
import logging

import pytest

from madoguchi.lib.logs import ShortPaths, WithoutWords, short

SECRET = "架空 花子 hanako@example.jp"
TOKEN = "n0t-to-be-logged"


@pytest.fixture
def written():
    """A logger as the settings make them, and what it wrote."""
    target = io.StringIO()
    handler = logging.StreamHandler(target)
    handler.addFilter(ShortPaths())
    handler.setFormatter(WithoutWords("{levelname} {message}", style="{"))
    logger = logging.Logger("test")  # one of its own, so that nothing else hears of it
    logger.addHandler(handler)
    return logger, target.getvalue


def test_an_exception_is_told_by_kind_and_place(written):
    logger, read = written
    try:
        try:
            int(SECRET)
        except ValueError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError:
        logger.exception("Internal Server Error: %s", f"/koto/resume/{TOKEN}/")
    assert "builtins.ValueError" in read()
    assert "builtins.RuntimeError" in read()
    assert "test_logs.py" in read()
    assert SECRET not in read()
    assert TOKEN not in read()


def test_paths_end_after_the_kind_of_page(written):
    logger, read = written
    logger.warning("Forbidden (%s): %s", "CSRF cookie not set.", f"/koto/sign-in/link/{TOKEN}/")
    assert read() == "WARNING Forbidden (CSRF cookie not set.): /koto/sign-in/…\n"


@pytest.mark.parametrize("text", ["/", "/koto/", "/koto/status/", "no path / at / all / here", ""])
def test_what_tells_nothing_stays(text):
    assert short(text) == text


def test_the_installation_logs_this_way(settings):
    handler = settings.LOGGING["handlers"]["console"]
    assert settings.LOGGING["formatters"][handler["formatter"]]["()"].endswith("WithoutWords")
    assert handler["filters"] == ["short"]
