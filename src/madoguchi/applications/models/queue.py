"""The desk's queue: which cases, in which order, with which marks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.models import Membership, User
from madoguchi.applications.models.application import FINISHED, Application, ApplicationQuerySet, State, Subject, SubjectState
from madoguchi.applications.models.case import Amendment, Correction, Message
from madoguchi.applications.models.decision import Review

TABS = ("mine", "division", "late", "resident", "news", "approvals", "all")
# What waits for the office before what waits for the resident, and both before what is over; in each the longest late first.
OFFICE, RESIDENT, OVER = 0, 1, 2
TURN = Case(
    When(FINISHED, then=Value(OVER)),
    When(state__in=[State.SUBMITTED, State.ACCEPTED], then=Value(OFFICE)),
    When(state=State.CORRECTING, then=Value(RESIDENT)),
    default=Value(OVER),
    output_field=IntegerField(),
)
SORTS: dict[str, list[Any]] = {
    "due": [
        "turn",
        Case(When(turn__lt=OVER, then=F("due_on"))).asc(nulls_last=True),
        Case(When(turn=OVER, then=F("arrived_at"))).desc(nulls_last=True),
        "arrived_at",
        "id",
    ],
    "newest": ["-arrived_at", "-id"],
    "oldest": ["arrived_at", "id"],
}


@dataclass(frozen=True)
class Filters:
    """What the queue is narrowed to; nothing given, nothing narrowed. `assignee` is a user's id, "me" or "none"."""

    procedure: int | None = None
    state: str = ""
    assignee: str = ""
    arrived_from: date | None = None
    arrived_to: date | None = None


def desk_state(application: Application, *, held: bool = False) -> str:
    """The state in the desk's words; the resident's own are on the status page. `held`: a subject is kept alive (保留)."""
    if application.is_finished:
        return _("受付済み")
    if held and application.state == State.DECIDED:
        return _("保留中")
    words = {
        State.SUBMITTED: _("未受付"),
        State.ACCEPTED: _("審査中"),
        State.CORRECTING: _("補正待ち"),
        State.DECIDED: _("決定済み"),
        State.WITHDRAWN: _("取下げ"),
    }
    return words.get(State(application.state), "")


def cases_of(member: Membership) -> ApplicationQuerySet:
    """Every filed case that a member may open."""
    return Application.objects.filed().visible_to(member)


def with_news() -> Q:
    """Something came from the resident that nobody at the desk has looked at."""
    amendments = Amendment.objects.filter(application=OuterRef("pk"), arrived_at__isnull=False, seen_at=None)
    corrections = Correction.objects.filter(application=OuterRef("pk"), state="answered", seen_at=None)
    messages = Message.objects.filter(application=OuterRef("pk"), from_desk=False, read_at=None)
    return Q(Exists(amendments)) | Q(Exists(corrections)) | Q(Exists(messages))


def to_approve() -> Q:
    return Q(Exists(Review.objects.waiting().filter(application=OuterRef("pk"))))


def tab(cases: ApplicationQuerySet, name: str, user: User) -> ApplicationQuerySet:
    """The cases of one tab; an unknown one is the division's."""
    chosen = {
        "mine": lambda: cases.open().filter(assignee=user),
        "late": cases.overdue,
        "resident": cases.waiting_for_resident,
        "news": lambda: cases.filter(with_news()),
        "approvals": lambda: cases.filter(to_approve()),
        "all": lambda: cases,
    }
    return chosen.get(name, cases.open)()  # type: ignore[no-any-return]


def tab_names(member: Membership) -> list[tuple[str, str]]:
    """(tab, words) that this member sees."""
    words = {
        "mine": _("自分の担当"),
        "division": _("課の申請"),
        "late": _("期限切れ"),
        "resident": _("補正待ち"),
        "news": _("新しい連絡・変更"),
        "approvals": _("決裁待ち"),
        "all": _("すべて"),
    }
    return [(name, words[name]) for name in TABS if name != "approvals" or member.may("cases.approve")]


def narrowed(cases: ApplicationQuerySet, filters: Filters, user: User) -> ApplicationQuerySet:
    wanted = Q()
    if filters.procedure:
        wanted &= Q(procedure_id=filters.procedure)
    if filters.state:
        wanted &= Q(state=filters.state)
    if filters.assignee:
        wanted &= {"me": Q(assignee=user), "none": Q(assignee=None)}.get(filters.assignee) or Q(assignee_id=filters.assignee)
    if filters.arrived_from:
        wanted &= Q(arrived_at__date__gte=filters.arrived_from)
    if filters.arrived_to:
        wanted &= Q(arrived_at__date__lte=filters.arrived_to)
    return cases.filter(wanted)


def ordered(cases: ApplicationQuerySet, sort: str = "due") -> ApplicationQuerySet:
    """In the order of a list."""
    return cases.annotate(turn=TURN).order_by(*SORTS.get(sort, SORTS["due"]))


def listed(cases: ApplicationQuerySet, sort: str = "due") -> ApplicationQuerySet:
    """In order, with what a row shows and without what it does not."""
    held = Subject.objects.filter(application=OuterRef("pk"), state=SubjectState.HELD)
    asked = Correction.objects.filter(application=OuterRef("pk"), state="open")
    news = {
        "has_amendment": Exists(Amendment.objects.filter(application=OuterRef("pk"), arrived_at__isnull=False, seen_at=None)),
        "has_correction": Exists(Correction.objects.filter(application=OuterRef("pk"), state="answered", seen_at=None)),
        "has_message": Exists(Message.objects.filter(application=OuterRef("pk"), from_desk=False, read_at=None)),
        "has_proposal": Exists(Review.objects.waiting().filter(application=OuterRef("pk"))),
        "has_approval": Exists(Review.objects.approved().filter(application=OuterRef("pk"))),
        "is_held": Exists(held),
        "held_until": Subquery(held.order_by("valid_until").values("valid_until")[:1]),
        "answer_due_on": Subquery(asked.values("due_on")[:1]),
    }
    return (
        ordered(cases, sort)
        .annotate(**news)
        .select_related("procedure", "assignee")
        .defer("procedure__notice_texts", "procedure__needs", "procedure__unsure")
    )


def marks(case: Any) -> list[tuple[str, str]]:
    """(name for the style, words) of a listed case: what is to be looked at."""
    found = [
        ("new", _("新着"), case.opened_at is None and case.is_open),
        ("new", _("変更あり"), case.has_amendment),
        ("new", _("補正済み"), case.has_correction),
        ("new", _("連絡あり"), case.has_message),
        ("waiting", _("決裁待ち"), case.has_proposal),
        ("granted", _("決裁済み"), case.has_approval and case.state != State.DECIDED),
    ]
    return [(style, words) for style, words, shown in found if shown]


def days_late(case: Application, today: date | None = None) -> int:
    """By how many days a case that waits for the office is over its due day; 0 when it is not."""
    waiting = case.state in (State.SUBMITTED, State.ACCEPTED) and not case.is_finished
    if not waiting or case.due_on is None:
        return 0
    return max(0, ((today or timezone.localdate()) - case.due_on).days)
