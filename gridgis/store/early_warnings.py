"""Early warnings: written as they are found, renewed while they last, decided once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import insert, select, text, update

from gridgis.model import AreaName, Location
from gridgis.store.queries import run
from gridgis.store.tables import early_warning, edition

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.actor import Actor

_LOCK = 7_203_014
_ALL, _ENDED = 100_000, 500


class NewWarning(NamedTuple):
    """What a method found.

    Attributes
    ----------
    kind
        ``series``: grids beside each other against their own past; ``scan``: a cylinder of the
        space-time scan.
    edition_id
        Of the layer's edition on whose grids it was counted.
    category
        None: of all categories together.
    area_ids, worst_area_id
        The grids, and the one where it is least explicable.
    since, until
        The first and the last day, the city's.
    recurrence_days
        Chance alone does this somewhere once in so many days.
    parameters
        How it was found, as JSON.
    """

    kind: str
    edition_id: int
    category: str | None
    area_ids: tuple[int, ...]
    worst_area_id: int
    since: date
    until: date
    observed: int
    expected: float
    recurrence_days: float
    parameters: Mapping[str, object]


class EarlyWarning(NamedTuple):
    """An early warning as it is stored.

    Attributes
    ----------
    grids
        As the edition names them on which it was counted.
    location
        A spot in the worst grid (EPSG:4326, longitude first), as exact as the grid is large.
    state
        ``suggested``, ``taken`` or ``dismissed``.
    renewed_at, ended_at
        When it was last found to go on; when it no longer did (None: it goes on).
    decided_at, actor, role, reason
        Who took or dismissed it (None: nobody did), and why.
    report_id
        The report that it was taken up as.
    """

    id: int
    kind: str
    layer: str
    edition_id: int
    category: str | None
    category_name: str | None
    area_ids: tuple[int, ...]
    grids: list[AreaName]
    worst_area_id: int
    worst_grid: str
    location: Location
    since: date
    until: date
    observed: int
    expected: float
    recurrence_days: float
    parameters: Mapping[str, object]
    state: str
    made_at: datetime
    renewed_at: datetime
    ended_at: datetime | None
    decided_at: datetime | None
    actor: str | None
    role: str | None
    reason: str | None
    report_id: UUID | None


class Which(NamedTuple):
    """Which early warnings to list; None: all. Before the number `before`.

    `first_day` and `last_day` are the city's: those that lasted on one of the days between.
    """

    before: int | None = None
    layer: str | None = None
    kind: str | None = None
    category: str | None = None
    state: str | None = None
    lasting: bool | None = None
    first_day: date | None = None
    last_day: date | None = None


class Decision(NamedTuple):
    """What somebody made of an early warning: ``taken`` as a report, or ``dismissed``."""

    state: str
    at: datetime
    actor: Actor
    reason: str | None = None
    report_id: UUID | None = None


def lock(connection: Connection) -> None:
    """Let one after the other suggest, until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def add(connection: Connection, new: NewWarning, at: datetime) -> int:
    """Write an early warning and return its number."""
    layer_id = select(edition.c.layer_id).where(edition.c.id == new.edition_id).scalar_subquery()
    made = insert(early_warning).values(**_told(new), layer_id=layer_id, made_at=at, renewed_at=at)
    return int(connection.execute(made.returning(early_warning.c.id)).scalar_one())


def renew(connection: Connection, number: int, now: NewWarning, at: datetime) -> None:
    """Let an early warning be what it has become by now."""
    connection.execute(
        update(early_warning)
        .where(early_warning.c.id == number)
        .values(**_told(now), renewed_at=at, ended_at=None)
    )


def end(connection: Connection, numbers: Sequence[int], at: datetime) -> None:
    """Say that early warnings no longer go on."""
    connection.execute(
        update(early_warning).where(early_warning.c.id.in_(numbers)).values(ended_at=at)
    )


def decide(connection: Connection, number: int, decision: Decision) -> bool:
    """Take or dismiss an early warning; False when that was done already."""
    decided = connection.execute(
        update(early_warning)
        .where(early_warning.c.id == number, early_warning.c.state == "suggested")
        .values(
            state=decision.state,
            decided_at=decision.at,
            actor=decision.actor.name,
            role=decision.actor.role,
            reason=decision.reason,
            report_id=decision.report_id,
        )
        .returning(early_warning.c.id)
    )
    return decided.first() is not None


def one(connection: Connection, number: int) -> EarlyWarning | None:
    """Return an early warning, or None when there is none with this number."""
    found = _page(connection, {**Which()._asdict(), "id": number, "page": 1})
    return found[0] if found else None


def page(connection: Connection, which: Which, limit: int) -> list[EarlyWarning]:
    """Return up to `limit` early warnings, the newest first."""
    return _page(connection, {**which._asdict(), "id": None, "page": limit})


def of_late(connection: Connection, layer: str) -> list[EarlyWarning]:
    """Return all early warnings of a layer that go on, whatever was made of them.

    Behind them the newest of those that ended: what is looked at again may be one of these.
    """
    lasting = page(connection, Which(layer=layer, lasting=True), _ALL)
    return lasting + page(connection, Which(layer=layer, lasting=False), _ENDED)


def reports(connection: Connection) -> set[str]:
    """Return the ids of the reports that early warnings were taken up as."""
    taken = select(early_warning.c.report_id).where(early_warning.c.report_id.is_not(None))
    return {str(one) for one in connection.execute(taken).scalars()}


def _told(new: NewWarning) -> dict[str, object]:
    return {
        **new._asdict(),
        "area_ids": list(new.area_ids),
        "parameters": dict(new.parameters),
    }


def _page(connection: Connection, asked: dict[str, object]) -> list[EarlyWarning]:
    return [_warning(row) for row in run(connection, "early_warnings", asked)]


def _warning(row: Any) -> EarlyWarning:  # noqa: ANN401 - a row of the query
    facts = {name: getattr(row, name) for name in EarlyWarning._fields if name in row._fields}
    return EarlyWarning(
        **{
            **facts,
            "area_ids": tuple(row.area_ids),
            "grids": [AreaName(**grid) for grid in row.named],
            "location": Location(row.lon, row.lat, row.radius_m),
        }
    )
