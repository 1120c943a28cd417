"""Places of bars and lines, and the words beside them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.template import Context, Template
from hypothesis import given
from hypothesis import strategies as st

from madoguchi.lib.charts import Figure, Series, bars, lines, nice_top, per_cent, said, stacked_bars

MONTHS = [f"{month}月" for month in range(1, 13)]


def figure(*values: list[Any], labels: list[str] | None = None, **more: Any) -> Figure:
    labels = labels or MONTHS[: len(values[0])]
    return Figure("件数", labels, [Series(f"S{n}", row) for n, row in enumerate(values, 1)], **more)


def test_bars_are_shares_of_the_longest():
    chart = bars(figure([10, 5, 0, None], unit="件"))
    assert [bar.pieces[0].width for bar in chart.bars] == ["100%", "50%", "0%", "0%"]
    assert [bar.text for bar in chart.bars] == ["10件", "5件", "0件", "–"]


def test_stacked_bars_follow_one_another():
    chart = stacked_bars(figure([1, 2], [3, 0], unit="件"))
    first, second = chart.bars
    assert [(piece.start, piece.width, piece.shade) for piece in first.pieces] == [("0%", "25%", 1), ("25%", "75%", 2)]
    assert [piece.width for piece in second.pieces] == ["50%"]
    assert first.text == "4件"
    assert chart.rows[0].cells == ("1件", "3件", "4件")
    assert chart.legend == ((1, "S1"), (2, "S2"))


def test_a_missing_value_interrupts_the_line():
    chart = lines(figure([0, 10, None, 10, 5]))
    (line,) = chart.lines
    assert len(line.dots) == 4
    assert [(part.x1, part.x2) for part in line.segments] == [("2%", "26%"), ("74%", "98%")]
    assert line.dots[0].y == "100%"
    assert line.dots[1].y == "0%"


def test_labels_are_thinned_and_ends_kept():
    chart = lines(figure(list(range(31)), labels=[f"2026年{n}月" for n in range(1, 32)]))
    texts = [tick.text for tick in chart.labels]
    assert texts[0] == "2026年1月"
    assert texts[-1] == "2026年31月"
    assert len(texts) <= 9
    assert [tick.anchor for tick in chart.labels][:: len(texts) - 1] == ["start", "end"]
    assert {tick.minor for tick in chart.labels} == {True, False}
    assert len(lines(figure([1] * 12)).labels) == 12


def test_empty_and_single():
    assert bars(Figure("なし", [], [])).bars == ()
    assert stacked_bars(Figure("なし", [], [])).bars == ()
    assert lines(Figure("なし", [], [])).lines == ()
    assert lines(figure([3])).lines[0].dots[0].x == "50%"
    assert bars(figure([0, 0])).bars[0].pieces[0].width == "0%"


def test_lengths_must_agree():
    with pytest.raises(ValueError, match="2 values for 1 labels"):
        Figure("x", ["a"], [Series("s", [1, 2])])
    with pytest.raises(ValueError, match="addresses"):
        Figure("x", ["a"], [Series("s", [1])], addresses=["/1", "/2"])


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (1234567, "円", "1,234,567円"),
        (Decimal("1.50"), "日", "1.5日"),
        (62.4, "%", "62.4%"),
        (None, "件", "–"),
        (100, "", "100"),
        (0, "件", "0件"),
    ],
)
def test_numbers_for_people(value, unit: str, text: str):
    assert said(value, unit) == text


def test_per_cent():
    assert [per_cent(share) for share in (0, 0.5, 1 / 3, 1)] == ["0%", "50%", "33.33%", "100%"]


@given(st.floats(min_value=0, max_value=1e12, allow_nan=False))
def test_the_axis_holds_the_highest_value(highest: float):
    top, step = nice_top(highest)
    assert top >= highest * 0.999999
    assert 1 <= round(top / step) <= 5


@given(st.lists(st.one_of(st.none(), st.integers(-10, 10**9)), min_size=1, max_size=40))
def test_nothing_is_drawn_outside(values: list[Any]):
    labels = [str(n) for n in range(len(values))]
    made = Figure("x", labels, [Series("a", values), Series("b", values)])
    for bar in stacked_bars(made).bars:
        assert sum(float(piece.width[:-1]) for piece in bar.pieces) <= 100.1
    for line in lines(made).lines:
        assert all(0 <= float(dot.y[:-1]) <= 100 and 0 <= float(dot.x[:-1]) <= 100 for dot in line.dots)


def test_the_tags_draw_text_table_and_links():
    shown = figure([3, 1], labels=["<郵便>", "窓口"], addresses=["/q?a=1", ""], unit="件", summary="郵便が多い")
    for tag in ("bars", "stacked_bars", "lines"):
        html = Template(f"{{% {tag} figure %}}").render(Context({"figure": shown}))
        assert "&lt;郵便&gt;" in html
        assert "<table" in html
        assert 'href="/q?a=1"' in html
        assert "style=" not in html
        assert "郵便が多い" in html
