"""Closed cases, and which of them were drawn to be looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import pandas as pd
from sqlalchemy import insert

from gridgis.errors import ReportNotFoundError
from gridgis.store.queries import run
from gridgis.store.tables import event

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.actor import Actor

_COLUMNS = (
    *("report_id", "captured_at", "closed_at", "category", "unit", "outcome", "on_the_spot"),
    *("grid_code", "grid_name"),
)


class Period(NamedTuple):
    """Which closed cases: in [since, before), in an area by its code at that time, led by a unit.

    None: in any area, by any unit.
    """

    since: datetime
    before: datetime
    area: str | None = None
    unit: str | None = None


class LastDraw(NamedTuple):
    """By which seed a case was drawn since it was closed (None: by none), and whether checked."""

    captured_at: datetime
    seed: str | None
    checked: bool


class Drawn(NamedTuple):
    """A case that is drawn, and what its event says."""

    report_id: UUID
    captured_at: datetime
    facts: dict[str, object]


def closed(connection: Connection, period: Period) -> pd.DataFrame:
    """Return the cases that were closed in a period and still are, by id.

    Returns
    -------
    Columns report_id, captured_at, closed_at, category, unit, outcome, on_the_spot, grid_code and
    grid_name (of the grid that holds it, as it was called at the end of the period); index 0..n-1.
    """
    asked = {**period._asdict(), "at": period.before}
    rows = [(UUID(row[0]), *row[1:]) for row in run(connection, "closed_cases", asked)]
    columns = list(zip(*rows, strict=True)) or [()] * len(_COLUMNS)
    table = pd.DataFrame(
        {
            name: pd.Series(column, dtype=object)
            for name, column in zip(_COLUMNS, columns, strict=True)
        }
    )
    return table.astype({"on_the_spot": bool})


def drawn_by(connection: Connection, seed: str, report_ids: Sequence[UUID]) -> set[UUID]:
    """Return which of these cases a seed has drawn since they were closed."""
    asked = {"seed": seed, "report_ids": list(report_ids)}
    return set(run(connection, "drawn_by_seed", asked).scalars())


def last_draw(connection: Connection, report_id: UUID) -> LastDraw:
    """Return how a case was drawn last.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    """
    row = run(connection, "last_draw", {"report_id": report_id}).one_or_none()
    if row is None:
        msg = f"there is no report {report_id}"
        raise ReportNotFoundError(msg)
    return LastDraw._make(row)


def note(connection: Connection, cases: Sequence[Drawn], actor: Actor, at: datetime) -> None:
    """Write that cases are drawn."""
    if not cases:
        return
    written = {"kind": "drawn_for_check", "at": at, "recorded_at": at}
    who = {"actor": actor.name, "role": actor.role}
    connection.execute(insert(event), [{**written, **who, **one._asdict()} for one in cases])
