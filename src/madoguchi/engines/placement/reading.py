"""Instances from files: one door for every form in which they come."""

from __future__ import annotations

from .reading_json import read_json

__all__ = ["read_json"]
