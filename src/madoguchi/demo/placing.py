"""The nursery year of the sample city: a first round that was told, a second one that is open, all by the acts of the rooms."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from madoguchi.applications import actions as applications
from madoguchi.applications.models import SELDOM_READ, Application, Subject
from madoguchi.demo.city import City
from madoguchi.demo.personas import looked_up
from madoguchi.demo.times import Times
from madoguchi.demo.ward import Kin, Ward, families, on_leave, rules_for_demo, ward_of
from madoguchi.engines import japanese
from madoguchi.nursery import actions as act
from madoguchi.nursery.models import Candidate, District, Household, Round, Run

Plot = Iterator[datetime]
PAPERS = (
    "madoguchi.applications.tasks.make_receipt",
    "madoguchi.applications.tasks.make_decision_paper",
)
FILED, CLOSED, TAKEN, RUN, APPROVED, DECIDED, TOLD = 72, 57, 50, 28, 24, 18, 10  # days ago
LATE_WITH_PAPERS = 3  # which of each twenty families


def month_of_intake(today: date) -> date:
    """April when it can be applied for from the days of filing and still lies ahead; else the last month that can."""
    filed = today - timedelta(days=FILED)
    months = [_add(filed.replace(day=1), number) for number in range(1, 8)]
    coming = [month for month in months if month >= today + timedelta(days=40)] or months[-1:]
    return next((month for month in coming if month.month == 4), coming[-1])


def _add(month: date, number: int) -> date:
    count = month.year * 12 + month.month - 1 + number
    return date(count // 12, count % 12 + 1, 1)


def nursery_year(
    city: City,
    times: Times,
    *,
    children: int,
    waiting: int,
    telephones: Callable[[], str],
    known: list[dict[str, Any]],
    say: Callable[[float], None],
) -> Plot:
    """Begins with the moment of its first act, and yields the moment of each further one.

    The first round holds `children`; the second those of them who wait, and so many who are new that it holds `waiting`. `say` is told
    how far it is (0 to 1); `known` gets a few families with what opens their result.
    """
    today, rng = times.today, times.rng
    month = month_of_intake(today)
    yield times.home(FILED + 2)
    procedure = city.procedures["hoiku-riyo"]
    office = city.office_of(procedure)
    clerk, chief = office.clerks[0].user, office.chief.user if office.chief is not None else None
    assert chief is not None
    ward = ward_of(rng, children=children)
    _lay(ward, month, clerk)
    first = _round(procedure, month, today, clerk)
    act.set_seats(round=first, seats=ward.seats, by=clerk, source="募集人員一覧（架空）")
    act.move_round(round=first, to="open", by=clerk)
    filed: list[tuple[int, Kin]] = []
    phrases: dict[int, str] = {}
    kin = list(families(rng, ward, children=children, month=month, on=today - timedelta(days=FILED), telephones=telephones))
    step = timedelta(days=FILED - CLOSED - 1) / max(1, len(kin))
    moment = times.home(FILED)
    for number, one in enumerate(kin):
        yield moment + step * number
        pk, phrase = _file(procedure, one)
        filed.append((pk, one))
        phrases[pk] = phrase
        say(0.38 * (number + 1) / len(kin))
    yield times.home(TAKEN)
    for number, (pk, _kin) in enumerate(filed):
        act.take_in_application(round=first, application=_application(pk), by=clerk)
        say(0.38 + 0.08 * (number + 1) / len(filed))
    act.import_office_list(round=first, kind="tax", data=_tax_list(filed), name="税の照会（架空）.csv", by=clerk)
    act.score_round(round=first, by=clerk)
    _check(first, clerk)
    yield from _decide(first, times, clerk, chief, lambda done: say(0.85 * done))
    yield from _answers(first, times)
    known.extend(_to_look_up(first, phrases, dict(filed)))
    yield times.home(TOLD - 1)
    second = _second(first, procedure, month, today, clerk)
    new = families(
        rng, ward, children=waiting - second.candidates.count(), month=month, on=today - timedelta(days=TOLD - 2), telephones=telephones
    )
    yield from _newcomers(second, list(new), times, clerk, lambda done: say(0.85 + 0.15 * done))
    say(1.0)


def _lay(ward: Ward, month: date, clerk: Any) -> None:
    for number, one in enumerate(ward.districts):
        act.save_district(code=one["code"], name=one["name"], order=number, outline=one["outline"], towns=one["towns"], by=clerk)
    districts = {row.code: row for row in District.objects.all()}
    for row in ward.facilities:
        values = {**row, "district": districts[row["district"]], "is_invented": True}
        act.save_facility(code=values.pop("code"), values=values, by=clerk, source="見本のデータ")
    act.publish_facilities(by=clerk)
    for document in rules_for_demo(month):
        act.publish_rules(document=document, by=clerk, note="要確認")


def _name(month: date, kind: str) -> str:
    return f"{japanese.wareki_year(month)}{month.month}月 {kind}"


def _round(procedure: Any, month: date, today: date, clerk: Any) -> Round:
    def days(number: int) -> date:
        return today - timedelta(days=number)

    return act.open_round(
        procedure=procedure,
        slug=f"{month:%Y-%m}-first",
        name=_name(month, "一次"),
        name_en=f"{month:%B %Y}, first round",
        kind="first",
        month=month,
        calendar={
            "opens_on": days(116), "applications_until": days(CLOSED), "changes_until": days(TAKEN + 2), "result_on": days(TOLD),
            "answer_until": days(TOLD - 14),  # four days ahead: some have yet to answer
        },
        by=clerk,
    )  # fmt: skip


def _file(procedure: Any, kin: Kin) -> tuple[int, str]:
    """One application through the acts, and its passphrase; the answers are written whole, as one would type them from a sheet."""
    on = timezone.localdate()
    answers = {**kin.answers}
    on_leave(answers, on, _month_of(answers))
    if "childcare" in (answers.get("p1_leave_kind"), answers.get("p2_leave_kind")):
        answers.setdefault("leave_extension", "enter")
    started = applications.start(procedure=procedure)
    application = started.application
    draft = application.draft()
    draft.values = answers
    draft.pages_done = [page.id for page in application.version.form.pages]
    draft.save()
    application.email, application.agreed_electronic = kin.email, True
    application.save(update_fields=["email", "agreed_electronic"])
    sent = applications.submit(application=application)
    _unqueue(sent.arrived_at)
    return sent.pk, started.phrase


def _month_of(answers: dict[str, Any]) -> date:
    return date.fromisoformat(f"{answers['child'][0]['start_month']}-01")


def _unqueue(since: datetime) -> None:
    """Papers are made when they are opened first; a worker that made hundreds would keep the machine busy after the start."""
    DBTaskResult.objects.filter(enqueued_at__gte=since, status="READY", task_path__in=PAPERS).delete()


def _application(pk: int) -> Application:
    return Application.objects.select_related("version", "municipality", "procedure").defer(*SELDOM_READ).get(pk=pk)


def _tax_list(filed: list[tuple[int, Kin]]) -> bytes:
    """What the tax section answers: by the application's number."""
    numbers = dict(Application.objects.filter(pk__in=[pk for pk, _ in filed]).values_list("pk", "number"))
    target = io.StringIO(newline="")
    writer = csv.writer(target)
    writer.writerow(["受付番号", "氏名", "所得割額"])
    writer.writerows([numbers[pk], kin.name, kin.tax] for pk, kin in filed)
    return target.getvalue().encode("utf-8-sig")


