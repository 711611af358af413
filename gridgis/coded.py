"""One area by its official code, in the edition of a moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.errors import (
    AreaNotFoundError,
    EditionNotFoundError,
    InvalidInputError,
    LevelNotFoundError,
)
from gridgis.store import areas, layers

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.model import Edition
    from gridgis.store.areas import CodedArea
    from gridgis.store.connection import Connection


def find_area(
    connection: Connection, layer: str, code: str, at: datetime, level: str | None = None
) -> tuple[Edition, CodedArea]:
    """Return the area with this code, and the edition of that time that has it.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError
        The layer, its level, or an edition at that time does not exist.
    AreaNotFoundError
        No area has the code.
    InvalidInputError
        The code stands on several levels.
    """
    edition = edition_in_force(connection, layer, level, at)
    found = areas.with_code(connection, edition.id, code, level)
    if not found:
        msg = f"no area of layer {layer!r} has the code {code!r} in the edition {edition.name!r}"
        raise AreaNotFoundError(msg)
    if len(found) > 1:
        levels = ", ".join(area.level for area in found)
        msg = f"code {code!r} stands on the levels {levels}; say which with level"
        raise InvalidInputError(msg)
    return edition, found[0]


def edition_in_force(
    connection: Connection, layer: str, level: str | None, at: datetime
) -> Edition:
    """Return a layer's edition of that time; `level` must be one of the layer's, or None.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError
        The layer, its level, or an edition at that time does not exist.
    """
    known = layers.find(connection, layer, at).layer
    if level is not None and level not in {one.code for one in known.levels}:
        levels = ", ".join(one.code for one in known.levels)
        msg = f"layer {layer!r} has no level {level!r}; it has {levels}"
        raise LevelNotFoundError(msg)
    if known.edition is None:
        msg = f"layer {layer!r} has no edition in force at {at.isoformat(timespec='seconds')}"
        raise EditionNotFoundError(msg)
    return known.edition
