"""Builders: a procedure with a small form, a draft, a filed application. Everybody in them is invented."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from madoguchi.accounts.models import Division
from madoguchi.accounts.tests.make import make_division
from madoguchi.applications.actions import start, submit
from madoguchi.applications.models import Application
from madoguchi.engines.forms import document_hash
from madoguchi.procedures.models import Procedure, ProcedureVersion

Json = dict[str, Any]


def words(ja: str, en: str = "") -> Json:
    return {"ja": ja, "plain": ja, "en": en or ja}


FORM: Json = {
    "schema": 1,
    "id": "test",
    "languages": ["ja", "plain", "en"],
    "title": words("試験の申請", "Test application"),
    "pages": [
        {
            "id": "you",
            "title": words("あなたについて", "About you"),
            "questions": [
                {"id": "name", "type": "person_name", "label": words("氏名", "Name"), "required": True, "concept": "applicant.name"},
                {
                    "id": "birth",
                    "type": "date",
                    "label": words("生年月日", "Date of birth"),
                    "required": True,
                    "concept": "applicant.birth",
                },
                {"id": "home", "type": "address", "label": words("住所", "Address"), "concept": "applicant.address"},
                {"id": "email", "type": "email", "label": words("メールアドレス", "E-mail"), "concept": "applicant.email"},
            ],
        },
        {
            "id": "request",
            "title": words("申請の内容", "Your request"),
            "questions": [
                {
                    "id": "kind",
                    "type": "choice",
                    "label": words("種類", "Kind"),
                    "required": True,
                    "choices": [{"id": "new", "label": words("新しく", "New")}, {"id": "again", "label": words("もう一度", "Again")}],
                },
                {
                    "id": "before_on",
                    "type": "date",
                    "label": words("前に申請した日", "Applied before on"),
                    "required": True,
                    "show_if": {"==": [{"var": "kind"}, "again"]},
                },
                {"id": "amount", "type": "yen", "label": words("金額", "Amount"), "amendable": True},
                {"id": "reason", "type": "long_text", "label": words("理由", "Reason"), "required": True},
                {"id": "proof", "type": "file", "label": words("証明する書類", "Proof"), "required": "soft", "later": True},
            ],
        },
    ],
}

CHILDREN: Json = {
    **FORM,
    "pages": [
        *FORM["pages"],
        {
            "id": "children",
            "title": words("お子さま", "Children"),
            "repeat": {"id": "child", "min": 1, "max": 6, "item": words("お子さま", "Child"), "named_by": "child_name", "subject": True},
            "questions": [
                {
                    "id": "child_name",
                    "type": "person_name",
                    "label": words("お子さまの氏名", "Child's name"),
                    "required": True,
                    "kana": "none",
                },
                {"id": "child_birth", "type": "date", "label": words("お子さまの生年月日", "Child's birth"), "required": True},
            ],
        },
    ],
}

WITH_MYNUMBER: Json = {
    **FORM,
    "pages": [
        *FORM["pages"],
        {
            "id": "number",
            "title": words("個人番号", "Individual Number"),
            "questions": [{"id": "mynumber", "type": "mynumber", "label": words("個人番号", "Individual Number"), "required": "soft"}],
        },
    ],
}

ANSWERS: Json = {
    "name": {"family": "架空", "given": "花子", "family_kana": "カクウ", "given_kana": "ハナコ"},
    "birth": "1990-04-15",
    "home": {"postal": "135-0016", "prefecture": "東京都", "city": "江東区", "town": "東陽", "block": "4-11-28"},
    "email": "hanako@example.jp",
    "kind": "new",
    "amount": 12000,
    "reason": "試験のため",
}

TWO_CHILDREN: Json = {
    **ANSWERS,
    "child": [
        {"row": "r1", "child_name": {"family": "架空", "given": "一郎"}, "child_birth": "2024-02-03"},
        {"row": "r2", "child_name": {"family": "架空", "given": "二葉"}, "child_birth": "2022-05-06"},
    ],
}


def make_procedure(slug: str = "test", kind: str = "application", form: Mapping[str, Any] | None = None, **facts: Any) -> Procedure:
    """A published procedure of the open scope's first division (made when there is none); `facts` are fields of Procedure."""
    document = {**(form or FORM), "id": slug}
    facts.setdefault("division", Division.objects.order_by("pk").first() or make_division())
    facts.setdefault("name", words("試験の手続き", "Test procedure"))
    facts.setdefault("outcomes", ["granted", "partly", "refused", "dismissed", "held"])
    facts.setdefault("clock_unit", "calendar")
    facts.setdefault("standard_days", 30)
    procedure = Procedure.objects.create(slug=slug, kind=kind, **facts)
    version = ProcedureVersion.objects.create(procedure=procedure, number=1, document=document, hash=document_hash(document))
    procedure.current = version
    procedure.save(update_fields=["current"])
    return procedure


def make_draft(procedure: Procedure, answers: Mapping[str, Any] | None = None, *, email: str = "", **options: Any) -> Application:
    """A draft with these canonical answers; its passphrase is kept on the object as `phrase`, for tests only."""
    started = start(procedure=procedure, **options)
    application = started.application
    draft = application.draft()
    draft.values = dict(ANSWERS if answers is None else answers)
    draft.pages_done = [page.id for page in application.version.form.pages]
    draft.save()
    if email:
        application.email = email
        application.save(update_fields=["email"])
    application.phrase = started.phrase
    return application


def make_filed(procedure: Procedure, answers: Mapping[str, Any] | None = None, *, arrived: Any = None, **options: Any) -> Application:
    """A filed application; `arrived` puts its arrival (and nothing else) at another moment."""
    draft = make_draft(procedure, answers, **options)
    application = submit(application=draft)
    application.phrase = draft.phrase
    if arrived is not None:
        application.arrived_at = arrived
        application.save(update_fields=["arrived_at"])
    return application


def days_ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)
