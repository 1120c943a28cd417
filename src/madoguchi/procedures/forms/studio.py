"""The studio's panels: a part of the form document as boxes, and what was typed as changes. A condition is chosen, never written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.engines.forms import concepts, pick
from madoguchi.engines.forms.conditions import ANSWERED, OPERATORS, Condition, Term, chosen, rule_of
from madoguchi.engines.forms.editing import Change, Found, find, parts
from madoguchi.engines.japanese import DateProblem, parse_date, to_halfwidth

LANGUAGES = (("ja", gettext_lazy("日本語")), ("plain", gettext_lazy("やさしい日本語")), ("en", gettext_lazy("英語")))
TERMS = 4
MOST_LETTERS, LONG = 5000, 60
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
DECIMAL = re.compile(r"-?\d{1,15}(\.\d{1,6})?")
TERM = ("question", "operator", "value")
TYPES = {
    "text": gettext_lazy("文字"), "long_text": gettext_lazy("長い文"), "person_name": gettext_lazy("氏名"), "kana": gettext_lazy("カナ"),
    "date": gettext_lazy("日付"), "year_month": gettext_lazy("年月"), "address": gettext_lazy("住所"), "phone": gettext_lazy("電話番号"),
    "email": gettext_lazy("メールアドレス"), "number": gettext_lazy("数"), "yen": gettext_lazy("金額"), "yes_no": gettext_lazy("はい・いいえ"),
    "choice": gettext_lazy("1つ選ぶ"), "choices": gettext_lazy("いくつでも選ぶ"), "bank_account": gettext_lazy("口座"),
    "mynumber": gettext_lazy("個人番号"), "corporate_number": gettext_lazy("法人番号"), "file": gettext_lazy("ファイル"),
    "declaration": gettext_lazy("確認・同意"), "information": gettext_lazy("お知らせ"),
}  # fmt: skip
SAID = {
    "==": gettext_lazy("が次と同じ"), "!=": gettext_lazy("が次と違う"), "<": gettext_lazy("が次より小さい・前"), "<=": gettext_lazy("が次以下・以前"),
    ">": gettext_lazy("が次より大きい・後"), ">=": gettext_lazy("が次以上・以後"), "has": gettext_lazy("に次がある"), "has_not": gettext_lazy("に次がない"),
    "age<": gettext_lazy("からの年齢が次より下"), "age>=": gettext_lazy("からの年齢が次以上"), "answered": gettext_lazy("に答えがある"),
    "unanswered": gettext_lazy("に答えがない"),
}  # fmt: skip
TEXTS = {
    "form": ("title", "intro"), "page": ("title", "intro"), "section": ("title", "intro"), "question": ("label", "hint"), "choice": ("label", "hint"),
}  # fmt: skip
NAMES = {"title": gettext_lazy("題"), "intro": gettext_lazy("説明"), "label": gettext_lazy("たずねる文"), "hint": gettext_lazy("補足")}
# What a question of a type may set beside its words: key → (label, least, most)
NUMBERS = {
    "number": ("min", "max", "decimals"), "yen": ("min", "max"), "text": ("min_length", "max_length"), "long_text": ("min_length", "max_length"),
    "choices": ("min", "max"), "file": ("max_files", "max_mb"), "kana": ("max_length",),
}  # fmt: skip
NUMBER_LABELS = {
    "min": gettext_lazy("いちばん小さい数"), "max": gettext_lazy("いちばん大きい数"), "decimals": gettext_lazy("小数のけた"),
    "min_length": gettext_lazy("いちばん短い字数"), "max_length": gettext_lazy("いちばん長い字数"), "max_files": gettext_lazy("ファイルの数"),
    "max_mb": gettext_lazy("1つの大きさ（MB）"),
}  # fmt: skip


def box(width: str = "") -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"box {width}".strip()})


class Words(forms.CharField):
    """Text for a document: without control characters, line breaks as one character, blanks as they were typed."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MOST_LETTERS, "strip": False, **options})

    def to_python(self, value: Any) -> str:
        return CONTROLS.sub("", (super().to_python(value) or "").replace("\r\n", "\n"))


def words_box(text: str) -> forms.Widget:
    """One line, or several where there are more already."""
    several = len(text) > LONG or "\n" in text
    return forms.Textarea(attrs={"class": "box", "rows": 3}) if several else box()


