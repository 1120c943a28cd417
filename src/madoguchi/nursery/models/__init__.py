"""Who gets which place, and why?"""

from madoguchi.nursery.models.facility import District, Facility, FacilityChange, FacilityKind, Vacancy, VacancyList
from madoguchi.nursery.models.household import (
    Candidate,
    CandidateState,
    Fact,
    FactState,
    Household,
    Source,
    WishChange,
)
from madoguchi.nursery.models.papers import (
    CareHours,
    Certification,
    CertificationState,
    EmployerLink,
    EmploymentCertificate,
    MatchState,
    OfficeList,
    OfficeRow,
)
from madoguchi.nursery.models.round import CoreLayout, Round, RoundKind, RoundState, Rules
from madoguchi.nursery.models.run import Analysis, AnalysisKind, HandPlace, Placement, Run, RunKind, RunState

__all__ = [
    "Analysis",
    "AnalysisKind",
    "Candidate",
    "CandidateState",
    "CareHours",
    "Certification",
    "CertificationState",
    "CoreLayout",
    "District",
    "EmployerLink",
    "EmploymentCertificate",
    "Facility",
    "FacilityChange",
    "FacilityKind",
    "Fact",
    "FactState",
    "HandPlace",
    "Household",
    "MatchState",
    "OfficeList",
    "OfficeRow",
    "Placement",
    "Round",
    "RoundKind",
    "RoundState",
    "Rules",
    "Run",
    "RunKind",
    "RunState",
    "Source",
    "Vacancy",
    "VacancyList",
    "WishChange",
]
