"""Which boxes a question gets on paper: combs of cells for digits and kana, lines, boxes to tick, words to circle.

The words are Japanese: the paper that is handed in is the Japanese one. Widths are in millimetres of the answer column.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from .definition import Choice, Question
from .texts import pick

WIDE: Final = 120.0  # what a row of boxes may take
CELL: Final = 5.0  # one cell of a comb
KANA_CELLS: Final = 23
LETTERS_A_LINE: Final = 24  # of handwriting in a full line
BIRTH_ERAS: Final = ("大正", "昭和", "平成", "令和", "西暦")
ERAS: Final = ("平成", "令和", "西暦")
ACCOUNT_KINDS: Final = (("ordinary", "普通"), ("current", "当座"), ("savings", "貯蓄"))
Kind = Literal["line", "comb", "check", "circle"]


@dataclass(frozen=True, slots=True)
class Box:
    """One field to write in. `cells`: a comb's groups, each with the sign after it ("年", "-"); `options`: (id, words) to tick or circle.

    `type` is the paper reader's word for what stands in it; `path` is the answer's, `part` one of its parts.
    """

    path: str
    kind: Kind
    type: str
    part: str = ""
    before: str = ""
    after: str = ""
    cells: tuple[tuple[int, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()  # beside each option: its hint, for whom it is
    width: float = 0.0  # of a line; 0: the whole row
    lines: int = 1
    list: str = ""  # the code list in which what is written stands

    @property
    def id(self) -> str:
        return f"{self.path}.{self.part}" if self.part else self.path


Rows = tuple[tuple[Box, ...], ...]


def boxes_of(question: Question, path: str, notes: Callable[[Choice], str] = lambda _choice: "") -> Rows:
    """The boxes of a question, row by row; none for what nobody writes on paper (calculated, information)."""
    if question.type in ("choice", "choices"):
        return ((_ticks(question, path, notes),),)
    make = _MAKERS.get(question.type)
    return make(question, path) if make else ()


def columns_of(box: Box) -> int:
    """How many options stand side by side."""
    longest = max((len(label) + len(note) / 2 for (_id, label), note in zip(box.options, box.notes or [""] * 99, strict=False)), default=1)
    return max(1, min(4, int(WIDE // (longest * 3.4 + 9))))


def _comb(path: str, cells: int, kind: str, **more: str) -> Box:
    return Box(path, "comb", kind, cells=((cells, ""),), **more)  # type: ignore[arg-type]


def _text(question: Question, path: str) -> Rows:
    if question.pattern in ("digits", "insurance_number"):
        most = {"insurance_number": 10}.get(question.pattern, question.max_length)
        if most <= KANA_CELLS:
            return ((_comb(path, most, "digits_comb"),),)
    return ((Box(path, "line", "text", lines=1 if question.max_length <= 2 * LETTERS_A_LINE or question.max_length == 200 else 2),),)


def _long_text(question: Question, path: str) -> Rows:
    return ((Box(path, "line", "text", lines=min(12, max(3, math.ceil(question.max_length / (LETTERS_A_LINE * 2))))),),)


def _person_name(question: Question, path: str) -> Rows:
    name = (Box(path, "line", "name", before="氏名"),)
    return (name,) if question.kana == "none" else ((_comb(path, KANA_CELLS - 1, "kana_comb", part="kana", before="カナ"),), name)


def _kana(question: Question, path: str) -> Rows:
    return ((_comb(path, min(question.max_length, KANA_CELLS), "kana_comb"),),)


def _date(question: Question, path: str) -> Rows:
    eras = BIRTH_ERAS if (question.concept or "").endswith("birth") else ERAS
    cells = ((4, "年"), (2, "月")) if question.type == "year_month" else ((4, "年"), (2, "月"), (2, "日"))
    era = Box(path, "circle", "circle", part="era", options=tuple((name, name) for name in eras))
    return ((era, Box(path, "comb", "ymd", cells=cells)),)


def _address(_question: Question, path: str) -> Rows:
    postal = Box(path, "comb", "postal_comb", part="postal", before="〒", cells=((3, "-"), (4, "")))
    return ((postal,), (Box(path, "line", "address"),), (Box(path, "line", "address", part="building", before="建物・部屋"),))


def _phone(_question: Question, path: str) -> Rows:
    return ((_comb(path, 11, "phone"),),)


def _email(_question: Question, path: str) -> Rows:
    return ((Box(path, "line", "text"),),)


def _digits(most: Decimal | None, usual: int) -> int:
    return usual if most is None else len(str(abs(int(most))))


def _number(question: Question, path: str) -> Rows:
    unit = pick(question.unit, "ja")
    if question.min is not None and question.min < 0:
        return ((Box(path, "line", "text", width=50.0, after=unit),),)
    whole = _digits(question.max, 6)
    cells = ((whole, "．"), (question.decimals, "")) if question.decimals else ((whole, ""),)
    return ((Box(path, "comb", "digits_comb", cells=cells, after=unit),),)


def _yen(question: Question, path: str) -> Rows:
    return ((_comb(path, _digits(question.max, 9), "money_comb", after="円"),),)


def _yes_no(_question: Question, path: str) -> Rows:
    return ((Box(path, "check", "check", options=(("true", "はい"), ("false", "いいえ"))),),)


def _ticks(question: Question, path: str, notes: Callable[[Choice], str]) -> Box:
    options = tuple((choice.id, pick(choice.label, "ja")) for choice in question.choices)
    beside = tuple("　".join(filter(None, (notes(choice), pick(choice.hint, "ja")))) for choice in question.choices)
    return Box(path, "check", "check", options=options, notes=beside)


def _lookup(question: Question, path: str) -> Rows:
    return ((Box(path, "line", "facility", list=question.list),),)


def _ranked(question: Question, path: str) -> Rows:
    most = int(question.max or 5)
    return tuple((Box(path, "line", "facility", part=str(n), before=f"第{n}希望", list=question.list),) for n in range(1, most + 1))


def _bank_account(_question: Question, path: str) -> Rows:
    bank = Box(path, "line", "bank", part="bank", before="銀行など", width=52.0, list="banks")
    branch = Box(path, "line", "bank", part="branch", before="支店", width=40.0)
    kind = Box(path, "check", "check", part="kind", options=ACCOUNT_KINDS)
    number = _comb(path, 7, "digits_comb", part="number", before="番号")
    return ((bank, branch), (kind,), (number,), (_comb(path, KANA_CELLS - 1, "kana_comb", part="holder", before="名義"),))


def _mynumber(_question: Question, path: str) -> Rows:
    return ((Box(path, "comb", "digits_comb", cells=((4, " "), (4, " "), (4, ""))),),)


def _corporate(_question: Question, path: str) -> Rows:
    return ((_comb(path, 13, "digits_comb"),),)


def _file(_question: Question, path: str) -> Rows:
    return ((Box(path, "check", "check", options=(("attached", "添えました"),)),),)


def _declaration(question: Question, path: str) -> Rows:
    return ((Box(path, "check", "check", options=(("true", pick(question.label, "ja")),)),),)


_MAKERS: Mapping[str, Callable[[Question, str], Rows]] = {
    "text": _text,
    "long_text": _long_text,
    "person_name": _person_name,
    "kana": _kana,
    "date": _date,
    "year_month": _date,
    "address": _address,
    "phone": _phone,
    "email": _email,
    "number": _number,
    "yen": _yen,
    "yes_no": _yes_no,
    "lookup": _lookup,
    "ranked": _ranked,
    "bank_account": _bank_account,
    "mynumber": _mynumber,
    "corporate_number": _corporate,
    "file": _file,
    "declaration": _declaration,
}
