"""Which area each area of an imported draft is; a person may say otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import AreaNotFoundError, InvalidInputError
from gridgis.store import areas, editions
from gridgis.store import plans as stored_plans
from gridgis.store.plans import SaidIdentity
from gridgis_boundaries.publishing.judging import identified, of_draft

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.store.connection import Connection
    from gridgis_boundaries.publishing.identities import SameAs


def identities_of_draft(connection: Connection, edition_id: int, at: datetime) -> list[SameAs]:
    """Return which area each area of a draft is that is to follow the edition in force at `at`.

    Empty for a layer's first edition: all of its areas are new.

    Raises
    ------
    EditionNotFoundError
        There is no such edition.
    """
    return identified(connection, of_draft(connection, edition_id, at)).identities


def say_identity_of_draft(
    connection: Connection,
    edition_id: int,
    area: tuple[str, str],
    before: str | None,
    why: tuple[str, Actor, datetime],
) -> None:
    """Say which area an area of a draft is, by level and code: the one that has the code `before`.

    None: it is a new one. `why` is the reason, who says so, and when.

    Raises
    ------
    EditionNotFoundError, EditionNotDraftError
        There is no such draft.
    AreaNotFoundError
        The draft, or the edition before it, has no such area.
    InvalidInputError
        The reason is empty.
    """
    (level, code), (reason, actor, at) = area, why
    if not reason.strip():
        msg = "say why, for the record"
        raise InvalidInputError(msg)
    draft = editions.hold_draft(connection, edition_id)
    if area not in areas.ids_by_code(connection, edition_id):
        msg = f"draft edition {edition_id} has no {level} with the code {code!r}"
        raise AreaNotFoundError(msg)
    area_id = None
    if before is not None:
        follows = editions.before(connection, draft.layer_id, at, but=edition_id)
        known = {} if follows is None else areas.ids_by_code(connection, follows)
        area_id = known.get((level, before))
        if area_id is None:
            msg = f"the edition before has no {level} with the code {before!r}"
            raise AreaNotFoundError(msg)
    said = SaidIdentity(level, code, area_id, reason, actor.name, actor.role, at)
    stored_plans.say_identity(connection, said, edition_id=edition_id)
