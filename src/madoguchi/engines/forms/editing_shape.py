"""Changes of what a part is: a page gets sections, a page or section becomes a group that repeats, a question gets another type.

Each gives the change that takes it back; an undo carries `again`, for what stood before may stand again whatever speaks against it now.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any, Final

from .concepts import concepts
from .definition import TYPES
from .editing_parts import Change, Found, Json, Rejected, find, names_below, names_in, places_in, read_outside, renamed, retire, unretire
from .questions import COMMON, OWN
from .retyping import misreaders
from .schema import IDS

NOT_ANSWERED: Final = frozenset({"information", "calculated"})
LIMITS: Final = {"number": "amount", "yen": "amount", "choices": "count", "ranked": "count"}  # what min and max limit
OF_ANSWERS: Final = frozenset({"required", "concept", "amendable", "checks"})


def _wrap(document: Json, change: Change) -> Change:
    """A page's questions become its first section; a page without any is just ready for sections."""
    found, name = find(document, change["at"]), change.get("id")
    if found.kind != "page" or "sections" in found.part:
        raise Rejected("wrong_place", found.kind)
    questions = found.part.pop("questions", None)
    if name is None:
        if questions:
            raise Rejected("bad_id", "")
        found.part["sections"] = []
    else:
        if not isinstance(name, str) or not IDS["page"].fullmatch(name):
            raise Rejected("bad_id", str(name))
        if name in places_in(document):
            raise Rejected("id_taken", f"section:{name}")
        found.part["sections"] = [{"id": name, "questions": questions or []}]
    return {"do": "unwrap", "at": change["at"], "bare": questions is None}


def _unwrap(document: Json, change: Change) -> Change:
    """The questions of a page's only section become the page's own; a section that says more stays one."""
    found = find(document, change["at"])
    sections = found.part.get("sections")
    if found.kind != "page" or sections is None or len(sections) > 1 or any(set(one) - {"id", "questions"} for one in sections):
        raise Rejected("wrong_place", found.kind)
    del found.part["sections"]
    if not change.get("bare"):
        found.part["questions"] = sections[0]["questions"] if sections else []
    return {"do": "wrap", "at": change["at"], "id": sections[0]["id"] if sections else None}


def _repeat(document: Json, change: Change) -> Change:
    found, value = find(document, change["at"]), change.get("value")
    if found.kind not in ("page", "section"):
        raise Rejected("wrong_place", found.kind)
    before: Any = found.part.get("repeat")
    old, new = (str(one["id"]) if one else None for one in (before, value))
    if not change.get("again"):
        _require_group(document, change, found, old, new)
    unretire(document, change)
    undo: Json = {"do": "repeat", "at": change["at"], "value": before, "again": True}
    if value is None:
        found.part.pop("repeat", None)
        return undo | retire(document, {old} if old else set(), change)
    found.part["repeat"] = copy.deepcopy(dict(value))
    if old and old != new:
        renamed(document["pages"], old, str(new))
        renamed(document.get("calculations", []), old, str(new))
    return undo


def _require_group(document: Json, change: Change, found: Found, old: str | None, new: str | None) -> None:
    """Groups stand in no group; what rules read from outside is not taken from them; the id is free."""
    if new is not None and new != old:
        if not IDS["question"].fullmatch(new):
            raise Rejected("bad_id", new)
        if new in names_in(document):
            raise Rejected("id_taken", new)
        if new in document.get("retired", ()):
            raise Rejected("id_retired", new)
    if new is None and old is not None:
        readers = read_outside(document, {old}, change["at"])
    elif new is not None and old is None:
        _require_no_group_near(document, found)
        readers = read_outside(document, names_below(found), change["at"])
    else:
        return
    if readers:
        raise Rejected("read_outside", *readers)


def _require_no_group_near(document: Json, found: Found) -> None:
    near = [find(document, found.home).part] if found.kind == "section" else list(found.part.get("sections", ()))
    if any(one.get("repeat") for one in near):
        raise Rejected("group_in_group")


# -- another type -----------------------------------------------------------------------------------------------------------------


def lost(question: Mapping[str, Any], kind: str) -> list[str]:
    """Keys that a question loses with another type: what the type does not know, a concept that does not fit, limits of something else."""
    known = (COMMON | OWN.get(kind, frozenset())) - (OF_ANSWERS if kind in NOT_ANSWERED else frozenset())
    concept = concepts().get(str(question.get("concept")))
    misfit = {"concept"} if concept is not None and kind not in concept.types else set()
    if LIMITS.get(str(question.get("type"))) != LIMITS.get(kind):
        misfit |= {"min", "max"}
    misfit |= {key for key in ("min", "max") if isinstance(question.get(key), str) and kind != "number"}  # only a number has decimals
    return sorted(key for key in question if key not in known | {"id", "type"} or key in misfit)


def _retype(document: Json, change: Change) -> Change:
    found, kind = find(document, change["at"]), str(change["type"])
    if found.kind != "question" or kind not in TYPES:
        raise Rejected("wrong_place", found.kind)
    if not change.get("again") and (readers := misreaders(document, found.part, kind)):
        raise Rejected("misread", *readers)
    before = dict(found.part)
    for key in [*lost(found.part, kind), *change.get("without", ())]:
        found.part.pop(key, None)
    own = copy.deepcopy(dict(change.get("own", {})))
    found.part.update(own, type=kind)
    gone = {key: value for key, value in before.items() if key != "type" and found.part.get(key, NOTHING) != value}
    came = sorted(key for key in found.part if key not in before)
    return {"do": "retype", "at": change["at"], "type": before["type"], "own": gone, "without": came, "again": True}


def _replace(document: Json, change: Change) -> Change:
    """A question as another text of it has it (a block's, say): same id, same type."""
    found, part = find(document, change["at"]), copy.deepcopy(dict(change["part"]))
    if found.kind != "question" or (part.get("id"), part.get("type")) != (found.part["id"], found.part.get("type")):
        raise Rejected("wrong_place", found.kind)
    before = dict(found.part)
    found.part.clear()
    found.part.update(part)
    return {"do": "replace", "at": change["at"], "part": before}


NOTHING: Final = object()
SHAPES: Final[Mapping[str, Callable[[Json, Change], Change]]] = {
    "wrap": _wrap, "unwrap": _unwrap, "repeat": _repeat, "retype": _retype, "replace": _replace,
}  # fmt: skip
