"""Made-up grids that share their edges exactly: a lattice whose corners and edges are disturbed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEST, SOUTH, SIDE = 104.0, 30.0, 1.0


def tessellation(
    across: int, up: int, extra: int, seed: int = 1, wiggle: float = 0.06
) -> gpd.GeoDataFrame:
    """Return across x up grids in a square degree; `extra` vertices on each of their four sides.

    Columns code (text, 7 digits) and geometry (Polygon, EPSG:4326); neighbours share vertices.
    Vertices lie off their side by `wiggle` of its length at most: where there are many, sides cross
    near sharp corners unless it is small.
    """
    rng = np.random.default_rng(seed)
    corners = np.stack(np.meshgrid(np.arange(across + 1.0), np.arange(up + 1.0)), axis=-1)
    shift = rng.uniform(-0.3, 0.3, corners.shape)
    shift[:, [0, -1], 0] = 0
    shift[[0, -1], :, 1] = 0
    corners = corners + shift
    scale = np.array([SIDE / across, SIDE / up])
    rows = _wiggled(corners[:, :-1], corners[:, 1:], extra, rng, wiggle) * scale + (WEST, SOUTH)
    columns = _wiggled(corners[:-1], corners[1:], extra, rng, wiggle) * scale + (WEST, SOUTH)
    rings = np.concatenate(
        [
            rows[:-1, :, :-1],
            columns[:, 1:, :-1],
            rows[1:, :, :0:-1],
            columns[:, :-1, ::-1],
        ],
        axis=2,
    )
    shapes = shapely.polygons(rings.reshape(across * up, -1, 2))
    codes = [f"{number:07d}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=shapes, crs="EPSG:4326")


def scattered(count: int, seed: int = 2) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return lon and lat of points over the square."""
    rng = np.random.default_rng(seed)
    return rng.uniform(WEST, WEST + SIDE, count), rng.uniform(SOUTH, SOUTH + SIDE, count)


def _wiggled(
    first: NDArray[np.float64],
    last: NDArray[np.float64],
    extra: int,
    rng: np.random.Generator,
    wiggle: float,
) -> NDArray[np.float64]:
    """Return the lines from `first` to `last` with vertices between, moved sideways."""
    share = np.linspace(0.0, 1.0, extra + 2)[:, None]
    along = (last - first)[..., None, :]
    sideways = np.stack([-along[..., 1], along[..., 0]], axis=-1)
    off = rng.uniform(-wiggle, wiggle, (*first.shape[:-1], extra + 2, 1))
    off[..., [0, -1], :] = 0
    return first[..., None, :] + along * share + sideways * off
