"""Reading names, addresses, accounts and entries of code lists."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from madoguchi.engines.japanese import (
    ContactProblem,
    is_katakana,
    normalise_block,
    normalise_building,
    normalise_postal,
    read_digits,
    to_halfwidth,
    to_katakana,
)

from .lists import Entry, exact
from .readers import NOTHING, SIMPLE, Outcome, Reader, ReadingProblem, Typed, failed
from .shapes import entry, shape

_MAX_PART, _CANDIDATES = 200, 5
# 全国銀行協会's kana and signs for account holders, in full width; letters and digits as they are.
_HOLDER = re.compile(r"[ァ-ヺー・A-Z0-9().,/\-「」 ]+")
_SMALL = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
KINDS = {
    "ordinary": "ordinary", "普通": "ordinary", "総合": "ordinary", "current": "current", "当座": "current",
    "savings": "savings", "貯蓄": "savings",
}  # fmt: skip


# -- person_name -------------------------------------------------------------------------------------------------------


def _split(parts: dict[str, str], family: str, given: str) -> None:
    """A whole name in the first box: what stands before the first space is the family name."""
    if parts[family] and not parts[given] and len(words := parts[family].split(maxsplit=1)) == 2:
        parts[family], parts[given] = words


def _person_name(typed: Typed) -> Outcome:
    names = ("family", "given") if typed.question.kana == "none" else ("family", "given", "family_kana", "given_kana")
    parts = {name: typed.text(name) for name in names}
    if not any(parts.values()):
        return NOTHING
    _split(parts, "family", "given")
    problems = [ReadingProblem("person_name.too_long", {"max": _MAX_PART}, name) for name in names if len(parts[name]) > _MAX_PART]
    if len(names) == 4:
        for name in names[2:]:
            parts[name] = to_katakana(parts[name])
            if parts[name] and not is_katakana(parts[name]):
                problems.append(ReadingProblem("person_name.kana_unreadable", {}, name))
        _split(parts, "family_kana", "given_kana")
    return parts, tuple(problems)


# -- address -----------------------------------------------------------------------------------------------------------


def _address(typed: Typed) -> Outcome:
    parts = {name: typed.text(name) for name in ("postal", "prefecture", "city", "town", "block", "building")}
    if not any(parts.values()):
        return NOTHING
    problems = [ReadingProblem("address.too_long", {"max": _MAX_PART}, name) for name, text in parts.items() if len(text) > _MAX_PART]
    if problems:
        return None, tuple(problems)
    try:
        parts["postal"] = normalise_postal(parts["postal"]) if parts["postal"] else ""
    except ContactProblem as problem:
        return failed(problem.key, problem.params, "postal")
    parts["block"] = normalise_block(parts["block"])
    parts["building"] = normalise_building(parts["building"])
    return parts, ()


# -- code lists --------------------------------------------------------------------------------------------------------


def _stored(value: Any, found: Entry) -> dict[str, str]:
    """An entry as stored: the label as it was seen, if this very entry was stored before."""
    old = entry(value)
    return old if old and old["id"] == found.id and old["label"] else {"id": found.id, "label": found.label.get("ja", found.id)}


def _entry(typed: Typed, code_list: str, text: str, value: Any, part: str = "") -> tuple[dict[str, str] | None, ReadingProblem | None]:
    """The entry that an id or a typed text means: that id, else the one exact hit, else the only hit at all."""
    old = entry(value)
    if old and old["id"] == text:  # it may have left the list since; `check` says so
        return old, None
    found = typed.lists.get(code_list, text)
    if found:
        return _stored(value, found), None
    hits = list(typed.lists.search(code_list, text[:_MAX_PART], _CANDIDATES + 1))
    same = exact(hits, text)
    best = same if len(same) == 1 else hits
    if len(best) == 1:
        return _stored(value, best[0]), None
    params: dict[str, Any] = {"text": text[:60], "count": len(hits)}
    if not hits:
        return None, ReadingProblem("lookup.not_found", params, part)
    labels = [hit.label.get("ja", hit.id) for hit in hits[:_CANDIDATES]]
    params |= {"candidates": "、".join(labels), "ids": tuple(hit.id for hit in hits[:_CANDIDATES])}
    return None, ReadingProblem("lookup.ambiguous", params, part)


def _lookup(typed: Typed) -> Outcome:
    text = typed.text() or typed.text("text")
    if not text:
        return NOTHING
    found, problem = _entry(typed, typed.question.list, text, typed.value)
    return found, (problem,) if problem else ()


def _ranked(typed: Typed) -> Outcome:
    old = {each["id"]: each for each in shape(typed.question, typed.value) or ()}
    found: dict[str, dict[str, str]] = {}
    problems = []
    for text in (*typed.texts.get("", ()), *typed.texts.get("text", ()))[:100]:
        wish, problem = _entry(typed, typed.question.list, text, old.get(text))
        if problem:
            problems.append(problem)
        elif wish:
            found.setdefault(wish["id"], old.get(wish["id"], wish))
    most = int(typed.question.max or 5)
    if len(found) > most:
        problems.append(ReadingProblem("ranked.too_many", {"max": most, "count": len(found)}))
    return list(found.values()) or None, tuple(problems)


# -- bank_account ------------------------------------------------------------------------------------------------------


def _bank_account(typed: Typed) -> Outcome:
    old: Mapping[str, Any] = shape(typed.question, typed.value) or {}
    parts: dict[str, Any] = {name: typed.text(name) for name in ("bank", "branch", "kind", "number", "holder")}
    if not any(parts.values()):
        return NOTHING
    problems: list[ReadingProblem | None] = []
    parts["bank"], problem = _entry(typed, "banks", parts["bank"], old.get("bank"), "bank") if parts["bank"] else ("", None)
    problems.append(problem)
    parts["branch"], problem = _branch(typed, parts["branch"], parts["bank"], old.get("branch"))
    problems.append(problem)
    parts["kind"] = KINDS.get(parts["kind"].removesuffix("預金"), "")
    parts["number"], problem = _account_number(parts["number"])
    problems.append(problem)
    parts["holder"], problem = _holder(parts["holder"])
    problems.append(problem)
    sound = {name: value for name, value in parts.items() if value}
    return sound or None, tuple(problem for problem in problems if problem)


def _branch(typed: Typed, text: str, bank: Any, old: Any) -> tuple[Any, ReadingProblem | None]:
    if not text:
        return "", None
    if not bank:  # which bank's branches? The bank's own problem, or its absence, is told first
        return "", ReadingProblem("bank_account.bank_first", {}, "branch")
    return _entry(typed, f"bank-branches:{bank['id']}", text, old, "branch")


def _account_number(text: str) -> tuple[str, ReadingProblem | None]:
    if not text:
        return "", None
    try:
        digits = read_digits(text[:60])
    except ValueError:
        digits = ""
    if not 1 <= len(digits) <= 7:
        return "", ReadingProblem("bank_account.number_unreadable", {}, "number")
    return digits.zfill(7), None


def _holder(text: str) -> tuple[str, ReadingProblem | None]:
    """Katakana as banks write it: no small kana, brackets and hyphens in half width."""
    if not text:
        return "", None
    holder = " ".join(to_halfwidth(to_katakana(text)).upper().translate(_SMALL).split()).replace("‐", "-")
    if len(holder) > 100 or not _HOLDER.fullmatch(holder):
        return "", ReadingProblem("bank_account.holder_unreadable", {}, "holder")
    return holder, None


READERS: Mapping[str, Reader] = {
    **SIMPLE,
    "person_name": _person_name,
    "address": _address,
    "lookup": _lookup,
    "ranked": _ranked,
    "bank_account": _bank_account,
}
