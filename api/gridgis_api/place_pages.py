"""Draw what is wrong with places: what the core found, as maps wants it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis import frames
from gridgis.places.checking import NEAR_M, duplicates
from gridgis.places.contradicting import disagreements
from gridgis.words import spoken
from gridgis_api.kinds.query import MapQuery
from gridgis_maps import PlaceFrames
from gridgis_maps import places as draw_places

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page


class PlaceChecks(NamedTuple):
    """How many places were checked, on which layer, and what is wrong with some."""

    checked: int
    layer: str
    duplicates: pd.DataFrame
    disagreements: gpd.GeoDataFrame


def check_places(maker: Maker, *, near_m: float = NEAR_M, layer: str | None = None) -> PlaceChecks:
    """Return the places that are stored twice, and those outside the area their address names.

    Raises
    ------
    LayerNotFoundError, EditionNotFoundError
        There is no such layer, or it has no edition in force.
    """
    asked = _on(layer)
    _, above = maker.grids(asked)
    places = frames.places(maker.connection)
    return PlaceChecks(
        len(places), maker.layer(asked), duplicates(places, near_m), disagreements(places, above)
    )


def place_page(maker: Maker, found: PlaceChecks, *, lang: str = "zh") -> Page:
    """Return the page of what is wrong with places, on the smallest areas that addresses name.

    Raises
    ------
    InvalidInputError
        The language is unknown.
    """
    asked = _on(found.layer, spoken(lang))
    grids, above = maker.grids(asked)
    areas, outlines = _smallest(above) if len(above) else (grids, above)
    return draw_places(
        PlaceFrames(
            areas=areas,
            duplicates=found.duplicates,
            disagreements=found.disagreements,
            base=maker.base(asked, areas, outlines),
        ),
        maker.about(asked, grids, above),
        checked=found.checked,
        lang=lang,
    )


def _on(layer: str | None, lang: str = "zh") -> MapQuery:
    return MapQuery.model_validate({"layer": layer, "lang": lang})


def _smallest(above: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the areas of the lowest level above the grids, and those above them."""
    lowest = above["level"] == above["level"].iloc[-1]
    return above[lowest].reset_index(drop=True), above[~lowest].reset_index(drop=True)
