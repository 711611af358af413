"""How fast is repair, against maup.smart_repair and against cleaning the whole layer.

Run alone: ``.venv/bin/python benchmarks/repair.py``. Each bar returns its row, so that another
benchmark may print them too.
"""

from __future__ import annotations

import contextlib
import io
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import shapely

from gridgis_boundaries.repair import repair

if TYPE_CHECKING:
    from collections.abc import Callable

DENVER = Path(__file__).parents[2] / "shared/data/denver_precincts"
_TIMES = 3


class Row(NamedTuple):
    """One bar: what was done, our seconds, the other's, and how many times faster is wanted."""

    what: str
    ours_s: float
    other_s: float
    wanted: float

    @property
    def ratio(self) -> float:
        """How many times faster we are."""
        return self.other_s / self.ours_s


def denver() -> Row:
    """Repair of Denver's precincts of 2020 as published, against maup.smart_repair."""
    # Only here: maup is there for tests and benchmarks alone.
    import maup  # noqa: PLC0415

    precincts = gpd.read_file(DENVER / "DenverCo_precincts2020_orig.zip")

    def other() -> object:
        # It tells its steps on both channels.
        quiet = io.StringIO()
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(quiet),
            contextlib.redirect_stderr(quiet),
        ):
            warnings.simplefilter("ignore")
            return maup.smart_repair(precincts)

    return _row("Denver 2020, against maup.smart_repair", lambda: repair(precincts), other, 5)


def one_in_a_hundred() -> Row:
    """Repair of 5,000 grids of 400,000 vertices, 1 % of them broken, against coverage_clean."""
    broken = broken_layer(5_000, 80, 0.01, np.random.default_rng(7))
    shapes = np.array(broken.geometry)
    what = (
        f"{len(shapes):,} grids, {shapely.get_num_coordinates(shapes).sum():,} vertices, 1 % broken"
    )
    return _row(
        f"{what}, against coverage_clean",
        lambda: repair(broken),
        lambda: shapely.coverage_clean(shapes),
        2,
    )


def broken_layer(
    count: int, vertices: int, share: float, random: np.random.Generator
) -> gpd.GeoDataFrame:
    """Return Voronoi grids (EPSG:4326) with crooked borders; of a share one vertex was moved."""
    sites = shapely.multipoints(random.uniform((103.6, 35.9), (104.0, 36.2), (count, 2)))
    frame = shapely.box(103.6, 35.9, 104.0, 36.2)
    cells = shapely.get_parts(shapely.voronoi_polygons(sites, extend_to=frame))
    cells = shapely.coverage_clean(shapely.intersection(cells, frame))
    longest = float(shapely.length(cells).mean()) / vertices
    # Rounded, so that an edge is cut at the same places from both sides; then bent by place alone.
    cut = shapely.transform(shapely.segmentize(cells, longest), lambda at: np.round(at, 9))
    shapes = shapely.transform(cut, _bent)
    assert shapely.coverage_is_valid(shapes)
    for at in random.choice(count, round(share * count), replace=False):
        shapes[at] = _moved(shapes[at], random)
    return gpd.GeoDataFrame(
        {"code": np.arange(count).astype(str)}, geometry=shapes, crs="EPSG:4326"
    )


def _bent(at: np.ndarray) -> np.ndarray:
    lon, lat = at.T
    return np.column_stack(
        (lon + 2e-5 * np.sin(lat * 7e3) * np.cos(lon * 5e3), lat + 2e-5 * np.sin(lon * 6e3 + lat))
    )


def _moved(shape: shapely.Polygon, random: np.random.Generator) -> shapely.Polygon:
    at = shapely.get_coordinates(shape)[:-1]
    at[random.integers(len(at))] += random.normal(0, 1e-5, 2)
    return shapely.Polygon(at)


def _row(what: str, ours: Callable[[], object], other: Callable[[], object], wanted: float) -> Row:
    """Return the best of a few runs of each, in turn."""
    best = [float("inf"), float("inf")]
    for _ in range(_TIMES):
        for at, run in enumerate((ours, other)):
            began = time.perf_counter()
            run()
            best[at] = min(best[at], time.perf_counter() - began)
    return Row(what, best[0], best[1], wanted)


if __name__ == "__main__":
    for row in (denver(), one_in_a_hundred()):
        print(
            f"{row.what}: {row.ours_s:.3f} s, the other {row.other_s:.3f} s, "
            f"{row.ratio:.1f} times faster (wanted {row.wanted:g})"
        )
