"""Nursery placement (利用調整): points, assignment over families, independent check, explanation, simulation. No Django, no network."""

from .assign import Limits, assign
from .explain import Explanation, explain, explain_all, public
from .fairness import GroupFigures, RowEffect, outcomes_by_group, row_effects
from .instance import CLASSES, CONDITIONS, Child, Doubt, Facility, Family, Frozen, Instance, Key, Places, Result, Unusable
from .model import plain_deferred_acceptance
from .points import Score, class_age, min_age_ok, score, to_child
from .rankfirst import place_by_wishes
from .simulate import Change, Comparison, Sensitivity, Simulation, compare, sensitivity, simulate
from .summary import Summary, national_waiting, summarise
from .tables import Tables
from .verdict import Blocking, Verdict, Violation, Wasted
from .verify import verify
from .words import Words, say

__all__ = [
    "CLASSES",
    "CONDITIONS",
    "Blocking",
    "Change",
    "Child",
    "Comparison",
    "Doubt",
    "Explanation",
    "Facility",
    "Family",
    "Frozen",
    "GroupFigures",
    "Instance",
    "Key",
    "Limits",
    "Places",
    "Result",
    "RowEffect",
    "Score",
    "Sensitivity",
    "Simulation",
    "Summary",
    "Tables",
    "Unusable",
    "Verdict",
    "Violation",
    "Wasted",
    "Words",
    "assign",
    "class_age",
    "compare",
    "explain",
    "explain_all",
    "min_age_ok",
    "national_waiting",
    "outcomes_by_group",
    "place_by_wishes",
    "plain_deferred_acceptance",
    "public",
    "row_effects",
    "say",
    "score",
    "sensitivity",
    "simulate",
    "summarise",
    "to_child",
    "verify",
]
