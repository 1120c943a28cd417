"""A check of an answer as boxes: what of it, how it is compared, with what; and the sentence that is said where it does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from madoguchi.engines.forms.formulas import Claim, Operand, claim, rule_of_claim
from madoguchi.procedures.forms.studio_boxes import SAID, box, select
from madoguchi.procedures.forms.studio_conditions import Known, called, shown_value
from madoguchi.procedures.forms.studio_formulas import number_of
from madoguchi.procedures.forms.studio_values import day_of, kind_of, value_of, whole_of

PARTS = {
    "address": {
        "postal": gettext_lazy("郵便番号"), "prefecture": gettext_lazy("都道府県"), "city": gettext_lazy("市区町村"), "town": gettext_lazy("町名"),
        "block": gettext_lazy("番地"), "building": gettext_lazy("建物"),
    },
    "person_name": {
        "family": gettext_lazy("姓"), "given": gettext_lazy("名"), "family_kana": gettext_lazy("姓のフリガナ"), "given_kana": gettext_lazy("名のフリガナ"),
    },
}  # fmt: skip
PATTERNS = {
    "digits": gettext_lazy("数字だけ"), "alphanumeric": gettext_lazy("数字と英字だけ"), "halfwidth": gettext_lazy("半角の文字だけ"),
    "insurance_number": gettext_lazy("保険の番号（8〜10けた）"), "vehicle_number": gettext_lazy("車の登録番号"),
}  # fmt: skip
EQUAL, ORDER = ("==", "!="), ("<", "<=", ">", ">=")
WRITTEN = ("text", "long_text", "kana", "phone", "email", "corporate_number")
# type of the answer → what of it is looked at
MEASURES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(WRITTEN, ("length", "matches", "")), "date": ("", "age"), "choices": ("", "length"), "file": ("length",),
}  # fmt: skip
MEASURED = {
    "": gettext_lazy("答え"), "length": gettext_lazy("字数や個数"), "age": gettext_lazy("今日の年齢"), "matches": gettext_lazy("文字の形"),
}  # fmt: skip
DAYS = ("date", "year_month")
LEVELS = (("error", gettext_lazy("直すまで進めない")), ("warning", gettext_lazy("注意を出すが、進める")))
MOST_DAYS = 36_500


class ClaimBoxes:
    """What must hold of a question's answer, in a form. `is_by_hand` where the rule that stands says more than the boxes can."""

    def __init__(self, form: forms.Form, rule: Any, *, question: Mapping[str, Any], known: Known, anew: bool = False) -> None:
        self.form, self.question, self.known = form, question, known
        self.kind = kind_of(question)
        self.can_be_chosen = self.kind not in ("mynumber", "information", "bank_account", "")
        standing = claim(rule) if rule is not None else None
        is_readable = standing is not None and self.can_be_chosen and self._reads_back(standing)
        self.is_by_hand = rule is not None and not is_readable and not (anew and self.can_be_chosen)
        self.standing = standing if standing is not None and is_readable else None

    def add(self) -> None:
        """The boxes, filled with what stands."""
        if self.is_by_hand or not self.can_be_chosen:
            return
        fields, standing = self.form.fields, self.standing
        if self.kind in PARTS:
            part = standing.question.partition(".")[2] if standing else ""
            fields["part"] = select([("", _("選んでください")), *PARTS[self.kind].items()], _("答えのどこか"), initial=part)
        measures = MEASURES.get(self.kind, ("",))
        if len(measures) > 1:
            fields["measure"] = select(
                [(one, MEASURED[one]) for one in measures], _("何を見るか"), standing.measure if standing else measures[0]
            )
        fields["operator"] = select([(one, SAID[one]) for one in self._operators()], _("比べ方"), standing.operator if standing else "")
        what, text = self._shown(standing) if standing else ("value", "")
        fields["other"] = select(list(self._others()), _("何と比べるか"), initial=what)
        fields["other_value"] = forms.CharField(label=_("比べる値"), required=False, max_length=200, initial=text, widget=box())

    def _operators(self) -> tuple[str, ...]:
        if self.kind == "choices":
            return ("has", "has_not", *EQUAL, *ORDER)
        is_ordered = self.kind in (*DAYS, "number", "yen", "file", *WRITTEN)
        return (*EQUAL, *ORDER) if is_ordered else EQUAL

    def _others(self) -> Iterator[tuple[str, Any]]:
        yield "value", _("次の値")
        if self.kind in DAYS:
            yield "today", _("今日")
            yield "days", _("今日から、次の日数の後（前はマイナス）")
            yield "months", _("今日から、次の月数の後（前はマイナス）")
        if "matches" in MEASURES.get(self.kind, ()):
            yield from ((f"pattern:{name}", said) for name, said in PATTERNS.items())
        for name, one in self.known.items():
            if name != self.question["id"] and self._fits(one):
                yield f"var:{name}", called(one)

    def _fits(self, other: Mapping[str, Any]) -> bool:
        """Whether another answer can be compared with this one."""
        same = [kinds for kinds in (DAYS, ("number", "yen"), WRITTEN, ("yes_no", "declaration"), ("choice",)) if self.kind in kinds]
        return bool(same) and kind_of(other) in same[0]

    def _shown(self, standing: Claim) -> tuple[str, str]:
        other = standing.other
        if standing.measure == "matches":
            return f"pattern:{other.value}", ""
        if other.kind in ("var", "today"):
            return ("today", "") if other.kind == "today" else (f"var:{other.value}", "")
        if other.kind in ("days", "months"):
            return other.kind, str(other.value)
        return "value", shown_value(self.question, other.value) if standing.measure == "" else str(other.value)

    def _reads_back(self, standing: Claim) -> bool:
        """Whether every box can hold what stands and gives the very same check."""
        head, _dot, part = standing.question.partition(".")
        if head != self.question["id"] or bool(part) != (self.kind in PARTS) or (part and part not in PARTS[self.kind]):
            return False
        if standing.measure not in MEASURES.get(self.kind, ("",)):
            return False
        if standing.operator not in self._operators() and standing.measure != "matches":
            return False
        what, text = self._shown(standing)
        if what not in {name for name, _label in self._others()}:
            return False
        try:
            return rule_of_claim(self._made(part, standing.measure, standing.operator, what, text)) == rule_of_claim(standing)
        except ValueError:
            return False

    # -- what was chosen -----------------------------------------------------------------------------------------------------------

    def read(self, given: Mapping[str, Any]) -> Any:
        """The rule of what was chosen; what does not fit is an error beside its box (and the rule is None)."""
        part, measure = given.get("part") or "", given.get("measure") or MEASURES.get(self.kind, ("",))[0]
        if "measure" in self.form.fields:
            measure = given.get("measure") or ""
        if self.kind in PARTS and not part:
            self.form.add_error("part", _("選んでください。"))
            return None
        operator, what = given.get("operator", ""), given.get("other") or "value"
        if measure != "matches" and (operator not in self._bearable(measure) or what.startswith("pattern:")):
            self.form.add_error("operator", _("この項目は、その比べ方ができません。"))
            return None
        if measure == "matches" and not what.startswith("pattern:"):
            self.form.add_error("other", _("文字の形を選んでください。"))
            return None
        try:
            return rule_of_claim(self._made(part, measure, operator, what, str(given.get("other_value") or "").strip()))
        except ValueError as problem:
            self.form.add_error("other_value", str(problem))
            return None

    def _bearable(self, measure: str) -> tuple[str, ...]:
        if measure in ("length", "age"):
            return (*EQUAL, *ORDER)
        if self.kind == "choices":
            return ("has", "has_not")
        return EQUAL if self.kind in WRITTEN else self._operators()

    def _made(self, part: str, measure: str, operator: str, what: str, text: str) -> Claim:
        """The check of these boxes. Raises ValueError with a sentence."""
        name = f"{self.question['id']}.{part}" if part else str(self.question["id"])
        if what.startswith("pattern:"):
            return Claim(name, measure, "==", Operand("text", what.removeprefix("pattern:")))
        return Claim(name, measure, operator, self._other(measure, operator, what, text))

    def _other(self, measure: str, operator: str, what: str, text: str) -> Operand:
        if what.startswith("var:") and measure == "":
            return Operand("var", what.removeprefix("var:"))
        if what == "today":
            return Operand("today")
        if what in ("days", "months"):
            return Operand(what, _near(whole_of(text)))
        if measure in ("length", "age"):
            return Operand("number", whole_of(text))
        if self.kind in ("number", "yen"):
            return Operand("number", number_of(text))
        if self.kind in DAYS:
            return Operand("today") if (day := day_of(text)) == "today" else Operand("date", day)
        value = value_of({**self.question, "type": "yes_no" if self.kind == "declaration" else self.kind}, operator, text)
        return Operand("truth" if isinstance(value, bool) else "text", value)


def _near(number: int) -> int:
    if abs(number) > MOST_DAYS:
        raise ValueError(_("36,500までの数で入力してください。"))
    return number


def checks_of(question: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """(address, check) of a question's checks, in their order."""
    return [(f"check:{question['id']}/{number}", one) for number, one in enumerate(question.get("checks", ()))]