def _check(first: Round, clerk: Any) -> None:
    """Papers came by post, but for every twentieth family; the clerk has looked through each that is complete."""
    began = timezone.now()
    for number, household in enumerate(Household.objects.filter(round=first).order_by("pk")):
        paths = [paper["path"] for paper in household.papers]
        has_come = paths and number % 20 != LATE_WITH_PAPERS
        complete = act.receive_papers(household=household, paths=paths, by=clerk) if has_come else household
        if not complete.missing:
            act.confirm_checked(household=household, by=clerk)
    _unqueue(began)


def _decide(first: Round, times: Times, clerk: Any, chief: Any, say: Callable[[float], None]) -> Plot:
    """Two trials, one chosen; agreed to, decided, told."""
    yield times.home(RUN)
    act.move_round(round=first, to="closed", by=clerk)
    for label in ("1回目", "公表の前の確認"):
        act.start_run(round=first, by=clerk, label=label)
        run_queued()
    say(0.6)
    run = Run.objects.filter(round=first).order_by("-number").first()
    yield times.home(APPROVED)
    act.propose_run(run=run, by=clerk)
    act.approve_round(round=Round.objects.get(pk=first.pk), by=chief)
    yield times.home(DECIDED)
    began = timezone.now()
    rows = list(Candidate.objects.filter(round=first).order_by("pk"))
    for number, candidate in enumerate(rows):
        act.decide_candidate(candidate=candidate, by=chief)
        if number % 50 == 0:
            say(0.6 + 0.3 * number / len(rows))
    _unqueue(began)
    act.finish_deciding(round=Round.objects.get(pk=first.pk), by=chief)
    yield times.home(TOLD)
    began = timezone.now()
    for candidate in rows:
        act.tell_candidate(candidate=candidate, by=chief)
    _unqueue(began)
    act.finish_telling(round=Round.objects.get(pk=first.pk), by=chief)
    say(0.97)


