"""The studio's panels: a part of the form document as boxes, and what was typed as changes. A rule is chosen, never written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from madoguchi.engines.forms import concepts
from madoguchi.engines.forms.conditions import rule_of
from madoguchi.engines.forms.editing import Change, Found, find
from madoguchi.procedures.forms.studio_boxes import DECIMAL, LANGUAGES, NAMES, NUMBER_LABELS, NUMBERS, TEXTS, Words, box, select, words_box
from madoguchi.procedures.forms.studio_checks import LEVELS, ClaimBoxes
from madoguchi.procedures.forms.studio_conditions import ConditionBoxes, Known, before, everywhere, groups_before
from madoguchi.procedures.forms.studio_formulas import FormulaBoxes

NO_ANSWER = ("information", "calculated")
CALCULATED = ("number", "yen", "text", "date")


class PartForm(forms.Form):
    """One part of the document; `changes` are what differs from what stands. `picked`: a kind of calculation, or "anew" for a check."""

    def __init__(self, *args: Any, document: dict[str, Any], address: str, picked: str = "", **options: Any) -> None:
        super().__init__(*args, auto_id="part_%s", **options)
        self.document, self.address, self.picked = document, address, picked
        self.found: Found = find(document, address)
        self.part = self.found.part
        self.conditions: ConditionBoxes | None = None
        self.formula: FormulaBoxes | None = None
        self.claim: ClaimBoxes | None = None
        for key in TEXTS.get(self.found.kind, ()):
            self._texts(key)
        if self.found.kind == "page":
            self._ends()
        if self.found.kind == "question":
            self._question()
        if self.found.kind in ("page", "section", "question", "choice"):
            self._condition()
        if self.found.kind == "calculation" or self.part.get("type") == "calculated":
            self._formula()
        if self.found.kind == "check":
            self._check()

    def _texts(self, key: str) -> None:
        standing = self.part.get(key) or {}
        for language, name in LANGUAGES:
            text = standing.get(language, "")
            self.fields[f"{key}_{language}"] = Words(label=name, required=False, initial=text, widget=words_box(text))

    def _ends(self) -> None:
        ends = [("", _("次のページへ進む")), ("not_eligible", _("ここで終わり（対象外）")), ("elsewhere", _("ここで終わり（別の窓口へ）"))]
        self.fields["ends"] = select(ends, _("このページの後"), initial=self.part.get("ends", ""))

    def _question(self) -> None:
        kind = self.part.get("type", "text")
        if kind not in NO_ANSWER:
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

    # -- rules -------------------------------------------------------------------------------------------------------------------

    @cached_property
    def before(self) -> Known:
        """{id: question or calculation} that a rule of this part can read."""
        return before(self.document, self.address)

    def _condition(self) -> None:
        self.conditions = ConditionBoxes(self, "c", self.part.get("show_if"), self.before, _("出る条件"))
        if self.conditions.cannot_choose:
            self.fields["show_if_drop"] = forms.BooleanField(
                label=_("くわしい条件が付いています。外して、選び直せるようにする"), required=False
            )
        else:
            self.conditions.add()

    def _formula(self) -> None:
        is_own = self.found.kind == "calculation"
        self.formula = FormulaBoxes(
            self,
            self.part.get("value"),
            picked=self.picked,
            known=everywhere(self.document, self.address) if is_own else self.before,
            groups=groups_before(self.document, self.address),
            gives=str(self.part.get("type" if is_own else "format", "")),
            may_give=(*CALCULATED, "yes_no") if is_own else CALCULATED,
        )
        self.formula.add()

    def _check(self) -> None:
        question = find(self.document, self.found.home).part
        known = before(self.document, self.address, itself=True)
        self.claim = ClaimBoxes(self, self.part.get("that"), question=question, known=known, anew=self.picked == "anew")
        self.claim.add()
        self.fields["level"] = select(LEVELS, _("合わないとき"), initial=self.part.get("level", "error"))

    # -- for the page --------------------------------------------------------------------------------------------------------------

    def plain(self) -> dict[str, Any]:
        """The boxes that are no condition, for parts/fields.html."""
        rows = [one for one in (self.conditions, self.formula.conditions if self.formula else None) if one is not None]
        beside = [*self.texts(), *(self.formula.operands() if self.formula is not None else ())]
        special = {name for one in rows for name in one.names()} | {item.name for _name, items in beside for item in items}
        return {"visible_fields": [self[name] for name in self.fields if name not in special]}

    def texts(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Each text in its languages, which stand side by side."""
        return [(NAMES[key], [self[f"{key}_{language}"] for language, _name in LANGUAGES]) for key in TEXTS.get(self.found.kind, ())]

    def rows(self) -> list[list[forms.BoundField]]:
        """The rows of the condition under which the part shows."""
        return self.conditions.rows() if self.conditions is not None else []

    def rules(self) -> list[ConditionBoxes]:
        """The conditions whose boxes the page shows: that of a calculation, and that under which the part shows."""
        of_formula = [self.formula.conditions] if self.formula is not None and self.formula.has_condition else []
        return [one for one in (*of_formula, self.conditions) if one is not None and one.rows()]

    # -- what changed --------------------------------------------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.conditions is not None and not self.conditions.cannot_choose:
            chosen = self.conditions.read(given)
            given["condition"] = rule_of(chosen) if chosen is not None else None
        if self.formula is not None and self.formula.kind:
            given["value"] = self.formula.read(given)
        if self.claim is not None and "operator" in self.fields:
            given["that"] = self.claim.read(given)
        return given

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
        yield from self._rule_values(given)
        if self.found.kind == "check" and given["level"] != self.part.get("level", "error"):
            yield "level", given["level"]

    def _rule_values(self, given: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
        if "condition" in given:
            yield "show_if", given["condition"]
        elif given.get("show_if_drop"):
            yield "show_if", None
        if "value" in given:
            yield "value", given["value"]
            yield "type" if self.found.kind == "calculation" else "format", given["gives"]
        if "that" in given:
            yield "that", given["that"]


def _plain(value: Any) -> Any:
    """What is written out but says nothing (required: false), and a limit in the way in which this page writes it."""
    return None if value is False else _limit(Decimal(value)) if isinstance(value, str) and DECIMAL.fullmatch(value) else value


def _limit(value: Decimal | None) -> int | str | None:
    """A number of the document: whole, or a string with its decimals."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else f"{value.normalize():f}"
