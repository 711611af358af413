"""Where responders say they are: the latest position of each, and all that came, by months."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select, text, update

from gridgis.store.months import Months
from gridgis.store.queries import run
from gridgis.store.tables import position_coarsened

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import Connection

CHANNEL = "gridgis_live"
"""Where the database tells that positions or statuses were written: once a batch."""


class Batch(NamedTuple):
    """Positions to be written, column by column, in the order in which they came.

    Times are milliseconds since 1970: when it was measured, and when it came. `accuracy_m` is NaN
    where unknown. Those not `in_history` only say where somebody is now.
    """

    ids: Sequence[UUID]
    lon: Sequence[float]
    lat: Sequence[float]
    accuracy_m: Sequence[float]
    at_ms: Sequence[int]
    recorded_ms: Sequence[int]
    in_history: Sequence[bool]


class Written(NamedTuple):
    """The latest position of a responder, as it was written with the number `seq`."""

    id: UUID
    lon: float
    lat: float
    accuracy_m: float | None
    at_ms: int
    seq: int


class PositionMonths(Months):
    """The months that have a partition of the history."""

    def _make_one(self, connection: Connection, month: date) -> None:
        run(connection, "make_position_month", {"month": month})


def hold(connection: Connection) -> None:
    """Let nobody else take a number until the transaction ends: they are committed in order."""
    connection.execute(text("SELECT hold_live()"))


def write(connection: Connection, batch: Batch) -> int:
    """Write a batch, tell the others once, and return how many went into the history."""
    hold(connection)
    return int(run(connection, "write_positions", batch._asdict()).one().written)


def after(connection: Connection, seq: int) -> list[Written]:
    """Return the positions that were written after the one with this number, in their order."""
    return [Written._make(row) for row in run(connection, "positions_after", {"seq": seq})]


def coarsened_until(connection: Connection) -> datetime:
    """Return up to when the history was coarsened, and keep others from doing so now."""
    found: datetime = connection.execute(
        select(position_coarsened.c.until).with_for_update()
    ).scalar_one()
    return found


def coarsen(connection: Connection, since: datetime, until: datetime, coarse_s: float) -> int:
    """Leave one position in `coarse_s` seconds of each responder; return how many went."""
    asked = {"since": since, "until": until, "coarse_s": coarse_s}
    gone = run(connection, "coarsen_positions", asked).rowcount
    connection.execute(update(position_coarsened).values(until=until))
    return gone


def oldest(connection: Connection, since: datetime, before: datetime) -> datetime | None:
    """Return when the oldest position in [since, before) was measured; None: there is none."""
    found: datetime | None = run(
        connection, "oldest_position", {"since": since, "before": before}
    ).scalar_one()
    return found


def delete(connection: Connection, before: datetime) -> tuple[int, int]:
    """Delete the history before that time; return how many whole months, and further positions."""
    months = int(run(connection, "drop_position_months", {"before": before}).scalar_one())
    return months, run(connection, "delete_positions", {"before": before}).rowcount
