"""PostGIS as the judge of what memory answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.store.queries import run

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

MOST_SHOWN = 1000
"""Differences that are returned; the rest would say the same."""


class Difference(NamedTuple):
    """A stored answer and PostGIS's own: grid code (None: none), rule, metres to the boundary."""

    report_id: UUID
    layer: str
    edition: int
    stored: tuple[str | None, str, float | None]
    judged: tuple[str | None, str, float | None]


class Verdict(NamedTuple):
    """How many answers were judged anew, and those that differ, at most :data:`MOST_SHOWN`."""

    judged: int
    differences: list[Difference]


def judge_assignments(
    connection: Connection, *, sample: int | None, seed: int, near_tolerance_m: float
) -> Verdict:
    """Ask PostGIS again for newest answers: `sample` of them, drawn by a seed, or all."""
    rows = run(
        connection,
        "judged_assignments",
        {
            "sample": sample,
            "seed": seed,
            "near_tolerance_m": near_tolerance_m,
            "shown": MOST_SHOWN,
        },
    ).all()
    return Verdict(
        rows[0].re_asked if rows else 0,
        [
            Difference(
                row.report_id,
                row.layer,
                row.edition_id,
                (row.grid_code, row.rule, row.boundary_distance_m),
                (row.judged_code, row.judged_rule, row.judged_m),
            )
            for row in rows
            if row.differs
        ],
    )
