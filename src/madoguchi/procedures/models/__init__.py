"""What can be asked, with which form, at which version?"""

from madoguchi.procedures.models.code_list import CodeList
from madoguchi.procedures.models.draft import DraftState, FormBlock, FormDraft, FormEdit
from madoguchi.procedures.models.inventory import (
    CountChannel,
    ImportState,
    InventoryChange,
    InventoryCount,
    InventoryEntry,
    InventoryImport,
    InventoryReply,
    InventoryRound,
    InventorySettings,
    NationalProcedure,
    PlannedChannel,
    Progress,
    ReplyState,
    RoundState,
    RuleChange,
    RuleState,
    weights_of,
)
from madoguchi.procedures.models.procedure import ClockUnit, LifeEvent, Opening, Procedure, ProcedureKind, ProcedureQuerySet
from madoguchi.procedures.models.version import ProcedureVersion

__all__ = [
    "ClockUnit",
    "CodeList",
    "CountChannel",
    "DraftState",
    "FormBlock",
    "FormDraft",
    "FormEdit",
    "ImportState",
    "InventoryChange",
    "InventoryCount",
    "InventoryEntry",
    "InventoryImport",
    "InventoryReply",
    "InventoryRound",
    "InventorySettings",
    "LifeEvent",
    "NationalProcedure",
    "Opening",
    "PlannedChannel",
    "Procedure",
    "ProcedureKind",
    "ProcedureQuerySet",
    "ProcedureVersion",
    "Progress",
    "ReplyState",
    "RoundState",
    "RuleChange",
    "RuleState",
    "weights_of",
]
