"""Example answers without people: every person, address, number and file in them is exchanged for one of the generator's.

Only what the form asks for goes along, in the shape that its type has. What cannot be exchanged is what somebody wrote in a free text:
a name or a number in it is refused, with the question that holds it.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from random import Random
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.engines.forms import Form, Question, pick
from madoguchi.engines.japanese import to_hiragana
from madoguchi.lib.errors import Refused
from madoguchi.lib.invented import Cast, World, changed, is_rows, recast
from madoguchi.lib.invented import people as invented
from madoguchi.procedures.actions.lists import lists
from madoguchi.procedures.actions.shapes import sound

Json = dict[str, Any]
# A number that could be somebody's: four digits in a row, groups of them as telephones and accounts are written, a block of a town, a birth.
NUMBER = re.compile(
    r"[0-9]{4,}|[0-9]{2,}[-‐‑–—−ーー－ ][0-9]{2,}|[0-9]+[-‐‑–—−ー][0-9]+[-‐‑–—−ー][0-9]+|[0-9]+(?:丁目|番地|番|号)"
    r"|(?:明治|大正|昭和|平成|令和)[0-9元]+年"
)
TITLES = "さん|様|さま|氏|くん|君|ちゃん|殿"
# Texts that are numbers by their meaning or their pattern: exchanged digit by digit. Other patterns let names through.
NUMBERED = frozenset({"insured.number", "dog.microchip", "dog.registration_number", "disability.certificate", "vehicle.number"})
DIGITS = frozenset({"digits", "insurance_number", "vehicle_number"})
BIRTH = re.compile(r"birth|生年月日|生まれ|誕生")
# The number of the textbooks: valid by its check digit, and nobody's.
SAMPLE_MYNUMBER = "123456789018"
# 国税庁's own corporate number: public, and valid by its check digit.
PUBLIC_CORPORATION = "7000012050002"


def invented_example(form: Form, example: Mapping[str, Any], number: int = 1) -> Json:
    """The example with invented people in it; the same example gives the same people. Raises Refused, naming the question.

    `example` as in a library's examples.json: {"id", "note", "on", "expect", "answers"}; its name stays at home, `number` is its own.
    """
    answers = _asked(form, example["answers"])
    _require_no_people(form, answers, str(example.get("id", "")))
    rng = Random(f"shared {form.id} {number}")  # noqa: S311 invented people are no secret
    world = World(rng, invented.Telephones(rng), lists())
    cast = Cast(world, 0.5, date.fromisoformat(str(example["on"])))
    exchanged = changed(form, recast(form, answers, cast), _rest(cast, rng))
    name = _("例%(number)s") % {"number": number}
    return {"id": f"e{number}", "note": {"ja": name}, "on": str(example["on"]), "expect": example["expect"], "answers": exchanged}


def _asked(form: Form, answers: Mapping[str, Any]) -> Json:
    """What the form asks a person for, in its type's shape; what an earlier version asked, and what nobody types, stays here."""
    groups = {repeat.id for repeat in form.repeats}
    made: Json = {}
    for key, value in answers.items():
        if key in groups and isinstance(value, list):
            rows = [row for row in value if isinstance(row, Mapping)]
            made[key] = [{"row": f"r{number}", **_sound(form, row, key)} for number, row in enumerate(rows, 1)]
    return {**_sound(form, answers, None), **made}


def _sound(form: Form, answers: Mapping[str, Any], group: str | None) -> Json:
    found: Json = {}
    for key, value in answers.items():
        if form.has(key) and value is not None and (question := form.question(key)).is_typed and question.repeat == group:
            try:
                found[key] = sound(question, value, lists())
            except ValueError as error:
                sentence = _("回答の例の「%(question)s」の答えが、質問の形と合いません。外に出す例から外すか、直してください。")
                label = {"question": pick(question.label, "ja")}
                raise Refused(sentence % label, code="unreadable_in_example", question=key) from error
    return found


# -- names and numbers in free texts --------------------------------------------------------------------------------------------------


def folded(text: str) -> str:
    """A text as it is compared: width, kana, case and blanks are the same."""
    return "".join(to_hiragana(unicodedata.normalize("NFKC", text)).casefold().split())


