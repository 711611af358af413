"""Where responders say they are: the latest position of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import ResponderNotFoundError
from gridgis.store.queries import run

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.model import Location


def put(
    connection: Connection,
    responder_id: UUID,
    location: Location,
    *,
    at: datetime,
    recorded_at: datetime,
) -> bool:
    """Keep a responder's position; False when a later one is known already.

    Raises
    ------
    ResponderNotFoundError
        There is no such responder, or they have left.
    """
    row = run(
        connection,
        "put_position",
        {
            "responder_id": responder_id,
            "lon": location.lon,
            "lat": location.lat,
            "accuracy_m": location.accuracy_m,
            "at": at,
            "recorded_at": recorded_at,
        },
    ).one()
    if not row.known:
        msg = f"there is no responder {responder_id}"
        raise ResponderNotFoundError(msg)
    return bool(row.kept)
