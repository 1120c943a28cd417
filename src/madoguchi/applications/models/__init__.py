"""What was asked, where does it stand, what was decided?"""

from madoguchi.applications.models.answers import Answers, AnswersKind, Attachment, Secret
from madoguchi.applications.models.application import (
    MOVES,
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

__all__ = [
    "MOVES",
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
    "IssuedDocument",
    "Message",
    "Note",
    "Outcome",
    "Review",
    "Secret",
    "State",
    "Subject",
    "SubjectState",
]
