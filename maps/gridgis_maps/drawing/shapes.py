"""Shapes as they are drawn: as fine as the screen shows, no finer; figures never come from them.

Coordinates are EPSG:4326, lon/lat, rounded to six digits (0.1 m).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, radians
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gridgis.shapes import as_multipolygons
from gridgis_maps.frames.checking import LON_LAT
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

DIGITS = 6
METRES_PER_DEGREE = 111_320
SHEET_PX = 1000
ROAD_VERTICES = 30_000
ROAD_WEIGHTS_PX = {"motorway": 2.4, "trunk": 2.4, "primary": 2.0, "secondary": 1.4, "tertiary": 1.0}
ROAD_WEIGHT_PX = 0.6
MOST_LEVELS = 16
AREAL = 2


@dataclass(frozen=True)
class FeatureCollection:
    """Shapes to draw, each with its properties.

    Attributes
    ----------
    shapes
        Points, lines or areas, EPSG:4326, lon/lat; none is missing or empty.
    properties
        Of each: ``at`` (a position in what is said of the shapes), ``style`` (Leaflet's).
    digits
        How many digits of a degree are kept.
    """

    shapes: NDArray[np.object_]
    properties: Sequence[Mapping[str, Any]]
    digits: int = DIGITS

    def __len__(self) -> int:
        """Return how many shapes there are."""
        return len(self.shapes)

    @property
    def geojson(self) -> dict[str, Any]:
        """The same as GeoJSON."""
        features = [
            {"type": "Feature", "properties": dict(facts), "geometry": shape.__geo_interface__}
            for shape, facts in zip(self.shapes, self.properties, strict=True)
        ]
        return {"type": "FeatureCollection", "features": features}


def pixel_m(bounds: Sequence[float]) -> float:
    """Return the metres that a pixel shows when the whole map is on the screen.

    `bounds` is (min_lon, min_lat, max_lon, max_lat) in degrees.

    >>> round(pixel_m((103.7, 36.0, 103.9, 36.1)), 1)
    18.0
    """
    min_lon, min_lat, max_lon, max_lat = bounds
    width = (max_lon - min_lon) * cos(radians((min_lat + max_lat) / 2))
    return float(max(width, max_lat - min_lat) * METRES_PER_DEGREE / SHEET_PX)


def simplified(areas: gpd.GeoSeries, tolerance_m: float) -> gpd.GeoSeries:
    """Return the areas with fewer vertices; edges that neighbours share stay shared.

    A corner goes when the triangle that it makes with its neighbours is smaller than the
    tolerance squared (Visvalingam and Whyatt's method, on the whole coverage); no area vanishes.
    An invalid one is made valid first.
    """
    shapes, there = _in_metres(areas), has_place(areas)
    shapes[there] = _valid(shapes[there])
    there &= ~shapely.is_missing(shapes)
    shapes[there] = shapely.coverage_simplify(shapes[there], tolerance_m)
    return _in_degrees(shapes, areas)


def _valid(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return areas without what makes some invalid: rings of two points, edges folded over.

    None where nothing is left.
    """
    broken = ~shapely.is_valid(areas) & ~shapely.is_missing(areas)
    mended = areas.copy()
    made = shapely.make_valid(areas[broken], method="structure", keep_collapsed=False)
    mended[broken] = as_multipolygons(made)
    return mended


def thinned(shapes: gpd.GeoSeries, tolerance_m: float) -> gpd.GeoSeries:
    """Return lines or areas of the base map with fewer vertices, each for itself.

    Areas stay valid. Lines may touch themselves, which nobody sees, and take a tenth of the time.
    """
    metres = _in_metres(shapes)
    areal = shapely.get_dimensions(metres) == AREAL
    metres[areal] = shapely.simplify(metres[areal], tolerance_m)
    metres[~areal] = shapely.simplify(metres[~areal], tolerance_m, preserve_topology=False)
    return _in_degrees(metres, shapes)


def outlines_of(
    outlines: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, drawn: gpd.GeoSeries, tolerance_m: float
) -> gpd.GeoDataFrame:
    """Return the outlines to draw, with their `depth` below the top level.

    An outline is the union of its drawn grids, so that the two lie on each other at every zoom;
    one without grids on the map is simplified for itself.
    """
    parent = dict(zip(outlines["code"], outlines["parent_code"], strict=True))
    chains = grids["parent_code"].map(lambda code: _chain(code, parent))
    members = chains.explode()
    shapes = np.array(thinned(outlines.geometry, tolerance_m).array, dtype=object)
    # Rounding may have folded an edge over.
    pieces = _valid(np.array(drawn.array, dtype=object))
    for at, code in enumerate(outlines["code"]):
        mine = pieces[drawn.index.isin(members.index[members == code])]
        if len(mine):
            shapes[at] = shapely.union_all(mine)
    depth = outlines["parent_code"].map(lambda code: len(_chain(code, parent)))
    return outlines.assign(depth=depth).set_geometry(
        gpd.GeoSeries(shapes, index=outlines.index, crs=LON_LAT)
    )


def roads_of(roads: gpd.GeoDataFrame, tolerance_m: float) -> gpd.GeoDataFrame:
    """Return the roads as one line shape a kind, the great ones last, no more than can be drawn."""
    kinds = roads.assign(weight=roads["kind"].map(ROAD_WEIGHTS_PX).fillna(ROAD_WEIGHT_PX))
    weights = np.sort(kinds["weight"].unique())
    ways = np.asarray(kinds.geometry.array, dtype=object)
    merged = [merged_lines(ways[kinds["weight"] == weight]) for weight in weights]
    lines = thinned(gpd.GeoSeries(merged, index=weights.tolist(), crs=LON_LAT), tolerance_m)
    great_first = lines.sort_index(ascending=False)
    vertices = np.cumsum(shapely.get_num_coordinates(np.asarray(great_first.array)))
    kept = great_first[(vertices <= ROAD_VERTICES) | (np.arange(len(vertices)) == 0)].sort_index()
    return gpd.GeoDataFrame({"weight": kept.index}, geometry=np.asarray(kept.array), crs=LON_LAT)


def merged_lines(lines: NDArray[np.object_]) -> shapely.MultiLineString:
    """Return lines as one shape, of which what meets end to end is one line."""
    whole = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(lines)))
    return shapely.MultiLineString(list(shapely.get_parts(whole)))


