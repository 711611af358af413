"""Draw docs/pictures/border.png and split.png: Denver's precincts before and after.

It needs the real data beside the checkout, and Chromium to make PNG of the drawing.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.actor import Actor
from gridgis.model import Layer, Level
from gridgis_boundaries.plans import Plan
from gridgis_boundaries.repair import open_areas, repair

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Points = NDArray[np.float64]

ROOT = Path(__file__).resolve().parents[1]
PRECINCTS = ROOT.parent / "shared/data/denver_precincts/DenverCo_precincts2020_orig.zip"
OUT = ROOT / "docs/pictures"
SIDE, MARGIN, HEAD = 420.0, 16.0, 34.0
TALL = 0.7  # of a panel's width
ROOM = 0.15  # what words need of it
SPOT = (-104.891881, 39.699008)
SPOT_REACH_M = (14.0, 1.4)
SPLIT, NEW = "031733", "031757"
LINE = [[-104.799835, 39.772811], [-104.799835, 39.78381]]
FILLS = {"A": "#c6dbef", "B": "#fdd0a2", "wrong": "#c2410c", "near": "#f1f3f5", "C": "#c7e9c0"}
INK = "#27323c"
MIDDLE = np.array([0.5, TALL / 2])

Shown = tuple[str, list[tuple[shapely.Geometry, str, str]]]
"""A title, and shapes on a unit square with their fill and their words."""


def main() -> None:
    """Write both pictures."""
    before = open_areas(str(PRECINCTS))
    done = repair(before, code="NAME")
    _picture("repair", [_spot("as it came", before), _spot("repaired", done.frame)])
    _picture("split", _split(done.frame))


def _spot(title: str, areas: gpd.GeoDataFrame) -> Shown:
    """Return the two sides of a border, its width drawn ten times as large as its length."""
    plane = areas.to_crs(32613).set_index("NAME").geometry
    (at,) = gpd.GeoSeries(gpd.points_from_xy([SPOT[0]], [SPOT[1]]), crs=4326).to_crs(32613)
    one, other = plane["Denver 650"], plane["Denver 651"]
    both = shapely.intersection(one, other)
    bare = shapely.difference(
        shapely.box(at.x - 20, at.y - 20, at.x + 20, at.y + 20), shapely.union(one, other)
    )
    wrong = [(both, FILLS["wrong"], ""), (bare, "#fff", "")]
    drawn = [(one, FILLS["A"], "650"), (other, FILLS["B"], "651"), *wrong]
    reach = np.array(SPOT_REACH_M[::-1])

    def on_square(points: Points) -> Points:
        placed: Points = (points - [at.x, at.y]) / (2 * reach) + MIDDLE
        return placed

    return title, [(_clip(shape, on_square), fill, words) for shape, fill, words in drawn]


def _split(areas: gpd.GeoDataFrame) -> list[Shown]:
    grids = areas.to_crs(4326)
    shapes = [shapely.MultiPolygon(shapely.get_parts(shape).tolist()) for shape in grids.geometry]
    frame = gpd.GeoDataFrame(
        {"code": grids["VTDST20"], "name": grids["NAME"], "level": "precinct", "parent_code": None},
        geometry=shapes,
        crs="EPSG:4326",
    ).assign(households=pd.NA, population=pd.NA)
    layer = Layer(
        "base", "Precincts", True, 0, "none", [Level("precinct", "Precinct", 0, True)], None
    )
    plan = Plan.begin(frame, layer)
    begun = plan.areas()
    edit = {
        "op": "split",
        "area": SPLIT,
        "line": LINE,
        "new": [{"code": NEW, "name": "Denver 757"}],
    }
    plan.apply(edit, actor=Actor("Li Na", "planner"), at=datetime(2026, 11, 25, tzinfo=UTC))
    return [_around("before", begun, begun), _around("after", plan.areas(), begun)]


def _around(title: str, areas: gpd.GeoDataFrame, begun: gpd.GeoDataFrame) -> Shown:
    west, south, east, north = begun.set_index("code").geometry[SPLIT].bounds
    middle = np.array([(west + east) / 2, (south + north) / 2])
    reach = 0.62 * max(east - west, (north - south) / np.cos(np.radians(north)))
    half = np.array([reach, reach * np.cos(np.radians(north))])

    def on_square(points: Points) -> Points:
        placed: Points = (points - middle) / (2 * half) + MIDDLE
        return placed

    fills = {SPLIT: FILLS["B"], NEW: FILLS["C"]}
    return title, [
        (clipped, fills.get(str(code), FILLS["near"]), str(code))
        for code, shape in zip(areas["code"], areas.geometry, strict=True)
        if not (clipped := _clip(shape, on_square)).is_empty
    ]


def _clip(shape: shapely.Geometry, on_square: Callable[[Points], Points]) -> shapely.Geometry:
    return shapely.intersection(shapely.transform(shape, on_square), shapely.box(0, 0, 1, TALL))


def _panel(shown: Shown, left: float) -> list[str]:
    title, shapes = shown
    drawn = [
        f'<text x="{left:g}" y="{HEAD - 12:g}" font-size="16" fill="{INK}" font-weight="bold">'
        f"{title}</text>"
    ]
    for shape, fill, _ in shapes:
        path = "".join(_ring(ring, left) for ring in shapely.get_rings(shapely.get_parts(shape)))
        drawn.append(
            f'<path d="{path}" fill="{fill}" fill-rule="evenodd" stroke="{INK}"'
            ' stroke-width="1.2" stroke-linejoin="round"/>'
        )
    for shape, _, words in shapes:
        west, _, east, _ = shape.bounds
        if words and east - west > ROOM:
            spot = shapely.maximum_inscribed_circle(shape).coords[0]
            x, y = left + spot[0] * SIDE, HEAD + (TALL - spot[1]) * SIDE
            drawn.append(
                f'<text x="{x:.1f}" y="{y + 5:.1f}" font-size="14" fill="{INK}"'
                f' text-anchor="middle">{words}</text>'
            )
    return drawn


def _ring(ring: shapely.Geometry, left: float) -> str:
    points = shapely.get_coordinates(ring) * [SIDE, -SIDE] + [left, HEAD + TALL * SIDE]
    return "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points) + "Z"


def _picture(name: str, panels: Sequence[Shown]) -> None:
    """Write panels side by side as a PNG."""
    width = round(MARGIN + len(panels) * (SIDE + MARGIN))
    height = round(HEAD + TALL * SIDE + MARGIN)
    parts = [
        line
        for at, shown in enumerate(panels)
        for line in _panel(shown, MARGIN + at * (SIDE + MARGIN))
    ]
    drawing = "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
            ' font-family="sans-serif">',
            f'<rect width="{width}" height="{height}" fill="#fff"/>',
            *parts,
            "</svg>",
        ]
    )
    browser = shutil.which("chromium")
    if browser is None:
        msg = "the pictures need Chromium: apt-get install chromium"
        raise SystemExit(msg)
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "drawing.svg"
        page.write_text(drawing, encoding="utf-8")
        asked = ["--headless", "--no-sandbox", "--hide-scrollbars", f"--user-data-dir={folder}/own"]
        asked += [f"--screenshot={OUT / name}.png", f"--window-size={width},{height}"]
        subprocess.run([browser, *asked, page.as_uri()], check=True, capture_output=True)  # noqa: S603


if __name__ == "__main__":
    main()
