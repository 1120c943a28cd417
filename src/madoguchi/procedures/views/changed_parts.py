"""What differs between two states of a part of a form, in words: one line for each property and language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.engines.forms import Form, canonical_json, pick
from madoguchi.engines.forms.rule_words import Wording
from madoguchi.procedures.views.readable import TYPES
from madoguchi.procedures.views.versions import LANGUAGES, TOLD

NAMES = {  # the words of the comparison of versions, and what only whole parts have
    **TOLD,
    "title": gettext_lazy("題"),
    "intro": gettext_lazy("説明"),
    "unit": gettext_lazy("単位"),
    "show_if": TOLD["condition"],
    "repeat": gettext_lazy("くり返し"),
    "ends": gettext_lazy("ここで終わり"),
    "concept": gettext_lazy("意味"),
    "languages": gettext_lazy("言語"),
}
SPOKEN = dict(LANGUAGES)
TEXTS = frozenset({"title", "intro", "label", "hint", "unit"})


@dataclass(frozen=True)
class Line:
    """One difference: its name, and how it was and is; "" where there was or is nothing."""

    name: str
    before: str
    after: str


def lines(before: Mapping[str, Any], after: Mapping[str, Any], old: Form, new: Form) -> list[Line]:
    """The differences of a part's own properties; rules are said with the words of the form they stand in."""
    return list(_lines(before, after, Wording(old), Wording(new)))


def _lines(before: Mapping[str, Any], after: Mapping[str, Any], old: Wording, new: Wording) -> Iterator[Line]:
    for key in dict.fromkeys((*after, *before)):
        was, now = before.get(key), after.get(key)
        if canonical_json(was) == canonical_json(now) or key == "origin":
            continue
        name = str(NAMES.get(key, key))
        if key in TEXTS:
            for language in dict.fromkeys((*(now or {}), *(was or {}))):
                texts = [(one or {}).get(language, "") for one in (was, now)]
                if texts[0] != texts[1]:
                    yield Line(f"{name}（{SPOKEN.get(language, language)}）", *texts)
        else:
            yield Line(name, _said(key, was, old), _said(key, now, new))


def _said(key: str, value: Any, words: Wording) -> str:
    if value is None:
        return ""
    if key in ("show_if", "value"):
        return words.say(value)
    if key == "checks":
        return "\n".join(f"{words.say(one['that'])} → {pick(one['say'], 'ja')}" for one in value)
    if key == "type":
        return TYPES.get(value, str(value))
    if key == "repeat":
        return _("%(item)s：%(min)s〜%(max)s") % {
            "item": pick(value["item"], "ja"),
            "min": value.get("min", 0),
            "max": value.get("max", 20),
        }
    if isinstance(value, bool):
        return _("はい") if value else _("いいえ")
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return str(value) if not isinstance(value, dict) else canonical_json(value)


def fact_text(value: Any) -> str:
    """A fact of a procedure in Japanese, as one text."""
    if isinstance(value, Mapping):
        if "ja" in value:
            return str(value["ja"])
        return "\n".join(f"{key}: {fact_text(each)}" for key, each in value.items())
    if isinstance(value, list):
        return "\n".join(fact_text(one) for one in value)
    return "" if value is None else str(value)