def run_queued() -> None:
    """Do what a worker would do with the placement that was just put into the queue."""
    for row in DBTaskResult.objects.filter(status="READY", task_path__endswith="place_run"):
        row.task.func(**row.args_kwargs["kwargs"])
        row.delete()


def _answers(first: Round, times: Times) -> Plot:
    """Most families take what they were offered; a few decline."""
    yield times.home(TOLD - 4)
    for candidate in Candidate.objects.filter(round=first, state="offered").exclude(subject=None).select_related("subject"):
        subject: Subject = candidate.subject
        chance = times.rng.random()
        if chance < 0.03:
            applications.decline(subject=subject)
        elif chance < 0.9:
            applications.accept_offer(subject=subject)
    act.settle_answers(round=first)


def _to_look_up(first: Round, phrases: dict[int, str], kin: dict[int, Kin]) -> Iterator[dict[str, Any]]:
    """One family that has yet to answer its offer, one that waits, one with siblings: their results can be opened."""
    rows = Candidate.objects.filter(round=first).exclude(subject=None).select_related("subject__application__procedure").order_by("pk")
    several = [row for row in rows if kin[row.subject.application_id].children > 1]
    for state, chosen in (("offered", rows), ("waitlisted", rows), ("siblings", several)):
        row = next((row for row in chosen if state in (row.state, "siblings")), None)
        if row is not None:
            application = row.subject.application
            yield looked_up(application, phrases[application.pk], kin[application.pk].answers["birth"], f"nursery: {state}")


def _second(first: Round, procedure: Any, month: date, today: date, clerk: Any) -> Round:
    """Open, with the seats that are left and those who wait."""
    second = act.open_round(
        procedure=procedure,
        slug=f"{month:%Y-%m}-second",
        name=_name(month, "二次"),
        name_en=f"{month:%B %Y}, second round",
        kind="second",
        month=month,
        calendar={
            "opens_on": today - timedelta(days=9), "applications_until": today + timedelta(days=12), "changes_until": today + timedelta(days=15),
            "result_on": today + timedelta(days=38), "answer_until": today + timedelta(days=52),
        },
        previous=Round.objects.get(pk=first.pk),
        by=clerk,
    )  # fmt: skip
    act.free_seats(round=second, by=clerk)
    act.move_round(round=second, to="open", by=clerk)
    act.carry_over(round=second, by=clerk)
    return Round.objects.get(pk=second.pk)


def _newcomers(second: Round, kin: list[Kin], times: Times, clerk: Any, say: Callable[[float], None]) -> Plot:
    """Families who apply for the second round first, over its days so far; their papers are still to come."""
    step, moment = timedelta(days=TOLD - 3) / max(1, len(kin)), times.home(TOLD - 2)
    filed = []
    for number, one in enumerate(kin):
        yield moment + step * number
        filed.append((_file(second.procedure, one)[0], one))
        say((number + 1) / len(kin))
    yield times.home(1)
    for pk, _kin in filed:
        act.take_in_application(round=second, application=_application(pk), by=clerk)
    if filed:
        act.import_office_list(round=second, kind="tax", data=_tax_list(filed), name="税の照会（架空）.csv", by=clerk)
    act.score_round(round=second, by=clerk)
