"""A rule of a form as a Japanese sentence, for those who check a form without reading JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from .definition import Form
from .editing import parts
from .texts import pick

Rule = Any
COMPARE = {
    "==": "{0}が{1}",
    "!=": "{0}が{1}でない",
    "<": "{0}が{1}より小さい",
    "<=": "{0}が{1}以下",
    ">": "{0}が{1}より大きい",
    ">=": "{0}が{1}以上",
}
COMPARE_DATES = {**COMPARE, "<": "{0}が{1}より前", "<=": "{0}が{1}以前", ">": "{0}が{1}より後", ">=": "{0}が{1}以後"}
DATES = frozenset({"date", "today", "add_days", "add_months", "date_of", "fiscal_end_after_18"})
PHRASES = {
    "today": "今日",
    "age": "{0}から数えた{1}の年齢",
    "days_between": "{0}から{1}までの日数",
    "add_days": "{0}の{1}日後",
    "add_months": "{0}の{1}か月後",
    "date_of": "{0}年{1}月{2}日",
    "fiscal_year": "{0}の年度",
    "school_grade": "{0}に生まれた人の{1}年度の学年",
    "class_on_april_1": "{0}に生まれた人の{1}年度4月1日のクラス年齢",
    "fiscal_end_after_18": "{0}に生まれた人が18歳になった年度の終わり",
    "matches": "{0}が形式「{1}」に合う",
    "length": "{0}の文字数",
    "answered": "{0}に答えがある",
    "round_down": "{0}の端数切捨て",
    "if": "もし{0}なら{1}、そうでなければ{2}",
    "+": "{0} ＋ {1}",
    "-": "{0} − {1}",
    "*": "{0} × {1}",
    "/": "{0} ÷ {1}",
    "min": "（{}）の最小",
    "max": "（{}）の最大",
}
ROWS = {
    "count": "「{0}」のうち（{1}）の数",
    "sum": "「{0}」の（{1}）の合計",
    "any": "「{0}」のどれかで（{1}）",
    "all": "「{0}」のすべてで（{1}）",
    "min": "「{0}」の（{1}）の最小",
    "max": "「{0}」の（{1}）の最大",
}
JOINED = {"and": "、かつ", "or": "、または", "+": " ＋ ", "*": " × "}
PARTS = {
    "postal": "郵便番号",
    "prefecture": "都道府県",
    "city": "市区町村",
    "town": "町名",
    "block": "番地",
    "building": "建物",
    "family": "姓",
    "given": "名",
    "id": "",
}


@dataclass(frozen=True)
class DraftQuestion:
    """What a sentence needs of a question or calculation of a document that may not be sound yet."""

    type: str
    label: Mapping[str, str]
    choices: tuple[Mapping[str, Any], ...] = ()

    def choice(self, name: str) -> Any:
        found = next((one for one in self.choices if one.get("id") == name), None)
        return SimpleNamespace(label=found.get("label") or {"ja": name}) if found is not None else None


class DraftNames:
    """A document under edit in the place of a loaded form."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.questions: dict[str, DraftQuestion] = {}
        self.repeats: list[Any] = []
        for _address, one in parts(document):
            part = one.part
            if one.kind == "question":
                label = part.get("label") or {"ja": str(part["id"])}
                self.questions[part["id"]] = DraftQuestion(str(part.get("type")), label, tuple(part.get("choices", ())))
            elif one.kind == "calculation":
                self.questions[part["id"]] = DraftQuestion(str(part.get("type")), {"ja": str(part["id"])})
            if repeat := part.get("repeat"):
                self.repeats.append(SimpleNamespace(id=repeat.get("id"), item=repeat.get("item") or {"ja": str(repeat.get("id"))}))

    def has(self, name: str) -> bool:
        return name in self.questions

    def question(self, name: str) -> DraftQuestion:
        return self.questions[name]


