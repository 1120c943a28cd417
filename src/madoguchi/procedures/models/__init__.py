"""What can be asked, with which form, at which version?"""

from madoguchi.procedures.models.code_list import CodeList
from madoguchi.procedures.models.draft import DraftState, FormDraft, FormEdit
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
from madoguchi.procedures.models.inventory_figures import history_figure
from madoguchi.procedures.models.neighbours import Beside, Missing, beside, missing
from madoguchi.procedures.models.procedure import ClockUnit, LifeEvent, Opening, Procedure, ProcedureKind, ProcedureQuerySet
from madoguchi.procedures.models.standing import (
    Assumption,
    CostKind,
    OperatingCost,
    PublicStanding,
    StandingSettings,
    assumptions_of,
)
from madoguchi.procedures.models.version import ProcedureVersion

__all__ = [
    "Assumption",
    "Beside",
    "ClockUnit",
    "CodeList",
    "CostKind",
    "CountChannel",
    "DraftState",
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
    "Missing",
    "NationalProcedure",
    "Opening",
    "OperatingCost",
    "PlannedChannel",
    "Procedure",
    "ProcedureKind",
    "ProcedureQuerySet",
    "ProcedureVersion",
    "Progress",
    "PublicStanding",
    "ReplyState",
    "RoundState",
    "RuleChange",
    "RuleState",
    "StandingSettings",
    "assumptions_of",
    "beside",
    "history_figure",
    "missing",
    "weights_of",
]
