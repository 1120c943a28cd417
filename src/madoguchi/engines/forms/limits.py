"""What a value must keep to: one function a type, in a table. Each yields (key, level, params, part)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any, TypeAlias

from madoguchi.engines.japanese import ContactProblem, email_suggestion, normalise_phone

from . import patterns
from .lists import Lists
from .readers import DOUBTFUL_PHONES
from .showing import show
from .walked import Item

Limit: TypeAlias = Iterator[tuple[str, str, Mapping[str, Any], str]]


def required(item: Item) -> Limit:
    """The problem of an absent answer, if it must or should be there."""
    if item.question.required:
        yield f"{item.question.type}.required", "warning" if item.question.required == "soft" else "error", {}, ""


def limits(item: Item, lists: Lists) -> Limit:
    """The problems of an answer that is there and readable."""
    limit = _LIMITS.get(item.question.type)
    if limit:
        yield from limit(item, lists)


def _text(item: Item, _lists: Lists) -> Limit:
    question, length = item.question, len(item.value)
    if length > question.max_length:
        yield "text.too_long", "error", {"max": question.max_length, "over": length - question.max_length}, ""
    elif length < question.min_length:
        yield "text.too_short", "error", {"min": question.min_length}, ""
    if question.pattern and not patterns.matches(item.value, question.pattern):
        yield f"pattern.{question.pattern}", "error", {}, ""


def _number(item: Item, _lists: Lists) -> Limit:
    question, value = item.question, Decimal(item.value)
    if question.min is not None and value < question.min:
        yield f"{question.type}.too_small", "error", _bound(item, "min", question.min), ""
    if question.max is not None and value > question.max:
        yield f"{question.type}.too_big", "error", _bound(item, "max", question.max), ""


def _bound(item: Item, name: str, bound: Decimal) -> Mapping[str, Any]:
    """The limit as people read it, in each language."""
    shown = str(bound) if item.question.decimals else int(bound)
    return {name: {language: show(item.question, shown, language) for language in ("ja", "plain", "en")}}


def _person_name(item: Item, _lists: Lists) -> Limit:
    value, kana = item.value, item.question.kana
    if not value.get("family"):
        yield "person_name.family_missing", "error", {}, "family"
    if not value.get("given"):  # some people have one name only
        yield "person_name.given_missing", "warning", {}, "given"
    if kana != "required":
        return
    if not value.get("family_kana"):
        yield "person_name.family_kana_missing", "error", {}, "family_kana"
    if value.get("given") and not value.get("given_kana"):
        yield "person_name.given_kana_missing", "error", {}, "given_kana"


def _address(item: Item, _lists: Lists) -> Limit:
    value = item.value
    for part in ("prefecture", "city"):
        if not value.get(part):
            yield f"address.{part}_missing", "error", {}, part
    if not (value.get("town") or value.get("block")):
        yield "address.town_missing", "error", {}, "town"
    if not value.get("postal"):
        yield "address.postal_missing", "warning", {}, "postal"


def _phone(item: Item, _lists: Lists) -> Limit:
    try:
        normalise_phone(item.value)
    except ContactProblem as problem:
        if problem.key in DOUBTFUL_PHONES:
            yield problem.key, "warning", {}, ""


def _email(item: Item, _lists: Lists) -> Limit:
    suggestion = email_suggestion(item.value)
    if suggestion and suggestion != item.value:
        yield "email.suggestion", "warning", {"suggestion": suggestion}, ""


def _choices(item: Item, _lists: Lists) -> Limit:
    question, count = item.question, len(item.value)
    alone = [choice for choice in item.choices if choice.exclusive and choice.id in item.value]
    if alone and count > 1:
        yield "choices.exclusive", "error", {"choice": alone[0].label}, ""
        return
    if question.min is not None and count < question.min and not alone:
        yield "choices.too_few", "error", {"min": int(question.min)}, ""
    if question.max is not None and count > question.max:
        yield "choices.too_many", "error", {"max": int(question.max)}, ""


def _is_gone(lists: Lists, code_list: str, entry: Mapping[str, str]) -> bool:
    """Whether a list that is known has the entry no more. An unknown list says nothing."""
    return lists.version(code_list) is not None and lists.get(code_list, entry["id"]) is None


def _lookup(item: Item, lists: Lists) -> Limit:
    if _is_gone(lists, item.question.list, item.value):
        yield "lookup.gone", "error", {"choice": item.value["label"]}, ""


def _ranked(item: Item, lists: Lists) -> Limit:
    least, most = int(item.question.min or 0), int(item.question.max or 5)
    if len(item.value) < least:
        yield "ranked.too_few", "error", {"min": least}, ""
    if len(item.value) > most:
        yield "ranked.too_many", "error", {"max": most, "count": len(item.value)}, ""
    for entry in item.value:
        if _is_gone(lists, item.question.list, entry):
            yield "lookup.gone", "error", {"choice": entry["label"]}, ""


def _bank_account(item: Item, lists: Lists) -> Limit:
    value = item.value
    for part in ("bank", "branch", "kind", "number", "holder"):
        if not value.get(part):
            yield f"bank_account.{part}_missing", "error", {}, part
    if value.get("bank") and _is_gone(lists, "banks", value["bank"]):
        yield "lookup.gone", "error", {"choice": value["bank"]["label"]}, "bank"
    elif value.get("bank") and value.get("branch") and _is_gone(lists, f"bank-branches:{value['bank']['id']}", value["branch"]):
        yield "lookup.gone", "error", {"choice": value["branch"]["label"]}, "branch"


def _file(item: Item, _lists: Lists) -> Limit:
    question, files = item.question, item.value["files"]
    if item.value["later"] and not files and not question.later:
        yield "file.required", "error", {}, ""
    if len(files) > question.max_files:
        yield "file.too_many", "error", {"max": question.max_files}, ""
    for file in files:
        name = str(file.get("name") or "")
        size = file.get("size")
        if isinstance(size, int) and size > question.max_mb * 1024 * 1024:
            yield "file.too_big", "error", {"name": name, "max": question.max_mb}, ""
        if file.get("type") and kind_of(str(file["type"])) not in question.accept:
            yield "file.wrong_type", "error", {"name": name, "accept": "、".join(each.upper() for each in question.accept)}, ""


def kind_of(media_type: str) -> str:
    """pdf, jpeg, png or heic of `application/pdf`, `image/jpeg`… or of the short name itself."""
    short = media_type.lower().rpartition("/")[2]
    return {"jpg": "jpeg", "heif": "heic"}.get(short, short)


_LIMITS: Mapping[str, Callable[[Item, Lists], Limit]] = {
    "text": _text,
    "long_text": _text,
    "kana": _text,
    "number": _number,
    "yen": _number,
    "person_name": _person_name,
    "address": _address,
    "phone": _phone,
    "email": _email,
    "choices": _choices,
    "lookup": _lookup,
    "ranked": _ranked,
    "bank_account": _bank_account,
    "file": _file,
}
