"""Which rules could not work any more if a question had another type. The document may be unsound: rules are looked at as they stand."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any, Final

from .editing_parts import CHILDREN, Found, parts
from .linting_types import KINDS
from .logic_ops import OPERATORS
from .parsing import PARTS

CHOOSING: Final = frozenset({"choice", "choices"})
EQUALS: Final = frozenset({"==", "!=", "<", "<=", ">", ">="})


def misreaders(document: Mapping[str, Any], question: Mapping[str, Any], kind: str) -> list[str]:
    """Addresses of the parts with a rule that reads the question in a way that an answer of this type does not bear."""
    look = _Look(document, question, kind)
    found = []
    for address, one in parts(copy.deepcopy(dict(document))):
        own = {key: value for key, value in one.part.items() if key not in CHILDREN.values() or one.kind == "check"}
        if any(look.speaks_against(rule, wanted) for rule, wanted in _rules(one, own)):
            found.append(address)
    return found


def _rules(one: Found, own: Mapping[str, Any]) -> Iterator[tuple[Any, str]]:
    """The rules of a part with the kind of value that each must have."""
    for key in ("show_if", "that"):
        if own.get(key) is not None:
            yield own[key], "truth"
    if own.get("value") is not None:
        kind = own.get("type") if one.kind == "calculation" else own.get("format", "number")
        yield own["value"], KINDS.get(str(kind), "text")


class _Look:
    def __init__(self, document: Mapping[str, Any], question: Mapping[str, Any], kind: str) -> None:
        self.id, self.was, self.kind = question["id"], question.get("type"), kind
        self.choices = {str(one.get("id")) for one in question.get("choices", ())} if self.was in CHOOSING else set()
        self.types = {one.part.get("id"): one.part for _address, one in parts(copy.deepcopy(dict(document)))}
        self.value = KINDS.get(str(question.get("format", "number")) if kind == "calculated" else kind, "text")

    def speaks_against(self, rule: Any, wanted: str) -> bool:
        """Whether the rule reads the question where `wanted` is needed and the new type does not give it, here or further in."""
        if isinstance(rule, list):
            return any(self.speaks_against(one, "") for one in rule)
        if not isinstance(rule, Mapping) or len(rule) != 1:
            return False
        ((operator, given),) = rule.items()
        if operator == "var":
            return self.is_ours(given) and not self.bears(str(given).partition(".")[2], wanted)
        args = given if isinstance(given, list) else [given]
        if operator == "answered":
            return any(self.is_ours(one.get("var")) for one in args if isinstance(one, Mapping)) and self.kind == "information"
        takes = OPERATORS[operator].takes if operator in OPERATORS else ()
        kinds = [takes[min(at, len(takes) - 1)] if takes else "" for at in range(len(args))]
        if operator in OPERATORS and OPERATORS[operator].rows and args and isinstance(args[0], str):
            kinds = ["", *(takes[:1] or ("",))]
        if operator in EQUALS | {"in"} and len(args) == 2 and self.compares_wrongly(operator, args):
            return True
        return any(self.speaks_against(one, wants) for one, wants in zip(args, kinds, strict=False))

    def is_ours(self, name: Any) -> bool:
        return isinstance(name, str) and name.partition(".")[0] == self.id

    def bears(self, part: str, wanted: str) -> bool:
        """Whether the new type gives a value of that kind; a part only where the type has it."""
        if self.kind in ("information", "mynumber"):
            return False
        if part:
            return part in PARTS.get(self.kind, ()) and wanted in ("", "text")
        return wanted in ("", self.value) or (wanted == "ordered" and self.value in ("number", "date"))

    def compares_wrongly(self, operator: str, args: list[Any]) -> bool:
        left, right = args
        if operator == "in" and self.is_whole(right):
            return self.value != "list" or self.is_gone(left)
        if operator == "in":
            return self.is_whole(left) and isinstance(right, list) and any(self.differs(one) for one in right)
        return (self.is_whole(left) and self.differs(right)) or (self.is_whole(right) and self.differs(left))

    def is_whole(self, side: Any) -> bool:
        """Whether a side of a comparison is the whole answer, and no part of it."""
        return isinstance(side, Mapping) and side.get("var") == self.id

    def is_gone(self, side: Any) -> bool:
        """Whether it is a choice of the question that the new type would not have."""
        return isinstance(side, str) and side in self.choices and self.kind not in CHOOSING

    def differs(self, other: Any) -> bool:
        """Whether the other side is of another kind than the new type, or names a choice that would be gone."""
        kind = self.kind_of(other)
        return self.is_gone(other) or (bool(kind) and kind != self.value)

    def kind_of(self, side: Any) -> str:
        if isinstance(side, bool):
            return "truth"
        if isinstance(side, int):
            return "number"
        if isinstance(side, str):
            return "text"
        if not isinstance(side, Mapping) or len(side) != 1:
            return ""
        ((operator, given),) = side.items()
        if operator == "var":
            part = self.types.get(str(given).partition(".")[0], {})
            kind = part.get("format", "number") if part.get("type") == "calculated" else part.get("type")
            return "text" if "." in str(given) else KINDS.get(str(kind), "text") if kind else ""
        if operator in ("date", "decimal"):
            return "date" if operator == "date" else "number"
        return OPERATORS[operator].gives if operator in OPERATORS else ""
