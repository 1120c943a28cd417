"""Paths of this room. `slug` is the municipality's and is spent by the guards; `round` is a round's slug."""

from __future__ import annotations

from typing import Any

resident: list[Any] = []

desk: list[Any] = []
