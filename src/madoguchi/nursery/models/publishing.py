"""What is public after a result: per facility and class the applicants, the 申込倍率 and the lowest points; small counts hidden."""

from __future__ import annotations

from typing import Any

from madoguchi.nursery.models.household import CandidateState
from madoguchi.nursery.models.round import Round
from madoguchi.nursery.models.rulebook import rulebook_of

SMALL = 5  # fewer new children than this: their lowest points would be somebody's


def figures_of(row: Round) -> dict[str, Any]:
    """The public figures of a round's chosen run, as of now; {} without one."""
    if row.chosen is None:
        return {}
    scale, listed = rulebook_of(row).scale, row.current_seats().seats()
    classes = [_public(one, scale, listed.get(one["facility"], ())) for one in row.chosen.summary.get("classes", [])]
    summary = row.chosen.summary
    totals = {
        key: summary.get(key) for key in ("children", "seated", "newly_seated", "first_wish", "without", "seats", "applicants", "placed")
    }
    waiting = row.candidates.filter(state=CandidateState.WAITLISTED).count()
    return {"classes": classes, "totals": {**totals, "waiting": waiting}, "small": SMALL}


def _public(one: dict[str, Any], scale: int, listed: tuple[int | None, ...]) -> dict[str, Any]:
    """One pool; `seats` are those of the ward's list (募集数), without what transfer applicants hold."""
    seats = sum(listed[age] or 0 for age in one["classes"] if age < len(listed))
    wishes, points = sum(one["wishes"]), one["last_points"]
    is_small = points is not None and one["placed"] < SMALL
    return {
        "facility": one["facility"],
        "classes": one["classes"],
        "seats": seats,
        "wishes": wishes,
        "ratio": round(wishes / seats, 2) if seats else None,
        "placed": one["placed"],
        "left": one["left"],
        "last_points": points / scale if points is not None and not is_small else None,
        "hidden": is_small,
    }


def cut_offs(row: Round) -> dict[tuple[str, int], Any]:
    """{(facility code, class): the row of the public figures}."""
    return {(one["facility"], age): one for one in row.figures.get("classes", []) for age in one["classes"]}
