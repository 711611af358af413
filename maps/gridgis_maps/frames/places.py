"""The frames that a map of wrong places is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.checking import check, check_grids, need

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

DUPLICATE_COLUMNS = ("group", "keep", "kind", "name", "standard_address", "reason", "lon", "lat")
DISAGREEMENT_COLUMNS = (
    *("kind", "name", "standard_address", "named", "named_code"),
    *("covering", "covering_code", "outside_m", "lon", "lat"),
)


@dataclass(frozen=True)
class PlaceFrames:
    """What a map of wrong places is made of.

    Attributes
    ----------
    areas
        The smallest areas that addresses name, columns as the grids of `CoverageFrames`.
    duplicates
        `group`, `keep` (True for one of a group), `kind`, `name`, `standard_address`, `reason`,
        `lon`, `lat` (degrees, NaN when not known where).
    disagreements
        `kind`, `name`, `standard_address`, `named`, `named_code` (the area that the address names),
        `covering`, `covering_code` (that the place lies in, or None), `outside_m`, `lon`, `lat`;
        lines from the place to the named area.
    base
        The base map.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two areas have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    areas: gpd.GeoDataFrame
    duplicates: pd.DataFrame
    disagreements: gpd.GeoDataFrame
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        check_grids(self.areas)
        need(self.duplicates, "duplicates", DUPLICATE_COLUMNS)
        check(self.disagreements, "disagreements", DISAGREEMENT_COLUMNS)
