"""Go back: publish what an earlier edition says, as a new edition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import ConflictError
from gridgis.store import areas, editions, layers
from gridgis_boundaries.publishing.opening import Office, Publishing, Terms, put_in_force

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.store.connection import Connection
    from gridgis_boundaries.publishing.opening import Published


def restore(
    connection: Connection,
    edition_id: int,
    how: Publishing | None = None,
    *,
    actor: Actor,
    clock: Clock,
) -> Published:
    """Publish the content of an earlier edition again: the same areas, codes and bits.

    What has happened since stays as it was; nothing is deleted. Findings that were accepted for
    that edition are accepted again, for the same reasons.

    Raises
    ------
    EditionNotFoundError
        There is no such edition.
    ConflictError
        It is a draft.
    PlanRejectedError
        The rules of today find more than was accepted then.
    EditionOverlapsError
        Another edition of the layer starts at the same instant.
    """
    how = how or Publishing()
    found = editions.find(connection, edition_id)
    if found.published_at is None:
        msg = (
            f"edition {edition_id} is a draft; `gridgis editions publish {edition_id}` publishes it"
        )
        raise ConflictError(msg)
    now = clock.now()
    draft = editions.make_draft(
        connection,
        layers.find(connection, found.layer, now).id,
        name=found.name,
        wished_from=None,
        actor=actor,
        at=now,
    )
    areas.copy_edition(connection, edition_id, draft)
    accepted = editions.accepted(connection, edition_id)
    terms = Terms(
        given=True,
        accepted={(one.rule, tuple(sorted(one.areas))): one for one in accepted},
        restores=edition_id,
    )
    office = Office(connection, actor, clock)
    return put_in_force(office, editions.hold_draft(connection, draft), how, terms)
