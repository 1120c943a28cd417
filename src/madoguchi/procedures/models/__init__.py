"""What can be asked, with which form, at which version?"""

from madoguchi.procedures.models.code_list import CodeList
from madoguchi.procedures.models.procedure import ClockUnit, LifeEvent, Opening, Procedure, ProcedureKind, ProcedureQuerySet
from madoguchi.procedures.models.version import ProcedureVersion

__all__ = ["ClockUnit", "CodeList", "LifeEvent", "Opening", "Procedure", "ProcedureKind", "ProcedureQuerySet", "ProcedureVersion"]
