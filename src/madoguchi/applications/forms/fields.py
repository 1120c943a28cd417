"""One question as a page shows it: names, texts, choices, problems. Templates read this and decide nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from madoguchi.engines.forms import Entry, Item, Lists, Problem, Question, Text, parts_of, pick, ruby, say, show

# concept → autocomplete tokens (WCAG 1.3.5): only the person who fills in describes themself.
AUTOCOMPLETE: dict[str, dict[str, str]] = {
    "applicant.name": {"family": "family-name", "given": "given-name"},
    "applicant.birth": {"": "bday"},
    "applicant.address": {
        "postal": "postal-code",
        "prefecture": "address-level1",
        "city": "address-level2",
        "town": "address-level3",
        "block": "address-line1",
        "building": "address-line2",
    },
    "applicant.phone": {"": "tel"},
    "applicant.email": {"": "email"},
}
INPUT_MODES = {"phone": "tel", "email": "email", "number": "text", "yen": "numeric", "mynumber": "numeric", "corporate_number": "numeric"}
PARTS = {
    "person_name": ("family", "given", "family_kana", "given_kana"),
    "address": ("postal", "prefecture", "city", "town", "block", "building"),
    "bank_account": ("bank", "branch", "kind", "number", "holder"),
}
ACCEPT = {"pdf": "application/pdf,.pdf", "jpeg": "image/jpeg,.jpg,.jpeg", "png": "image/png,.png", "heic": "image/heic,.heic,.heif"}
SEARCH_LIMIT = 8


@dataclass
class FieldView:
    """See templates/questions/question.html for who reads which attribute."""

    question: Question
    path: str
    id: str
    name: str
    names: dict[str, str]
    ids: dict[str, str]
    values: dict[str, str]
    label: SafeString
    label_text: str
    hint: SafeString
    required: str
    kana_required: bool
    errors: list[dict[str, str]]
    part_errors: dict[str, str]
    understood: str
    shown: str
    choices: list[dict[str, Any]]
    autocomplete: dict[str, str]
    inputmode: str
    unit: str
    max_length: int
    picked: list[dict[str, Any]] = field(default_factory=list)
    found: list[dict[str, Any]] = field(default_factory=list)
    query: str = ""
    searched: bool = False
    max: int = 0
    files: list[dict[str, Any]] = field(default_factory=list)
    accept: str = ""
    later: bool = False
    later_allowed: bool = False
    max_files: int = 0
    max_mb: int = 0
    filled_secret: bool = False
    locked: bool = False
    reason: str = ""
    before: str = ""
    origin: str = ""  # from where an answer was taken over, in words
    towns: list[dict[str, str]] = field(default_factory=list)
    banks: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def type(self) -> str:
        return self.question.type

    @property
    def template(self) -> str:
        return f"questions/{self.question.type}.html"


@dataclass
class SectionView:
    """A section on a page, in one row where it repeats."""

    title: SafeString
    intro: SafeString
    fields: list[FieldView]
    row_path: str = ""
    row_name: str = ""
    repeat_id: str = ""


def html_id(path: str, part: str = "") -> str:
    """`child[r1].child_birth` → `a-child-r1-child_birth`."""
    plain = re.sub(r"[^a-z0-9_]+", "-", path).strip("-")
    return f"a-{plain}-{part}" if part else f"a-{plain}"


def html_text(text: Text | None, language: str) -> SafeString:
    """A form's text for a page: escaped, with furigana where the reader wants it."""
    if not text:
        return mark_safe("")
    return format_html_join("", "{}", ((_ruby(base, kana) if kana else base,) for base, kana in ruby(text, language)))


def _ruby(base: str, kana: str) -> SafeString:
    return format_html("<ruby>{}<rp>（</rp><rt>{}</rt><rp>）</rp></ruby>", base, kana)


