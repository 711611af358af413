"""What a newly published edition changes beside itself: identities, holders, people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete

from gridgis.store import areas
from gridgis.store.queries import run
from gridgis.store.tables import area

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.actor import Actor


class Due(NamedTuple):
    """An edition that came into force at `since` and is not followed yet.

    `was_in_force` is False for one that was published when its time was over.
    """

    id: int
    layer_id: int
    since: datetime
    was_in_force: bool


class Follow(NamedTuple):
    """Which edition is followed: as of when, written when, by whom.

    Only reports that had their holder `held_by` then move (None: all). One that no grid covers goes
    to the nearest within `near_tolerance_m`.
    """

    edition_id: int
    at: datetime
    recorded_at: datetime
    held_by: datetime | None
    actor: Actor
    near_tolerance_m: float


class Followed(NamedTuple):
    """How many open reports and people moved."""

    reports: int
    responders: int


def renumber(
    connection: Connection, edition_id: int, layer_id: int, ids: Mapping[int, int | None]
) -> dict[int, int]:
    """Let areas of a draft be other areas; return which each became, by its number before.

    `ids` gives for an area of the draft the one that it is; None: a new one. Two may change places:
    all go through numbers that nobody has.
    """
    if not ids:
        return {}
    before = list(ids)
    between = areas.new_ids(connection, layer_id, len(before))
    _rename(connection, edition_id, before, between)
    known = {new: ids[old] for old, new in zip(before, between, strict=True)}
    taken = {new: other for new, other in known.items() if other is not None}
    if taken:
        _rename(connection, edition_id, list(taken), list(taken.values()))
        connection.execute(delete(area).where(area.c.id.in_(list(taken))))
    return {old: taken.get(new, new) for old, new in zip(before, between, strict=True)}


def due(connection: Connection, now: datetime, layer_id: int | None = None) -> list[Due]:
    """Return the editions in force that are not followed yet, of one layer or of all, by start."""
    rows = run(connection, "editions_to_follow", {"now": now, "layer_id": layer_id})
    return [Due._make(row) for row in rows]


def claim(connection: Connection, edition_id: int, now: datetime) -> bool:
    """Say whether an edition is still to be followed; then whoever asked must do it."""
    asked = {"edition_id": edition_id, "now": now}
    return run(connection, "claim_following", asked).first() is not None


def follow(connection: Connection, how: Follow) -> Followed:
    """Give open reports and people to the areas of an edition; return how many moved.

    Each move of a report is an event, and each move has its receipt. A report that no grid covers
    any more is held by nobody: a person must look. A person moves whose area is gone. Assignments
    stay as they were made.
    """
    when = {"edition_id": how.edition_id, "at": how.at, "recorded_at": how.recorded_at}
    reports = run(
        connection,
        "move_holders",
        {
            **when,
            "held_by": how.held_by,
            "near_tolerance_m": how.near_tolerance_m,
            "actor": how.actor.name,
            "role": how.actor.role,
        },
    ).rowcount
    back = run(connection, "return_responders", when).rowcount
    moved = run(connection, "move_responders", when).rowcount
    return Followed(reports, back + moved)


def _rename(connection: Connection, edition_id: int, old: list[int], new: list[int]) -> None:
    asked = {"edition_id": edition_id, "old_ids": old, "new_ids": new}
    run(connection, "renumber_areas", asked)
