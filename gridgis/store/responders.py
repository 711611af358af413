"""Responders as a register: those who can act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.store.merging import Register
from gridgis.store.queries import run
from gridgis.store.tables import responder

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Connection


REGISTER = Register("responders", responder, key=("id",), name="id")


def area_ids(
    connection: Connection, layer: str, codes: Iterable[str], at: datetime
) -> dict[str, int]:
    """Return code -> area for the codes that a layer's edition in force at that time knows."""
    rows = run(connection, "areas_by_code", {"layer": layer, "codes": sorted(codes), "at": at})
    return {row.code: row.area_id for row in rows}
