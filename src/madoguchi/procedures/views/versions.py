"""Versions of a form beside each other, and an earlier one brought back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from madoguchi.engines.forms import Difference, Form, differences
from madoguchi.engines.forms.texts import strip_ruby
from madoguchi.lib.errors import Refused
from madoguchi.lib.guards import desk
from madoguchi.procedures.actions import restore_version
from madoguchi.procedures.models import ProcedureVersion
from madoguchi.procedures.views.desk import SENTENCES
from madoguchi.procedures.views.publishing import place
from madoguchi.procedures.views.readable import readable
from madoguchi.procedures.views.studio_found import here, procedure_of

TOLD = {  # what a question says of itself in words, and how that is called
    "label": gettext_lazy("たずねる文"), "hint": gettext_lazy("補足"), "type": gettext_lazy("答えの形"), "required": gettext_lazy("答えが要るか"),
    "condition": gettext_lazy("出る条件"), "limits": gettext_lazy("答えの範囲"), "choices": gettext_lazy("選択肢"),
    "checks": gettext_lazy("答えの点検"), "value": gettext_lazy("計算"),
}  # fmt: skip
LANGUAGES = (("ja", gettext_lazy("日本語")), ("plain", gettext_lazy("やさしい日本語")), ("en", gettext_lazy("英語")))


@desk("desk")
@require_GET
def compare(request: HttpRequest, procedure: str, number: int, other: int) -> HttpResponse:
    """What differs between two versions, each difference with the words before and after."""
    found = procedure_of(procedure)
    rows = ProcedureVersion.objects.filter(procedure=found).defer("document")
    old, new = get_object_or_404(rows, number=number), get_object_or_404(rows, number=other)
    context = {
        "procedure": found,
        "old": old,
        "new": new,
        "versions": rows.order_by("-number"),
        "rows": [*beside(old.form, new.form)],
        "is_older": number < other,
    }
    return render(request, "procedures/desk_compare.html", context)


def beside(old: Form, new: Form) -> Iterator[dict[str, Any]]:
    """Differences in the order of the form, each with (name, before, after) of what is said."""
    before, after = _told(old), _told(new)
    for each in differences(old, new):
        yield {
            "text": each.text,
            "id": each.id,
            "level": each.level,
            "sentence": SENTENCES[each.key],
            "changes": list(_changes(each, before, after)),
        }


def _told(form: Form) -> dict[str, dict[str, str]]:
    """{id of a question, page or calculation: {what is said: words}}."""
    said = readable(form)
    told = {each["id"]: {"value": str(each["value"])} for each in said["calculations"]}
    told[form.id] = {**_texts("label", form.title), **_texts("hint", form.intro)}
    for page in said["pages"]:
        words = {**_texts("label", page["title"]), **_texts("hint", page["intro"])}
        told[page["id"]] = {**words, "condition": str(page["condition"] or "")}
        for section in page["sections"]:
            outer = [each for each in (page["condition"], section["condition"]) if each]
            for question in section["questions"]:
                told[question["id"]] = _question(question, outer)
    return told


def _question(question: Mapping[str, Any], outer: list[str]) -> dict[str, str]:
    conditions = [*outer, *([question["condition"]] if question["condition"] else [])]
    return {
        **_texts("label", question["label"]),
        **_texts("hint", question["hint"]),
        "type": str(question["type"]),
        "required": str(question["required"]),
        "condition": "\n".join(str(each) for each in conditions),
        "limits": str(question["limits"]),
        "choices": "\n".join(_choice(each) for each in question["choices"]),
        "checks": "\n".join(f"{each['that']} → {_all(each['say'])}" for each in question["checks"]),
        "value": str(question["value"] or ""),
    }


def _choice(choice: Mapping[str, Any]) -> str:
    condition = f"（{choice['condition']}）" if choice["condition"] else ""
    return f"{_all(choice['label'])}{condition}"


def _texts(key: str, text: Mapping[str, str] | None) -> dict[str, str]:
    """A text by language, so that only those that changed are shown."""
    return {f"{key}.{language}": strip_ruby((text or {}).get(language, "")) for language, _name in LANGUAGES}


def _all(text: Mapping[str, str] | None) -> str:
    """A text in every language it has, for what stands in a list."""
    if not text:
        return ""
    return "\n".join(f"{name}：{strip_ruby(text[language])}" for language, name in LANGUAGES if text.get(language))


def _changes(each: Difference, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    was, now = before.get(each.id, {}), after.get(each.id, {})
    for key in dict.fromkeys([*was, *now]):
        if was.get(key, "") != now.get(key, ""):
            yield _called(key), was.get(key, ""), now.get(key, "")


def _called(key: str) -> str:
    """What a key is called: label.en is the question's text in English."""
    name, _dot, language = key.partition(".")
    return f"{TOLD[name]}（{dict(LANGUAGES)[language]}）" if language else str(TOLD[name])


@desk("forms.edit")
@require_POST
def restore(request: HttpRequest, procedure: str, number: int) -> HttpResponse:
    """Open a draft with the form of an earlier version."""
    found = procedure_of(procedure)
    version = get_object_or_404(ProcedureVersion.objects.select_related("procedure"), procedure=found, number=number)
    try:
        restore_version(version=version, by=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect(place(request, "version", found, number=number))
    messages.success(request, _("第%(number)s版の内容で、次の版を作り始めました。公開するまで、いまの版のままです。") % {"number": number})
    return redirect(here(request, found))
