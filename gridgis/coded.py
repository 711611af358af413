"""One area by its official code, in the edition of a moment or of a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.errors import (
    AreaNotFoundError,
    EditionNotFoundError,
    InvalidInputError,
    LevelNotFoundError,
)
from gridgis.store import areas, editions, layers

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.model import Edition
    from gridgis.store.areas import CodedArea
    from gridgis.store.connection import Connection


class When(NamedTuple):
    """Which edition of a layer: in force at a time, or by its number, drafts too.

    None of both: in force `now`. Both must be the same edition.
    """

    now: datetime
    at: datetime | None = None
    edition: int | None = None

    @property
    def moment(self) -> datetime:
        """The time that was said, else the present."""
        return self.at or self.now

    @property
    def said(self) -> bool:
        """Whether a time or a number was said."""
        return self.at is not None or self.edition is not None


def find_area(
    connection: Connection, layer: str, code: str, when: When, level: str | None = None
) -> tuple[Edition, CodedArea]:
    """Return the area with this code, and the edition that has it.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError
        The layer, its level, or such an edition does not exist.
    AreaNotFoundError
        No area has the code.
    InvalidInputError
        The code stands on several levels, or the edition was not in force at that time.
    """
    edition = edition_in_force(connection, layer, level, when)
    found = areas.with_code(connection, edition.id, code, level)
    if not found:
        msg = f"no area of layer {layer!r} has the code {code!r} in the edition {edition.name!r}"
        raise AreaNotFoundError(msg)
    if len(found) > 1:
        levels = ", ".join(area.level for area in found)
        msg = f"code {code!r} stands on the levels {levels}; say which with level"
        raise InvalidInputError(msg)
    return edition, found[0]


def edition_in_force(connection: Connection, layer: str, level: str | None, when: When) -> Edition:
    """Return the edition of a layer; `level` must be one of the layer's, or None.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError
        The layer, its level, or such an edition does not exist.
    InvalidInputError
        The edition was not in force at the time that was said as well.
    """
    known = layers.find(connection, layer, when.moment).layer
    if level is not None and level not in {one.code for one in known.levels}:
        levels = ", ".join(one.code for one in known.levels)
        msg = f"layer {layer!r} has no level {level!r}; it has {levels}"
        raise LevelNotFoundError(msg)
    if when.edition is not None:
        return _numbered(connection, layer, when, known.edition)
    if known.edition is None:
        moment = when.moment.isoformat(timespec="seconds")
        msg = f"layer {layer!r} has no edition in force at {moment}"
        raise EditionNotFoundError(msg)
    return known.edition


def require_edition(connection: Connection, layer: str | None, when: When) -> None:
    """Refuse a number that is no edition, of that layer, or not the one in force at the time.

    Raises
    ------
    LayerNotFoundError, EditionNotFoundError
        There is no such layer, or no such edition of it.
    InvalidInputError
        The edition was not in force at the time that was said as well.
    """
    if when.edition is not None:
        named = layer or editions.find(connection, when.edition).layer
        edition_in_force(connection, named, None, when)


def _numbered(connection: Connection, layer: str, when: When, in_force: Edition | None) -> Edition:
    found = editions.find(connection, when.edition or 0)
    if found.layer != layer:
        msg = f"edition {when.edition} belongs to layer {found.layer!r}, not {layer!r}"
        raise EditionNotFoundError(msg)
    if when.at is not None and (in_force is None or in_force.id != found.id):
        then = "none was" if in_force is None else f"edition {in_force.id} was"
        msg = (
            f"edition {found.id} was not in force at {when.at.isoformat(timespec='seconds')}, "
            f"{then}; say at or edition, not both"
        )
        raise InvalidInputError(msg)
    return found
