"""The patterns a form may name. Free regular expressions are refused: they can hang, and nobody can read them."""

from __future__ import annotations

import re

PATTERNS = {
    "digits": re.compile(r"[0-9]+"),
    "alphanumeric": re.compile(r"[0-9A-Za-z]+"),
    "halfwidth": re.compile(r"[\x20-\x7e]+"),
    "insurance_number": re.compile(r"[0-9]{8,10}"),
    # 地名・分類番号・かな・一連番号: 「品川 500 あ 12-34」 or, for small vehicles, 「江東区 あ 1234」
    "vehicle_number": re.compile(r"[^\W\d_]{1,6}\s*[0-9A-Z]{0,3}\s*[ぁ-んA-Z]\s*[0-9・.]{1,4}(-[0-9]{2})?"),
}


def matches(text: str, pattern: str) -> bool:
    """Whether the whole text is of that pattern."""
    return PATTERNS[pattern].fullmatch(text) is not None
