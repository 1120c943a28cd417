"""Reading answers by concept, never by question id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from madoguchi.applications.models.answers import Answers
from madoguchi.applications.models.application import Applicant, Application
from madoguchi.engines import japanese
from madoguchi.engines.forms import Change, Form, Item, Walk, diff, pick, walk
from madoguchi.procedures.actions import lists


def by_concept(walked: Walk, concept: str) -> Iterator[Item]:
    """Answered items of one meaning, in the form's order."""
    return (item for item in walked.items() if item.question.concept == concept and item.answered)


def first(walked: Walk, concept: str) -> Any:
    """The first answer of one meaning, None when there is none."""
    return next((item.value for item in by_concept(walked, concept)), None)


def full_name(value: Any) -> tuple[str, str]:
    """(name, kana) of a person_name; ("", "") of nothing."""
    if not isinstance(value, dict):
        return ("", "")
    return tuple(" ".join(part for part in (value.get(f"family{end}"), value.get(f"given{end}")) if part) for end in ("", "_kana"))


def address_line(value: Any) -> str:
    """A postal address in one line, from prefecture to building."""
    if not isinstance(value, dict):
        return ""
    line = "".join(value.get(part) or "" for part in ("prefecture", "city", "town", "block"))
    return f"{line} {value['building']}" if value.get("building") else line


def applicant_of(walked: Walk) -> Applicant:
    """申請者 as the form's concepts name them."""
    name, kana = full_name(first(walked, "applicant.name"))
    if not name:
        name = str(first(walked, "applicant.company") or "")
    where = first(walked, "applicant.address")
    born = first(walked, "applicant.birth")
    return Applicant(
        name=name,
        kana=kana,
        birth=date.fromisoformat(born) if isinstance(born, str) else None,
        email=str(first(walked, "applicant.email") or ""),
        phone=str(first(walked, "applicant.phone") or ""),
        postal=(where or {}).get("postal") or "" if isinstance(where, dict) else "",
        address=address_line(where),
        by_proxy=full_name(first(walked, "proxy.name"))[0],
    )


def search_text(walked: Walk) -> str:
    """Names and kana of everybody in the answers, folded for search."""
    names = [part for item in walked.items() if item.question.type == "person_name" and item.answered for part in full_name(item.value)]
    names += [str(item.value) for item in walked.items() if item.question.concept == "applicant.company" and item.answered]
    return " ".join(dict.fromkeys(japanese.search_key(name) for name in names if name))


def form_of(application: Application, revision: Answers) -> Form:
    """The form with which a revision was filed, whatever version the application stands on by now."""
    if revision.version_id is None or revision.version_id == application.version_id:
        return application.version.form
    return revision.version.form


def walk_revision(application: Application, revision: Answers) -> Walk:
    """The walk of a revision as it was filed: with its own version, and on the day that it keeps (an age must not change a filed form)."""
    return walk(form_of(application, revision), revision.values, on=revision.as_of, lists=lists())


def walk_now(application: Application, revision: Answers) -> Walk:
    """The walk of the same answers with the version on which the next revision will be made."""
    return walk(application.version.form, revision.values, on=revision.as_of, lists=lists())


def changes_between(application: Application, old: Answers, new: Answers) -> tuple[Change, ...]:
    """What differs between two revisions; what only the older one's form asked comes last."""
    changes = diff(form_of(application, new), old.values, new.values)
    known = {change.path for change in changes}
    before = form_of(application, old)
    return (*changes, *(each for each in diff(before, old.values, new.values) if each.path not in known))


def group_name(application: Application, repeat: str, language: str) -> str:
    """What the rows of a group are called, in whichever version of the application's form has it."""
    versions = [application.version, *(switch.before for switch in application.switches.select_related("before"))]
    found = (each.item for version in versions for each in version.form.repeats if each.id == repeat)
    return pick(next(found, None), language) or repeat


def applicant(application: Application) -> Applicant:
    """申請者 of the newest revision."""
    latest = application.latest()
    return applicant_of(walk_revision(application, latest)) if latest is not None else Applicant()
