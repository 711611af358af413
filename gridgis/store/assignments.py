"""Which grid answers for a point, and what was answered before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert

from gridgis.model import AreaName, Assignment, RunnerUp
from gridgis.store.queries import run, run_prepared
from gridgis.store.tables import assignment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.model import Location


class Answer(NamedTuple):
    """One layer's answer in ids, as it is stored; the fields are those of :class:`Assignment`."""

    layer_id: int
    layer: str
    layer_name: str
    edition_id: int | None
    rule: str
    area_id: int | None
    boundary_distance_m: float | None
    runner_up: list[dict[str, Any]]
    made_at: datetime | None = None


def locate(
    connection: Connection,
    location: Location,
    at: datetime,
    *,
    layer: str | None = None,
    near_tolerance_m: float,
) -> list[Answer]:
    """Return each layer's answer for a location, by the editions in force at that time."""
    rows = run_prepared(
        connection,
        "locate",
        {
            "lon": location.lon,
            "lat": location.lat,
            "at": at,
            "layer": layer,
            "near_tolerance_m": near_tolerance_m,
        },
    )
    answers = [Answer._make([*row, [], None]) for row in rows]
    _add_runners_up(connection, location, answers)
    return answers


def _add_runners_up(connection: Connection, location: Location, answers: list[Answer]) -> None:
    """Add the other grids to the answers whose boundary the position's accuracy reaches."""
    accuracy_m = location.accuracy_m or 0.0
    doubtful = {
        answer.edition_id: answer
        for answer in answers
        if answer.boundary_distance_m is not None and answer.boundary_distance_m < accuracy_m
    }
    if not doubtful:
        return
    rows = run_prepared(
        connection,
        "reached_grids",
        {
            "lon": location.lon,
            "lat": location.lat,
            "accuracy_m": accuracy_m,
            "edition_ids": list(doubtful),
            "area_ids": [answer.area_id for answer in doubtful.values()],
        },
    )
    for edition_id, area_id, distance_m in rows:
        doubtful[edition_id].runner_up.append({"area_id": area_id, "distance_m": distance_m})


def without_location(connection: Connection, at: datetime) -> list[Answer]:
    """Return each layer's answer for a report that has no location yet."""
    rows = run(connection, "layers_in_force", {"at": at})
    return [
        Answer(
            row.layer_id, row.layer, row.layer_name, row.edition_id, "no_location", None, None, []
        )
        for row in rows
    ]


def add(
    connection: Connection, report_id: UUID, answers: Sequence[Answer], made_at: datetime
) -> None:
    """Write the answers for a report; earlier ones stay as they are."""
    if not answers:
        return
    connection.execute(
        insert(assignment),
        [
            {
                "report_id": report_id,
                "layer_id": answer.layer_id,
                "edition_id": answer.edition_id,
                "area_id": answer.area_id,
                "rule": answer.rule,
                "boundary_distance_m": answer.boundary_distance_m,
                "runner_up": answer.runner_up,
                "made_at": made_at,
            }
            for answer in answers
        ],
    )


def stored(connection: Connection, report_id: UUID) -> list[Answer]:
    """Return all answers that were given for a report, oldest first."""
    rows = run(connection, "assignments_of_report", {"report_id": report_id})
    return [Answer._make(row) for row in rows]


def named(connection: Connection, answers: Sequence[Answer]) -> list[Assignment]:
    """Return the answers with the codes and names that their editions give the areas."""
    names = _lines(connection, _areas_in(answers))
    return [
        Assignment(
            layer=answer.layer,
            layer_name=answer.layer_name,
            edition=answer.edition_id,
            rule=answer.rule,
            grid=line[-1] if line else None,
            parents=list(line[:-1]),
            boundary_distance_m=answer.boundary_distance_m,
            runner_up=[
                RunnerUp(other.code, other.name, near["distance_m"])
                for near in answer.runner_up
                for other in names[answer.edition_id, near["area_id"]][-1:]
            ],
            made_at=answer.made_at,
        )
        for answer in answers
        for line in [names.get((answer.edition_id, answer.area_id), ())]
    ]


_Area = tuple[int | None, int | None]
_Line = tuple[AreaName, ...]


def _areas_in(answers: Iterable[Answer]) -> set[_Area]:
    areas: set[_Area] = set()
    for answer in answers:
        areas |= {(answer.edition_id, near["area_id"]) for near in answer.runner_up}
        if answer.area_id is not None:
            areas.add((answer.edition_id, answer.area_id))
    return areas


def _lines(connection: Connection, areas: set[_Area]) -> dict[_Area, _Line]:
    """Return for each (edition, area) its ancestors from the top and itself.

    A published edition never changes, so a connection remembers what it has asked once.
    """
    known: dict[_Area, _Line] = connection.connection.info.setdefault("area_lines", {})
    if missing := sorted(area for area in areas if area not in known):
        found: dict[_Area, list[AreaName]] = {area: [] for area in missing}
        for row in run(
            connection,
            "name_areas",
            {
                "edition_ids": [area[0] for area in missing],
                "area_ids": [area[1] for area in missing],
            },
        ):
            found[row.edition_id, row.of_id].append(AreaName(row.level, row.code, row.name))
        known.update({area: tuple(line) for area, line in found.items()})
    return {area: known[area] for area in areas}
