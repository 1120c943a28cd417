"""From the JSON of a rule to nodes. Faults are collected, never raised, so that an author sees all of them at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from . import logic_ops
from .logic import Node, Rule
from .patterns import PATTERNS

MAX_DEPTH, MAX_NODES, MAX_NUMBER = 16, 500, 10**18
PARTS: Mapping[str, frozenset[str]] = {
    "person_name": frozenset({"family", "given", "family_kana", "given_kana"}),
    "address": frozenset({"postal", "prefecture", "city", "town", "block", "building"}),
    "bank_account": frozenset({"bank", "branch", "kind", "number", "holder"}),
}
_FACT = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NEVER_READ = "個人番号は条件や計算に使えません（answered だけ使えます）"
_DECIMAL = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,12})?")


@dataclass(frozen=True, slots=True)
class Symbol:
    """What an id stands for: kind is question, calculation or repeat; order is the place in the form."""

    kind: str
    type: str
    repeat: str | None = None
    order: int = 0


@dataclass(slots=True)
class Parser:
    """Parses the rules of one form; `faults` grows."""

    symbols: Mapping[str, Symbol]
    faults: list[tuple[str, str]]
    rules: int = 0
    _nodes: int = 0
    _uses: set[str] = field(default_factory=set)

    def parse(self, source: Any, path: str, *, repeat: str | None = None) -> Rule | None:
        """A rule read from the scope of `repeat`, or None with faults noted."""
        self.rules += 1
        self._nodes, self._uses = 0, set()
        before = len(self.faults)
        node = self._node(source, path, repeat, 1)
        if node is not None and self._is_secret(node):
            node = self._fault(path, _NEVER_READ)
        if node is None or len(self.faults) > before:
            return None
        return Rule(source, path, node, frozenset(self._uses))

    def _fault(self, path: str, message: str) -> Node | None:
        """Note a fault; the None it gives is the node that there is not."""
        self.faults.append((path, message))
        return None

    def _node(self, source: Any, path: str, repeat: str | None, depth: int) -> Node | None:
        self._nodes += 1
        if depth > MAX_DEPTH:
            return self._fault(path, f"条件が深すぎます（{MAX_DEPTH}段まで）")
        if self._nodes > MAX_NODES:
            return self._fault(path, f"条件が大きすぎます（{MAX_NODES}個まで）") if self._nodes == MAX_NODES + 1 else None
        if isinstance(source, Mapping):
            return self._operation(source, path, repeat, depth)
        if isinstance(source, list | tuple):
            return self._list(source, path, depth)
        return self._literal(source, path)

    def _literal(self, source: Any, path: str) -> Node | None:
        if source is None or isinstance(source, bool | str):
            return Node("literal", path, logic_ops.literal, value=source)
        if isinstance(source, int) and abs(source) < MAX_NUMBER:
            return Node("literal", path, logic_ops.literal, value=Decimal(source))
        if isinstance(source, float):
            return self._fault(path, '小数は {"decimal": "0.5"} のように文字列で書いてください')
        return self._fault(path, "条件に書けない値です")

    def _list(self, source: list[Any] | tuple[Any, ...], path: str, depth: int) -> Node | None:
        items = [self._node(each, f"{path}[{i}]", None, depth + 1) for i, each in enumerate(source[: MAX_NODES + 1])]
        if any(item is not None and item.op != "literal" for item in items):
            return self._fault(path, "リストには決まった値だけを書いてください")
        return Node("literal", path, logic_ops.literal, value=tuple(item.value for item in items if item is not None))

    def _operation(self, source: Mapping[str, Any], path: str, repeat: str | None, depth: int) -> Node | None:
        if len(source) != 1:
            return self._fault(path, "演算子は1つだけ書いてください")
        op, raw = next(iter(source.items()))
        path = f"{path}.{op}"
        if op == "var":
            return self._var(raw, path, repeat)
        if op == "date":
            return self._date(raw, path)
        if op == "decimal":
            return self._decimal(raw, path)
        if op not in logic_ops.OPERATORS:
            return self._fault(path, f"知らない演算子です: {str(op)[:40]}")
        args = list(raw) if isinstance(raw, list | tuple) else [raw]
        rows = logic_ops.OPERATORS[op].rows
        if rows == "only" or (rows == "may" and self._names_repeat(args)):
            return self._aggregate(op, args, path, depth)
        return self._plain(op, args, path, repeat, depth)

    def _plain(self, op: str, raw: list[Any], path: str, repeat: str | None, depth: int) -> Node | None:
        operator = logic_ops.OPERATORS[op]
        if op == "answered":  # of an id there is nothing to compute, so both spellings are taken
            raw = [{"var": each} if isinstance(each, str) else each for each in raw]
        if not operator.least <= len(raw) <= operator.most:
            return self._fault(path, f"{op} に渡す値の数が違います（{len(raw)}個）")
        args = [self._node(each, f"{path}[{i}]", repeat, depth + 1) for i, each in enumerate(raw)]
        if any(arg is None for arg in args):
            return None
        node = Node(op, path, operator.run, tuple(arg for arg in args if arg is not None))
        return self._checked(node)

    def _checked(self, node: Node) -> Node | None:
        """Faults that only one operator can have."""
        if node.op == "answered" and node.args[0].op != "var":
            return self._fault(node.path, 'answered には {"var": …} を書いてください')
        if node.op == "matches" and (node.args[1].op != "literal" or node.args[1].value not in PATTERNS):
            return self._fault(node.path, "matches には決まった型の名前を書いてください: " + ", ".join(PATTERNS))
        if node.op != "answered" and any(self._is_secret(arg) for arg in node.args):
            return self._fault(node.path, _NEVER_READ)
        return node

    def _is_secret(self, node: Node) -> bool:
        return node.op == "var" and node.value[0] != "calculation" and self.symbols[node.value[1].split(".")[0]].type == "mynumber"

    def _names_repeat(self, raw: list[Any]) -> bool:
        symbol = self.symbols.get(raw[0]) if raw and isinstance(raw[0], str) else None
        return symbol is not None and symbol.kind == "repeat"

    def _aggregate(self, op: str, raw: list[Any], path: str, depth: int) -> Node | None:
        if len(raw) != 2 or not self._names_repeat(raw):
            return self._fault(path, f'{op} は {{"{op}": ["繰り返しのid", 条件]}} の形で書いてください')
        self._uses.add(raw[0])
        rule = self._node(raw[1], f"{path}[1]", raw[0], depth + 1)
        if rule is None:
            return None
        return self._checked(Node(op, path, logic_ops.OPERATORS[op].run, (rule,), raw[0]))

    def _var(self, raw: Any, path: str, repeat: str | None) -> Node | None:
        name = raw[0] if isinstance(raw, list | tuple) and len(raw) == 1 else raw
        if not isinstance(name, str):
            return self._fault(path, "var には項目のidを書いてください")
        head, _, part = name.partition(".")
        symbol = self.symbols.get(head)
        if symbol is None or symbol.kind == "repeat":
            return self._fault(path, f"知らない項目です: {name[:80]}")
        if symbol.type == "information":
            return self._fault(path, f"説明文（information）には答えがありません: {head}")
        if symbol.repeat and symbol.repeat != repeat:
            return self._fault(path, f"繰り返しの中の項目です。count, any, all, sum, min, max を使ってください: {head}")
        if part and not self._has_part(symbol, part):
            return self._fault(path, f"この項目に {part[:40]} という部分はありません: {head}")
        self._uses.add(head)
        where = "calculation" if symbol.kind == "calculation" else "row" if symbol.repeat else "form"
        return Node("var", path, logic_ops.var, value=(where, name))

    @staticmethod
    def _has_part(symbol: Symbol, part: str) -> bool:
        if symbol.type == "lookup":  # any fact of the list's entries, which the form does not know
            return _FACT.fullmatch(part) is not None
        return part in PARTS.get(symbol.type, frozenset())

    def _date(self, raw: Any, path: str) -> Node | None:
        try:
            day = date.fromisoformat(raw) if isinstance(raw, str) and len(raw) == 10 else None
        except ValueError:
            day = None
        if day is None:
            return self._fault(path, "日付は 2026-04-01 の形で書いてください")
        return Node("literal", path, logic_ops.literal, value=day)

    def _decimal(self, raw: Any, path: str) -> Node | None:
        try:
            number = Decimal(raw) if isinstance(raw, str) and _DECIMAL.fullmatch(raw) else None
        except InvalidOperation:
            number = None
        if number is None:
            return self._fault(path, '小数は {"decimal": "0.5"} のように書いてください')
        return Node("literal", path, logic_ops.literal, value=number)
