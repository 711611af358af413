"""How dense reports lie, as a smooth surface within the outline of an area."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from scipy.spatial import cKDTree

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.density import M2_PER_KM2
from gridgis_maps.numbers.plane import on_plane, plane_amid

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

Kernel = Literal["quartic", "gaussian"]
Outcome = Literal["decided", "no_reports", "one_spot", "no_area"]

CELLS_PER_BANDWIDTH = 5
GAUSSIAN_REACH = 4.0
"""A Gaussian ends at so many bandwidths: 0.03 % of it lies beyond."""

QUARTIC_WIDTH = 8**0.5
"""A quartic of radius r has the standard deviation r / sqrt(8) along each axis."""

IQR_OF_NORMAL = 1.349
MOST_CELLS = 4_000_000
FINEST_CELLS = 500
"""So many cells the longer side of a raster has at most, unless its step is given."""

MOST_EXACT = 50_000
"""More reports than so many are gathered in heaps first, ..."""

HEAPS = 1000
"""... whose places lie so many a longer side apart, or closer where cells are."""

_AT_ONCE = 2_000_000


class Density(NamedTuple):
    """A surface on a raster, and how it was made.

    Attributes
    ----------
    per_km2
        Reports for each km², shape (rows, columns), the first row in the south; NaN outside the
        outline, and everywhere when it is not decided.
    bounds_m
        (min_x, min_y, max_x, max_y) of the raster on `plane`, metres.
    plane
        The plane's CRS.
    cell_m, bandwidth_m
        The raster's step; the quartic's radius, or the Gaussian's standard deviation.
    rule
        ``given`` or ``silverman``: where the bandwidth comes from.
    kernel, n, left_out
        The kernel; reports inside the outline; reports outside or without a place.
    outcome
        ``decided``; ``no_reports`` (zero everywhere inside), ``one_spot`` (no bandwidth follows
        from reports that lie in one spot: give one), ``no_area`` (the outline is empty).
    """

    per_km2: NDArray[np.float64]
    bounds_m: tuple[float, float, float, float]
    plane: pyproj.CRS
    cell_m: float
    bandwidth_m: float
    rule: Literal["given", "silverman"]
    kernel: Kernel
    n: int
    left_out: int
    outcome: Outcome

    def at(self, points: gpd.GeoSeries) -> NDArray[np.float64]:
        """Return the surface's value at points (EPSG:4326, lon/lat); NaN where there is none."""
        x_m, y_m = on_plane(points, self.plane).T
        rows, columns = self.per_km2.shape
        found = np.full(len(points), np.nan)
        with np.errstate(invalid="ignore"):
            column = np.floor((x_m - self.bounds_m[0]) / self.cell_m)
            row = np.floor((y_m - self.bounds_m[1]) / self.cell_m)
        on = (column >= 0) & (column < columns) & (row >= 0) & (row < rows)
        found[on] = self.per_km2[row[on].astype("int64"), column[on].astype("int64")]
        return found


def kernel_density(
    reports: gpd.GeoSeries,
    outline: gpd.GeoSeries,
    *,
    bandwidth_m: float | None = None,
    cell_m: float | None = None,
    kernel: Kernel = "quartic",
) -> Density:
    """Return the density of reports within an outline; over the outline it adds up to their number.

    ``f(x) = sum K(|x - x_i| / h) / m_i``, ``m_i`` being the share of the kernel at x_i that lies
    inside: what would fall outside goes to the inside, so that density does not thin out at the
    edge (Diggle 1985, doi:10.2307/2347366). Quartic: ``3 / (pi h²) (1 - u²)²`` for u < 1.
    Gaussian: ``exp(-u² / 2) / (2 pi h²)``, ended at `GAUSSIAN_REACH` h. Reckoned at the middles of
    the raster's cells. More than `MOST_EXACT` reports are gathered first in squares of a
    thousandth of the outline's longer side, or half a cell where that is less: each is moved by no
    more than 0.71 of that.

    Parameters
    ----------
    reports
        Points, EPSG:4326, lon/lat; missing ones are left out.
    outline
        Areas, EPSG:4326, lon/lat; their union is the outline.
    bandwidth_m
        h, > 0. None: Silverman's rule of reference to a normal, see `silverman_m`.
    cell_m
        The raster's step, > 0; None: a fifth of the bandwidth, but no more than 250,000 cells.

    Returns
    -------
    Density
        Also for no report, for one, and for an empty outline: see its `outcome`.

    Raises
    ------
    InvalidInputError
        A length is not above zero, or the raster would have more than `MOST_CELLS` cells.
    """
    _check(bandwidth_m, cell_m)
    plane = plane_amid(outline)
    areas = np.asarray(outline.to_crs(plane).array, dtype=object)
    inside = shapely.union_all(shapely.make_valid(areas))
    shapely.prepare(inside)
    points_m = on_plane(reports, plane)
    points_m = points_m[shapely.intersects_xy(inside, points_m)]
    n = len(points_m)
    points_m, size = _heaps(points_m, _apart_m(inside, bandwidth_m, cell_m))
    rule: Literal["given", "silverman"] = "given" if bandwidth_m else "silverman"
    reach_m = bandwidth_m or silverman_m(np.repeat(points_m, size, axis=0), kernel)
    outcome = _outcome(inside, points_m, reach_m)
    step_m = cell_m or max(reach_m / CELLS_PER_BANDWIDTH, _least_step_m(inside))
    shape, bounds_m = _raster(inside, step_m)
    surface = np.full(shape, np.nan)
    within = _middles_inside(inside, shape, bounds_m, step_m)
    if outcome == "no_reports":
        surface[within] = 0.0
    if outcome == "decided":
        origin = (bounds_m[0], bounds_m[1], step_m)
        masses = _spread((points_m, size), within, origin, (kernel, reach_m))
        surface[within] = masses[within] / step_m**2 * M2_PER_KM2
    return Density(
        surface, bounds_m, plane, step_m, reach_m or float("nan"), rule, kernel,
        n, len(reports) - n, outcome,
    )  # fmt: skip


