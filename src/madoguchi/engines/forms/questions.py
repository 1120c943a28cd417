"""One question: which keys its type has, what they default to, what is a fault."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal, cast

from .definition import TYPES, Check, Choice, Question, Repeat
from .parsing import Parser
from .patterns import PATTERNS
from .schema import IDS, Part

COMMON = frozenset({"id", "type", "label", "hint", "required", "show_if", "concept", "amendable", "checks"})
OWN: Mapping[str, frozenset[str]] = {
    "text": frozenset({"min_length", "max_length", "pattern"}),
    "long_text": frozenset({"min_length", "max_length"}),
    "person_name": frozenset({"kana"}),
    "kana": frozenset({"max_length"}),
    "number": frozenset({"min", "max", "decimals", "unit"}),
    "yen": frozenset({"min", "max"}),
    "choice": frozenset({"choices"}),
    "choices": frozenset({"choices", "min", "max"}),
    "lookup": frozenset({"list"}),
    "ranked": frozenset({"list", "min", "max", "facts"}),
    "file": frozenset({"max_files", "max_mb", "accept", "later"}),
    "calculated": frozenset({"value", "format"}),
}
LENGTHS = {"text": 200, "long_text": 2000, "kana": 200}
ACCEPT = ("pdf", "jpeg", "png", "heic")
CALCULATED = ("number", "yen", "text", "date")
MAX_CHOICES = 500


def load_question(part: Part, parser: Parser, *, page: str, section: str, repeat: Repeat | None, order: int) -> Question | None:
    """The question, or None with faults noted where not even its type is known."""
    kind = part.raw.get("type")
    if kind not in TYPES:
        part.fault("type", "知らない種類です: " + str(kind)[:40])
        return None
    part.only(COMMON | OWN.get(kind, frozenset()))
    scope = repeat.id if repeat else None
    required = _required(part, kind)
    own: dict[str, Any] = _OWN_KEYS[kind](part, required) if kind in _OWN_KEYS else {}
    if kind in ("choice", "choices"):
        own["choices"] = _choices(part, parser, scope)
    if kind == "calculated":
        if not part.has("value"):
            part.fault("value", "計算式が必要です")
            return None
        own["value"] = parser.parse(part.raw["value"], part.at("value"), repeat=scope)
    return Question(
        id=part.identifier("id", "question"),
        type=kind,
        label=part.text("label"),
        hint=part.optional_text("hint"),
        page=page,
        section=section,
        repeat=scope,
        order=order,
        required=required,
        show_if=parser.parse(part.raw["show_if"], part.at("show_if"), repeat=scope) if part.has("show_if") else None,
        concept=_concept(part),
        amendable=part.flag("amendable"),
        checks=_checks(part, parser, scope),
        **own,
    )


def _concept(part: Part) -> str | None:
    value = part.raw.get("concept")
    if value is None or (isinstance(value, str) and 0 < len(value) <= 80):
        return value
    part.fault("concept", "項目の意味の名前（concept）を文字列で書いてください")
    return None


def _required(part: Part, kind: str) -> bool | Literal["soft"]:
    value = part.raw.get("required", False)
    if not (isinstance(value, bool) or value == "soft"):
        part.fault("required", 'true、"soft"、false のどれかを書いてください')
        return False
    if value and kind in ("calculated", "information"):
        part.fault("required", "答えを書かない質問は必須にできません")
    return cast('bool | Literal["soft"]', value)


def _checks(part: Part, parser: Parser, scope: str | None) -> tuple[Check, ...]:
    checks = []
    for each in part.children("checks", 50):
        each.only({"that", "say", "level"})
        if not each.has("that"):
            each.fault("that", "条件が必要です")
            continue
        rule = parser.parse(each.raw["that"], each.at("that"), repeat=scope)
        say, level = each.text("say"), each.word("level", ("error", "warning"), "error")
        if rule:
            checks.append(Check(rule, say, cast('Literal["error", "warning"]', level)))
    return tuple(checks)


def _choices(part: Part, parser: Parser, scope: str | None) -> tuple[Choice, ...]:
    choices = []
    for each in part.children("choices", MAX_CHOICES):
        each.only({"id", "label", "hint", "show_if", "exclusive"})
        choices.append(
            Choice(
                id=each.identifier("id", "choice"),
                label=each.text("label"),
                hint=each.optional_text("hint"),
                show_if=parser.parse(each.raw["show_if"], each.at("show_if"), repeat=scope) if each.has("show_if") else None,
                exclusive=each.flag("exclusive"),
            )
        )
    if not choices:
        part.fault("choices", "選択肢が1つ以上必要です")
    if len({choice.id for choice in choices}) < len(choices):
        part.fault("choices", "選択肢のidが重なっています")
    return tuple(choices)


def _span(part: Part, least: Any, most: Any, low: str = "min", high: str = "max") -> dict[str, Any]:
    if least is not None and most is not None and least > most:
        part.fault(low, f"{low} が {high} より大きくなっています")
    return {low: least, high: most}


def _text(part: Part, _required: object) -> dict[str, Any]:
    most = part.whole("max_length", LENGTHS[part.raw["type"]], 1, 10_000)
    least = part.whole("min_length", 0, 0, 10_000)
    return _span(part, least, most, "min_length", "max_length") | {"pattern": part.word("pattern", tuple(PATTERNS)) or None}


def _person_name(part: Part, required: object) -> dict[str, Any]:
    return {"kana": part.word("kana", ("required", "optional", "none"), "required" if required is True else "optional")}


def _number(part: Part, _required: object) -> dict[str, Any]:
    decimals = part.whole("decimals", 0, 0, 6)
    span = _span(part, part.limit("min", decimals), part.limit("max", decimals))
    return span | {"decimals": decimals, "unit": part.optional_text("unit")}


def _counts(part: Part, _required: object) -> dict[str, Any]:
    return _span(part, part.limit("min"), part.limit("max"))


def _lookup(part: Part, _required: object) -> dict[str, Any]:
    return {"list": part.identifier("list", "list")}


def _ranked(part: Part, _required: object) -> dict[str, Any]:
    least, most = part.whole("min", 1, 0, 50), part.whole("max", 5, 1, 50)
    facts = part.words("facts", (), most=20)
    if not all(IDS["question"].fullmatch(each) for each in facts):
        part.fault("facts", "項目名（a-z0-9_）のリストを書いてください")
    return _span(part, Decimal(least), Decimal(most)) | {"list": part.identifier("list", "list"), "facts": facts}


def _file(part: Part, _required: object) -> dict[str, Any]:
    return {
        "max_files": part.whole("max_files", 5, 1, 20),
        "max_mb": part.whole("max_mb", 10, 1, 100),
        "accept": part.words("accept", ACCEPT, ACCEPT),
        "later": part.flag("later"),
    }


def _calculated(part: Part, _required: object) -> dict[str, Any]:
    return {"format": part.word("format", CALCULATED)}


_OWN_KEYS = {
    "text": _text,
    "long_text": _text,
    "kana": _text,
    "person_name": _person_name,
    "number": _number,
    "yen": _counts,
    "choices": _counts,
    "lookup": _lookup,
    "ranked": _ranked,
    "file": _file,
    "calculated": _calculated,
}
