"""Hold the page of 579 grids and 10,000 reports against plain folium: time and size.

And how long a page of a million reports takes, from frames to text. `maps.py` tells.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import folium
import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from gridgis import assign
from gridgis.demo import make as make_demo
from gridgis_maps import About, BaseMap, HotspotFrames, hotspots

if TYPE_CHECKING:
    from collections.abc import Callable

FEW, MANY = 10_000, 1_000_000
SHAKEN_DEG = 3e-4
NOW = datetime(2026, 1, 1, tzinfo=UTC)
ABOUT = About("demo", "base 1", NOW, NOW, ZoneInfo("Asia/Shanghai"))


class Made(NamedTuple):
    """Seconds and megabytes of one page."""

    seconds: float
    mb: float


def tell() -> None:
    """Print the table: ours beside folium's markers and `GeoDataFrame.explore()`, and a million."""
    grids, outlines, reports = _demo()
    few = HotspotFrames(grids, reports.tail(FEW).reset_index(drop=True))
    ours = _timed(lambda: hotspots(few, ABOUT).html)
    print(f"\n{len(grids)} grids and {FEW:,} reports with their texts, as one page.\n")
    print("| page | ours s | theirs s | ours is | bar | ours MB | theirs MB | ours is | bar |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, draw, faster, smaller in (
        ("folium.Marker, a popup each", _markers, "10 x", "5 x"),
        ("GeoDataFrame.explore()", _explored, "3 x", ""),
    ):
        try:
            theirs = _timed(lambda draw=draw: draw(few), rounds=1)
        except ImportError:
            print(f"| {name} | {ours.seconds:.2f} | matplotlib is not installed | | {faster} |")
            continue
        print(
            f"| {name} | {ours.seconds:.2f} | {theirs.seconds:.1f} "
            f"| {theirs.seconds / ours.seconds:.0f} x faster | {faster} | {ours.mb:.2f} "
            f"| {theirs.mb:.1f} | {theirs.mb / ours.mb:.1f} x smaller | {smaller} |"
        )
    many = _many(grids, outlines, reports)
    whole = _timed(lambda: hotspots(many, ABOUT).html, rounds=1)
    print(f"\n{MANY:,} reports: {whole.seconds:.1f} s of 5, {whole.mb:.2f} MB of 4.")


def _markers(frames: HotspotFrames) -> str:
    drawn = folium.Map()
    folium.GeoJson(frames.grids[["code", "name", "geometry"]].to_json()).add_to(drawn)
    placed = frames.reports[frames.reports.geometry.notna()]
    for spot, text in zip(placed.geometry, placed["description"], strict=True):
        folium.Marker((spot.y, spot.x), popup=str(text)).add_to(drawn)
    return str(drawn.get_root().render())


def _explored(frames: HotspotFrames) -> str:
    drawn = frames.grids[["code", "name", "geometry"]].explore()
    placed = frames.reports[frames.reports.geometry.notna()]
    placed[["category_name", "description", "geometry"]].explore(m=drawn)
    return str(drawn.get_root().render())


def _timed(draw: Callable[[], str], rounds: int = 3) -> Made:
    """Return the quickest of some rounds; the first of ours reads templates and scripts."""
    best, text = float("inf"), ""
    for _ in range(rounds):
        began = time.perf_counter()
        text = draw()
        best = min(best, time.perf_counter() - began)
    return Made(best, len(text.encode()) / 1e6)


def _demo() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the demo's grids, the areas above them, and its reports with their grid."""
    demo = make_demo()
    above = dict(zip(demo.areas["code"], demo.areas["name"], strict=True))
    areas = demo.areas.assign(parent_name=demo.areas["parent_code"].map(above))
    grids = areas[areas["level"] == "grid"].reset_index(drop=True)
    outlines = areas[areas["level"].isin(["district", "street"])].reset_index(drop=True)
    names = dict(zip(demo.categories["code"], demo.categories["name"], strict=True))
    told = pd.DataFrame(
        {
            "captured_at": demo.reports["captured_at"],
            "category_name": demo.reports["category"].map(names),
            "description": demo.reports["description"],
        }
    )
    places = gpd.points_from_xy(demo.reports["lon"], demo.reports["lat"])
    reports = gpd.GeoDataFrame(told, geometry=places, crs=4326)
    reports.loc[demo.reports["lon"].isna().to_numpy(), "geometry"] = None
    found = assign(reports, grids)
    reports["grid_code"], reports["rule"] = found["grid_code"], found["rule"]
    return grids, outlines, reports


def _many(
    grids: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame, reports: gpd.GeoDataFrame
) -> HotspotFrames:
    """Return a million reports: those of the demo, drawn again and moved by some metres."""
    rng = np.random.default_rng(1)
    placed = reports[reports.geometry.notna()]
    drawn = placed.iloc[rng.integers(0, len(placed), MANY)].reset_index(drop=True)
    lonlat = shapely.get_coordinates(drawn.geometry.to_numpy())
    moved = shapely.points(lonlat + rng.normal(0, SHAKEN_DEG, lonlat.shape))
    return HotspotFrames(grids, drawn.set_geometry(moved, crs=4326), BaseMap(outlines))


if __name__ == "__main__":
    tell()
