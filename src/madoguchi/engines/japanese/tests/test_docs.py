import doctest
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[5] / "docs" / "engines" / "japanese.md"


@pytest.mark.skipif(not PAGE.exists(), reason="an installed package has no docs")
def test_every_example_of_the_page_is_true():
    result = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert result.attempted > 20
    assert result.failed == 0
