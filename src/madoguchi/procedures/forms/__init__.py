"""Shapes of input on the desk's pages of this room."""

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

__all__ = [
    "CHANGES",
    "MAX_BYTES",
    "AnswerForm",
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
    "WeightsForm",
    "date_box",
    "read_document",
]