def silverman_m(points_m: NDArray[np.float64], kernel: Kernel) -> float:
    """Return the bandwidth of Silverman's rule in metres; 0 when the points lie in one spot.

    ``h = s n^(-1/6)`` for a Gaussian in two dimensions, s being the mean over both axes of the
    smaller of standard deviation and interquartile range / 1.349; a quartic of the same standard
    deviation has the radius ``sqrt(8) h``. The rule is right for one round heap: a city of several
    centres is smoothed too much, which is why the bandwidth is always told. Silverman 1986, Density
    Estimation for Statistics and Data Analysis, section 4.3.

    >>> silverman_m(np.array([[0.0, 0.0]] * 9), "quartic")
    0.0
    """
    if len(points_m) <= 1 or (points_m == points_m[0]).all():
        return 0.0
    deviation = points_m.std(axis=0, ddof=1)
    low, high = np.quantile(points_m, [0.25, 0.75], axis=0)
    robust = (high - low) / IQR_OF_NORMAL
    # More than half of them in one line must not make the deviation vanish.
    spread = float(np.where(robust > 0, np.minimum(deviation, robust), deviation).mean())
    width = QUARTIC_WIDTH if kernel == "quartic" else 1.0
    return float(spread * len(points_m) ** (-1 / 6) * width)


def cells(density: Density) -> gpd.GeoDataFrame:
    """Return the raster's cells inside the outline as squares, EPSG:4326, lon/lat.

    Columns: per_km2, geometry (Polygon); from the south-west, row by row.
    """
    row, column = np.nonzero(~np.isnan(density.per_km2))
    min_x, min_y = density.bounds_m[:2]
    # Neighbours share their corners to the last digit, so that they can be put together.
    west, east = (min_x + (column + side) * density.cell_m for side in (0, 1))
    south, north = (min_y + (row + side) * density.cell_m for side in (0, 1))
    squares = shapely.box(west, south, east, north)
    frame = gpd.GeoDataFrame(
        {"per_km2": density.per_km2[row, column]}, geometry=squares, crs=density.plane
    )
    return frame.to_crs(4326)


def _apart_m(inside: BaseGeometry, bandwidth_m: float | None, cell_m: float | None) -> float:
    """Return how far heaps of reports lie apart: by less than anybody would see."""
    cell_m = cell_m or (bandwidth_m or np.inf) / CELLS_PER_BANDWIDTH
    return min(_least_step_m(inside) * FINEST_CELLS / HEAPS, cell_m / 2)


