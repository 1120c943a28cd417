from __future__ import annotations

import pytest

from madoguchi.jobs.tests.make import DONE
from madoguchi.lib.tasks import process


@pytest.fixture(autouse=True)
def _clean():
    DONE.clear()
    process.stopping.clear()
    yield
    process.stopping.clear()
    process.name = ""
