"""Editions: a layer's drafts and published states, and which of them is in force when."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.dialects.postgresql import Range

from gridgis.errors import EditionNotDraftError, EditionNotFoundError, EditionOverlapsError
from gridgis.model import Edition
from gridgis.store.queries import run
from gridgis.store.tables import edition as edition_table
from gridgis.store.tables import edition_exception

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from gridgis.actor import Actor


class AcceptedFinding(NamedTuple):
    """A finding that somebody took responsibility for: its rule and areas, and how it read."""

    finding: str
    reason: str
    actor: str
    recorded_at: datetime
    rule: str
    areas: tuple[str, ...] = ()


class Draft(NamedTuple):
    """A draft that is held by this transaction; `wished_from` is the start that was wished for."""

    id: int
    layer_id: int
    wished_from: datetime | None


class Judged(NamedTuple):
    """What the rules looked at, and how many findings they had; each of them was accepted.

    `content_hash` is SHA-256; `document` the number of the paper; `restores` an edition whose
    content it repeats.
    """

    content_hash: bytes
    findings: int
    document: str | None = None
    restores: int | None = None


def listing(connection: Connection, layer: str | None = None) -> list[Edition]:
    """Return the editions, of one layer or of all, oldest first, drafts last.

    A draft's `valid_from` is the start that was wished for.
    """
    return _editions(connection, layer=layer, ids=None)


def of_ids(connection: Connection, ids: Sequence[int]) -> list[Edition]:
    """Return the editions with these ids."""
    return _editions(connection, layer=None, ids=list(ids)) if ids else []


def find(connection: Connection, edition_id: int) -> Edition:
    """Return one edition.

    Raises
    ------
    EditionNotFoundError
        There is no such edition.
    """
    found = of_ids(connection, [edition_id])
    if not found:
        raise EditionNotFoundError(_unknown(edition_id))
    return found[0]


def make_draft(
    connection: Connection,
    layer_id: int,
    *,
    name: str,
    wished_from: datetime | None,
    actor: Actor,
    at: datetime,
) -> int:
    """Make an empty draft of a layer and return its id."""
    return int(
        connection.execute(
            insert(edition_table)
            .values(
                layer_id=layer_id,
                name=name,
                wished_from=wished_from,
                made_at=at,
                made_by=actor.name,
            )
            .returning(edition_table.c.id)
        ).scalar_one()
    )


def hold_draft(connection: Connection, edition_id: int) -> Draft:
    """Keep everybody else from changing or publishing a draft until the transaction ends.

    Raises
    ------
    EditionNotFoundError
        There is no such edition.
    EditionNotDraftError
        It is published already.
    """
    row = connection.execute(
        select(edition_table.c.layer_id, edition_table.c.wished_from, edition_table.c.published_at)
        .where(edition_table.c.id == edition_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise EditionNotFoundError(_unknown(edition_id))
    if row.published_at is not None:
        msg = f"edition {edition_id} is published already; make a new draft by an import"
        raise EditionNotDraftError(msg)
    return Draft(edition_id, row.layer_id, row.wished_from)


def wish_from(connection: Connection, edition_id: int, moment: datetime) -> None:
    """Note from when a draft is wished to be in force."""
    connection.execute(
        update(edition_table).where(edition_table.c.id == edition_id).values(wished_from=moment)
    )


def discard(connection: Connection, edition_id: int) -> None:
    """Take a draft away with all that was imported into it.

    Raises
    ------
    EditionNotFoundError, EditionNotDraftError
        There is no such draft.
    """
    draft = hold_draft(connection, edition_id)
    connection.execute(delete(edition_table).where(edition_table.c.id == edition_id))
    run(connection, "drop_unused_areas", {"layer_id": draft.layer_id})


def open_draft(
    connection: Connection,
    draft: Draft,
    *,
    starts: datetime | None,
    judged: Judged,
    actor: Actor,
    at: datetime,
) -> None:
    """Put a held draft in force from `starts` (None: minus infinity) and close the one before it.

    It stays in force until the next edition that is published already; usually there is none. The
    database refuses one with findings that nobody accepted.

    Raises
    ------
    EditionOverlapsError
        Another edition of the layer starts at that instant.
    """
    ends = _next_start(connection, draft.layer_id, starts)
    if starts is not None:
        run(connection, "close_edition", {"layer_id": draft.layer_id, "at": starts})
    connection.execute(
        update(edition_table)
        .where(edition_table.c.id == draft.id)
        .values(
            valid=Range(starts, ends, bounds="[)"),
            published_at=at,
            published_by=actor.name,
            **judged._asdict(),
        )
    )


def accept(connection: Connection, edition_id: int, accepted: Iterable[AcceptedFinding]) -> None:
    """Store that somebody takes responsibility for these findings."""
    rows = [
        {**one._asdict(), "areas": list(one.areas), "edition_id": edition_id} for one in accepted
    ]
    if rows:
        connection.execute(insert(edition_exception), rows)


def accepted(connection: Connection, edition_id: int) -> list[AcceptedFinding]:
    """Return the findings that were accepted when an edition was published."""
    columns = edition_exception.c
    rows = connection.execute(
        select(
            columns.finding,
            columns.reason,
            columns.actor,
            columns.recorded_at,
            columns.rule,
            columns.areas,
        )
        .where(columns.edition_id == edition_id)
        .order_by(columns.id)
    )
    return [AcceptedFinding(*row)._replace(areas=tuple(row.areas)) for row in rows]


def before(
    connection: Connection, layer_id: int, at: datetime | None, *, but: int = 0
) -> int | None:
    """Return the published edition in force last up to an instant, other than the one `but`.

    None: there was none, or the instant is the beginning of time.
    """
    if at is None:
        return None
    asked = {"layer_id": layer_id, "at": at, "but": but}
    found: int | None = run(connection, "edition_before", asked).scalar_one_or_none()
    return found


def after(connection: Connection, layer_id: int, at: datetime | None) -> int | None:
    """Return the published edition that starts next after an instant (None: minus infinity)."""
    asked = {"layer_id": layer_id, "at": at}
    found: int | None = run(connection, "edition_after", asked).scalar_one_or_none()
    return found


def has_published(connection: Connection, layer_id: int) -> bool:
    """Say whether the layer has, or had, an edition in force."""
    published = select(edition_table.c.id).where(
        edition_table.c.layer_id == layer_id, edition_table.c.published_at.is_not(None)
    )
    return connection.execute(published.limit(1)).first() is not None


def _next_start(connection: Connection, layer_id: int, starts: datetime | None) -> datetime | None:
    rows = run(connection, "edition_starts", {"layer_id": layer_id})
    taken: dict[datetime | None, int] = {row.starts: row.id for row in rows}
    if starts in taken:
        since = "the beginning of time" if starts is None else starts.isoformat()
        msg = (
            f"edition {taken[starts]} of this layer is in force from {since} already; "
            "say another start with --from"
        )
        raise EditionOverlapsError(msg)
    known = [there for there in taken if there is not None]
    return min((there for there in known if starts is None or there > starts), default=None)


def _editions(connection: Connection, *, layer: str | None, ids: list[int] | None) -> list[Edition]:
    rows = run(connection, "editions", {"layer": layer, "ids": ids})
    return [
        Edition(
            id=row.id,
            layer=row.layer,
            name=row.name,
            valid_from=row.valid_from if row.published_at else row.wished_from,
            valid_to=row.valid_to,
            published_at=row.published_at,
            published_by=row.published_by,
            areas=row.areas,
            grids=row.grids,
            document=row.document,
            restores=row.restores,
            content_hash=row.content_hash,
        )
        for row in rows
    ]


def _unknown(edition_id: int) -> str:
    return f"there is no edition {edition_id}; `gridgis editions list` shows those that exist"
