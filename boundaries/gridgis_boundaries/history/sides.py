"""Two editions side by side, read for whoever compares them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis import frames
from gridgis.errors import InvalidInputError
from gridgis.store import editions

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd

    from gridgis.model import Edition
    from gridgis.store.connection import Connection


class Sides(NamedTuple):
    """The grids of two editions of one layer, and the cells; drafts too."""

    before: Edition
    after: Edition
    old: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    cells: gpd.GeoDataFrame


def sides(connection: Connection, before: int, after: int, *, now: datetime) -> Sides:
    """Return two editions, their grids, and the cells.

    Raises
    ------
    EditionNotFoundError
        There is no such edition.
    InvalidInputError
        They are of different layers.
    """
    first, second = editions.find(connection, before), editions.find(connection, after)
    if first.layer != second.layer:
        msg = (
            f"edition {before} is of layer {first.layer!r} and edition {after} of "
            f"{second.layer!r}; name two of one layer"
        )
        raise InvalidInputError(msg)
    old, new = (
        frames.grids(connection, layer=one.layer, at=now, edition=one.id)[0]
        for one in (first, second)
    )
    return Sides(first, second, old, new, frames.cells(connection))
