"""The fixtures of the rooms serve the journeys too; what a machine lacks is said at the end, or fails where it is required."""

from __future__ import annotations

import os

import pytest

from madoguchi.conftest import chief, clerk, division, in_scope, municipality, other_municipality, resident

REQUIRED = frozenset(os.environ.get("MADOGUCHI_REQUIRE", "").split(","))

__all__ = ["chief", "clerk", "division", "in_scope", "municipality", "other_municipality", "resident"]


def lacking(thing: str, reason: str) -> None:
    """Skip with the reason, or fail where MADOGUCHI_REQUIRE names the thing."""
    if thing in REQUIRED:
        pytest.fail(f"{thing} is required here: {reason}")
    pytest.skip(reason)
