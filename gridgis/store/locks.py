"""Who may write while the grids change.

Intake takes every layer's lock shared (``hold_layers``, in the database), publishing takes one
exclusive, both until their transaction ends: no report can be assigned by an edition that was
closed before the report was committed. Several layers are locked in the order of their ids, so that
two writers never wait for each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from sqlalchemy import Connection

LAYER_LOCK = 7_203_010


def lock_layer(connection: Connection, layer_id: int) -> None:
    """Keep everybody else from assigning by or publishing this layer, until it ends."""
    connection.execute(
        text("SELECT pg_advisory_xact_lock(:key, :layer_id)"),
        {"key": LAYER_LOCK, "layer_id": layer_id},
    )
