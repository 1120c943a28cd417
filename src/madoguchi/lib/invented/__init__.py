"""Invented people, and answers with the people in them exchanged for invented ones. No database, no clock: everything comes from a `Random`."""

from .cast import ADULT, Cast, Lead, World
from .exchanging import changed, is_rows, recast

__all__ = ["ADULT", "Cast", "Lead", "World", "changed", "is_rows", "recast"]
