"""From the words of a paper form to a question: what a label asks for, guessed; a person accepts, changes or drops each.

The guess is made from the label alone and says how sure it is; it never looks at an answer.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Guess:
    """A question as the document writes it (without its id), and whether the label left little doubt."""

    part: dict[str, Any]
    is_sure: bool


# First match wins: what is more special stands above. (pattern, type, concept)
PATTERNS: Final[tuple[tuple[str, str, str], ...]] = (
    (r"個人番号|マイナンバー", "mynumber", "applicant.mynumber"),
    (r"法人番号", "corporate_number", "applicant.corporate_number"),
    (r"(メール|e-?mail|電子メール)", "email", "applicant.email"),
    (r"(電話|携帯|連絡先|TEL|ファクス|FAX)", "phone", "applicant.phone"),
    (r"(振込先|口座|金融機関)", "bank_account", "account"),
    (r"生年月日", "date", "applicant.birth"),
    (r"(フリガナ|ふりがな|カナ)", "kana", "applicant.kana"),
    (r"(氏名|名前|お名前)", "person_name", "applicant.name"),
    (r"(住所|所在地|居所|本籍)", "address", "applicant.address"),
    (r"(年月日|日付|日$|日\)$|期日|[^曜祝]日から|日まで)", "date", ""),
    (r"(何年何月|年月$)", "year_month", ""),
    (r"(金額|費用|収入|所得|家賃|料金|手当額|補助額|\(円\)|円$)", "yen", ""),
    (r"(人数|件数|個数|台数|回数|日数|面積|年齢|体重|数量|\((人|回|日|台|枚|個|㎡|m2|歳|時間)\)|数$)", "number", ""),
    (r"(誓約|同意し|承諾し|誤りはありません|相違ありません)", "declaration", ""),
    (r"(添付|写し|証明書|書類|図面|写真)", "file", ""),
    (r"(理由|内容|事情|経緯|詳細|備考|状況|具体的|意見|その他|目的)", "long_text", ""),
    (r"(の?有無|ですか|ますか|かどうか|要否|該当)", "yes_no", ""),
)
ALTERNATIVES: Final = re.compile(r"\s*[・/／、,]\s*")
MARKS: Final = re.compile(r"^[\s\d０-９①-⑳(（)）.．、・■●◆※*＊]+|[\s:：]+$|[（(]必須[）)]")
YES: Final = frozenset({"有", "はい", "あり", "要", "該当する", "する"})
MOST_CHOICES, LONGEST_LABEL = 30, 120


def guess(label: str, box: str = "") -> Guess | None:
    """What a label asks for; `box` is what stands in the box beside it (□男 □女, 有・無, 年　月　日). None for what is no question."""
    text = tidy(label)
    if not text or len(text) > LONGEST_LABEL:
        return None
    part: dict[str, Any] = {"label": {"ja": text}}
    beside = unicodedata.normalize("NFKC", box)
    options = options_in(box)
    if len(options) == 2 and options[0] in YES:  # two opposites are a yes or no
        return Guess({**part, "type": "yes_no"}, True)
    if len(options) > 1:
        several = bool(re.search(r"(すべて|全て|複数|いくつでも)", text))
        return Guess({**part, "type": "choices" if several else "choice", "choices": _choices(options)}, True)
    if re.fullmatch(r"[\s年月日平成令和昭.()]*年\s*月\s*日.*", beside):
        found = _by_label(text)
        return Guess({**part, "type": "date", **({"concept": found[1]} if found and found[0] == "date" and found[1] else {})}, True)
    found = _by_label(text)
    if found is None:
        return Guess({**part, "type": "text"}, False)
    kind, concept = found
    return Guess({**part, "type": kind, **({"concept": concept} if concept else {})}, True)


def tidy(label: str) -> str:
    """A label without its number, marks and the spaces that spread it over its cell (氏　　名)."""
    text = unicodedata.normalize("NFKC", label).replace("\n", "")
    text = MARKS.sub("", text)
    return re.sub(r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", text).strip()


def _by_label(text: str) -> tuple[str, str] | None:
    return next(((kind, concept) for pattern, kind, concept in PATTERNS if re.search(pattern, text, re.IGNORECASE)), None)


def options_in(box: str) -> list[str]:
    """The alternatives of a box: □男 □女, 有・無, はい／いいえ; nothing where there are none."""
    text = unicodedata.normalize("NFKC", box).strip()
    ticked = [part.strip() for part in re.split(r"[□☐◻]", text) if part.strip()]
    if re.search(r"[□☐◻]", text):
        return list(dict.fromkeys(part[:60] for part in ticked))[:MOST_CHOICES]
    parts = [part for part in ALTERNATIVES.split(text) if part]
    is_short = 1 < len(parts) <= 6 and all(len(part) <= 8 and not re.search(r"[年月日\d]", part) for part in parts)
    return list(dict.fromkeys(parts)) if is_short else []


def _choices(options: list[str]) -> list[dict[str, Any]]:
    return [{"id": f"c{number}", "label": {"ja": option}} for number, option in enumerate(options, 1)]


# -- a whole form -------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Proposed:
    """A guess and the row of the paper (from 1) on which its label stands."""

    row: int
    guess: Guess


BOX: Final = re.compile(r"[□☐◻〒＿_]|^[\s()（）]*$|^[\s\d年月日時分平成令和昭大正.・()（）~〜-]*$")
NO_QUESTION: Final = re.compile(
    r"(申請書|申込書|届出?書?|請求書|調書|様式)$|(様|殿)$|^[(（]?(宛て?先|あて先)|^(※|注|記$|以上$|第\d+号様式|次のとおり|下記のとおり)"
)
LINE: Final = re.compile(r"^(?P<label>[^:：]{2,40})[:：](?P<box>.*)$", re.DOTALL)


def proposals(grid: Sequence[Sequence[str]]) -> list[Proposed]:
    """Questions of a paper form that is a grid of texts (a sheet, the tables of a document): labels with what stands in the box beside.

    A merged cell is given by repeating its text. Titles, addressees and notes are no questions; a label that comes again is left out.
    """
    found: dict[str, Proposed] = {}
    for number, row in enumerate(grid, 1):
        for label, box in _pairs(_once(row)):
            if (one := guess(label, box)) is not None:
                found.setdefault(one.part["label"]["ja"], Proposed(number, one))
    return list(found.values())


def _once(row: Sequence[str]) -> list[str]:
    """A row's cells, the ones that a merged cell repeats once."""
    cells = [str(cell).strip() for cell in row]
    return [cell for at, cell in enumerate(cells) if at == 0 or not cell or cell != cells[at - 1]]


def _pairs(cells: list[str]) -> Iterator[tuple[str, str]]:
    """(label, box): a box is the cell after a label that is empty or holds what is to be ticked or filled in."""
    at = 0
    while at < len(cells):
        label, box = cells[at], cells[at + 1] if at + 1 < len(cells) else ""
        line = LINE.match(label)
        is_no_label = not label or (BOX.search(label) is not None and line is None)
        if is_no_label or NO_QUESTION.search(label) or NO_QUESTION.search(tidy(label)):
            at += 1
        elif line is not None:
            yield line["label"], line["box"]
            at += 1
        else:
            is_box = BOX.search(box) is not None or len(options_in(box)) > 1
            yield label, box if is_box else ""
            at += 2 if is_box else 1