def field_for(
    item: Item,
    *,
    language: str,
    lists: Lists,
    typed: Mapping[str, str] | None = None,
    problems: Iterable[Problem] = (),
    queries: Mapping[str, str] | None = None,
    locked: bool = False,
) -> FieldView:
    """The box of one item.

    `queries` are the texts of searches in long lists, by path (or path:part of a bank account); `typed` is the text kept because it
    differs from the value or could not be read.
    """
    question, path = item.question, item.path
    mine = [problem for problem in problems if problem.path == path and problem.level == "error"]
    parts = PARTS.get(question.type, ("",))
    view = FieldView(
        question=question,
        path=path,
        id=html_id(path),
        name=f"a:{path}",
        names={part: f"a:{path}:{part}" if part else f"a:{path}" for part in parts},
        ids={part: html_id(path, part) for part in parts},
        values=_values(item, typed, lists, language),
        label=html_text(question.label, language),
        label_text=pick(question.label, language),
        hint=html_text(question.hint, language),
        required={True: "yes", "soft": "soft"}.get(question.required, ""),
        kana_required=question.kana == "required",
        errors=[_error(problem, question, language) for problem in mine],
        part_errors={problem.part: say(problem, language) for problem in mine if problem.part},
        understood=_understood(item, typed, lists, language),
        shown=show(question, item.value, language, lists=lists) if item.answered else "",
        choices=_choices(item, language),
        autocomplete=AUTOCOMPLETE.get(question.concept or "", {}),
        inputmode=INPUT_MODES.get(question.type, ""),
        unit=pick(question.unit, language) if question.unit else "",
        max_length=question.max_length,
        locked=locked,
    )
    _add_lists(view, item, lists, language, (queries or {}).get(path), typed or {})
    _add_banks(view, item, lists, language, queries or {}, typed or {})
    _add_files(view, item)
    view.filled_secret = question.type == "mynumber" and item.answered
    return view


def _error(problem: Problem, question: Question, language: str) -> dict[str, str]:
    parts = PARTS.get(question.type, ("",))
    target = problem.part if problem.part in parts else parts[0]
    end = "-1" if question.type in ("choice", "choices", "yes_no") else ""
    return {"part": problem.part, "sentence": say(problem, language), "target": html_id(problem.path, target) + end}


def _values(item: Item, typed: Mapping[str, str] | None, lists: Lists, language: str) -> dict[str, str]:
    """Texts to put back into the boxes: what was typed where it could not be read, else what is stored."""
    if typed and not item.answered:
        return dict(typed)
    if item.question.type == "mynumber" or not item.answered:
        return {}
    texts = {part: "\n".join(each) for part, each in parts_of(item.question, item.value).items()}
    if item.question.type == "bank_account":
        texts |= {part: item.value[part]["label"] for part in ("bank", "branch") if isinstance(item.value.get(part), Mapping)}
    return texts


def _understood(item: Item, typed: Mapping[str, str] | None, lists: Lists, language: str) -> str:
    return show(item.question, item.value, language, lists=lists) if typed and item.answered else ""


def _choices(item: Item, language: str) -> list[dict[str, Any]]:
    if item.question.type == "yes_no":
        words = {"yes": {"ja": "はい", "plain": "はい", "en": "Yes"}, "no": {"ja": "いいえ", "plain": "いいえ", "en": "No"}}
        given = {True: "yes", False: "no"}.get(item.value)
        return [_choice(item, number, key, html_text(text, language), given == key) for number, (key, text) in enumerate(words.items(), 1)]
    chosen = item.value if isinstance(item.value, list) else [item.value]
    return [
        _choice(
            item,
            number,
            choice.id,
            html_text(choice.label, language),
            choice.id in chosen,
            html_text(choice.hint, language),
            choice.exclusive,
        )
        for number, choice in enumerate(item.choices, 1)
    ]


def _choice(item: Item, number: int, key: str, label: str, checked: bool, hint: str = "", exclusive: bool = False) -> dict[str, Any]:
    html = f"{html_id(item.path)}-{number}"
    return {"id": key, "label": label, "hint": hint, "checked": checked, "exclusive": exclusive, "html_id": html}


