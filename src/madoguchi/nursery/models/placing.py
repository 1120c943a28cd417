"""From a round to its result: the input as a file with a hash, places, the independent check, explanations. The engine does the work."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.files.storage import default_storage

from madoguchi.engines.placement import (
    Change,
    Instance,
    Places,
    Result,
    Tables,
    Unusable,
    assign,
    compare,
    explain,
    simulate,
    summarise,
    verify,
)
from madoguchi.engines.placement.instance import shown_points
from madoguchi.engines.placement.reading import read_json
from madoguchi.engines.placement.summary import decided_by_last_key
from madoguchi.engines.placement.writing import write_instance
from madoguchi.lib.errors import Refused
from madoguchi.nursery.models.facility import Facility
from madoguchi.nursery.models.household import Candidate
from madoguchi.nursery.models.instance import as_bytes, instance_of
from madoguchi.nursery.models.round import Round
from madoguchi.nursery.models.run import Placement, Run, RunKind

MOST_NAMED = 50  # blocking families and violations that a result keeps by name


@dataclass(frozen=True)
class Input:
    """What a run was given: the market, the bytes of its file and their hash."""

    instance: Instance
    data: bytes
    sha256: str


@dataclass(frozen=True)
class Placed:
    """What came out: places, the line that the command prints too, figures, and what differs from the run it is based on."""

    instance: Instance
    places: Places
    line: dict[str, Any]
    summary: dict[str, Any]
    difference: dict[str, Any]


def frozen_input(run: Run) -> Input:
    """The rows of now as a file; a what-if takes the file of the run it is based on. Raises Refused for what cannot be placed."""
    if run.kind == RunKind.WHAT_IF and run.based_on is not None:
        return input_of(run.based_on)
    return input_now(run.round)


def input_now(round: Round) -> Input:  # noqa: A002 the office's word
    """The rows of now as a file. Raises Refused for what cannot be placed."""
    return _checked(as_bytes(write_instance(instance_of(round))))


def input_of(run: Run) -> Input:
    """The frozen input of a finished run; raises Refused when its file is not what its hash says."""
    with default_storage.open(run.input) as file:
        data = file.read()
    found = _checked(data)
    if found.sha256 != run.input_sha256:
        raise Refused("この試行の入力のファイルが変わっています。管理者に知らせてください。", code="input_changed")
    return found


def _checked(data: bytes) -> Input:
    try:
        instance, _doubts = read_json(json.loads(data))
    except Unusable as unusable:
        sentences = "\n".join(f"{where}：{sentence}" for where, sentence in unusable.problems[:20])
        raise Refused(f"この内容では利用調整できません。\n{sentences}", code="unusable") from unusable
    return Input(instance, data, hashlib.sha256(data).hexdigest())


def places_of(run: Run) -> dict[str, str | None]:
    """{児童番号: facility code or None} of a finished run."""
    return dict(run.placements.values_list("candidate__code", "facility__code"))


def computed(run: Run, frozen: Input) -> Placed:
    """Place and check. The check shares no code with the placement; a contradiction between them is said in the line."""
    rule = str(run.options.get("rule", "points"))
    if run.kind == RunKind.WHAT_IF and run.based_on is not None:
        before = places_of(run.based_on)
        try:
            made = simulate(frozen.instance, before, Change.from_data(run.change), rule=rule)
        except ValueError as error:
            raise Refused(f"変えたい内容が、この試行の入力と合いません（{error}）。選び直してください。", code="change") from error
        instance, result, difference = made.instance, made.result, made.comparison.as_data()
    else:
        instance, difference = frozen.instance, {}
        options = {"prove": bool(run.options.get("prove")), "max_seated": bool(run.options.get("max_seated"))}
        result = assign(instance, rule=rule, **options)
    return Placed(instance, result.places, _line(instance, result, rule), summarise(instance, result.places).as_data(), difference)


def checked(instance: Instance, places: Places, rule: str) -> Placed:
    """A placement that somebody else made, with what the check says of it; nothing is known of whether a stable one exists."""
    return Placed(
        instance, places, _line(instance, Result(places, None, ""), rule, is_ours=False), summarise(instance, places).as_data(), {}
    )


def _line(instance: Instance, result: Result, rule: str, *, is_ours: bool = True) -> dict[str, Any]:
    """What the command's line says too, with the names of at most MOST_NAMED."""
    verdict = verify(instance, result.places, rule=rule)
    summary = summarise(instance, result.places)
    blocking = sorted({one.family for one in verdict.blocking})
    return {
        "children": len(instance.children),
        "seated": summary.seated,
        "newly_seated": summary.newly_seated,
        "blocking_families": verdict.families,
        "blocking": blocking[:MOST_NAMED],
        "stable": verdict.stable,
        "stable_exists": "unknown" if result.stable_exists is None else result.stable_exists,
        "proof": result.proof,
        "violations": [one.message for one in verdict.violations[:MOST_NAMED]],
        "wasted": len(verdict.wasted),
        "frozen": [
            {"family": one.family, "wanted": list(one.wanted), "seats": [[code, list(c)] for code, c in one.seats]} for one in result.frozen
        ],
        "minimum": result.minimum,
        "most_seated": result.most_seated,
        "remarks": list(result.remarks),
        "rule": rule,
        "agrees": not is_ours or (verdict.stable == (not result.blocking) if rule == "points" else not verdict.blocking),
    }


def placements(run: Run, frozen: Input, placed: Placed) -> list[Placement]:
    """One row per child, explained; nothing is saved here."""
    tables = Tables(placed.instance, placed.places)
    last = {child for _facility, holder, first in decided_by_last_key(tables) for child in (holder, first)}
    facilities = dict(Facility.objects.values_list("code", "pk"))
    candidates = dict(Candidate.objects.filter(round=run.round).values_list("code", "pk"))
    rows = []
    for child in placed.instance.children:
        place = placed.places[child.id]
        explanation = explain(placed.instance, placed.places, child.id, tables=tables)
        rows.append(
            Placement(
                run=run,
                candidate_id=candidates[child.id],
                facility_id=facilities[place] if place is not None else None,
                wish=explanation.number or None,
                points=shown_points(child.points) + (child.bonus.get(place, 0) if place is not None else 0),
                is_last_key=child.id in last,
                explanation=explanation.as_data(),
            )
        )
    return rows


def difference_of(one: Run, other: Run) -> dict[str, Any]:
    """Two finished runs of a round, child by child: by the lists of the first."""
    return compare(input_of(one).instance, places_of(one), places_of(other)).as_data()
