"""指数の計算: every child of a round, or of one family, from the facts in force; and which families are not complete."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from madoguchi.accounts.actions import record
from madoguchi.accounts.models import User
from madoguchi.applications import actions as applications
from madoguchi.applications.models import State
from madoguchi.engines.forms import pick
from madoguchi.engines.placement.points import FaultyRules, Score, lint, load
from madoguchi.engines.placement.points import Rules as Rulebook
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models import Candidate, EmploymentCertificate, Facility, Household, Round, Rules
from madoguchi.nursery.models.promised import certified_parents, named, outstanding
from madoguchi.nursery.models.rulebook import rulebook_of, rules_row_for
from madoguchi.nursery.models.scores import children_of, families_of, score_family

SAVED_AT_ONCE = 500


@transaction.atomic
def publish_rules(*, document: Mapping[str, Any], by: User | None, note: str = "") -> Rules:
    """公開 of a 利用調整基準: checked, numbered, fixed for ever. Raises Refused, saying what is wrong and where."""
    try:
        compiled = load(document)
    except FaultyRules as faulty:
        problems = "、".join(f"{path}（{sentence}）" for path, sentence in faulty.problems[:5])
        raise Refused(_("基準に直すところがあります：%(problems)s") % {"problems": problems}, code="faulty_rules") from faulty
    errors = [f"{finding.path}（{finding.sentence}）" for finding in lint(compiled) if finding.level == "error"]
    if errors:
        raise Refused(_("基準に直すところがあります：%(problems)s") % {"problems": "、".join(errors[:5])}, code="faulty_rules")
    data = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    year = compiled.first_month.year - (compiled.first_month.month < 4)
    newest = Rules.objects.filter(fiscal_year=year).order_by("-number").first()
    digest = hashlib.sha256(data).hexdigest()
    if newest is not None and newest.hash == digest:
        return newest
    number = 1 if newest is None else newest.number + 1
    made = Rules.objects.create(fiscal_year=year, number=number, document=dict(document), hash=digest, note=note[:300], by=by)
    record("nursery.publish_rules", by=by, on=made, year=year, number=number, hash=digest)
    return made


@transaction.atomic
def score_round(*, round: Round, by: User | None) -> int:  # noqa: A002 the office's word
    """Score every child of a round by the rules of its month; gives how many. Raises Refused for a month without rules or with two."""
    if round.is_fixed:
        raise Refused(_("決裁に進んだ回では、指数を計算し直せません。差し戻してからにしてください。"), code="round_fixed")
    row = rules_row_for(round.month)
    if round.rules_id != row.pk:
        round.rules = row
        round.save(update_fields=["rules"])
    by_household = children_of(round)
    scored = _score(round, by_household)
    record("nursery.score_round", by=by, on=round, division=round.procedure.division, children=scored, rules=row.pk)
    return scored


@transaction.atomic
def score_household(*, household: Household, by: User | None) -> int:
    """Score the children of one family. Raises Refused like score_round."""
    if household.round.is_fixed:
        raise Refused(_("決裁に進んだ回では、指数を計算し直せません。差し戻してからにしてください。"), code="round_fixed")
    if household.round.rules_id is None:
        household.round.rules = rules_row_for(household.round.month)
        household.round.save(update_fields=["rules"])
    children = list(Candidate.objects.competing().filter(household=household).select_related("household", "current").order_by("order"))
    return _score(household.round, {household: children})


def _score(row: Round, by_household: Mapping[Household, list[Candidate]]) -> int:
    rules, facilities = rulebook_of(row), {facility.code: facility for facility in Facility.objects.all()}
    families = families_of([household.pk for household in by_household])
    now, changed, checked = timezone.now(), [], []
    certificates: dict[int, list[EmploymentCertificate]] = {}
    for certificate in EmploymentCertificate.objects.filter(household__in=[household.pk for household in by_household], replaced_by=None):
        certificates.setdefault(certificate.household_id, []).append(certificate)
    for household, children in by_household.items():
        scores = score_family(row, rules, families[household.pk], children, facilities)
        for child in children:
            child.score, child.scored_at = scores[child.pk].as_data(), now
            changed.append(child)
        household.missing = missing_of(household, rules, list(scores.values()), certificates.get(household.pk, []))
        checked.append(household)
    Candidate.objects.bulk_update(changed, ["score", "scored_at"], batch_size=SAVED_AT_ONCE)
    Household.objects.bulk_update(checked, ["missing"], batch_size=SAVED_AT_ONCE)
    return len(changed)


def missing_of(
    household: Household, rules: Rulebook, scores: list[Score], certificates: list[EmploymentCertificate]
) -> list[dict[str, str]]:
    """What is not there yet, each with a sentence: facts that a row asked for, documents to follow, origins that nobody confirmed."""
    unknown = {(slot, key) for each in scores for slot, key in each.unknown if key in rules.facts}
    if "tax_amount" in rules.facts and any(_reads_tax(rules)) and _without_tax(household):
        unknown.add(("household", "tax_amount"))
    found = [
        ("fact", slot, key, _("分からないこと：%(fact)s") % {"fact": pick(rules.facts[key].text, "ja")}) for slot, key in sorted(unknown)
    ]
    if not all(one.is_verified for one in certificates) or any(each.provisional for each in scores):
        found.append(("unverified", "household", "", _("勤め先が入力した就労証明書の出どころを確かめてください。")))
    shown = [{"kind": kind, "slot": slot, "key": key, "text": text} for kind, slot, key, text in found]
    return [*shown, *_papers_missing(household, {one.parent for one in certificates})]


def _papers_missing(household: Household, certified: Collection[int]) -> list[dict[str, str]]:
    return [
        {
            "kind": "paper",
            "slot": "household",
            "key": paper["path"],
            "text": _("後から出す書類が届いていません：%(label)s") % {"label": named(paper, household.papers)},
        }
        for paper in outstanding(household.papers, certified)
    ]


@transaction.atomic
def receive_papers(*, household: Household, paths: Collection[str], by: User) -> Household:
    """Papers that were promised came to the counter or by post. Raises Refused for one that was not promised."""
    row = Household.objects.select_for_update(of=("self",)).select_related("round__procedure__division").get(pk=household.pk)
    waiting = {paper["path"]: paper for paper in row.papers if not paper["came_on"]}
    if not paths or not set(paths) <= set(waiting):
        raise Refused(_("届いていない書類の中から選んでください。"), code="no_such_paper")
    for path in paths:
        waiting[path]["came_on"] = timezone.localdate().isoformat()
    row.missing = [one for one in row.missing if one["kind"] != "paper"] + _papers_missing(row, certified_parents(row))
    row.save(update_fields=["papers", "missing"])
    record("nursery.receive_papers", by=by, on=row, division=row.round.procedure.division, papers=sorted(paths))
    return row


def _reads_tax(rules: Rulebook) -> list[bool]:
    return ["tax_amount" in key.names for key in rules.tie_breaks]


def _without_tax(household: Household) -> bool:
    return not household.facts.in_force().filter(key="tax_amount").exists()


@transaction.atomic
def confirm_checked(*, household: Household, by: User) -> Household:
    """確認済み: a clerk has looked through the family. What is still missing stays listed; where nothing is, the application is accepted."""
    rows = Household.objects.select_for_update(of=("self",)).select_related("round__procedure__division", "application")
    row = rows.get(pk=household.pk)
    row.checked_at, row.checked_by = timezone.now(), by
    row.save(update_fields=["checked_at", "checked_by"])
    record("nursery.confirm_checked", by=by, on=row, division=row.round.procedure.division, missing=len(row.missing))
    if row.application is not None and row.application.state == State.SUBMITTED and not row.missing:
        applications.accept(application=row.application, by=by)
    return row
