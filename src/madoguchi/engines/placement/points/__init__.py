"""指数: a ward's table of points as data, and what it gives a family. docs/engines/placement-points.md tells the format."""

from ..instance import LAST_OFFSET
from .ages import class_age, days_old, first_month, min_age_ok, school_year
from .linting import Finding, lint
from .rules import FactKind, FaultyRules, NoRules, Row, Rules, load, rules_for
from .scoring import Because, Counted, Facts, Near, Score, score, to_child
from .shipped import shipped, shipped_names

__all__ = [
    "LAST_OFFSET",
    "Because",
    "Counted",
    "FactKind",
    "Facts",
    "FaultyRules",
    "Finding",
    "Near",
    "NoRules",
    "Row",
    "Rules",
    "Score",
    "class_age",
    "days_old",
    "first_month",
    "lint",
    "load",
    "min_age_ok",
    "rules_for",
    "school_year",
    "score",
    "shipped",
    "shipped_names",
    "to_child",
]
