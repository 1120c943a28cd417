"""What is still to be done before a draft can become a version: a list with a place for each line, nothing hidden."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from madoguchi.engines.forms import Faulty, Finding, Form, document_hash, lint, load, minutes, questions_of
from madoguchi.engines.forms.readability import Advice, advice
from madoguchi.lib.errors import Refused
from madoguchi.procedures.actions.examples import Outcome, run_examples
from madoguchi.procedures.actions.publishing import Proposal, propose
from madoguchi.procedures.models import ClockUnit, FormDraft, FormReview, Procedure, ProcedureKind, ReviewState

TaskState = Literal["done", "open", "advice"]
LANGUAGES = ("ja", "plain", "en")
REACH = frozenset({"page.unreachable", "page.after_end", "rule.always_false", "rule.never_here", "check.never_passes"})
ACCEPTED = "accepted"  # what ends a procedure that is not decided
LONG = 20  # minutes: beyond it people give up or come back another day


@dataclass(frozen=True)
class Task:
    """One line: `place` is where it is mended (studio, facts, examples, review, changes, trial), `items` what it is about."""

    key: str
    state: TaskState
    sentence: str
    place: str = ""
    items: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True)
class TaskList:
    """Everything about publishing a draft: its lines, what would change, and which examples pass."""

    tasks: tuple[Task, ...]
    proposal: Proposal | None
    outcomes: tuple[Outcome, ...] = ()
    advice: tuple[Advice, ...] = ()
    review: FormReview | None = field(default=None)

    @property
    def open(self) -> tuple[Task, ...]:
        return tuple(task for task in self.tasks if task.state == "open")

    @property
    def is_ready(self) -> bool:
        return not self.open and self.proposal is not None


def publishing_tasks(*, draft: FormDraft) -> TaskList:
    """The task list of a draft as it is now. Reads only; `publish_draft` asks it again before it makes the version."""
    procedure, document = draft.procedure, draft.document
    about = (*_about_procedure(procedure), *_notices(procedure))
    try:
        form = load(document)
    except Faulty as faulty:
        items = tuple({"path": path, "text": message} for path, message in faulty.problems)
        broken = Task("sound", "open", _("様式が、まだ形になっていません。直すと、ほかの点検が始まります。"), "studio", items)
        return TaskList((broken, *about), None)
    findings = lint(form)
    try:
        proposal = propose(procedure=procedure, document=document, restores=draft.restores)
    except Refused as refused:
        stuck = Task("new", "open", str(refused), "studio")
        return TaskList((*_form(findings, form), *about, stuck), None)
    outcomes = tuple(run_examples(procedure=procedure, form=form))
    review, hard = standing_review(draft=draft), advice(document)
    tasks = (
        *_base(draft),
        *_form(findings, form),
        *about,
        _examples(outcomes),
        _reading(hard),
        _minutes(form),
        _second_eyes(proposal, review),
    )
    return TaskList(tasks, proposal, outcomes, hard, review)


def standing_review(*, draft: FormDraft) -> FormReview | None:
    """The newest review of the draft as it is now; one of an earlier state does not count."""
    return FormReview.objects.select_related("by", "asked_by").filter(draft=draft, hash=document_hash(draft.document)).first()


def needs_review(proposal: Proposal) -> bool:
    """A first version, and a change of meaning."""
    return proposal.number == 1 or proposal.change == "meaning"


def _base(draft: FormDraft) -> Iterator[Task]:
    current = draft.procedure.current
    if current is not None and draft.based_on_id != current.pk:
        sentence = _("作り始めた後に、第%(number)s版が公開されました。その版の上に、ここでの変更を載せ直してください。")
        yield Task("base", "open", sentence % {"number": current.number}, "changes")


# -- the form ---------------------------------------------------------------------------------------------------------------------


def _form(findings: Sequence[Finding], form: Form) -> Iterator[Task]:
    errors = [one for one in findings if one.level == "error"]
    missing = [one for one in errors if one.key == "text.missing"]
    reach = [one for one in errors if one.key in REACH]
    others = [one for one in errors if one not in missing and one not in reach]
    yield _of("lint", others, _("様式にまちがいはありません。"), _("様式のまちがいを直してください。"))
    ends = _dead_ends(form)
    good = _("どのページにも行けます。条件どうしの食い違いや、行き止まりはありません。")
    bad = _("行けないページ、食い違う条件、行き止まりを直してください。")
    yield Task("reach", "open" if reach or ends else "done", bad if reach or ends else good, "studio", (*_items(reach), *ends))
    yield _of("languages", missing, _("様式の言葉は、どの言語にもあります。"), _("まだ訳していないところがあります。訳を入れてください。"))


def _of(key: str, findings: Sequence[Finding], good: str, bad: str) -> Task:
    return Task(key, "open" if findings else "done", bad if findings else good, "studio", tuple(_items(findings)))


def _items(findings: Sequence[Finding]) -> Iterator[Mapping[str, str]]:
    return ({"path": one.path, "text": one.message or one.key} for one in findings)


def _dead_ends(form: Form) -> tuple[Mapping[str, str], ...]:
    """Pages on which the journey ends and nothing says why or what to do instead."""
    silent = [page for page in form.pages if page.ends and not page.intro and not any(_says(page))]
    say = _("ここで終わる人に、理由と次にすることを伝える文がありません。")
    return tuple({"path": f"pages[{form.pages.index(page)}]", "text": say} for page in silent)


def _says(page: Any) -> Iterator[bool]:
    return (question.type == "information" for question in questions_of(page))


# -- the procedure ------------------------------------------------------------------------------------------------------------------


def _about_procedure(procedure: Procedure) -> Iterator[Task]:
    division = procedure.division
    yield _fact(
        "privacy", _whole(procedure.privacy), _("利用目的の文があります。"), _("答えを何に使うか（利用目的）の文を入れてください。")
    )
    reached = bool(division.phone and (division.place or division.email))
    yield _fact("contact", reached, _("問い合わせ先があります。"), _("担当の課の電話番号と場所を入れてください。"))
    yield _fact("period", _has_period(procedure), _("処理にかかる期間を決めてあります。"), _("標準処理期間を決めてください。"))
    criteria = procedure.kind != ProcedureKind.APPLICATION or bool((procedure.criteria or {}).get("ja"))
    yield _fact(
        "criteria", criteria, _("審査基準の文があるか、要らない手続きです。"), _("申請には審査基準が要ります。文を入れてください。")
    )
    kept = procedure.retention_years > 0
    good = ngettext("保存年数は%(number)s年です。", "保存年数は%(number)s年です。", procedure.retention_years) % {
        "number": procedure.retention_years
    }
    yield _fact("retention", kept, good, _("保存年数を入れてください。"))


def _fact(key: str, holds: bool, good: str, bad: str) -> Task:
    return Task(key, "done" if holds else "open", good if holds else bad, "facts")


def _whole(text: Mapping[str, str] | None) -> bool:
    return all((text or {}).get(language, "").strip() for language in LANGUAGES)


def _has_period(procedure: Procedure) -> bool:
    """行政手続法6条 for an application; others may be without one, and say so with the unit."""
    if procedure.clock_unit == ClockUnit.FIXED_DAY:
        return procedure.result_on is not None
    if procedure.clock_unit == ClockUnit.NONE:
        return procedure.kind != ProcedureKind.APPLICATION
    return bool(procedure.standard_days)


def needed_notices(procedure: Procedure) -> tuple[str, ...]:
    """The outcomes that are told with a text of the procedure's own: what is decided, or the acceptance that ends it."""
    return tuple(procedure.outcomes) or (ACCEPTED,)


