"""What the origin of a form changed since it was copied, part by part, and how what was adapted meanwhile stands to it.

Three documents: `base` (as it was copied), `theirs` (the origin as it is now), `mine` (the copy as it is now). Each difference between base and
theirs is one `Update`; `take` turns those that are wanted into changes of `editing`, so that they can be undone like any other press.
The order of siblings is nobody's update: a municipality puts its questions in its own order.
"""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .canonical import canonical_json
from .editing import CHILDREN, Change, Found, Json, Rejected, edit, find, names_in, parts

# clean: mine stands there as it was copied. adapted: it was changed here, taking overwrites that. gone: it is not here any more.
# by_hand: there is no place for it here, or its page was built anew: it is shown, and done in the studio.
State = Literal["clean", "adapted", "gone", "by_hand"]
What = Literal["added", "changed", "moved", "removed"]
TEXTS = frozenset({"title", "intro", "label", "hint", "unit"})
_RANK = {"page added": 0, "section added": 1, "question added": 2, "question moved": 3, "calculation added": 4}
_LAST = {"choice removed": 6, "calculation removed": 7, "question removed": 8, "section removed": 9, "page removed": 10}
Parts = Mapping[str, Found]
Grain = tuple[str, str]  # (key, language) of a text, (key, "") of anything else


@dataclass(frozen=True, slots=True)
class Update:
    """One thing that the origin changed. `before` and `after` are the part's own properties (children left out), {} where there is none."""

    what: What
    kind: str
    address: str
    before: Json
    after: Json
    state: State

    @property
    def key(self) -> str:
        """Names the update among those of one comparison."""
        return f"{self.what}:{self.address}"

    @property
    def takable(self) -> bool:
        return self.state in ("clean", "adapted")


