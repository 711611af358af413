"""What the rules are held to, and what they must be told besides the areas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import shapely


@dataclass(frozen=True, slots=True)
class Band:
    """The households that a grid should have, both ends allowed."""

    fewest: int = 300
    most: int = 500


@dataclass(frozen=True, slots=True)
class Standards:
    """The measures of the rules.

    Attributes
    ----------
    households
        The band of a grid's households; None: any number will do.
    narrowest_m
        A part or a neck that is thinner is a sliver, metres; 0: nothing is.
    tolerance_m2
        Ground up to here is rounding, not a finding, m².
    """

    households: Band | None = Band()
    narrowest_m: float = 5.0
    tolerance_m2: float = 0.01


@dataclass(frozen=True, slots=True)
class Known:
    """What is known beside the areas; what is None is not judged.

    Attributes
    ----------
    extent
        What the layer is to cover, as declared: Polygon or MultiPolygon, EPSG:4326.
    retired
        Codes that earlier editions used and that are no more; they are never used again.
    stations
        Who should stand inside their area: columns name, area_id and geometry (Point, EPSG:4326,
        None when nobody knows where). A station of an area that is not among these is left aside.
    """

    extent: shapely.Geometry | None = None
    retired: frozenset[str] = frozenset()
    stations: gpd.GeoDataFrame | None = None
