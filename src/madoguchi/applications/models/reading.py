"""Reading answers by concept, never by question id."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from madoguchi.applications.models.answers import Answers
from madoguchi.applications.models.application import Applicant, Application
from madoguchi.engines import japanese
from madoguchi.engines.forms import Item, Walk, walk
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


def walk_revision(application: Application, revision: Answers) -> Walk:
    """The walk of a revision on the day that it keeps: an age must not change a filed form."""
    return walk(application.version.form, revision.values, on=revision.as_of, lists=lists())


def applicant(application: Application) -> Applicant:
    """申請者 of the newest revision."""
    latest = application.latest()
    return applicant_of(walk_revision(application, latest)) if latest is not None else Applicant()