def _notices(procedure: Procedure) -> Iterator[Task]:
    texts = procedure.notice_texts or {}
    missing = [one for one in needed_notices(procedure) if not _both(texts.get(one))]
    good, bad = _("どの結果にも、通知の文例があります。"), _("通知の文例がない結果があります。文を入れてください。")
    yield Task("notices", "open" if missing else "done", bad if missing else good, "facts", tuple({"outcome": one} for one in missing))


def _both(text: Mapping[str, Any] | None) -> bool:
    return bool(text) and all((text or {}).get(key, {}).get("ja", "").strip() for key in ("title", "body"))


# -- examples, wording, time, eyes ----------------------------------------------------------------------------------------------------


def _examples(outcomes: Sequence[Outcome]) -> Task:
    failing = [one for one in outcomes if not one.passes]
    if not outcomes:
        return Task("examples", "open", _("回答の例がありません。1つ以上入れてください。"), "examples")
    if failing:
        items = tuple({"example": str(one.example.pk), "text": one.example.name} for one in failing)
        return Task("examples", "open", _("通らない例があります。様式か例を直してください。"), "examples", items)
    count = len(outcomes)
    said = ngettext("回答の例%(number)s件が、すべて通ります。", "回答の例%(number)s件が、すべて通ります。", count)
    return Task("examples", "done", said % {"number": count}, "examples")


def _reading(hard: Sequence[Advice]) -> Task:
    if not hard:
        return Task("reading", "done", _("長い文や、漢字ばかりの文は見つかりませんでした。"), "studio")
    said = ngettext("読みにくいかもしれない文が%(number)sか所あります。", "読みにくいかもしれない文が%(number)sか所あります。", len(hard))
    return Task("reading", "advice", said % {"number": len(hard)}, "studio")


def _minutes(form: Form) -> Task:
    number = minutes(form)
    if number > LONG:
        said = ngettext(
            "入力に%(number)s分ほどかかります。減らせる項目がないか見てください。",
            "入力に%(number)s分ほどかかります。減らせる項目がないか見てください。",
            number,
        )
        return Task("minutes", "advice", said % {"number": number}, "trial")
    said = ngettext("入力にかかる時間は%(number)s分ほどです。", "入力にかかる時間は%(number)s分ほどです。", number)
    return Task("minutes", "done", said % {"number": number}, "trial")


def _second_eyes(proposal: Proposal, review: FormReview | None) -> Task:
    if review is not None and review.state == ReviewState.APPROVED:
        return Task("review", "done", _("%(name)sさんが確認しました。") % {"name": str(review.by)}, "review")
    if not needs_review(proposal):
        return Task("review", "done", _("意味の変更がないので、もう1人の確認は要りません。"), "review")
    if review is None:
        return Task("review", "open", _("もう1人の確認が要ります。確認を頼んでください。"), "review")
    if review.state == ReviewState.WAITING:
        return Task("review", "open", _("もう1人の確認を待っています。"), "review")
    return Task("review", "open", _("差し戻されました。直してから、もう一度頼んでください。"), "review")
