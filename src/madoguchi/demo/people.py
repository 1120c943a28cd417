"""What the demo draws from: its own data, and the invented people that `lib.invented` makes."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from madoguchi.lib.invented.people import (
    Family,
    Name,
    Sex,
    Telephones,
    address,
    any_family,
    born_near,
    email,
    families,
    foreign_families,
    given_for,
    given_names,
    person_name,
    rare_families,
    sex_of,
)

__all__ = [
    "Family",
    "Name",
    "Sex",
    "Telephones",
    "address",
    "any_family",
    "born_near",
    "data",
    "email",
    "families",
    "foreign_families",
    "given_for",
    "given_names",
    "person_name",
    "rare_families",
    "sex_of",
]
DATA = Path(__file__).resolve().parent / "data"


@cache
def data(name: str) -> dict[str, Any]:
    """One of the files in data/, read once."""
    return dict(json.loads((DATA / f"{name}.json").read_text(encoding="utf-8")))
