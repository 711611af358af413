"""What a newly published edition changes beside itself: identities and holders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.store.queries import run

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.actor import Actor
    from gridgis.store.editions import Draft


def adopt_identities(connection: Connection, draft: Draft) -> None:
    """Let a draft's areas be those that the layer knows by level and code.

    Another edition may have been published since the draft was filled.
    """
    run(
        connection,
        "adopt_identities",
        {"edition_id": draft.id, "layer_id": draft.layer_id},
    )


def move_holders(
    connection: Connection,
    layer_id: int,
    *,
    near_tolerance_m: float,
    actor: Actor,
    at: datetime,
) -> int:
    """Give open reports to the grids of the layer's edition in force; return how many moved.

    Each move is an event. A report that no grid covers any more is held by nobody: a person must
    look. Assignments stay as they were made.
    """
    moved = run(
        connection,
        "move_holders",
        {
            "layer_id": layer_id,
            "near_tolerance_m": near_tolerance_m,
            "at": at,
            "actor": actor.name,
            "role": actor.role,
        },
    )
    return moved.rowcount
