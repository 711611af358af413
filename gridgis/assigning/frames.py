"""Points to grids, frame to frame: the shortest way in, without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from gridgis.errors import InvalidInputError
from gridgis.files.systems import to_degrees
from gridgis.locate.index import GridIndex

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd


def assign(
    points: gpd.GeoDataFrame,
    grids: gpd.GeoDataFrame | GridIndex,
    code: str = "code",
    *,
    near_tolerance_m: float = 0.0,
    keep: Sequence[str] = (),
) -> gpd.GeoDataFrame:
    """Return the points with their grid, the rule that found it and the distance to its boundary.

    Parameters
    ----------
    points
        Points in any coordinate system; an empty or missing one has no location.
    grids
        One row a grid, as :meth:`GridIndex.from_frame` takes it, or an index that was built before.
    near_tolerance_m
        How far a grid may be from a point that none covers, in metres.
    keep
        Columns of the grids that the answer shall carry, such as the parents' codes.

    Returns
    -------
    The rows and index of `points`, with the columns grid_code (missing without a grid), rule
    (covers, near, outside, no_location), boundary_distance_m, and those of `keep`. Where the index
    has several layers, the responsible one answers.

    Raises
    ------
    InvalidInputError, InvalidGeometryError, UnsupportedCrsError
        As :meth:`GridIndex.from_frame`; or the points are no points.

    Examples
    --------
    >>> import geopandas as gpd
    >>> grids = gpd.GeoDataFrame(
    ...     {"code": ["A"]}, geometry=[shapely.box(104, 30, 104.01, 30.01)], crs="EPSG:4326"
    ... )
    >>> points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([104.005], [30.005]), crs="EPSG:4326")
    >>> assign(points, grids)[["grid_code", "rule"]].values.tolist()
    [['A', 'covers']]
    """
    index = grids
    if not isinstance(index, GridIndex):
        index = GridIndex.from_frame(index, code, keep=keep)
    degrees = to_degrees(points, crs=None, datum="wgs84", file="the frame of points")
    shapes = degrees.geometry.to_numpy()
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    if (shapely.get_type_id(shapes[there]) != shapely.GeometryType.POINT).any():
        msg = "the frame of points holds other shapes as well; take their points first"
        raise InvalidInputError(msg)
    told = index.explain(
        shapely.get_x(shapes), shapely.get_y(shapes), near_tolerance_m=near_tolerance_m
    )
    first = told.drop_duplicates("point").set_index(points.index)
    columns = [name for name in first.columns if name not in {"point", "layer", "edition"}]
    return points.assign(**{name: first[name] for name in columns})
