"""The map of a form: every page once and in order, nothing over anything else, every way drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from madoguchi.engines.forms import load
from madoguchi.engines.forms.mapping import BESIDE, SPINE, map_of

LIBRARY = sorted(Path(__file__).parents[3].glob("procedures/library/*/form.json"))


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.parent.name)
def test_every_form_of_the_library_is_drawn_whole(path):
    form = load(json.loads(path.read_text("utf-8")))
    drawn = map_of(form)
    assert [one.id for one in drawn.stations] == [page.id for page in form.pages]
    assert [one.number for one in drawn.stations] == list(range(1, len(form.pages) + 1))
    places = [(one.x, one.y) for one in drawn.stations]
    assert len(places) == len(set(places))
    assert all(y + drawn.box[1] <= drawn.height and x + drawn.box[0] <= drawn.width for x, y in places)
    for one, page in zip(drawn.stations, form.pages, strict=True):
        assert (one.x == BESIDE) == (page.show_if is not None or page.ends is not None)
        out = [track for track in drawn.tracks if track.points[-1][0] == BESIDE and one.y < track.points[-1][1] < one.y + drawn.box[1]]
        back = [track for track in drawn.tracks if track.points[0][0] == BESIDE and one.y < track.points[0][1] < one.y + drawn.box[1]]
        assert len(out) == (one.x == BESIDE)
        assert len(back) == (one.x == BESIDE and one.kind == "page")
    on_line = [one for one in drawn.stations if one.x < BESIDE]
    arrows = [track for track in drawn.tracks if not track.some and track.arrow]
    assert len(arrows) >= len(on_line) - 1
    assert all(x == SPINE for track in arrows for x, _y in track.points)