def _add_lists(view: FieldView, item: Item, lists: Lists, language: str, query: str | None, typed: Mapping[str, str]) -> None:
    """What is picked and what a search found; of texts that could not be read, the known entries are picked and the rest is searched."""
    question = item.question
    if question.type == "choices":
        view.max = int(question.max or 0)
    if question.type not in ("lookup", "ranked"):
        return
    wishes = item.value if isinstance(item.value, list) else [item.value] if item.value else []
    if not wishes and typed:
        texts = "\n".join(typed.values()).split("\n")
        wishes = [{"id": entry.id, "label": entry.label["ja"]} for text in texts if (entry := lists.get(question.list, text))]
        unknown = [text for text in texts if lists.get(question.list, text) is None]
        query = query if query is not None or not unknown else unknown[0]
    picked = [(wish, lists.get(question.list, wish["id"])) for wish in wishes]
    view.picked = [
        entry_view(entry, question, language, number) if entry else {"id": wish["id"], "label": wish["label"], "position": number}
        for number, (wish, entry) in enumerate(picked, 1)
    ]
    view.max = int(question.max or 5) if question.type == "ranked" else 1
    if query is not None:
        view.query, view.searched = query, True
        taken = {wish["id"] for wish in wishes}
        view.found = [
            entry_view(entry, question, language)
            for entry in lists.search(question.list, query, SEARCH_LIMIT + len(taken))
            if entry.id not in taken
        ]
        view.found = view.found[:SEARCH_LIMIT]


def _add_banks(view: FieldView, item: Item, lists: Lists, language: str, queries: Mapping[str, str], typed: Mapping[str, str]) -> None:
    """Bank and branch, searched and picked one after the other; picked ones stay while another part cannot be read yet."""
    if item.question.type != "bank_account":
        return
    value = dict(item.value) if isinstance(item.value, Mapping) else {}
    for part in ("bank", "branch"):
        name = "banks" if part == "bank" else f"bank-branches:{(value.get('bank') or {}).get('id', '')}"
        if not value.get(part) and (entry := lists.get(name, typed.get(part, ""))) is not None:
            value[part] = {"id": entry.id, "label": pick(entry.label, language)}
        held = value.get(part)
        query = queries.get(f"{item.path}:{part}", "")
        found = lists.search(name, query, SEARCH_LIMIT) if query else []
        view.banks[part] = {"picked": held, "query": query, "found": [entry_view(entry, item.question, language) for entry in found]}


FACT_PATTERNS: dict[str, Text] = {
    "min_age_days": {"ja": "生後@日から", "plain": "生まれて @日から", "en": "@ days old"},
}
FACT_NAMES: dict[str, Text] = {
    "type": {"ja": "種別", "plain": "しゅるい", "en": "Type"},
    "classes": {"ja": "クラス", "plain": "クラス", "en": "Ages"},
    "min_age_days": {"ja": "受入れ", "plain": "入れる 子", "en": "Takes children from"},
    "opens": {"ja": "開く時刻", "plain": "あく 時間", "en": "Opens"},
    "closes": {"ja": "閉まる時刻", "plain": "しまる 時間", "en": "Closes"},
    "station": {"ja": "最寄り駅", "plain": "近い 駅", "en": "Station"},
    "vacancies": {"ja": "空き", "plain": "あき", "en": "Vacancies"},
}


def entry_view(entry: Entry, question: Question, language: str, position: int = 0) -> dict[str, Any]:
    """An entry of a long list with the facts that the question wants shown."""
    names = [name for name in question.facts if name in entry.facts] or [name for name in ("type", "station") if name in entry.facts]
    facts = [(pick(FACT_NAMES.get(name, {"ja": name}), language), _fact(name, entry.facts[name], language)) for name in names]
    group = pick(entry.group, language) if entry.group else ""
    return {"id": entry.id, "label": pick(entry.label, language), "kana": entry.kana, "group": group, "facts": facts, "position": position}


def _fact(name: str, value: Any, language: str) -> str:
    """A fact in words: 57 → 生後57日から."""
    return pick(FACT_PATTERNS[name], language).replace("@", str(value)) if name in FACT_PATTERNS else str(value)


def _add_files(view: FieldView, item: Item) -> None:
    question = item.question
    if question.type != "file":
        return
    value = item.value if isinstance(item.value, Mapping) else {}
    view.files = [{**file, "size_text": size_text(file.get("size"))} for file in value.get("files", [])]
    view.later, view.later_allowed = bool(value.get("later")), question.later
    view.max_files, view.max_mb = question.max_files, question.max_mb
    view.accept = ",".join(ACCEPT[kind] for kind in question.accept if kind in ACCEPT)


def size_text(size: Any) -> str:
    """「320 KB」."""
    number = size if isinstance(size, int) else 0
    return f"{number / 1_048_576:.1f} MB" if number >= 1_048_576 else f"{max(1, number // 1024)} KB"
