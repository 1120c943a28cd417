"""The resident persona's second child: two procedures begun together, asked once, sent with one press to two divisions."""

from __future__ import annotations

from datetime import date

from madoguchi.accounts.actions import resident_for
from madoguchi.applications import actions as act
from madoguchi.applications.models import FilingBundle
from madoguchi.demo.answers import Example
from madoguchi.demo.city import City
from madoguchi.demo.filing import Case, clean_answers, write_answers
from madoguchi.engines.forms.carrying import carry, offers
from madoguchi.lib.invented import Lead, World
from madoguchi.procedures.actions import lists, offered_bundle

BUNDLE, CHOSEN = "shussei", ("jido-teate-gakukaitei", "kokuho-kanyu")


def file_together(*, city: City, examples: dict[str, list[Example]], world: World, lead: Lead, today: date) -> FilingBundle:
    """Begin, answer the common questions as the first form's answers say, fill both forms, send. Raises ValueError without a clean example."""
    offered = offered_bundle(BUNDLE)
    if offered is None:
        raise ValueError(f"there is no bundle {BUNDLE}")
    resident = resident_for(email=lead.email, language="ja")
    made = act.start_bundle(offered=offered, chosen=CHOSEN, agreed=True, resident=resident)
    for member in made.filing.members.select_related("application__version", "procedure"):
        case = Case(city, member.procedure.slug, examples[member.procedure.slug], world, lead, application=member.application)
        case.filled = clean_answers(case, member.procedure)
        write_answers(case)
        _pass(case, made.filing, today)
    act.carry_common(filing=made.filing, by=resident)
    act.submit_bundle(filing=made.filing, by=resident)
    return made.filing


def _pass(case: Case, filing: FilingBundle, today: date) -> None:
    """Every page was seen; what the form answers is what was answered in common."""
    draft = case.own.draft()
    walked = act.walk_of(case.own, draft)
    for page in walked.pages:
        act.mark_page_done(draft=draft, page=page.page.id)
    if filing.form is not None and not filing.values:
        found = offers(walked, filing.form, on=today, lists=lists())
        act.write_answers(store=filing, application=filing, values=carry({}, found, form=filing.form).values)
