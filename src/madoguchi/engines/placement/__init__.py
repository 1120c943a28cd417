"""Nursery placement (利用調整): points, assignment over families, independent check, explanation, simulation. No Django, no network."""

from .assign import Limits, assign
from .instance import CLASSES, CONDITIONS, Child, Doubt, Facility, Family, Frozen, Instance, Key, Places, Result, Unusable
from .model import plain_deferred_acceptance
from .points import Score, class_age, min_age_ok, score, to_child
from .rankfirst import place_by_wishes
from .verdict import Blocking, Verdict, Violation, Wasted
from .verify import verify

__all__ = [
    "CLASSES",
    "CONDITIONS",
    "Blocking",
    "Child",
    "Doubt",
    "Facility",
    "Family",
    "Frozen",
    "Instance",
    "Key",
    "Limits",
    "Places",
    "Result",
    "Score",
    "Unusable",
    "Verdict",
    "Violation",
    "Wasted",
    "assign",
    "class_age",
    "min_age_ok",
    "place_by_wishes",
    "plain_deferred_acceptance",
    "score",
    "to_child",
    "verify",
]
