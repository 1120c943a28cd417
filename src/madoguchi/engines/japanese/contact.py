"""Telephone numbers, postal codes and e-mail addresses as residents type them.

Numbers are read with Google's libphonenumber tables (`phonenumbers`). E-mail follows RFC 5321, loosened for Japanese
carrier addresses, which for years allowed consecutive dots and a dot before the @.
"""

import re
from typing import Final

import phonenumbers

from .kana import normalise_hyphens, to_halfwidth
from .numbers import read_digits

_PHONE: Final = re.compile(r"\+?[0-9][0-9 ().\-]*[0-9]|\([0-9][0-9 ().\-]*[0-9]")
_LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]*")
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_DOMAIN: Final = re.compile(rf"(?:{_LABEL}\.)+(?=[a-z0-9-]*[a-z]){_LABEL}")
_MAX_EMAIL: Final = 254
_MAX_LOCAL: Final = 64

# Domains that exist, among them neighbours of the common ones that must not be "corrected".
# fmt: off
_KNOWN_DOMAINS: Final = frozenset({
    "gmail.com", "ymail.com", "mail.com", "email.com", "fmail.com", "googlemail.com",
    "yahoo.co.jp", "yahoo.com", "icloud.com", "me.com", "mac.com", "docomo.ne.jp",
    "ezweb.ne.jp", "au.com", "softbank.ne.jp", "i.softbank.jp", "ymobile.ne.jp", "rakuten.jp",
    "rakumail.jp", "uqmobile.jp", "outlook.com", "outlook.jp", "hotmail.com", "hotmail.co.jp",
    "live.jp", "live.com", "msn.com", "nifty.com", "biglobe.ne.jp", "ocn.ne.jp",
    "so-net.ne.jp", "dion.ne.jp", "plala.or.jp", "t.vodafone.ne.jp", "disney.ne.jp", "pdx.ne.jp",
})
# fmt: on
_TYPO_DOMAINS: Final = {
    "docomo.co.jp": "docomo.ne.jp",
    "docomo.jp": "docomo.ne.jp",
    "docomo.com": "docomo.ne.jp",
    "ezweb.co.jp": "ezweb.ne.jp",
    "ezweb.jp": "ezweb.ne.jp",
    "ezweb.com": "ezweb.ne.jp",
    "softbank.co.jp": "softbank.ne.jp",
    "i.softbank.ne.jp": "i.softbank.jp",
    "gmail.co.jp": "gmail.com",
    "gmail.ne.jp": "gmail.com",
    "gmail.jp": "gmail.com",
    "icloud.co.jp": "icloud.com",
    "icloud.ne.jp": "icloud.com",
    "yahoo.jp": "yahoo.co.jp",
    "yahoo.ne.jp": "yahoo.co.jp",
    "yahoo.co": "yahoo.co.jp",
}
_SHORTEST_COMPARED: Final = 8  # in shorter names one letter more or less is a different, real domain


class ContactProblem(ValueError):
    """A text that is no usable contact.

    `key` is one of phone.unreadable, phone.wrong_length (params digits), phone.foreign (country_code),
    phone.unknown_number, postal.unreadable, email.no_at, email.unreadable, email.too_long (limit).
    """

    def __init__(self, key: str, **params: object) -> None:
        super().__init__(key)
        self.key = key
        self.params: dict[str, object] = params


def normalise_phone(text: str) -> str:
    """A Japanese telephone number in national form, "090-1234-5678"; widths, brackets and +81 are understood.

    ContactProblem phone.*; phone.unknown_number means that no such range is allotted in Japan.
    """
    plain = normalise_hyphens(to_halfwidth(text)).strip()
    if len(plain) > 30 or not _PHONE.fullmatch(plain):
        raise ContactProblem("phone.unreadable")
    try:
        number = phonenumbers.parse(plain, "JP")
    except phonenumbers.NumberParseException:
        raise ContactProblem("phone.unreadable") from None
    if number.country_code != 81:
        raise ContactProblem("phone.foreign", country_code=number.country_code)
    national = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    if len(phonenumbers.national_significant_number(number)) not in (9, 10):  # the leading 0 does not belong to it
        raise ContactProblem("phone.wrong_length", digits=len(re.sub("[^0-9]", "", plain)))
    if not phonenumbers.is_valid_number(number):
        raise ContactProblem("phone.unknown_number")
    return national


def normalise_postal(text: str) -> str:
    """A postal code as "135-0016"; 〒, widths and hyphens are tolerated. ContactProblem postal.unreadable."""
    try:
        digits = read_digits(text.strip().removeprefix("〒"))
    except ValueError:
        digits = ""
    if len(digits) != 7:
        raise ContactProblem("postal.unreadable")
    return f"{digits[:3]}-{digits[3:]}"


def normalise_email(text: str) -> str:
    """An e-mail address in half-width letters with its domain in lower case, an international one as punycode.

    Any dots are accepted in the local part except at its start. ContactProblem email.no_at, .unreadable, .too_long.
    """
    plain = to_halfwidth(text).strip()
    if "@" not in plain:
        raise ContactProblem("email.no_at")
    if len(plain) > _MAX_EMAIL:  # before anything costly is done with it
        raise ContactProblem("email.too_long", limit=_MAX_EMAIL)
    local, _, domain = plain.rpartition("@")
    domain = _ascii_domain(domain)
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(domain):
        raise ContactProblem("email.unreadable")
    if len(local) > _MAX_LOCAL or len(local) + 1 + len(domain) > _MAX_EMAIL:
        raise ContactProblem("email.too_long", limit=_MAX_EMAIL)
    return f"{local}@{domain}"


def _ascii_domain(domain: str) -> str:
    try:
        return domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise ContactProblem("email.unreadable") from None


def email_suggestion(text: str) -> str | None:
    """The address probably meant when the domain looks mistyped (gmial.com, docomo.co.jp), else None. Never raises."""
    try:
        local, _, domain = normalise_email(text).rpartition("@")
    except ContactProblem:
        return None
    meant = _TYPO_DOMAINS.get(domain) or _only_neighbour(domain)
    return f"{local}@{meant}" if meant else None


def _only_neighbour(domain: str) -> str | None:
    if domain in _KNOWN_DOMAINS or len(domain) < _SHORTEST_COMPARED:
        return None
    near = [known for known in _KNOWN_DOMAINS if len(known) >= _SHORTEST_COMPARED and _is_one_slip(domain, known)]
    return near[0] if len(near) == 1 else None


def _is_one_slip(typed: str, meant: str) -> bool:
    """Whether one letter was added, left out, exchanged for another or swapped with the next."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    rest, other = typed[start:], meant[start:]
    is_swapped = rest[:2] == other[1::-1] and len(other) > 1 and rest[2:] == other[2:]
    return is_swapped or rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]