def select(choices: Sequence[tuple[Any, Any]], label: Any, initial: Any = "", **options: Any) -> forms.ChoiceField:
    """A choice; what stands can always be kept, also where it is none of those that are offered."""
    choices = [*choices, *([] if initial in [one for one, _label in choices] else [(initial, initial)])]
    options["initial"] = initial
    return forms.ChoiceField(label=label, choices=choices, required=False, widget=forms.Select(attrs={"class": "box"}), **options)


class PartForm(forms.Form):
    """One part of the document; `changes` are what differs from what stands."""

    def __init__(self, *args: Any, document: dict[str, Any], address: str, **options: Any) -> None:
        super().__init__(*args, auto_id="part_%s", **options)
        self.document, self.address = document, address
        self.found: Found = find(document, address)
        self.part = self.found.part
        for key in TEXTS.get(self.found.kind, ()):
            self._texts(key)
        if self.found.kind == "page":
            ends = [
                ("", _("次のページへ進む")),
                ("not_eligible", _("ここで終わり（対象外）")),
                ("elsewhere", _("ここで終わり（別の窓口へ）")),
            ]
            self.fields["ends"] = select(ends, _("このページの後"), initial=self.part.get("ends", ""))
        if self.found.kind == "question":
            self._question()
        if self.found.kind in ("page", "section", "question", "choice"):
            self._condition()

    def _texts(self, key: str) -> None:
        standing = self.part.get(key) or {}
        for language, name in LANGUAGES:
            label = f"{NAMES[key]}（{name}）"
            text = standing.get(language, "")
            self.fields[f"{key}_{language}"] = Words(label=label, required=False, initial=text, widget=words_box(text))

    def _question(self) -> None:
        kind = self.part.get("type", "text")
        if kind not in ("information", "calculated"):
            required = [("", _("任意")), ("yes", _("必須")), ("soft", _("なくても出せる（注意を出す）"))]
            standing = {True: "yes", "soft": "soft"}.get(self.part.get("required", False), "")
            self.fields["required"] = select(required, _("答えが要るか"), initial=standing)
            fitting = [(name, f"{one.meaning['ja']}（{name}）") for name, one in concepts().items() if kind in one.types]
            self.fields["concept"] = select(
                [("", _("なし")), *fitting], _("何の答えか（ほかの手続きで使い回すため）"), initial=self.part.get("concept", "")
            )
            self.fields["amendable"] = forms.BooleanField(
                label=_("提出した後も、締切まで変えられる"), required=False, initial=bool(self.part.get("amendable"))
            )
        for key in NUMBERS.get(kind, ()):
            self.fields[key] = forms.DecimalField(
                label=NUMBER_LABELS[key],
                required=False,
                initial=self.part.get(key),
                max_digits=15,
                decimal_places=6 if kind == "number" and key != "decimals" else 0,
                widget=box("w-8"),
            )
        if kind == "file":
            self.fields["later"] = forms.BooleanField(label=_("後から出せる"), required=False, initial=bool(self.part.get("later")))

    # -- conditions --------------------------------------------------------------------------------------------------------------

    def _condition(self) -> None:
        rule = self.part.get("show_if")
        standing = chosen(rule) if rule is not None else Condition("and", ())
        self.cannot_choose = rule is not None and (standing is None or not self._can_choose(standing))
        if self.cannot_choose:
            self.fields["show_if_drop"] = forms.BooleanField(
                label=_("くわしい条件が付いています。外して、選び直せるようにする"), required=False
            )
            return
        assert standing is not None
        names = [
            ("", _("（条件なし）")),
            *((one["id"], pick(one.get("label") or {"ja": one["id"]}, "ja")) for one in self.before.values()),
        ]
        joins = [("and", _("すべてに当てはまるとき")), ("or", _("どれかに当てはまるとき"))]
        self.fields["join"] = select(joins, _("出る条件"), initial=standing.join)
        for number in range(TERMS):
            term = standing.terms[number] if number < len(standing.terms) else Term("", "==")
            self.fields[f"c{number}_question"] = select(names, _("条件%(number)s：項目") % {"number": number + 1}, initial=term.question)
            self.fields[f"c{number}_operator"] = select(
                list(SAID.items()), _("条件%(number)s：比べ方") % {"number": number + 1}, initial=term.operator
            )
            self.fields[f"c{number}_value"] = forms.CharField(
                label=_("条件%(number)s：値") % {"number": number + 1},
                required=False,
                max_length=200,
                initial=self._shown(term),
                widget=box(),
            )

    def plain(self) -> dict[str, Any]:
        """The boxes that are no condition, for parts/fields.html."""
        return {"visible_fields": [self[name] for name in self.fields if name != "join" and name not in self._terms()]}

    def rows(self) -> list[list[forms.BoundField]]:
        """The rows of the condition that are filled, and the next one."""
        rows = [[self[f"c{number}_{part}"] for part in TERM] for number in range(TERMS) if f"c{number}_question" in self.fields]
        filled = sum(1 for row in rows if row[0].value())
        return rows[: max(filled + 1, self.sent_rows())]

    def _terms(self) -> set[str]:
        return {f"c{number}_{part}" for number in range(TERMS) for part in TERM}

    def sent_rows(self) -> int:
        """How many rows came with the request: none of them goes away while it is being mended."""
        return sum(1 for number in range(TERMS) if f"c{number}_question" in self.data)

    @cached_property
    def before(self) -> dict[str, Mapping[str, Any]]:
        """{id: question or calculation} that a condition of this part can read: it looks back only, and into no group from outside."""
        known, there = dict[str, Mapping[str, Any]](), dict(parts(self.document))
        own = _groups(there, self.address)
        for address, one in there.items():
            if address == self.address or (self.found.kind == "choice" and address == self.found.home):
                break
            if one.kind == "question" and one.part.get("type") != "information" and _groups(there, address) <= own:
                known[one.part["id"]] = one.part
        return known | {one["id"]: one for one in self.document.get("calculations", ())}

    def _can_choose(self, condition: Condition) -> bool:
        """Every term can be shown in the boxes and is read back as it stands; otherwise saving would change it."""
        known = self.before
        return len(condition.terms) <= TERMS and all(self._reads_back(known.get(term.question), term) for term in condition.terms)

    def _reads_back(self, question: Mapping[str, Any] | None, term: Term) -> bool:
        if question is None or term.operator not in operators_of(question):
            return False
        try:
            value = value_of(question, term.operator, self._shown(term))
        except ValueError:
            return False
        return type(value) is type(term.value) and value == term.value

    def _shown(self, term: Term) -> str:
        if term.value is True or term.value is False:
            return str(_("はい") if term.value else _("いいえ"))
        if term.value is None or term.value == "today":
            return str(_("今日")) if term.value else ""
        question = self.before.get(term.question, {})
        label = next((one["label"].get("ja") for one in question.get("choices", ()) if one["id"] == term.value and one.get("label")), None)
        return str(label or term.value)

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not getattr(self, "cannot_choose", True):
            given["condition"] = self._chosen(given)
        return given

    def _chosen(self, given: Mapping[str, Any]) -> Any:
        """The rule, or None for no condition; what does not fit is an error beside its box."""
        known = self.before
        terms = []
        for number in range(TERMS):
            name = given.get(f"c{number}_question") or ""
            if not name:
                continue
            question, operator, text = known[name], given.get(f"c{number}_operator", ""), given.get(f"c{number}_value", "").strip()
            if operator not in operators_of(question):
                self.add_error(f"c{number}_operator", _("この項目は、その比べ方ができません。"))
                continue
            try:
                terms.append(Term(name, operator, value_of(question, operator, text)))
            except ValueError as problem:
                self.add_error(f"c{number}_value", str(problem))
        return rule_of(Condition(given.get("join") or "and", tuple(terms))) if terms else None

    # -- what changed ------------------------------------------------------------------------------------------------------------

    def changes(self) -> list[Change]:
        given, made = self.cleaned_data, []
        for key in TEXTS.get(self.found.kind, ()):
            for language, _name in LANGUAGES:
                text = given[f"{key}_{language}"]
                if text != (self.part.get(key) or {}).get(language, "").replace("\r\n", "\n"):
                    made.append({"do": "text", "at": self.address, "key": key, "language": language, "value": text.strip()})
        made += [
            {"do": "set", "at": self.address, "key": key, "value": value}
            for key, value in self._values(given)
            if value != _plain(self.part.get(key))
        ]
        return made

    def _values(self, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        for key in given.keys() & {"ends", "concept", "amendable", "later"}:
            yield key, given[key] or None
        if "required" in given:
            yield "required", {"yes": True, "soft": "soft"}.get(given["required"])
        for key in NUMBERS.get(self.part.get("type", ""), ()) if self.found.kind == "question" else ():
            yield key, _limit(given[key])
        if "condition" in given:
            yield "show_if", given["condition"]
        elif given.get("show_if_drop"):
            yield "show_if", None


def _plain(value: Any) -> Any:
    """What is written out but says nothing (required: false), and a limit in the way in which this page writes it."""
    return None if value is False else _limit(Decimal(value)) if isinstance(value, str) and DECIMAL.fullmatch(value) else value


def _limit(value: Decimal | None) -> int | str | None:
    """A number of the document: whole, or a string with its decimals."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"


def kind_of(question: Mapping[str, Any]) -> str:
    """What an answer is: its type; of what is calculated its format."""
    return str(question.get("format") if question.get("type") == "calculated" else question.get("type", ""))


def operators_of(question: Mapping[str, Any]) -> tuple[str, ...]:
    own = OPERATORS.get(kind_of(question), ())
    return own if question.get("type") == "calculated" or "value" in question else (*own, *ANSWERED)


def value_of(question: Mapping[str, Any], operator: str, text: str) -> Any:
    """What was typed as the value of a comparison. Raises ValueError with a sentence."""
    if operator in ANSWERED:
        return None
    kind = "number" if operator.startswith("age") else kind_of(question)
    return READERS[kind](text, question) if kind in READERS else _filled(text)


def _filled(text: str) -> str:
    if not text:
        raise ValueError(_("値を入力してください。"))
    return text


def _yes_or_no(text: str, _question: Mapping[str, Any]) -> bool:
    for value, words in ((True, ("はい", "yes", str(_("はい")))), (False, ("いいえ", "no", str(_("いいえ"))))):
        if text.casefold() in [one.casefold() for one in words]:
            return value
    raise ValueError(_("「はい」か「いいえ」で入力してください。"))


def _choice(text: str, question: Mapping[str, Any]) -> str:
    """A choice's id, from its words in any language or its id."""
    choices = question.get("choices", ())
    found = next((one["id"] for one in choices if text in (one.get("label") or {}).values()), None)
    found = found or next((one["id"] for one in choices if text == one["id"]), None)
    if found is None:
        raise ValueError(_("選択肢の文をそのまま入力してください。"))
    return str(found)


def _number(text: str, _question: Mapping[str, Any]) -> int:
    digits = to_halfwidth(text).replace(",", "").removesuffix("歳").removesuffix("円")
    if not digits.removeprefix("-").isdecimal():
        raise ValueError(_("数字で入力してください。"))
    return int(digits)


def _day(text: str, _question: Mapping[str, Any]) -> str:
    if text.casefold() in ("今日", "today", str(_("今日")).casefold()):
        return "today"
    try:
        return parse_date(text).isoformat()
    except DateProblem as problem:
        raise ValueError(_("日付を読み取れません。例：2026-04-15、令和8年4月15日")) from problem


READERS: Mapping[str, Callable[[str, Mapping[str, Any]], Any]] = {
    "yes_no": _yes_or_no, "choice": _choice, "choices": _choice, "number": _number, "yen": _number, "date": _day, "year_month": _day,
}  # fmt: skip


def _groups(there: Mapping[str, Found], address: str) -> set[str]:
    """Addresses of the groups that repeat in which a part stands, itself included."""
    found: set[str] = set()
    while address:
        one = there[address]
        if one.part.get("repeat"):
            found.add(address)
        address = one.home
    return found


class NewQuestionForm(forms.Form):
    label = Words(label=gettext_lazy("たずねる文"), max_length=200, strip=True, widget=box())
    type = forms.ChoiceField(label=gettext_lazy("答えの形"), choices=list(TYPES.items()), widget=forms.Select(attrs={"class": "box"}))


class NewPageForm(forms.Form):
    title = Words(label=gettext_lazy("ページの題"), max_length=200, strip=True, widget=box())


class NewChoiceForm(forms.Form):
    label = Words(label=gettext_lazy("選択肢の文"), max_length=200, strip=True, widget=box())
