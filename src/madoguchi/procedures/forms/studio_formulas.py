"""A calculation as boxes: its kind is chosen first, then what it works on, of what fits by type. What was written by hand stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.engines.forms.conditions import Condition, rule_of
from madoguchi.engines.forms.formulas import TAKES, TODAY, Formula, Operand, formula, rule_of_formula
from madoguchi.procedures.forms.studio_boxes import DECIMAL, box, select
from madoguchi.procedures.forms.studio_conditions import ConditionBoxes, Known, called
from madoguchi.procedures.forms.studio_values import day_of, kind_of, whole_of

KINDS = {
    "same": gettext_lazy("答えや計算を、そのまま出す"), "total": gettext_lazy("いくつかの数を足す"), "difference": gettext_lazy("数から数を引く"),
    "product": gettext_lazy("数に数を掛ける"), "quotient": gettext_lazy("数を数で割り、小数を切り捨てる"), "round": gettext_lazy("数の端数を切り捨てる"),
    "sum": gettext_lazy("繰り返しの中の数を合計する"), "count": gettext_lazy("繰り返しの数を数える"), "age": gettext_lazy("ある日の年齢"),
    "days": gettext_lazy("日から日までの日数"), "fiscal_year": gettext_lazy("日の年度"), "if": gettext_lazy("条件で、2つのどちらかにする"),
    "greater": gettext_lazy("2つの数の大きいほう"), "smaller": gettext_lazy("2つの数の小さいほう"),
    "sum_product": gettext_lazy("繰り返しの中の数どうしを掛けて、合計する"), "later_days": gettext_lazy("日から、何日か後の日"),
    "later_months": gettext_lazy("日から、何か月か後の日"),
}  # fmt: skip
OPERANDS = {
    "same": (gettext_lazy("出すもの"),),
    "total": (gettext_lazy("1つめ"), gettext_lazy("2つめ"), gettext_lazy("3つめ"), gettext_lazy("4つめ")),
    "difference": (gettext_lazy("引かれる数"), gettext_lazy("引く数")), "product": (gettext_lazy("掛けられる数"), gettext_lazy("掛ける数")),
    "quotient": (gettext_lazy("割られる数"), gettext_lazy("割る数")), "round": (gettext_lazy("切り捨てる数"),),
    "sum": (gettext_lazy("合計する数"),), "count": (), "age": (gettext_lazy("生まれた日"), gettext_lazy("年齢を数える日")),
    "days": (gettext_lazy("始まりの日"), gettext_lazy("終わりの日")), "fiscal_year": (gettext_lazy("年度を見る日"),),
    "if": (gettext_lazy("条件に当てはまるとき"), gettext_lazy("そうでないとき")),
    "greater": (gettext_lazy("1つめ"), gettext_lazy("2つめ")), "smaller": (gettext_lazy("1つめ"), gettext_lazy("2つめ")),
    "sum_product": (gettext_lazy("掛けられる数"), gettext_lazy("掛ける数")), "later_days": (gettext_lazy("始まりの日"), gettext_lazy("足す日数")),
    "later_months": (gettext_lazy("始まりの日"), gettext_lazy("足す月数")),
}  # fmt: skip
DIGITS = {
    0: gettext_lazy("小数"), -1: gettext_lazy("10未満"), -2: gettext_lazy("100未満"), -3: gettext_lazy("1,000未満"), -4: gettext_lazy("10,000未満"),
}  # fmt: skip
GIVES = {
    "number": gettext_lazy("数"), "yen": gettext_lazy("金額"), "date": gettext_lazy("日付"), "text": gettext_lazy("短い文"),
    "yes_no": gettext_lazy("はい・いいえ"),
}  # fmt: skip
NUMBERS = frozenset({"number", "yen"})
DAYS = frozenset({"date", "year_month"})
VALUE = frozenset({*NUMBERS, *DAYS, "yes_no", "text", "choice", "long_text", "kana"})
SUMS = frozenset({"sum", "sum_product"})
Groups = Mapping[str, tuple[str, Known]]


class FormulaBoxes:
    """A calculation in a form. `kind` is what is shown: the one that stands, or one that was picked; "" while none is."""

    def __init__(
        self, form: forms.Form, rule: Any, *, picked: str, known: Known, groups: Groups, gives: str, may_give: tuple[str, ...]
    ) -> None:
        self.form, self.known, self.groups, self.gives, self.may_give = form, known, groups, gives, may_give
        standing = formula(rule) if rule is not None else None
        self.conditions = ConditionBoxes(form, "f", _rule_in(standing), self._conditions_read(), "")
        is_readable = standing is not None and self._reads_back(standing)
        self.is_by_hand = rule is not None and not is_readable
        self.kind = picked if picked in KINDS else standing.kind if standing is not None and is_readable else ""
        self.standing = standing if standing is not None and is_readable and standing.kind == self.kind else Formula(self.kind)
        label = _("数える条件") if self.kind == "count" else _("条件")
        self.conditions = ConditionBoxes(form, "f", _rule_in(self.standing), self._conditions_read(), label)

    def _conditions_read(self) -> dict[str, Mapping[str, Any]]:
        inner = {name: one for _name, questions in self.groups.values() for name, one in questions.items()}
        return {**self.known, **inner}

    @property
    def has_condition(self) -> bool:
        return self.kind in ("count", "if")

    def add(self) -> None:
        """The boxes of the kind, filled with what stands."""
        if not self.kind:
            return
        fields = self.form.fields
        if self.kind == "count":
            groups = [(name, shown) for name, (shown, _inner) in self.groups.items()]
            fields["group"] = select([("", _("選んでください")), *groups], _("数える繰り返し"), initial=self.standing.group)
        for number, label in enumerate(OPERANDS[self.kind]):
            self._operand(number, str(label))
        if self.kind == "round":
            fields["digits"] = select([(str(one), said) for one, said in DIGITS.items()], _("切り捨てるところ"), str(self.standing.digits))
        if self.has_condition:
            self.conditions.add()
        fields["gives"] = select([(one, GIVES[one]) for one in self.may_give], _("計算の答え"), initial=self.gives or self._usual())

    def _usual(self) -> str:
        return TAKES[self.kind][3] or self.may_give[0]

    def _operand(self, number: int, label: str) -> None:
        standing = self.standing.operands[number] if number < len(self.standing.operands) else None
        what, text = self._shown(standing) if standing is not None else ("", "")
        options = [("", _("選んでください") if number < TAKES[self.kind][1] else _("なし")), *self._options(self.kind, number)]
        self.form.fields[f"o{number}_what"] = select(options, label, initial=what)
        if wants(self.kind, number) != "row":
            self.form.fields[f"o{number}_value"] = forms.CharField(
                label=_("%(what)s：値") % {"what": label}, required=False, max_length=100, initial=text, widget=box()
            )

    def _options(self, kind: str, number: int) -> Iterator[tuple[str, Any]]:
        wanted = wants(kind, number)
        if wanted == "row":
            for group, (shown, inner) in self.groups.items():
                named = {"group": shown}
                yield from (
                    (f"{group}|{name}", _("%(group)sごとの「%(question)s」") % {**named, "question": called(one)})
                    for name, one in inner.items()
                    if kind_of(one) in NUMBERS
                )
            return
        fits = NUMBERS if wanted == "number" else DAYS if wanted == "date" else VALUE
        yield from ((f"var:{name}", called(one)) for name, one in self.known.items() if kind_of(one) in fits)
        if wanted in ("number", "any"):
            yield "number", _("次の数")
        if wanted == "date":
            yield "today", _("今日")
            yield "date", _("次の日付")

    def _shown(self, operand: Operand) -> tuple[str, str]:
        """The option and the text that mean an operand."""
        if self.kind in SUMS:
            return f"{self.standing.group}|{operand.value}", ""
        if operand.kind == "var":
            return f"var:{operand.value}", ""
        return operand.kind, "" if operand.kind == "today" else str(operand.value)

    def _reads_back(self, standing: Formula) -> bool:
        """Whether every box can hold what stands and gives it back as it is."""
        options = [{name for name, _label in self._options(standing.kind, number)} for number in range(len(standing.operands))]
        if standing.kind in SUMS:
            pairs = zip(standing.operands, options, strict=True)
            return all(one.kind == "var" and f"{standing.group}|{one.value}" in offered for one, offered in pairs)
        if standing.kind == "count" and (standing.group not in self.groups or not self._of_group(standing)):
            return False
        if standing.condition is not None and self.conditions.cannot_choose:
            return False
        if standing.kind == "round" and standing.digits not in DIGITS:
            return False
        if standing.kind == "if" and not self._reads_outside(standing.condition):
            return False
        return all(self._holds(one, offered) for one, offered in zip(standing.operands, options, strict=True))

    def _holds(self, operand: Operand, options: set[str]) -> bool:
        """Whether its boxes can show an operand and read the very same one."""
        if operand.kind == "var" or operand.kind not in options:
            return f"var:{operand.value}" in options
        again = _OPERANDS[operand.kind]("" if operand.kind == "today" else str(operand.value))
        return again == operand and type(again.value) is type(operand.value)

    def _of_group(self, standing: Formula) -> bool:
        """Whether the condition asks only what the counted rows and the form know."""
        known = {**self.known, **self.groups[standing.group][1]}
        return standing.condition is None or all(term.question in known for term in standing.condition.terms)

    def _reads_outside(self, condition: Condition | None) -> bool:
        return condition is not None and all(term.question in self.known for term in condition.terms)

    def operands(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """What it works on: each with its label, what was picked, and where it has one the value that was typed."""
        names = [[f"o{number}_{part}" for part in ("what", "value")] for number in range(len(OPERANDS[self.kind]))] if self.kind else []
        return [(self.form.fields[row[0]].label, [self.form[name] for name in row if name in self.form.fields]) for row in names]

    # -- what was chosen --------------------------------------------------------------------------------------------------------------

    def read(self, given: Mapping[str, Any]) -> Any:
        """The rule of what was chosen; what does not fit is an error beside its box (and the rule is None)."""
        operands = [one for number in range(len(OPERANDS[self.kind])) if (one := self._read_operand(number, given)) is not None]
        group = given.get("group", "")
        if self.kind in SUMS:
            groups = {str(one.value).partition("|")[0] for one in operands}
            operands = [Operand("var", str(one.value).partition("|")[2]) for one in operands]
            group = min(groups, default="")
            if len(groups) > 1:
                self.form.add_error("o1_what", _("2つとも、同じ繰り返しの中の数にしてください。"))
        condition = self.conditions.read(given) if self.has_condition else None
        made = Formula(self.kind, tuple(operands), group, condition, int(given.get("digits") or 0) if self.kind == "round" else 0)
        self._complain(made)
        self._check_gives(made, str(given.get("gives", "")))
        return None if self.form.errors else rule_of_formula(made)

    def _complain(self, made: Formula) -> None:
        if self.kind == "count" and not made.group:
            self.form.add_error("group", _("数える繰り返しを選んでください。"))
        elif self.kind == "count" and not self._of_group(made):
            self.form.add_error(self.conditions.name(0, "question"), _("この項目は、選んだ繰り返しの中にありません。"))
        if self.kind == "if" and made.condition is None and not self.form.errors:
            self.form.add_error(self.conditions.name(0, "question"), _("条件を選んでください。"))
        elif self.kind == "if" and not self.form.errors and not self._reads_outside(made.condition):
            self.form.add_error(self.conditions.name(0, "question"), _("繰り返しの中の項目は、ここでは使えません。"))

    def _read_operand(self, number: int, given: Mapping[str, Any]) -> Operand | None:
        what, text = str(given.get(f"o{number}_what") or ""), str(given.get(f"o{number}_value") or "").strip()
        if not what:
            if number < TAKES[self.kind][1]:
                self.form.add_error(f"o{number}_what", _("選んでください。"))
            return None
        if what.startswith("var:"):
            return Operand("var", what.removeprefix("var:"))
        try:
            return _OPERANDS[what](text) if what in _OPERANDS else Operand("row", what)
        except ValueError as problem:
            self.form.add_error(f"o{number}_value", str(problem))
            return None

    def _check_gives(self, made: Formula, gives: str) -> None:
        """What the calculation gives is what it is said to give; of numbers both a number and an amount."""
        found = {TAKES[made.kind][3]} if TAKES[made.kind][3] else {self._kind(one) for one in made.operands}
        wanted = "number" if gives in NUMBERS else gives
        if len(found) > 1:
            self.form.add_error("o1_what", _("2つとも、同じ種類（数、日付など）のものにしてください。"))
        elif found and found != {wanted}:
            name = GIVES.get(next(iter(found)), "")
            self.form.add_error("gives", _("この計算の答えは「%(kind)s」です。それを選んでください。") % {"kind": name})

    def _kind(self, operand: Operand) -> str:
        kind = kind_of(self.known.get(str(operand.value), {})) if operand.kind == "var" else operand.kind
        return "number" if kind in NUMBERS else "date" if kind in DAYS else "yes_no" if kind == "yes_no" else "text"


def wants(kind: str, number: int) -> str:
    """What kind of thing an operand of a calculation must be."""
    of = TAKES[kind][0]
    return of[min(number, len(of) - 1)]


def _rule_in(standing: Formula | None) -> Any:
    return rule_of(standing.condition) if standing is not None and standing.condition is not None else None


def number_of(text: str) -> int | Decimal:
    """A number as people write it, also with decimals. Raises ValueError with a sentence."""
    plain = text.replace(",", "")
    return Decimal(plain) if "." in plain and DECIMAL.fullmatch(plain) else whole_of(text)


_OPERANDS = {
    "number": lambda text: Operand("number", number_of(text)),
    "date": lambda text: TODAY if (day := day_of(text)) == "today" else Operand("date", day),
    "today": lambda _text: TODAY,
}
