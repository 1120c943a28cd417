"""Example answers without people: every person, address, number and file in them is exchanged for one of the generator's.

What cannot be exchanged is what somebody wrote in a free text: a name or a number in it is refused, with the question that holds it.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from random import Random
from typing import Any

from django.utils.translation import gettext as _

from madoguchi.engines.forms import Form, Question, pick
from madoguchi.lib.errors import Refused
from madoguchi.lib.invented import Cast, World, changed, is_rows, recast
from madoguchi.lib.invented import people as invented
from madoguchi.procedures.actions.lists import lists

Json = dict[str, Any]
# A number that could be somebody's: four digits in a row, or groups of them as telephones and accounts are written.
NUMBER = re.compile(r"[0-9]{4,}|[0-9]{2,}[-ー－ 　][0-9]{2,}")
# Texts that are numbers by their meaning: exchanged digit by digit.
NUMBERED = frozenset({"insured.number", "dog.microchip", "dog.registration_number", "disability.certificate", "vehicle.number"})
# 国税庁's own corporate number: public, and valid by its check digit.
PUBLIC_CORPORATION = "7000012050002"


def invented_example(form: Form, example: Mapping[str, Any]) -> Json:
    """The example with invented people in it; the same example gives the same people. Raises Refused, naming the question.

    `example` as in a library's examples.json: {"id", "note", "on", "expect", "answers"}.
    """
    answers: Json = dict(example["answers"])
    known = frozenset(_names(answers))
    _require_no_people(form, answers, known, str(example.get("id", "")))
    rng = Random(f"shared {form.id} {example.get('id')}")  # noqa: S311 invented people are no secret
    world = World(rng, invented.Telephones(rng), lists())
    cast = Cast(world, 0.5, date.fromisoformat(str(example["on"])))
    exchanged = changed(form, recast(form, answers, cast), _rest(cast, rng))
    return {**example, "answers": exchanged}


def _names(value: Any) -> Iterator[str]:
    """Every name that stands in an answer, in parts of at least two characters, as written and in kana."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            if key in ("family", "given", "family_kana", "given_kana") and isinstance(each, str) and len(each) > 1:
                yield each
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


def _texts(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[Question, str]]:
    for key, value in answers.items():
        if is_rows(value):
            for row in value:
                yield from _texts(form, row)
        elif form.has(key) and isinstance(value, str) and _is_free(form.question(key)):
            yield form.question(key), value


def _is_free(question: Question) -> bool:
    """Whether somebody wrote the answer in words of their own."""
    return question.type in ("text", "long_text", "kana") and not _is_number(question)


def _is_number(question: Question) -> bool:
    return question.type == "text" and (question.pattern is not None or question.concept in NUMBERED)


def _require_no_people(form: Form, answers: Mapping[str, Any], known: frozenset[str], name: str) -> None:
    for question, text in _texts(form, answers):
        folded = unicodedata.normalize("NFKC", text)
        if question.type == "kana" or any(one in folded for one in known) or NUMBER.search(folded) or "@" in folded:
            label = pick(question.label, "ja")
            sentence = _("例「%(example)s」の「%(question)s」に、人の名前か番号があります。名前や番号のない文にしてください。")
            raise Refused(sentence % {"example": name, "question": label}, code="people_in_example", question=question.id)


def _rest(cast: Cast, rng: Random) -> Callable[[Question, Any], Any]:
    """What an exchange of people leaves: addresses anywhere, e-mail, accounts' numbers, numbers of people and companies, files."""

    def exchange(question: Question, value: Any) -> Any:
        maker = makers.get("digits" if _is_number(question) else question.type)
        return maker(value) if maker else value

    def account(value: Json) -> Json:
        holder = f"{rng.choice(invented.families()).name.kana} ハナ"
        return {**value, "number": f"{rng.randint(1_000_000, 9_999_999)}", "holder": holder}

    def files(value: Json) -> Json:
        kept = [
            {**one, "id": str(uuid.UUID(int=rng.getrandbits(128), version=4)), "name": f"mihon-{number}.{_ending(one)}"}
            for number, one in enumerate(value.get("files", ()), 1)
        ]
        return {**value, "files": kept}

    def mynumber(_value: Any) -> Any:
        raise Refused(_("回答の例に個人番号は入れられません。個人番号を消した例にしてください。"), code="mynumber_in_example")

    makers: dict[str, Callable[[Any], Any]] = {
        "digits": lambda value: re.sub("[0-9]", lambda _digit: str(rng.randint(0, 9)), str(value)),
        "address": lambda _value: invented.address(rng, "koto"),
        "email": lambda _value: f"mihon{rng.randint(1, 999)}@example.jp",
        "bank_account": account,
        "file": files,
        "mynumber": mynumber,
        "corporate_number": lambda _value: PUBLIC_CORPORATION,
    }
    return exchange


def _ending(file: Mapping[str, Any]) -> str:
    return {"application/pdf": "pdf", "image/png": "png", "image/heic": "heic"}.get(str(file.get("type")), "jpg")