def _heaps(
    points_m: NDArray[np.float64], apart_m: float
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return where reports lie, and how many in each place; many move to middles of squares."""
    if len(points_m) <= MOST_EXACT:
        return points_m, np.ones(len(points_m), dtype=np.int64)
    steps = np.floor(points_m / apart_m).astype("int64")
    # One number for each square sorts sooner than two.
    least = steps.min(axis=0)
    width = int(np.ptp(steps[:, 0])) + 1
    numbers, size = np.unique((steps - least) @ [1, width], return_counts=True)
    middles = np.column_stack([numbers % width, numbers // width]) + least + 0.5
    return middles * apart_m, size


def _outcome(inside: BaseGeometry, points_m: NDArray[np.float64], reach_m: float) -> Outcome:
    if inside.is_empty or shapely.area(inside) == 0:
        return "no_area"
    if len(points_m) == 0:
        return "no_reports"
    return "decided" if reach_m > 0 else "one_spot"


def _least_step_m(inside: BaseGeometry) -> float:
    """Return the step below which a raster over an outline gets too large for a page."""
    if inside.is_empty:
        return 1.0
    min_x, min_y, max_x, max_y = shapely.bounds(inside).tolist()
    return float(max(max_x - min_x, max_y - min_y, 1.0) / FINEST_CELLS)


def _raster(
    inside: BaseGeometry, step_m: float
) -> tuple[tuple[int, int], tuple[float, float, float, float]]:
    if inside.is_empty:
        return (0, 0), (0.0, 0.0, 0.0, 0.0)
    min_x, min_y, max_x, max_y = shapely.bounds(inside).tolist()
    columns = max(int(np.ceil((max_x - min_x) / step_m)), 1)
    rows = max(int(np.ceil((max_y - min_y) / step_m)), 1)
    if rows * columns > MOST_CELLS:
        msg = f"a raster of {step_m:g} m has {rows * columns:,} cells; give a larger cell_m"
        raise InvalidInputError(msg)
    return (rows, columns), (min_x, min_y, min_x + columns * step_m, min_y + rows * step_m)


def _middles_inside(
    inside: BaseGeometry,
    shape: tuple[int, int],
    bounds_m: tuple[float, float, float, float],
    step_m: float,
) -> NDArray[np.bool_]:
    if not all(shape):
        return np.zeros(shape, dtype=bool)
    x_m = bounds_m[0] + (np.arange(shape[1]) + 0.5) * step_m
    y_m = bounds_m[1] + (np.arange(shape[0]) + 0.5) * step_m
    return np.asarray(shapely.intersects_xy(inside, *np.meshgrid(x_m, y_m)))


def _spread(
    heaps: tuple[NDArray[np.float64], NDArray[np.int64]],
    within: NDArray[np.bool_],
    raster: tuple[float, float, float],
    shaped: tuple[Kernel, float],
) -> NDArray[np.float64]:
    """Return how many reports fall to each cell, each report whole."""
    points_m, size = heaps
    min_x, min_y, step_m = raster
    kernel, h_m = shaped
    reach = int(np.ceil(h_m * (GAUSSIAN_REACH if kernel == "gaussian" else 1) / step_m)) + 1
    away = np.arange(-reach, reach + 1)
    # A frame of cells outside, so that no kernel leaves the raster.
    framed = np.pad(within, reach).ravel()
    width = within.shape[1] + 2 * reach
    masses = np.zeros(len(framed))
    lost: list[NDArray[np.intp]] = []
    at_once = max(_AT_ONCE // len(away) ** 2, 1)
    for start in range(0, len(points_m), at_once):
        some = points_m[start : start + at_once]
        at = np.minimum(((some - [min_x, min_y]) // step_m).astype("int64"), _last(within))
        dx = (at[:, :1] + away + 0.5) * step_m + min_x - some[:, :1]
        dy = (at[:, 1:] + away + 0.5) * step_m + min_y - some[:, 1:]
        u2 = (dx[:, None, :] ** 2 + dy[:, :, None] ** 2) / h_m**2
        cell = (at[:, 1:, None] + away[:, None] + reach) * width + (at[:, :1, None] + away + reach)
        share = _shape(u2, kernel) * framed[cell]
        whole = share.sum(axis=(1, 2))
        met = whole > 0
        share[met] *= (size[start : start + at_once][met] / whole[met])[:, None, None]
        masses += np.bincount(cell[met].ravel(), share[met].ravel(), minlength=len(framed))
        lost.append(start + np.flatnonzero(~met))
    table = masses.reshape(-1, width)[reach:-reach, reach:-reach]
    missed = np.concatenate(lost)
    return _kept((points_m[missed], size[missed]), table, within, raster)


def _last(within: NDArray[np.bool_]) -> list[int]:
    return [within.shape[1] - 1, within.shape[0] - 1]


def _shape(u2: NDArray[np.float64], kernel: Kernel) -> NDArray[np.float64]:
    if kernel == "gaussian":
        return np.where(u2 < GAUSSIAN_REACH**2, np.exp(-u2 / 2), 0.0)
    return np.maximum(1 - u2, 0.0) ** 2


def _kept(
    heaps: tuple[NDArray[np.float64], NDArray[np.int64]],
    table: NDArray[np.float64],
    within: NDArray[np.bool_],
    raster: tuple[float, float, float],
) -> NDArray[np.float64]:
    """Give reports whose kernel meets no middle to the nearest cell inside."""
    row, column = np.nonzero(within)
    lost, size = heaps
    if len(lost) == 0 or len(row) == 0:
        return table
    min_x, min_y, step_m = raster
    middles = np.column_stack([column + 0.5, row + 0.5]) * step_m + [min_x, min_y]
    _, near = cKDTree(middles).query(lost)
    np.add.at(table, (row[near], column[near]), size.astype("float64"))
    return table


def _check(bandwidth_m: float | None, cell_m: float | None) -> None:
    for name, length_m in (("bandwidth_m", bandwidth_m), ("cell_m", cell_m)):
        if length_m is not None and not 0 < length_m < np.inf:
            msg = f"{name}: {length_m} is not a length above 0 m"
            raise InvalidInputError(msg)
