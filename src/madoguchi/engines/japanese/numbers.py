"""Numbers as people write them, and numbers that check themselves.

Check digits: 個人番号 by 総務省令 (平成26年総務省令第85号) 第5条; 法人番号 by 財務省令 (平成26年財務省令第70号) 第2条;
全国地方公共団体コード by the rule published with the code. None of them proves that a number has been issued.
"""

import re
from decimal import Decimal, localcontext
from typing import Final

from .kana import normalise_hyphens, to_halfwidth

KANJI_DIGITS: Final = "〇零○一二三四五六七八九"
KANJI_NUMERALS: Final = KANJI_DIGITS + "十百千"

_MAX_LENGTH: Final = 40
_TO_ASCII: Final = str.maketrans("〇零○一二三四五六七八九壱弐参拾萬", "000123456789123十万")
_SEPARATORS: Final = re.compile(r"[\s\-ー\uff70]+")

_PLAIN: Final = r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?"
_SMALL: Final = re.compile(rf"(?:({_PLAIN})?(千))?(?:({_PLAIN})?(百))?(?:({_PLAIN})?(十))?({_PLAIN})?")
_LARGE: Final = re.compile(r"(?:([^兆億万]+)兆)?(?:([^兆億万]+)億)?(?:([^兆億万]+)万)?([^兆億万]*)")
_AMOUNT: Final = re.compile(r"金?([-+−△▲]?)[¥￥\\]?([-+−△▲]?)([^円]+)(?:円也?)?")


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True))


def _require(digits: str, length: int) -> None:
    if len(digits) != length or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"{length} ASCII digits are needed")


def mynumber_check_digit(first11: str) -> int:
    """The twelfth digit of a 個人番号 from its first eleven; ValueError unless eleven ASCII digits.

    The remainders 0 and 1 of the division by 11 share the check digit 0, so not every slip of one digit is caught.
    """
    _require(first11, 11)
    remainder = _weighted(first11, (6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11
    return 0 if remainder <= 1 else 11 - remainder


def corporate_number_check_digit(last12: str) -> int:
    """The first digit of a 法人番号 from the twelve after it; ValueError unless twelve ASCII digits.

    Catches every slip of one digit except 0 for 9 and 9 for 0.
    """
    _require(last12, 12)
    return 9 - _weighted(last12, (2, 1) * 6) % 9


def municipality_code_check_digit(first5: str) -> int:
    """The sixth digit of a 全国地方公共団体コード from its first five; ValueError unless five ASCII digits."""
    _require(first5, 5)
    return (11 - _weighted(first5, (6, 5, 4, 3, 2)) % 11) % 10


def read_digits(text: str) -> str:
    """The ASCII digits of `text`, without spaces and hyphens of any width; ValueError for any other character."""
    digits = _SEPARATORS.sub("", normalise_hyphens(to_halfwidth(text)))
    if digits and not (digits.isascii() and digits.isdigit()):
        raise ValueError("something other than digits, spaces and hyphens")
    return digits


def _digits_of_length(text: str, length: int) -> str | None:
    try:
        digits = read_digits(text)
    except ValueError:
        return None
    return digits if len(digits) == length else None


def is_mynumber(text: str) -> bool:
    """Whether `text` holds a 個人番号 whose check digit fits; widths, spaces and hyphens are tolerated."""
    digits = _digits_of_length(text, 12)
    return digits is not None and mynumber_check_digit(digits[:11]) == int(digits[11])


def is_corporate_number(text: str) -> bool:
    """Whether `text` holds a 法人番号 whose check digit fits; widths, spaces and hyphens are tolerated."""
    digits = _digits_of_length(text, 13)
    return digits is not None and corporate_number_check_digit(digits[1:]) == int(digits[0])


def is_municipality_code(text: str) -> bool:
    """Whether `text` holds a six-digit 全国地方公共団体コード of one of the 47 prefectures whose check digit fits."""
    digits = _digits_of_length(text, 6)
    if digits is None or not 1 <= int(digits[:2]) <= 47:
        return False
    return municipality_code_check_digit(digits[:5]) == int(digits[5])


def is_invoice_number(text: str) -> bool:
    """Whether `text` has the shape of a registration number of a qualified invoice issuer: "T" and thirteen digits.

    The check digit is verified too: a company has T + its 法人番号, and a sole trader's number follows the same rule.
    """
    plain = to_halfwidth(text).strip()
    return plain[:1] in ("T", "t") and is_corporate_number(plain[1:])


def parse_number(text: str, *, decimals: int = 0) -> Decimal:
    """The number written in `text`, with exactly `decimals` places: "１，２３４円", "3万5千", "▲120", "二十三".

    Tolerated: both widths, commas in groups of three, ¥ and 円, signs (also △ ▲), kanji numerals, 十百千万億兆.
    ValueError when it is no number, has more places than `decimals`, or is longer than 40 characters.
    """
    match = _AMOUNT.fullmatch(to_halfwidth(text).strip()) if len(text) <= _MAX_LENGTH else None
    if match is None or (match[1] and match[2]):
        raise ValueError("not a number")
    with localcontext(prec=100):
        value = _large_number(match[3].strip().translate(_TO_ASCII))
        rounded = value.quantize(Decimal(1).scaleb(-decimals))
        if rounded != value:
            raise ValueError(f"more than {decimals} decimal places")
    is_negative = (match[1] or match[2]) not in ("", "+")
    # copy_negate, because the minus sign would round to the 28 digits of the usual context.
    return rounded.copy_negate() if is_negative and rounded else rounded


def parse_kanji_number(text: str) -> int:
    """A whole number in kanji or ASCII numerals below 10,000 for units: "二十三", "二〇二四", "12"; else ValueError."""
    if len(text) > _MAX_LENGTH:
        raise ValueError("too long")
    value = _small_number(text.translate(_TO_ASCII))
    if value != int(value):
        raise ValueError("not a whole number")
    return int(value)


def _large_number(text: str) -> Decimal:
    match = _LARGE.fullmatch(text)
    if match is None:
        raise ValueError("not a number")
    sections = list(zip(match.groups(), (10**12, 10**8, 10**4, 1), strict=True))
    terms = [(_small_number(digits), unit) for digits, unit in sections if digits]
    return _sum_descending(terms)


def _small_number(text: str) -> Decimal:
    match = _SMALL.fullmatch(text)
    if match is None:
        raise ValueError("not a number")
    thousand, sen, hundred, hyaku, ten, juu, rest = match.groups()
    parts = ((thousand, sen, 1000), (hundred, hyaku, 100), (ten, juu, 10), (rest, rest, 1))
    terms = [(Decimal((digits or "1").replace(",", "")), unit) for digits, present, unit in parts if present]
    return _sum_descending(terms)


def _sum_descending(terms: list[tuple[Decimal, int]]) -> Decimal:
    """The sum of value x unit; what follows a unit must be smaller than it (二千二千 and 3千2024 are slips)."""
    if not terms:
        raise ValueError("not a number")
    total = Decimal(0)
    for value, unit in reversed(terms):
        if total >= unit > 1:
            raise ValueError("parts overlap")
        total += value * unit
    return total
