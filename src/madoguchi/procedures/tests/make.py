"""Builders: a small form, a procedure with a published version, a code list. Everything in them is invented."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.test import Client

from madoguchi.accounts.models import Division, Membership, User
from madoguchi.procedures.actions import keep_example, publish, publish_code_list
from madoguchi.procedures.models import CodeList, Procedure, ProcedureKind

Json = dict[str, Any]


def words(ja: str, en: str = "") -> Json:
    return {"ja": ja, "plain": ja, "en": en or ja}


FORM: Json = {
    "schema": 1,
    "id": "dog",
    "languages": ["ja", "plain", "en"],
    "title": words("犬の届け", "Tell us about a dog"),
    "pages": [
        {
            "id": "you",
            "title": words("飼い主", "The owner"),
            "questions": [
                {"id": "name", "type": "person_name", "label": words("氏名", "Name"), "required": True, "concept": "applicant.name"},
                {
                    "id": "kind",
                    "type": "choice",
                    "label": words("飼い始めた理由", "How it came"),
                    "required": True,
                    "choices": [{"id": "born", "label": words("生まれた", "Born")}, {"id": "given", "label": words("もらった", "Given")}],
                },
                {"id": "giver", "type": "text", "label": words("くれた人", "Giver"), "show_if": {"==": [{"var": "kind"}, "given"]}},
            ],
        }
    ],
}


def form(slug: str = "dog", **changes: Any) -> Json:
    """A copy of the small form, with another id and some keys changed."""
    return {**copy.deepcopy(FORM), "id": slug, **changes}


def make_procedure(
    division: Division, slug: str = "dog", *, by: User | None = None, document: Json | None = None, published: bool = True, **facts: Any
) -> Procedure:
    """A procedure of a division, with version 1 unless `published` is False."""
    procedure = Procedure.objects.create(
        slug=slug,
        division=division,
        kind=facts.pop("kind", ProcedureKind.APPLICATION),
        name=facts.pop("name", words("犬の登録", "Dog registration")),
        kana=facts.pop("kana", "いぬのとうろく"),
        **facts,
    )
    if published:
        publish(procedure=procedure, document=document or form(slug), by=by)
        procedure.refresh_from_db()
    return procedure


READY: Json = {  # what the task list asks of a procedure
    "privacy": words("犬の登録のためだけに使います", "Only for the registration of the dog"),
    "criteria": words("住所が区内にあること", "You live in the city"),
    "clock_unit": "calendar",
    "standard_days": 30,
    "outcomes": ["granted", "refused"],
    "notice_texts": {
        outcome: {"title": words("結果のお知らせ", "The result"), "body": words("決まりました", "It is decided")}
        for outcome in ("granted", "refused")
    },
}
ANSWERS: Json = {"name": {"family": "架空", "given": "太郎", "family_kana": "カクウ", "given_kana": "タロウ"}, "kind": "born"}


def make_ready(division: Division, slug: str = "dog", **facts: Any) -> Procedure:
    """A procedure of which nothing on the task list is open but what a draft itself brings; with one example that passes."""
    procedure = make_procedure(division, slug, **{**READY, **facts})
    keep_example(procedure=procedure, name="生まれた犬", on=date(2026, 11, 20), answers=ANSWERS, expect="clean", by=None)
    return procedure


ENTRIES: list[Json] = [
    {
        "id": "a1",
        "label": words("東陽保育園", "Toyo Nursery"),
        "kana": "とうようほいくえん",
        "group": words("東陽"),
        "facts": {"baby": True},
    },
    {"id": "a2", "label": words("亀戸保育園", "Kameido Nursery"), "kana": "かめいどほいくえん"},
]


def make_code_list(name: str = "nurseries", version: str = "1", entries: list[Mapping[str, Any]] | None = None) -> CodeList:
    return publish_code_list(name=name, version=version, entries=entries or ENTRIES, by=None)


def signed_in(member: Membership) -> Client:
    """A browser in which the member is signed in at the desk."""
    client = Client()
    client.force_login(member.user)
    client.cookies["madoguchi_desk"] = client.cookies["sessionid"].value
    return client
