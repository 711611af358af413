"""Put a draft edition in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError, PlanRejectedError
from gridgis.store import areas, editions, layers, locks, redraw
from gridgis_boundaries.rules.judging import judge

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.model import Edition
    from gridgis.store.connection import Connection
    from gridgis_boundaries.rules.findings import Finding


@dataclass(frozen=True, slots=True)
class Publishing:
    """How to publish.

    `accept` is the reason for accepting the findings; None: none may stand. `starts` is the time
    from which the edition is in force; None: as the draft wishes, else from minus infinity for a
    layer's first edition and from now for a later one. A report that no grid covers goes to the
    nearest within `near_tolerance_m`.
    """

    accept: str | None = None
    starts: datetime | None = None
    near_tolerance_m: float = 30.0


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: the edition, the findings that were accepted, the reports that moved."""

    edition: Edition
    accepted: list[Finding]
    moved_reports: int


def findings(
    connection: Connection,
    edition_id: int,
    *,
    clock: Clock,
    tell: Callable[[str], None] = lambda _: None,
) -> list[Finding]:
    """Return what stands against publishing an edition.

    Raises
    ------
    EditionNotFoundError
        There is no such edition.
    """
    layer = editions.find(connection, edition_id).layer
    stored = layers.find(connection, layer, clock.now())
    frame = areas.frame(connection, layer=layer, edition=edition_id)
    return judge(frame, stored.layer, tell=tell)


def publish(
    connection: Connection,
    edition_id: int,
    how: Publishing | None = None,
    *,
    actor: Actor,
    clock: Clock,
    tell: Callable[[str], None] = lambda _: None,
) -> Published:
    """Put a draft in force: close the edition before it and move the open reports' holders.

    Assignments stay as they were made. While the rules are judged reports go on coming in; only
    the change itself keeps them waiting.

    Raises
    ------
    EditionNotFoundError, EditionNotDraftError
        There is no such draft.
    PlanRejectedError
        Rules are broken and no reason accepts that; `findings` lists them.
    EditionOverlapsError
        Another edition of the layer starts at the same instant.
    """
    how = how or Publishing()
    if how.accept is not None and not how.accept.strip():
        msg = "accepting findings needs a reason; write it after --accept"
        raise InvalidInputError(msg)
    draft = editions.hold_draft(connection, edition_id)
    found = findings(connection, edition_id, clock=clock, tell=tell)
    if found and how.accept is None:
        raise PlanRejectedError(_rejection(edition_id, found), found)
    tell("publishing")
    locks.lock_layer(connection, draft.layer_id)
    now = clock.now()
    starts = how.starts or draft.wished_from
    if starts is None and editions.has_published(connection, draft.layer_id):
        starts = now
    redraw.adopt_identities(connection, draft)
    editions.open_draft(connection, draft, starts=starts, actor=actor, at=now)
    if found and how.accept is not None:
        sentences = [str(finding) for finding in found]
        editions.accept(connection, edition_id, sentences, reason=how.accept, actor=actor, at=now)
    moved = redraw.move_holders(
        connection,
        draft.layer_id,
        near_tolerance_m=how.near_tolerance_m,
        actor=actor,
        at=now,
    )
    return Published(editions.find(connection, edition_id), found, moved)


def _rejection(edition_id: int, found: list[Finding]) -> str:
    return (
        f"edition {edition_id} breaks a rule in {len(found)} "
        f"place{'s' if len(found) > 1 else ''}, so it was not published; first: {found[0]}. "
        "Correct it, or publish with --accept REASON"
    )