class Wording:
    """Says rules of one form; a rule that it cannot say is shown as it stands, never left out."""

    def __init__(self, form: Form | DraftNames) -> None:
        self.form = form

    def say(self, rule: Rule) -> str:
        """The rule as a sentence without its full stop; "" for none."""
        return "" if rule is None else self._say(rule)

    def _say(self, rule: Rule, beside: Rule = None) -> str:
        if not isinstance(rule, Mapping):
            return self._literal(rule, beside)
        if len(rule) != 1:
            return str(dict(rule))
        ((name, given),) = rule.items()
        arguments = given if isinstance(given, list | tuple) else [given]
        if name in SAID:
            return str(getattr(self, SAID[name])(list(arguments)))
        return self._operator(name, list(arguments))

    def _operator(self, name: str, arguments: list[Rule]) -> str:
        if name in COMPARE and len(arguments) == 2:
            left, right = arguments
            said = COMPARE_DATES if self._is_date(left) or self._is_date(right) else COMPARE
            return said[name].format(self._say(left, right), self._say(right, left))
        if name in ROWS and len(arguments) == 2 and isinstance(arguments[0], str):
            return ROWS[name].format(self._name(arguments[0]), self._say(arguments[1]))
        if name in JOINED:
            return JOINED[name].join(self._bracketed(each, name) for each in arguments)
        if name in ("min", "max"):
            return PHRASES[name].format("、".join(map(self._say, arguments)))
        if name in PHRASES:
            return PHRASES[name].format(*[*map(self._say, arguments), "", "", ""])
        return f"{name}（{'、'.join(map(self._say, arguments))}）"

    def _is_date(self, rule: Rule) -> bool:
        name = next(iter(rule), "") if isinstance(rule, Mapping) else ""
        if name != "var":
            return name in DATES
        question = str(rule["var"] if isinstance(rule["var"], str) else rule["var"][0])
        return self.form.has(question) and self.form.question(question).type in ("date", "year_month")

    def _bracketed(self, rule: Rule, outer: str) -> str:
        inner = next(iter(rule), "") if isinstance(rule, Mapping) else ""
        return f"（{self._say(rule)}）" if inner in JOINED and inner != outer else self._say(rule)

    def _not(self, arguments: list[Rule]) -> str:
        return f"（{self._say(arguments[0])}）ではない"

    def _in(self, arguments: list[Rule]) -> str:
        if len(arguments) != 2:
            return str(arguments)
        value, among = arguments
        if isinstance(among, Mapping):
            return f"{self._say(among)}に{self._say(value, among)}がある"
        return f"{self._say(value)}が{'・'.join(self._literal(each, value) for each in among)}のどれか"

    def _date(self, arguments: list[Rule]) -> str:
        year, month, day = str(arguments[0]).split("-")
        return f"{int(year)}年{int(month)}月{int(day)}日"

    def _plain(self, arguments: list[Rule]) -> str:
        return str(arguments[0])

    def _var(self, arguments: list[Rule]) -> str:
        head, _, part = str(arguments[0]).partition(".")
        of_part = f"の{PARTS.get(part, part)}" if PARTS.get(part, part) else ""
        name = self._name(head)
        return f"「{name}」{of_part}" if name else f"〈{head}〉"

    def _name(self, name: str) -> str:
        if self.form.has(name):
            return pick(self.form.question(name).label, "ja")
        repeat = next((each for each in self.form.repeats if each.id == name), None)
        return pick(repeat.item, "ja") if repeat else ""

    def _literal(self, value: Rule, beside: Rule) -> str:
        """A literal as the question that it is compared with would show it: the choice's label, はい, いいえ."""
        if isinstance(value, bool):
            return "はい" if value else "いいえ"
        if value is None:
            return "答えなし"
        if isinstance(value, list | tuple):
            return "・".join(self._literal(each, beside) for each in value)
        head = str(beside["var"]).partition(".")[0] if isinstance(beside, Mapping) and isinstance(beside.get("var"), str) else ""
        choice = self.form.question(head).choice(str(value)) if self.form.has(head) else None
        return f"「{pick(choice.label, 'ja')}」" if choice else f"「{value}」" if isinstance(value, str) else str(value)


SAID: Mapping[str, str] = {"var": "_var", "not": "_not", "in": "_in", "date": "_date", "decimal": "_plain"}
