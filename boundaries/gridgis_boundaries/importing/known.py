"""The areas that are known already where a file should lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.store import areas, layers

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd

    from gridgis.store.connection import Connection


def known_areas(
    connection: Connection, layer: str, *, edition: int | None = None, at: datetime
) -> gpd.GeoSeries | None:
    """Return areas (MultiPolygons, EPSG:4326) among which those of a layer should lie.

    The areas that the draft `edition` holds already, such as the parents; else those of the layer's
    edition in force; else those of another layer in force, a complete one first. None: nothing is
    known.

    Raises
    ------
    LayerNotFoundError, EditionNotFoundError
        What is named is not there.
    """
    if edition is not None:
        held = areas.frame(connection, layer=layer, edition=edition)
        if len(held):
            return held.geometry
    in_force = [one for one in layers.listing(connection, at) if one.edition is not None]
    nearest = sorted(in_force, key=lambda one: (one.code != layer, not one.complete, one.code))
    if not nearest:
        return None
    return areas.frame(connection, layer=nearest[0].code, at=at).geometry
