"""Who may write while the grids change, and who may read while a month is archived.

Intake takes every layer's lock shared (``hold_layers``, in the database), publishing takes one
exclusive, both until their transaction ends: no report can be assigned by an edition that was
closed before the report was committed. Several layers are locked in the order of their ids, so that
two writers never wait for each other.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from psycopg2 import errorcodes
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gridgis.errors import StoreBusyError

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

LAYER_LOCK = 7_203_010
PUBLISHING_LOCK = 7_203_012
ARCHIVE_LOCK = 7_203_003
ROADS_LOCK = 7_203_004
LANDCOVER_LOCK = 7_203_005

PATIENCE = 120
"""How often work that may keep others waiting is tried, about a second each time."""

_PAUSE_S = 0.5
_NOT_NOW = {errorcodes.LOCK_NOT_AVAILABLE, errorcodes.DEADLOCK_DETECTED}


def lock_layer(connection: Connection, layer_id: int) -> None:
    """Keep everybody else from assigning by or publishing this layer, until it ends."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(:key, :layer_id)"),
        {"key": LAYER_LOCK, "layer_id": layer_id},
    )


def lock_publishing(connection: Connection, layer_id: int) -> None:
    """Keep others from publishing this layer until the transaction ends; reports go on coming in.

    Taken before :func:`lock_layer`: what is decided between the two stands on the same editions.
    """
    connection.execute(
        text("SELECT pg_advisory_xact_lock(:key, :layer_id)"),
        {"key": PUBLISHING_LOCK, "layer_id": layer_id},
    )


def share_archive(connection: Connection) -> None:
    """Let no month be archived or brought back until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": ARCHIVE_LOCK})


def lock_archive(connection: Connection) -> None:
    """Wait for those who read the archive, and keep others from it until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ARCHIVE_LOCK})


def share_roads(connection: Connection) -> None:
    """Let no roads be replaced until the transaction ends: several questions see one network."""
    connection.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": ROADS_LOCK})


def lock_roads(connection: Connection) -> None:
    """Keep others from replacing and from reading all roads until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ROADS_LOCK})


def lock_landcover(connection: Connection) -> None:
    """Let nobody else change water or greens until the transaction ends."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LANDCOVER_LOCK})


def lock_reports(connection: Connection) -> None:
    """Keep everybody from reading and writing reports until the transaction ends."""
    # That of make_month, which takes the same tables; then these in the order of intake.
    connection.execute(text("SELECT pg_advisory_xact_lock(7203002)"))
    connection.execute(
        text("LOCK TABLE report_key, ONLY report, ONLY event IN ACCESS EXCLUSIVE MODE")
    )


def patiently(connection: Connection, work: Callable[[], None]) -> None:
    """Do work that needs locks as a whole or not at all, again and again.

    Whoever comes after one who waits for a lock waits as well: it may take half a second, no more.

    Raises
    ------
    StoreBusyError
        Others have what it needs all the time.
    """
    for _ in range(PATIENCE):
        try:
            with connection.begin_nested():
                connection.execute(text("SET LOCAL lock_timeout TO '500ms'"))
                work()
                connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) not in _NOT_NOW:
                raise
            time.sleep(_PAUSE_S)
        else:
            return
    msg = "others read or write reports all the time, so the month stays where it is; try again"
    raise StoreBusyError(msg)
