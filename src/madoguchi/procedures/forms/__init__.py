"""Shapes of input on the desk's pages of this room."""

from madoguchi.procedures.forms.bundles import BundleForm
from madoguchi.procedures.forms.documents import CHANGES, MAX_BYTES, FormFile, FoundDocument, OpeningDays, date_box, read_document
from madoguchi.procedures.forms.inventory import (
    AnswerForm,
    CountsForm,
    NewEntryForm,
    OrderForm,
    PlanForm,
    RuleForm,
    SheetFile,
    SurveyForm,
    WeightsForm,
)
from madoguchi.procedures.forms.standing import AssumptionsForm, CostForm, TakeOverForm

__all__ = [
    "CHANGES",
    "MAX_BYTES",
    "AnswerForm",
    "AssumptionsForm",
    "BundleForm",
    "CostForm",
    "CountsForm",
    "FormFile",
    "FoundDocument",
    "NewEntryForm",
    "OpeningDays",
    "OrderForm",
    "PlanForm",
    "RuleForm",
    "SheetFile",
    "SurveyForm",
    "TakeOverForm",
    "WeightsForm",
    "date_box",
    "read_document",
]
