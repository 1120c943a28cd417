"""Who one can be in the sample city, and how one signs in: kept in sign-ins.json beside the database, printed at every start."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django_scopes import scope

from madoguchi.demo import people
from madoguchi.lib.addresses import address

if TYPE_CHECKING:
    from madoguchi.applications.models import Application
    from madoguchi.demo.filing import Case

FILE = "sign-ins.json"
Json = dict[str, Any]


def sign_ins(cases: Iterable[Case] = (), families: Iterable[Json] = ()) -> Json:
    """Every persona with name and password; the applications of `cases` made to be looked up by number, and such `families`."""
    facts = people.data("city")
    return {
        "note": facts["note"],
        "password": facts["password"],
        "staff": [{key: one[key] for key in ("key", "username", "ja", "en", "municipality")} for one in facts["personas"]],
        "resident": {"email": facts["resident"]["email"], "name": "見本 花子"},
        "look_up": [
            *(_look_up(case) for case in cases if case.facts.get("role") == "look-up" and case.application is not None),
            *families,
        ],
    }


def _look_up(case: Case) -> Json:
    assert case.filled is not None
    with scope(municipality=case.city.municipality):
        return looked_up(case.row, case.phrase, case.filled.answers.get("birth", ""))


def looked_up(application: Application, phrase: str, birth: str, state: str = "") -> Json:
    """What opens one application by its number; `state` where that of the application says too little."""
    return {
        "number": application.number,
        "phrase": phrase,
        "procedure": application.procedure.name["ja"],
        "state": state or application.state,
        "birth": birth,
    }


def write(found: Json) -> None:
    """Keep the sign-ins of this city."""
    (settings.HOME / FILE).write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")


def read() -> Json:
    """The kept sign-ins; without the look-ups when the file is gone (passphrases are stored nowhere else)."""
    file = settings.HOME / FILE
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.exists() else sign_ins()


def lines(found: Json, base: str) -> Iterator[str]:
    """What a person who started the demo needs to know; `base` is the address at which it is served."""
    resident = [
        ("home", f"{base}/koto/", ""),
        (
            "sign in by e-mail",
            base + address("applications:sign_in", slug="koto"),
            f"{found['resident']['email']} (the code arrives in the mailbox)",
        ),
        ("mailbox 郵便受け", base + address("notices_shared:mailbox", slug=None), ""),
    ]
    for one in found["look_up"]:
        words = f"{one['number']}  {one['phrase']}  (born {one['birth']}; {one['state']})"
        resident.append(("look up by number", base + address("applications:status_sign_in", slug="koto"), words))
    yield f"Madoguchi, a sample city (架空の見本): {base}/"
    yield from ("", "Residents 住民")
    yield from (f"  {label:<18} {place}  {words}".rstrip() for label, place, words in resident)
    yield from ("", f"Staff 職員  {base}{address('accounts_shared:desk_sign_in', slug=None)}  password: {found['password']}")
    yield from (f"  {one['username']:<14} {one['en']} {one['ja']}" for one in found["staff"])
    yield "  Every division has more: hoiku-2, hoiku-chief, kaigo-1 … with the same password."
    yield from ("", f"All this is in {settings.HOME / FILE}. Ctrl-C stops; --fresh begins with a new city.")
