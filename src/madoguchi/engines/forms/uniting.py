"""The questions that several forms ask, as one form: each is asked once, and its answer is carried to every form that asks it.

A question is common when at least two forms ask for the same meaning with the same type, and one of them asks everybody. What only
some people are asked, and what one form alone asks, stays in the forms.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from .carrying import FAMILIES, family_of, may_carry
from .definition import Form, Question, Text, questions_of
from .texts import pick, strip_ruby

LANGUAGES = ("ja", "plain", "en")
# What of a question is the same wherever it is asked; conditions, checks and hints belong to the form they stand in.
KEPT = ("type", "list")
JOINS = {"ja": "、", "plain": "、", "en": ", "}


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question of one of the forms."""

    form: Form
    name: Text
    question: Question
    family: str  # of the group that repeats in which it stands, "" outside of one
    of_everybody: bool


@cache
def _words() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(resources.files(__package__).joinpath("uniting.json").read_text("utf-8"))
    return found


def unite(forms: Sequence[tuple[Text, Form]], *, form_id: str, title: Text) -> dict[str, Any] | None:
    """A form document of the common questions of these forms, each with the names of those it is asked for; None where there are none."""
    asked = [one for name, form in forms for one in _questions(name, form)]
    pages = [page for plan in _words()["pages"] if (page := _page(plan, asked))]
    if not pages:
        return None
    return {"schema": 1, "id": form_id, "languages": list(LANGUAGES), "title": dict(title), "pages": pages}


def _questions(name: Text, form: Form) -> Iterator[_Asked]:
    """The first question of each meaning in a form, outside of groups and in the first group of each family."""
    families: dict[str, str] = {}
    for repeat in form.repeats:
        family = family_of(form, repeat)
        if family and family not in families.values():
            families[repeat.id] = family
    always = {section.id: page.show_if is None and section.show_if is None for page in form.pages for section in page.sections}
    seen: set[tuple[str, str]] = set()
    for question in questions_of(form):
        if not may_carry(question) or (question.repeat is not None and question.repeat not in families):
            continue
        family = families.get(question.repeat or "", "")
        if (str(question.concept), family) not in seen:
            seen.add((str(question.concept), family))
            yield _Asked(form, name, question, family, always[question.section] and question.show_if is None)


def _page(plan: Mapping[str, Any], asked: Sequence[_Asked]) -> dict[str, Any] | None:
    sections: list[dict[str, Any]] = []
    plain = list(_common(plan, asked, ""))
    if plain:
        sections.append({"id": f"{plan['id']}-all", "questions": plain})
    for family in FAMILIES:
        rows = list(_common(plan, asked, family)) if family in plan["families"] else []
        if rows and any(row["concept"] == f"{family}.name" for row in rows):
            item = _words()["items"][family]
            repeat = {"id": family, "min": 1, "max": 12, "item": item, "named_by": f"{family}_row_name"}
            sections.append({"id": f"{plan['id']}-rows", "repeat": repeat, "questions": rows})
    return {"id": plan["id"], "title": plan["title"], "sections": sections} if sections else None


def _common(plan: Mapping[str, Any], asked: Sequence[_Asked], family: str) -> Iterator[dict[str, Any]]:
    concepts = dict.fromkeys(
        str(one.question.concept)
        for one in asked
        if one.family == family and str(one.question.concept).partition(".")[0] in plan["families"]
    )
    for concept in concepts:
        group = _alike([one for one in asked if one.family == family and one.question.concept == concept])
        if len(group) >= 2 and any(one.of_everybody for one in group):
            yield _merged(concept, group, family, len({id(one.form) for one in asked}))


def _alike(group: Sequence[_Asked]) -> list[_Asked]:
    """Those that an answer to the first one that everybody is asked would fit."""
    lead = next((one for one in group if one.of_everybody), None)
    if lead is None or any(choice.show_if is not None for choice in lead.question.choices):
        return []
    return [one for one in group if _form_of(one.question) == _form_of(lead.question)]


def _form_of(question: Question) -> tuple[Any, ...]:
    return (question.type, question.list, frozenset(choice.label["ja"] for choice in question.choices))


def _merged(concept: str, group: Sequence[_Asked], family: str, forms: int) -> dict[str, Any]:
    """One question that satisfies them all: the strictest limits, required where anybody who asks everybody requires it."""
    lead = next(one for one in group if one.of_everybody)
    raw = _raw(lead.form, lead.question.id)
    made: dict[str, Any] = {"id": _id(concept, family), "concept": concept}
    made |= {key: raw[key] for key in KEPT if key in raw}
    if "choices" in raw:
        made["choices"] = [
            {**choice, **{key: _whole(choice[key]) for key in ("label", "hint") if key in choice}} for choice in raw["choices"]
        ]
    made["label"] = _words()["labels"].get(concept) or _whole(raw["label"])
    made["hint"] = _used_for([one.name for one in group], everywhere=len(group) == forms)
    needs = [one.question.required for one in group if one.of_everybody]
    if any(needs):
        made["required"] = True if True in needs else "soft"
    if lead.question.type in ("text", "long_text", "kana"):
        made["max_length"] = min(one.question.max_length for one in group)
    if lead.question.type == "person_name":
        kana = {one.question.kana for one in group}
        made["kana"] = next(each for each in ("required", "optional", "none") if each in kana)
    return made


def _id(concept: str, family: str) -> str:
    """applicant.name → applicant_name; child.name in a row → child_row_name."""
    head, _, tail = concept.partition(".")
    return f"{head}_row_{tail}" if family else concept.replace(".", "_")


def _used_for(names: Sequence[Text], *, everywhere: bool) -> dict[str, str]:
    if everywhere:
        return dict(_words()["used_for_all"])
    words = _words()["used_for"]
    return {language: words[language].format(names=JOINS[language].join(_name(name, language) for name in names)) for language in LANGUAGES}


def _whole(text: Text) -> dict[str, str]:
    """A text in all languages; what a form does not say in one is said in Japanese."""
    return {language: text.get(language) or strip_ruby(text["ja"]) for language in LANGUAGES}


def _name(name: Text, language: str) -> str:
    """A procedure's name as the text of that language writes it (furigana stay in やさしい日本語)."""
    return name.get("plain") or strip_ruby(name["ja"]) if language == "plain" else pick(name, language)


def _raw(form: Form, question_id: str) -> Mapping[str, Any]:
    """The question as its document writes it."""
    todo: list[Any] = [form.document["pages"]]
    while todo:
        value = todo.pop()
        if isinstance(value, Mapping):
            if value.get("id") == question_id and "label" in value and "type" in value:
                return value
            todo += [each for key, each in value.items() if key in ("sections", "questions")]
        elif isinstance(value, list | tuple):
            todo += value
    raise KeyError(question_id)