def label_points(areas: gpd.GeoSeries) -> list[tuple[float, float]]:
    """Return a lon/lat well inside each area, where its name can stand."""
    circles = shapely.maximum_inscribed_circle(np.asarray(areas.array, dtype=object))
    centres = shapely.get_coordinates(shapely.get_point(circles, 0)).round(DIGITS)
    return [(float(lon), float(lat)) for lon, lat in centres]


def feature_collection(
    shapes: gpd.GeoSeries, properties: Sequence[Mapping[str, Any]], digits: int = DIGITS
) -> FeatureCollection:
    """Return the shapes that are there, each with its properties."""
    there = has_place(shapes)
    kept = [facts for facts, here in zip(properties, there, strict=True) if here]
    return FeatureCollection(np.asarray(shapes.array, dtype=object)[there], kept, digits)


def _chain(code: object, parent: Mapping[object, object]) -> list[object]:
    """Return the code and its ancestors, as far as they are known."""
    chain: list[object] = []
    while code in parent and code not in chain and len(chain) < MOST_LEVELS:
        chain.append(code)
        code = parent[code]
    return chain


def factors_of(shapes: gpd.GeoSeries) -> NDArray[np.float64]:
    """Return the metres of a degree east and of a degree north, near enough to draw by."""
    _, min_lat, _, max_lat = shapes.total_bounds
    latitude = (min_lat + max_lat) / 2 if np.isfinite(min_lat) else 0.0
    return METRES_PER_DEGREE * np.array([max(cos(radians(latitude)), 0.01), 1.0])


def _in_metres(shapes: gpd.GeoSeries) -> NDArray[np.object_]:
    factors = factors_of(shapes)
    return shapely.transform(np.array(shapes.array, dtype=object), lambda xy: xy * factors)


def _in_degrees(metres: NDArray[np.object_], like: gpd.GeoSeries) -> gpd.GeoSeries:
    factors = factors_of(like)
    lonlat = shapely.transform(metres, lambda xy: (xy / factors).round(DIGITS))
    return gpd.GeoSeries(lonlat, index=like.index, crs=LON_LAT)
