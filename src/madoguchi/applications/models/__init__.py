"""What was asked, where does it stand, what was decided?"""

from madoguchi.applications.models.answers import Answers, AnswersKind, Attachment, Secret
from madoguchi.applications.models.appeal import appeal_note, head_of
from madoguchi.applications.models.application import (
    MOVES,
    SELDOM_READ,
    Applicant,
    Application,
    ApplicationQuerySet,
    Channel,
    State,
    Subject,
    SubjectState,
)
from madoguchi.applications.models.case import Amendment, Correction, CorrectionItem, CorrectionState, Feedback, Message, Note
from madoguchi.applications.models.decision import Decision, IssuedDocument, Outcome, Review
from madoguchi.applications.models.filing import FilingBundle, FilingMember, Reuse, siblings_of
from madoguchi.applications.models.outage import MovedCorrection
from madoguchi.applications.models.paths import taken_paths
from madoguchi.applications.models.reading import address_line, applicant, by_concept, form_of, full_name, walk_now, walk_revision
from madoguchi.applications.models.switch import SwitchState, VersionSwitch

__all__ = [
    "MOVES",
    "SELDOM_READ",
    "Amendment",
    "Answers",
    "AnswersKind",
    "Applicant",
    "Application",
    "ApplicationQuerySet",
    "Attachment",
    "Channel",
    "Correction",
    "CorrectionItem",
    "CorrectionState",
    "Decision",
    "Feedback",
    "FilingBundle",
    "FilingMember",
    "IssuedDocument",
    "Message",
    "MovedCorrection",
    "Note",
    "Outcome",
    "Reuse",
    "Review",
    "Secret",
    "State",
    "Subject",
    "SubjectState",
    "SwitchState",
    "VersionSwitch",
    "address_line",
    "appeal_note",
    "applicant",
    "by_concept",
    "form_of",
    "full_name",
    "head_of",
    "siblings_of",
    "taken_paths",
    "walk_now",
    "walk_revision",
]
