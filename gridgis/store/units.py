"""Responsible units, and the lists that say which of them answers for what where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, insert, select, text, update
from sqlalchemy.dialects import postgresql

from gridgis.errors import UnitNotFoundError
from gridgis.store.queries import run
from gridgis.store.tables import responsibility, responsibility_list, unit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.actor import Actor

_LOCK = 7_203_032


class StoredUnit(NamedTuple):
    """A department that answers for something; `organisation` is what its people are of."""

    code: str
    name: str
    name_en: str | None = None
    tier: str | None = None
    organisation: str | None = None
    phone: str | None = None


class NewDuty(NamedTuple):
    """A unit answers for a category (*: any) on a layer, in an area, or else everywhere."""

    category: str
    unit: str
    layer_id: int | None = None
    area_id: int | None = None


class StoredDuty(NamedTuple):
    """A duty as it is stored, with what its layer and area are called."""

    id: int
    category: str
    layer_id: int | None
    area_id: int | None
    unit: str
    layer: str | None
    area: str | None
    area_name: str | None


class AreaInForce(NamedTuple):
    """An area of a layer in force, its parent's id None at the top."""

    layer_id: int
    layer: str
    priority: int
    area_id: int
    parent_id: int | None
    level: str
    is_grid: bool
    code: str
    name: str


class SpotRow(NamedTuple):
    """An area that a report lies in."""

    report_id: UUID
    layer_id: int
    layer: str
    area_id: int
    level: str


def everything(connection: Connection) -> list[StoredUnit]:
    """Return the units in use, by code."""
    columns = [unit.c[name] for name in StoredUnit._fields]
    rows = connection.execute(
        select(*columns).where(unit.c.retired_at.is_(None)).order_by(unit.c.code)
    )
    return [StoredUnit._make(row) for row in rows]


def put(connection: Connection, units: Sequence[StoredUnit]) -> int:
    """Store units, and return how many were new or other before; all are in use from now on."""
    if not units:
        return 0
    given = postgresql.insert(unit).values([one._asdict() for one in units])
    names = [name for name in StoredUnit._fields if name != "code"]
    statement = given.on_conflict_do_update(
        index_elements=["code"],
        set_={**{name: given.excluded[name] for name in names}, "retired_at": None},
        where=(
            func.row(*(unit.c[name] for name in names), unit.c.retired_at).is_distinct_from(
                func.row(*(given.excluded[name] for name in names), None)
            )
        ),
    )
    return connection.execute(statement).rowcount


def retire(connection: Connection, code: str, now: datetime) -> None:
    """Take a unit out of use; it stays readable.

    Raises
    ------
    UnitNotFoundError
        There is no such unit in use.
    """
    done = connection.execute(
        update(unit).where(unit.c.code == code, unit.c.retired_at.is_(None)).values(retired_at=now)
    )
    if not done.rowcount:
        msg = f"there is no unit {code!r} in use; `gridgis units list` shows them"
        raise UnitNotFoundError(msg)


def put_duties(
    connection: Connection, duties: Sequence[NewDuty], file: str, actor: Actor, now: datetime
) -> int:
    """Store a list of duties, which counts from now on, and return its number."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    list_id = connection.execute(
        insert(responsibility_list)
        .values(recorded_at=now, actor=actor.name, role=actor.role, file=file)
        .returning(responsibility_list.c.id)
    ).scalar_one()
    if duties:
        connection.execute(
            insert(responsibility),
            [
                {
                    "list_id": list_id,
                    "category": duty.category,
                    "layer_id": duty.layer_id,
                    "area_id": duty.area_id,
                    "unit_code": duty.unit,
                }
                for duty in duties
            ],
        )
    return int(list_id)


def newest_list(connection: Connection) -> int | None:
    """Return the number of the list that counts; None: there is none yet."""
    found: int | None = connection.execute(select(func.max(responsibility_list.c.id))).scalar_one()
    return found


def duties(connection: Connection, list_id: int, at: datetime) -> list[StoredDuty]:
    """Return what a list says, in its order; areas are called as at that time."""
    rows = run(connection, "duties_of_list", {"list_id": list_id, "at": at})
    return [StoredDuty._make(row) for row in rows]


def areas_in_force(connection: Connection, at: datetime) -> list[AreaInForce]:
    """Return the areas of all layers in force: exclusive layers before `base`, grids last."""
    return [AreaInForce._make(row) for row in run(connection, "areas_in_force", {"at": at})]


def spots(connection: Connection, report_ids: Iterable[UUID], at: datetime) -> list[SpotRow]:
    """Return the areas that reports lie in: as layers answer, of each the grid first."""
    asked: dict[str, Any] = {"report_ids": [str(one) for one in report_ids], "at": at}
    return [SpotRow._make(row) for row in run(connection, "spots_of_reports", asked)]