def updates(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> tuple[Update, ...]:
    """What theirs changed since base and mine has not, in their order; what was removed last. None of the documents is changed."""
    old, new, own = (dict(_parts(document)) for document in (base, theirs, mine))
    found = [*_form(base, theirs, mine), *_updates(old, new, own), *_removed(old, new, own)]
    return tuple(found)


def _parts(document: Mapping[str, Any]) -> Iterator[tuple[str, Found]]:
    """Every part but checks, which belong to their question."""
    return ((address, one) for address, one in parts(copy.deepcopy(dict(document))) if one.kind != "check")


def _own(part: Mapping[str, Any], kind: str) -> Json:
    """A part's own properties: checks are a question's own, other children are parts of their own."""
    children = set(CHILDREN.values()) - ({"checks"} if kind == "question" else set())
    return {key: value for key, value in part.items() if key not in children and key not in ("retired", "schema", "id")}


def _same(one: Any, two: Any) -> bool:
    return canonical_json(one) == canonical_json(two)


def _form(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Iterator[Update]:
    before, after, here = (_own(document, "form") for document in (base, theirs, mine))
    if not _same(before, after) and (state := _state(before, after, here)):
        yield Update("changed", "form", "", before, after, state)


def _updates(old: Parts, new: Parts, own: Parts) -> Iterator[Update]:
    whole: set[str] = set()  # pages and sections that are new: what is new on them comes with them
    for address, one in new.items():
        if address in old:
            yield from _changed(address, old[address], one, own.get(address))
            continue
        if one.kind in ("page", "section", "question"):
            whole.add(address)
        if one.home in whole:
            continue
        if address in own:
            if not _same(_own(own[address].part, one.kind), _own(one.part, one.kind)):
                yield Update("added", one.kind, address, {}, _own(one.part, one.kind), "by_hand")
            continue
        yield Update("added", one.kind, address, {}, _own(one.part, one.kind), _place(one, own, whole))


def _place(one: Found, own: Parts, whole: Collection[str]) -> State:
    """Whether there is room for a new part: its home stands here (or comes too), and is built as there."""
    if one.home == "" or one.home in whole:
        return "clean"
    home = own.get(one.home)
    if home is None:
        return "by_hand"
    other = {"question": "sections", "section": "questions"}.get(one.kind, "")
    return "by_hand" if other and other in home.part and home.kind == "page" else "clean"


def _changed(address: str, before: Found, after: Found, here: Found | None) -> Iterator[Update]:
    old, new = _own(before.part, before.kind), _own(after.part, after.kind)
    if not _same(old, new):
        state = "gone" if here is None else _state(old, new, _own(here.part, here.kind))
        if state and state != "gone" and old.get("type") != new.get("type"):
            state = "by_hand"  # what was published keeps its type
        if state:
            yield Update("changed", after.kind, address, old, new, state)
    if after.kind == "question" and before.home != after.home and here is not None and here.home != after.home:
        yield Update("moved", "question", address, {"home": before.home}, {"home": after.home}, _moved(before, here))


def _moved(before: Found, here: Found) -> State:
    return "clean" if here.home == before.home else "adapted"


def _state(old: Json, new: Json, here: Json) -> State | None:
    """None where mine says already what theirs says now."""
    changed = {grain for grain, value in _grains(new, old).items() if not _same(value, _at(old, grain))}
    mine = {grain for grain in changed if not _same(_at(here, grain), _at(new, grain))}
    if not mine:
        return None
    return "clean" if all(_same(_at(here, grain), _at(old, grain)) for grain in mine) else "adapted"


def _grains(new: Json, old: Json) -> dict[Grain, Any]:
    """What can be changed by itself: one language of a text, or a whole property; None where it was taken away."""
    found: dict[Grain, Any] = {}
    for key in dict.fromkeys((*new, *old)):
        values = [part.get(key) for part in (new, old)]
        if key in TEXTS and all(isinstance(value, Mapping) or value is None for value in values):
            for language in dict.fromkeys((*(values[0] or {}), *(values[1] or {}))):
                found[key, language] = (values[0] or {}).get(language)
        else:
            found[key, ""] = new.get(key)
    return found


def _at(part: Json, grain: Grain) -> Any:
    key, language = grain
    value = part.get(key)
    return value if not language else (value or {}).get(language)


def _removed(old: Parts, new: Parts, own: Parts) -> Iterator[Update]:
    gone = {address for address in old if address not in new}
    for address in sorted(gone, key=lambda one: _LAST.get(f"{old[one].kind} removed", 5)):
        one, here = old[address], own.get(address)
        if here is None or (one.home in gone and one.kind != "page"):
            continue
        moved = {name for name in _asked(one) if f"question:{name}" in new}
        kept = _same(_bare(one.part, moved), _bare(here.part, moved))
        yield Update("removed", one.kind, address, _own(one.part, one.kind), {}, "clean" if kept else "adapted")


def _asked(found: Found) -> set[str]:
    """Ids of the questions on a page or section; none of anything else."""
    holders = [found.part, *found.part.get("sections", [])] if found.kind in ("page", "section") else []
    return {str(one.get("id")) for holder in holders for one in holder.get("questions", [])}


def _bare(part: Json, moved: Collection[str]) -> Json:
    """A part with its children, without the questions that only moved elsewhere."""
    made = copy.deepcopy(part)
    for holder in [made, *made.get("sections", [])]:
        if "questions" in holder:
            holder["questions"] = [one for one in holder["questions"] if one.get("id") not in moved]
    return made


# -- taking ------------------------------------------------------------------------------------------------------------------------


def take(theirs: Mapping[str, Any], mine: Mapping[str, Any], wanted: Sequence[Update]) -> list[Change]:
    """The changes that bring what is wanted into mine, in an order in which each can be made. Raises editing.Rejected.

    What is not takable is passed over.
    """
    made: list[Change] = []
    document = copy.deepcopy(dict(mine))
    for update in sorted((one for one in wanted if one.takable), key=_order):
        for change in _changes(update, theirs, document):
            document = edit(document, change).document
            made.append(change)
    return made


def _order(update: Update) -> int:
    name = f"{update.kind} {update.what}"
    return _RANK.get(name, _LAST.get(name, 5))


def _changes(update: Update, theirs: Mapping[str, Any], document: Json) -> Iterator[Change]:
    if update.what == "removed":
        standing = _asked(find(document, update.address)) & names_in(theirs)
        if standing:  # the origin has them elsewhere: they are moved first, never removed with their page
            raise Rejected("still_used", *(f"question:{name}" for name in sorted(standing)))
        yield {"do": "remove", "at": update.address}
    elif update.what == "changed":
        yield from _sets(update, document)
    else:
        yield _brought(update, theirs, document)


def _sets(update: Update, document: Json) -> Iterator[Change]:
    for (key, language), value in _grains(update.after, update.before).items():
        if key == "checks" or _same(value, _at(update.before, (key, language))):
            continue
        if language:
            yield {"do": "text", "at": update.address, "key": key, "language": language, "value": value or ""}
        elif key == "repeat":
            yield {"do": "repeat", "at": update.address, "value": value, "again": True}  # whether it is sound is seen when all is taken
        else:
            yield {"do": "set", "at": update.address, "key": key, "value": value}
    if not _same(update.before.get("checks"), update.after.get("checks")):
        standing = find(document, update.address).part.get("checks", [])
        name = update.address.partition(":")[2]
        yield from ({"do": "remove", "at": f"check:{name}/{index}"} for index in reversed(range(len(standing))))
        yield from ({"do": "add", "into": update.address, "kind": "check", "part": one} for one in update.after.get("checks", []))


def _brought(update: Update, theirs: Mapping[str, Any], document: Json) -> Change:
    """A new part (without questions that stand here already: they are moves), or a question to its new home, behind its neighbour there."""
    there = find(copy.deepcopy(dict(theirs)), update.address)
    index = _behind(there, document)
    if update.what == "moved":
        return {"do": "move", "at": update.address, "into": there.home, "index": index}
    here = {address for address, one in parts(copy.deepcopy(document)) if one.kind == "question"}
    for holder in [there.part, *there.part.get("sections", [])]:
        if there.kind != "question" and "questions" in holder:
            holder["questions"] = [one for one in holder["questions"] if f"question:{one['id']}" not in here]
    return {"do": "add", "into": there.home, "kind": there.kind, "part": there.part, "index": index}


def _behind(there: Found, document: Json) -> int:
    """The place behind the nearest neighbour before it that stands in the same home here; the first place without one."""
    siblings = find(document, there.home).part.get(CHILDREN[there.kind], [])
    standing = {one.get("id"): index for index, one in enumerate(siblings)}
    before = (one.get("id") for one in reversed(there.siblings[: there.index]))
    return next((standing[name] + 1 for name in before if name in standing), 0)
