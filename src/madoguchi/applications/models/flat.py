"""A filed case as columns for other programs: facts of the case first, then its answers in the form's order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.applications.models.application import Application
from madoguchi.applications.models.decision import Decision, Outcome
from madoguchi.applications.models.reading import address_line, form_of, full_name, walk_revision
from madoguchi.engines.forms import MASKED, Item, Lists, Page, Question, Walk, pick, questions_of, show
from madoguchi.procedures.actions import lists
from madoguchi.procedures.models import ProcedureVersion

Cell = str | int | date | datetime | None
AS_IT_IS = frozenset({"text", "long_text", "kana", "year_month", "phone", "email", "corporate_number", "number", "yen"})


@dataclass(frozen=True, order=True)
class Column:
    """`order` puts it in place: (procedure, question, row, part); the same question of two versions is one column."""

    order: tuple[int, int, int, int]
    label: str = field(compare=False)
    page: str = field(compare=False, default="")  # put before the label where two columns would be called the same


@dataclass
class Sheet:
    """Rows of column → cell under a name."""

    name: str
    rows: list[dict[Column, Cell]] = field(default_factory=list)

    def columns(self) -> list[Column]:
        return sorted({column.order: column for row in self.rows for column in row}.values())

    def labels(self) -> list[str]:
        """One name a column, no name twice."""
        columns = self.columns()
        names = [column.label for column in columns]
        named = [f"{column.page}：{column.label}" if names.count(column.label) > 1 and column.page else column.label for column in columns]
        return [f"{name} ({named[:place].count(name) + 1})" if name in named[:place] else name for place, name in enumerate(named)]

    def cells(self) -> list[list[Cell]]:
        columns = self.columns()
        return [[row.get(column) for column in columns] for row in self.rows]


def one_sheet(applications: Iterable[Application]) -> Sheet:
    """Everything in one table; rows of groups become numbered columns."""
    sheet, known = Sheet(_("申請")), lists()
    for application in applications:
        walked = walk_revision(application, application.latest())
        row = facts(application)
        for item in walked.items():
            row |= cells_of(item, application, known, numbered=True)
        sheet.rows.append(row)
    return sheet


def several_sheets(applications: Sequence[Application]) -> list[Sheet]:
    """A table of the cases, and one for each group that repeats, tied together by the 受付番号."""
    main, known = Sheet(_("申請")), lists()
    groups: dict[tuple[int, str], Sheet] = {}
    several = len({application.procedure_id for application in applications}) > 1
    for application in applications:
        walked = walk_revision(application, application.latest())
        main.rows.append(facts(application))
        for item in walked.items():
            if item.row is None:
                main.rows[-1].update(cells_of(item, application, known))
        for repeat in walked.form.repeats:
            name = pick(repeat.item, "ja")
            sheet = groups.setdefault((application.procedure_id, repeat.id), Sheet(f"{name} {application.procedure}" if several else name))
            sheet.rows += _rows(application, walked, repeat.id, known)
    return [main, *(sheet for sheet in groups.values() if sheet.rows)]


def _rows(application: Application, walked: Walk, repeat: str, known: Lists) -> Iterator[dict[Column, Cell]]:
    for place in walked.rows(repeat):
        row: dict[Column, Cell] = {
            Column((-1, 0, 0, 0), _("受付番号")): application.number,
            Column((-1, 1, 0, 0), _("順")): place.number,
            Column((-1, 2, 0, 0), _("名称")): place.named("ja"),
        }
        for item in walked.items():
            if item.row is not None and item.row.path == place.path:
                row |= cells_of(item, application, known)
        yield row


def facts(application: Application) -> dict[Column, Cell]:
    """What every case has."""
    values: list[tuple[str, Cell]] = [
        (_("受付番号"), application.number),
        (_("手続き"), pick(application.procedure.name, "ja")),
        (_("状態"), str(application.get_state_display())),
        (_("経路"), str(application.get_channel_display())),
        (_("届いた日時"), _local(application.arrived_at)),
        (_("受け付けた日時"), _local(application.accepted_at)),
        (_("期限"), application.due_on),
        (_("担当者"), application.assignee.name if application.assignee else ""),
        (_("申請者"), application.applicant_name),
        (_("結果"), outcomes(application)),
        (_("決定日時"), _local(application.decided_at)),
    ]
    return {Column((-1, place, 0, 0), label): value for place, (label, value) in enumerate(values)}


def outcomes(application: Application) -> str:
    """「認める」, or a line for each subject where there are several."""
    subjects = list(application.subjects.all())
    if len(subjects) == 1:
        return str(subjects[0].get_state_display())
    return "\n".join(f"{subject.name}：{subject.get_state_display()}" for subject in subjects)


def _local(moment: datetime | None) -> datetime | None:
    """Local time without a zone, as tables know it."""
    return timezone.localtime(moment).replace(tzinfo=None, microsecond=0) if moment else None


def cells_of(item: Item, application: Application, known: Lists, *, numbered: bool = False) -> dict[Column, Cell]:
    """The columns of one answer; a name and an address take two, so that kana and postal code stand alone."""
    question = item.question
    if question.type == "information":
        return {}
    row = item.row.number if item.row is not None and numbered else 0
    head = f"{pick(item.row.repeat.item, 'ja')}{row}：" if item.row is not None and row else ""
    place = positions(application.procedure.current or application.version).get(question.id, 100_000 + question.order)
    page = pick(page_of(application, question).title, "ja")
    parts = split(question, item.value, known) if item.answered else [("", None)]
    label = head + pick(question.label, "ja")
    return {
        Column((application.procedure_id, place, row, number), f"{label}（{name}）" if name else label, page): cell
        for number, (name, cell) in enumerate(parts)
    }


def page_of(application: Application, question: Question) -> Page:
    """The page on which a question stood when it was answered."""
    form = application.version.form
    if form.has(question.id) and form.question(question.id).page == question.page:
        return form.page(question.page)
    return form_of(application, application.latest()).page(question.page)


def positions(version: ProcedureVersion) -> Mapping[str, int]:
    """question id → place in the form."""
    return {question.id: place for place, question in enumerate(questions_of(version.form))}


def split(question: Question, value: Any, known: Lists) -> list[tuple[str, Cell]]:
    """[(name of the part or "", cell)]: what a program can use where there is one way to write it, else as people read it."""
    if question.type == "mynumber":
        return [("", MASKED)]
    if question.type == "date":
        return [("", date.fromisoformat(value))]
    if question.type == "person_name":
        name, kana = full_name(value)
        return [("", name), (_("カナ"), kana)] if kana else [("", name)]
    if question.type == "address":
        return [("", address_line(value)), (_("郵便番号"), value.get("postal") or "")]
    if question.type == "file":
        return [("", "\n".join(file["name"] for file in value.get("files", [])) or show(question, value, "ja", lists=known))]
    if question.type in AS_IT_IS:
        return [("", value)]
    return [("", show(question, value, "ja", lists=known))]


def as_json(application: Application) -> dict[str, Any]:
    """The canonical answers as they are kept, individual numbers masked, with what is known of the case around them."""
    latest = application.latest()
    return {
        "number": application.number,
        "procedure": application.procedure.slug,
        "version": {"number": application.version.number, "hash": application.version_hash},
        "state": application.state,
        "channel": application.channel,
        "arrived_at": _iso(application.arrived_at),
        "accepted_at": _iso(application.accepted_at),
        "due_on": application.due_on.isoformat() if application.due_on else None,
        "decided_at": _iso(application.decided_at),
        "subjects": [_subject_json(subject) for subject in application.subjects.all()],
        "answers": {
            "revision": latest.number,
            "kind": latest.kind,
            "hash": latest.hash,
            "as_of": latest.as_of.isoformat(),
            "values": masked(latest.values),
        },
    }


def _subject_json(subject: Any) -> dict[str, Any]:
    decision = Decision.objects.filter(subject=subject, recalled_at=None).order_by("-id").first()
    told = {"outcome": decision.outcome, "label": str(Outcome(decision.outcome).label), "at": _iso(decision.at)} if decision else None
    return {"path": subject.path, "name": subject.name, "state": subject.state, "decision": told}


def _iso(moment: datetime | None) -> str | None:
    return timezone.localtime(moment).isoformat(timespec="seconds") if moment else None


def masked(value: Any) -> Any:
    """Without the ids of sealed numbers."""
    if isinstance(value, dict):
        return MASKED if set(value) == {"secret"} else {key: masked(each) for key, each in value.items()}
    return [masked(each) for each in value] if isinstance(value, list) else value
