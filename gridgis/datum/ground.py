"""What is compared to find a datum: points or outlines, in degrees, longitude first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis import door
from gridgis.datum.shifts import in_china, to_wgs84
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

_POINTS = (shapely.GeometryType.POINT, shapely.GeometryType.MULTIPOINT)
_OUTLINES = (
    shapely.GeometryType.LINESTRING,
    shapely.GeometryType.LINEARRING,
    shapely.GeometryType.MULTILINESTRING,
    shapely.GeometryType.POLYGON,
    shapely.GeometryType.MULTIPOLYGON,
)


@dataclass(frozen=True)
class Ground:
    """Shapes of one kind.

    Attributes
    ----------
    name
        What a person calls them, for the errors.
    shapes
        Two-dimensional, none missing or empty; degrees, longitude first.
    keys
        One a shape: what it is called, else its number.
    pointlike
        Whether they are points; else outlines (polygons or lines).
    by_order
        Whether the keys are just the rows' order.
    missing
        How many rows had no shape, or one with a coordinate that is not a number.
    """

    name: str
    shapes: NDArray[np.object_]
    keys: pd.Index[Any]
    pointlike: bool
    by_order: bool = False
    missing: int = 0

    def __len__(self) -> int:
        return len(self.shapes)

    def only(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> Ground:
        """Return some of the shapes."""
        return replace(self, shapes=self.shapes[which], keys=self.keys[which])

    def taken_as(self, datum: str) -> Ground:
        """Return the ground in WGS 84, its degrees taken as those of `datum`."""
        if datum == "wgs84":
            return self
        moved = shapely.transform(
            self.shapes, lambda at: np.column_stack(to_wgs84(at[:, 0], at[:, 1], datum))
        )
        return replace(self, shapes=moved)

    def in_china(self) -> NDArray[np.bool_]:
        """Return for each shape whether all of it lies where the datums differ."""
        bounds = shapely.bounds(self.shapes)
        return in_china(bounds[:, 0], bounds[:, 1]) & in_china(bounds[:, 2], bounds[:, 3])


def read_ground(given: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame, name: str) -> Ground:
    """Return what was given as a ground.

    Parameters
    ----------
    given
        An array (k, 2) of degrees, longitude first, NaN where one is missing; or a series or frame
        of points, lines or polygons. What a series says of its coordinate system is in doubt, and
        left aside.
    name
        What a person calls it, for the errors.

    Raises
    ------
    InvalidInputError
        There is nothing in it, it mixes points and outlines, or it does not lie on the earth.
    """
    shapes, keys = _shapes(given, name)
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    at, of_row = shapely.get_coordinates(shapes, return_index=True)
    there[of_row[np.isnan(at).any(axis=1)]] = False
    kept = shapely.force_2d(shapes[there])
    if len(kept) == 0:
        msg = f"{name}: there is no point and no outline in it"
        raise InvalidInputError(msg)
    pointlike = _require_one_kind(kept, name)
    _require_on_earth(kept, keys[there], name)
    return Ground(
        name,
        kept,
        keys[there],
        pointlike,
        by_order=not isinstance(given, gpd.GeoSeries | gpd.GeoDataFrame),
        missing=int((~there).sum()),
    )


def paired(given: Ground, reference: Ground) -> tuple[Ground, Ground]:
    """Return the rows that both have, in the same order; the others are left out.

    Raises
    ------
    InvalidInputError
        Two rows of one side have the same key, no row has a partner, or rows that are matched by
        their order alone are not as many.
    """
    rows = [len(ground) + ground.missing for ground in (given, reference)]
    if given.by_order and reference.by_order and rows[0] != rows[1]:
        msg = (
            f"{given.name} has {rows[0]:,} rows and {reference.name} {rows[1]:,}, "
            "so they cannot be matched by their order"
        )
        raise InvalidInputError(msg)
    for ground in (given, reference):
        twice = ground.keys[ground.keys.duplicated()]
        if len(twice):
            msg = f"{ground.name}: two rows are called {twice[0]}, so they cannot be matched"
            raise InvalidInputError(msg)
    common = given.keys.intersection(reference.keys, sort=False)
    if len(common) == 0:
        msg = (
            f"no row of {given.name} has a partner in {reference.name}: the first are called "
            f"{given.keys[0]} and {reference.keys[0]}"
        )
        raise InvalidInputError(msg)
    # In the order of the keys, so that the order of the rows does not matter.
    common = common[np.argsort(common.astype(str), kind="stable")]
    return given.only(given.keys.get_indexer(common)), reference.only(
        reference.keys.get_indexer(common)
    )


def _shapes(
    given: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame, name: str
) -> tuple[NDArray[np.object_], pd.Index[Any]]:
    if isinstance(given, gpd.GeoSeries | gpd.GeoDataFrame):
        return given.geometry.to_numpy(), given.index
    try:
        degrees = np.asarray(given, dtype=np.float64)
    except (TypeError, ValueError) as error:
        msg = f"{name}: not an array of degrees ({error})"
        raise InvalidInputError(msg) from error
    if degrees.ndim != 2 or degrees.shape[1] != 2:  # noqa: PLR2004 - lon, lat
        msg = f"{name}: an array of (lon, lat) rows is wanted, and its shape is {degrees.shape}"
        raise InvalidInputError(msg)
    there = ~np.isnan(degrees).any(axis=1)
    shapes = np.full(len(degrees), None, dtype=object)
    shapes[there] = shapely.points(degrees[there])
    return shapes, pd.RangeIndex(len(degrees))


def _require_one_kind(shapes: NDArray[np.object_], name: str) -> bool:
    """Return whether the shapes are points."""
    kinds = shapely.get_type_id(shapes)
    points, outlines = np.isin(kinds, _POINTS), np.isin(kinds, _OUTLINES)
    if points.all() or outlines.all():
        return bool(points[0])
    other = shapes[~points & ~outlines]
    found = f"a {other[0].geom_type}" if len(other) else "points and outlines in one"
    msg = f"{name}: {found}; give points alone, or lines and polygons alone"
    raise InvalidInputError(msg)


def _require_on_earth(shapes: NDArray[np.object_], keys: pd.Index[Any], name: str) -> None:
    bounds = shapely.bounds(shapes)
    on_earth = (np.abs(bounds[:, [0, 2]]) <= 180).all(axis=1) & (  # noqa: PLR2004 - degrees
        np.abs(bounds[:, [1, 3]]) <= 90  # noqa: PLR2004 - degrees
    ).all(axis=1)
    for at in np.flatnonzero(~on_earth)[:1]:
        try:
            door.location(float(bounds[at, 0]), float(bounds[at, 1]))
            door.location(float(bounds[at, 2]), float(bounds[at, 3]))
        except InvalidInputError as error:
            msg = f"{name}: row {keys[at]}: {error}"
            raise InvalidInputError(msg) from error
