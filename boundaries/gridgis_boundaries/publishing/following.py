"""Let open reports and people follow an edition at the moment it comes into force.

One that is published for later moves nobody before. The job ``follow-editions`` asks each minute
what has come into force by now; an edition is followed exactly once, and by whoever asks first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.store import locks, redraw
from gridgis.store.redraw import Follow, Followed

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store


def follow_due(
    connection: Connection,
    actor: Actor,
    now: datetime,
    near_tolerance_m: float,
    layer_id: int,
) -> Followed:
    """Move open reports and people to the editions of a layer that came into force by `now`.

    In the order of their starts, so that nobody who waited for two goes another way than somebody
    who followed each in time. Return how many moved.
    """
    reports = responders = 0
    waiting = redraw.due(connection, now, layer_id)
    for place, one in enumerate(waiting):
        locks.lock_layer(connection, one.layer_id)
        if not redraw.claim(connection, one.id, now) or not one.was_in_force:
            continue
        # Who came later was given to a grid of the last of them.
        followed_too = any(other.layer_id == one.layer_id for other in waiting[place + 1 :])
        held_by = one.since if followed_too else None
        how = Follow(one.id, one.since, now, held_by, actor, near_tolerance_m)
        moved = redraw.follow(connection, how)
        reports += moved.reports
        responders += moved.responders
    return Followed(reports, responders)


def follow_all(store: Store, actor: Actor, now: datetime, near_tolerance_m: float) -> Followed:
    """Do so for every layer, each in its own transaction: two are never held at once."""
    with store.begin() as connection:
        waiting = {one.layer_id for one in redraw.due(connection, now)}
    reports = responders = 0
    for layer_id in sorted(waiting):
        with store.begin() as connection:
            moved = follow_due(connection, actor, now, near_tolerance_m, layer_id)
        reports += moved.reports
        responders += moved.responders
    return Followed(reports, responders)