def _names(value: Any) -> Iterator[str]:
    """Every name that stands in an answer, whole and in parts of at least two characters, as written and in kana."""
    if isinstance(value, Mapping):
        for family, given in (("family", "given"), ("family_kana", "given_kana")):
            parts = [str(value.get(key) or "") for key in (family, given)]
            yield from (folded(part) for part in (*parts, "".join(parts)) if len(part) > 1)
        for each in value.values():
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


@cache
def _called() -> re.Pattern[str]:
    """A usual family name with a title or a given name behind it."""
    written = {
        *invented.data("names")["common_families"].split(),
        *(one.name.written for one in invented.families() if len(one.name.written) > 1),
    }
    families = sorted(map(re.escape, map(folded, written)), key=len, reverse=True)
    drawn = (name.written for sex in ("female", "male") for era in ("old", "middle", "young") for name in invented.given_names(sex, era))
    given = {folded(name) for name in (*invented.data("names")["common_given"].split(), *drawn)}
    return re.compile(f"(?:{'|'.join(families)})(?:{TITLES}|{'|'.join(sorted(map(re.escape, given), key=len, reverse=True))})")


def names_somebody(text: str, known: frozenset[str] = frozenset()) -> bool:
    """Whether a text holds a known name, a usual one with a title or a given name, a number that could be somebody's, or a mail address."""
    plain = unicodedata.normalize("NFKC", text)
    key = folded(text)
    return any(one in key for one in known) or bool(NUMBER.search(plain)) or "@" in plain or bool(_called().search(key))


def _texts(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[Question, str]]:
    for key, value in answers.items():
        if is_rows(value):
            for row in value:
                yield from _texts(form, row)
        elif form.has(key) and isinstance(value, str) and value and _is_free(form.question(key)):
            yield form.question(key), value


def _is_free(question: Question) -> bool:
    """Whether somebody wrote the answer in words of their own."""
    return question.type in ("text", "long_text", "kana") and not _is_number(question)


def _is_number(question: Question) -> bool:
    return question.type == "text" and (question.pattern in DIGITS or question.concept in NUMBERED)


def _require_no_people(form: Form, answers: Mapping[str, Any], name: str) -> None:
    known = frozenset(_names(answers))
    for question, text in _texts(form, answers):
        if question.type == "kana" or names_somebody(text, known):
            label = pick(question.label, "ja")
            sentence = _("例「%(example)s」の「%(question)s」に、人の名前か番号があります。名前や番号のない文にしてください。")
            raise Refused(sentence % {"example": name, "question": label}, code="people_in_example", question=question.id)


# -- what an exchange of people leaves ---------------------------------------------------------------------------------------------------


def _rest(cast: Cast, rng: Random) -> Callable[[Question, Any], Any]:
    """Addresses anywhere, e-mail, accounts' numbers, numbers of people and companies, births, files."""
    places: dict[str, Json] = {}

    def exchange(question: Question, value: Any) -> Any:
        if question.type == "date" and BIRTH.search(f"{question.id} {question.concept} {pick(question.label, 'ja')}"):
            return cast.birth(value)
        maker = makers.get("digits" if _is_number(question) else question.type)
        return maker(value) if maker else value

    def address(value: Json) -> Json:
        """The same place stays the same: forms compare old and new addresses."""
        return places.setdefault("|".join(str(value.get(part, "")) for part in ("city", "town", "block")), invented.address(rng, "koto"))

    def account(value: Json) -> Json:
        holder = f"{rng.choice(invented.families()).name.kana} ハナ"
        return {**value, "number": f"{rng.randint(1_000_000, 9_999_999)}", "holder": holder}

    def files(value: Json) -> Json:
        kept = [
            {**one, "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)), "name": f"mihon-{number}.{_ending(one)}"}
            for number, one in enumerate(value.get("files", ()), 1)
        ]
        return {**value, "files": kept}

    makers: dict[str, Callable[[Any], Any]] = {
        "digits": lambda value: re.sub("[0-9]", lambda _digit: str(rng.randint(0, 9)), unicodedata.normalize("NFKC", str(value))),
        "address": address,
        "email": lambda _value: f"mihon{rng.randint(1, 999)}@example.jp",
        "bank_account": account,
        "file": files,
        "mynumber": lambda _value: SAMPLE_MYNUMBER,
        "corporate_number": lambda _value: PUBLIC_CORPORATION,
    }
    return exchange


def _ending(file: Mapping[str, Any]) -> str:
    return {"application/pdf": "pdf", "image/png": "png", "image/heic": "heic"}.get(str(file.get("type")), "jpg")
