"""What can be asked, with which form, at which version?"""

from madoguchi.procedures.models.announcing import Announcement, announcement, poster_data, short_url
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
from madoguchi.procedures.models.inventory_figures import history_figure
from madoguchi.procedures.models.life_bundle import LifeEventBundle
from madoguchi.procedures.models.neighbours import Beside, Missing, beside, missing
from madoguchi.procedures.models.outage import DueDay, MovedDeadline, Outage, OutageReason, deadline_of
from madoguchi.procedures.models.paper import PaperEdition
from madoguchi.procedures.models.path_figures import FEWEST, Share, Taken, share_of
from madoguchi.procedures.models.procedure import ClockUnit, LifeEvent, Opening, Procedure, ProcedureKind, ProcedureQuerySet
from madoguchi.procedures.models.publishing import (
    CLEAN,
    ENDS,
    FormExample,
    FormReview,
    FormSchedule,
    Impact,
    ReviewState,
    ScheduleState,
)
from madoguchi.procedures.models.shared import Adoption, AdoptionKind, SharedProcedure, SharedVersion
from madoguchi.procedures.models.short_address import ShortAddress
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
    "CLEAN",
    "ENDS",
    "FEWEST",
    "Adoption",
    "AdoptionKind",
    "Announcement",
    "Assumption",
    "Beside",
    "ClockUnit",
    "CodeList",
    "CostKind",
    "CountChannel",
    "DraftState",
    "DueDay",
    "FormBlock",
    "FormDraft",
    "FormEdit",
    "FormExample",
    "FormReview",
    "FormSchedule",
    "Impact",
    "ImportState",
    "InventoryChange",
    "InventoryCount",
    "InventoryEntry",
    "InventoryImport",
    "InventoryReply",
    "InventoryRound",
    "InventorySettings",
    "LifeEvent",
    "LifeEventBundle",
    "Missing",
    "MovedDeadline",
    "NationalProcedure",
    "Opening",
    "OperatingCost",
    "Outage",
    "OutageReason",
    "PaperEdition",
    "PlannedChannel",
    "Procedure",
    "ProcedureKind",
    "ProcedureQuerySet",
    "ProcedureVersion",
    "Progress",
    "PublicStanding",
    "ReplyState",
    "ReviewState",
    "RoundState",
    "RuleChange",
    "RuleState",
    "ScheduleState",
    "Share",
    "SharedProcedure",
    "SharedVersion",
    "ShortAddress",
    "StandingSettings",
    "Taken",
    "announcement",
    "assumptions_of",
    "beside",
    "deadline_of",
    "history_figure",
    "missing",
    "poster_data",
    "share_of",
    "short_url",
    "weights_of",
]
