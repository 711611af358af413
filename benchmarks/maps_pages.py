"""Pages beside what folium and geopandas make of the same: time and size. `maps.py` asks it all.

The demo's 579 grids and 10,000 of its reports; then a million reports. A page is timed from frames
to a file on the disk.
"""

from __future__ import annotations

import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import folium
import geopandas as gpd
import numpy as np
from playwright.sync_api import sync_playwright

from gridgis import assign
from gridgis.demo import make
from gridgis_maps import About, BaseMap, HotspotFrames, hotspots
from gridgis_maps.printing import found_browser

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser

NOON = datetime(2026, 1, 1, 4, tzinfo=UTC)
ABOUT = About("柳溪区", "2025", NOON, NOON, ZoneInfo("Asia/Shanghai"))
FEW, MANY = 10_000, 1_000_000
ROUNDS = 3


def pages() -> None:
    """Ask about ten thousand reports, and about a million."""
    grids, base, reports = district()
    beside_folium(grids, base, reports)
    of_a_million(grids, base, reports)
    first_paints(grids, base, reports)


def district() -> tuple[gpd.GeoDataFrame, BaseMap, gpd.GeoDataFrame]:
    """Return the demo's grids, what lies under them, and its located reports with their grids."""
    demo = make(1)
    of_grid = demo.areas["level"] == "grid"
    grids = demo.areas[of_grid].reset_index(drop=True)
    names = demo.areas.set_index("code")["name"]
    grids["parent_name"] = grids["parent_code"].map(names)
    outlines = demo.areas[~of_grid].reset_index(drop=True)
    outlines["parent_name"] = outlines["parent_code"].map(names)
    told = demo.reports.dropna(subset=["lon"]).reset_index(drop=True)
    points = gpd.points_from_xy(told["lon"], told["lat"], crs=4326)
    reports = gpd.GeoDataFrame(told, geometry=points).assign(category_name=told["category"])
    found = assign(reports, grids)
    reports = reports.assign(grid_code=found["grid_code"], rule=found["rule"])
    return grids, BaseMap(outlines=outlines, water=demo.water, greens=demo.greens), reports


def beside_folium(grids: gpd.GeoDataFrame, base: BaseMap, reports: gpd.GeoDataFrame) -> None:
    """Hold our page against folium's markers, and against explore()."""
    some = reports.sample(FEW, random_state=1).reset_index(drop=True)
    frames = HotspotFrames(grids=grids, reports=some, base=base)
    ways: dict[str, Callable[[Path], object]] = {
        "ours, with the usual verdicts": lambda file: hotspots(frames, ABOUT).save(file),
        "ours": lambda file: hotspots(frames, ABOUT, analyses=()).save(file),
        "GeoDataFrame.explore()": lambda file: explored(grids, some).save(str(file)),
        "folium.Marker": lambda file: marked(grids, some).save(str(file)),
    }
    timed = {name: _timed(way, ROUNDS if "ours" in name else 1) for name, way in ways.items()}
    ours_s, ours_mb = timed["ours"]
    bars = {"folium.Marker": "10 x, 5 x", "GeoDataFrame.explore()": "3 x, -"}
    print(f"\n{len(grids)} grids and {FEW:,} reports, from frames to a file.\n")
    print("| page | s | MB | ours is faster | ours is smaller | bar |")
    print("| --- | ---: | ---: | ---: | ---: | --- |")
    for name, (took_s, mb) in timed.items():
        ratio = f"{took_s / ours_s:.1f} x | {mb / ours_mb:.1f} x" if name in bars else "| "
        print(f"| {name} | {took_s:.2f} | {mb:.2f} | {ratio} | {bars.get(name, '')} |")


def of_a_million(grids: gpd.GeoDataFrame, base: BaseMap, reports: gpd.GeoDataFrame) -> None:
    """Time the page of a million reports."""
    rng = np.random.default_rng(1)
    many = reports.iloc[rng.integers(len(reports), size=MANY)].reset_index(drop=True)
    moved = rng.normal(0, 1e-4, (MANY, 2))
    many = many.set_geometry(
        gpd.points_from_xy(many["lon"] + moved[:, 0], many["lat"] + moved[:, 1], crs=4326)
    )
    frames = HotspotFrames(grids=grids, reports=many, base=base)
    print(f"\n{len(grids)} grids and {MANY:,} reports, from frames to a file.\n")
    print("| page | s | MB | bar |\n| --- | ---: | ---: | --- |")
    for name, asked in (
        ("with the usual verdicts", {}),
        ("counts and rates", {"analyses": ()}),
    ):
        took_s, mb = _timed(
            lambda file, asked=asked: hotspots(frames, ABOUT, **asked).save(file), 2
        )
        print(f"| {name} | {took_s:.2f} | {mb:.2f} | 5 s, 4 MB |")


def first_paints(grids: gpd.GeoDataFrame, base: BaseMap, reports: gpd.GeoDataFrame) -> None:
    """Print when a browser first paints a page that was just opened, by its own clock."""
    some = reports.sample(FEW, random_state=1).reset_index(drop=True)
    made = {
        f"hotspots, {FEW:,} reports": hotspots(HotspotFrames(grids, some, base), ABOUT),
        f"hotspots, {len(reports):,} reports": hotspots(HotspotFrames(grids, reports, base), ABOUT),
    }
    print("\nFirst paint in headless Chromium (PerformancePaintTiming), the slowest of each.\n")
    print("| page | first paint, s | first content, s | bar |\n| --- | ---: | ---: | --- |")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        asked = ["--no-sandbox", "--disable-gpu"]
        browser = playwright.chromium.launch(executable_path=found_browser(), args=asked)
        for name, page in made.items():
            address = page.save(Path(folder) / "page.html").as_uri()
            painted = [_painted_ms(browser, address) for _ in range(ROUNDS)]
            first_ms, content_ms = np.max(painted, axis=0)
            print(f"| {name} | {first_ms / 1000:.2f} | {content_ms / 1000:.2f} | 2 s |")
        browser.close()


def _painted_ms(browser: Browser, address: str) -> list[float]:
    """Return when a page was first painted, and its first content."""
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    tab.goto(address)
    # Two frames later everything that was to be painted first is.
    tab.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    told = tab.evaluate("performance.getEntriesByType('paint').map((one) => one.startTime)")
    tab.close()
    return [float(moment) for moment in told]


def marked(grids: gpd.GeoDataFrame, reports: gpd.GeoDataFrame) -> folium.Map:
    """Return the map that people make: grids as GeoJSON, a marker with a popup a report."""
    chart = folium.Map(location=_middle(grids))
    folium.GeoJson(grids[["code", "geometry"]]).add_to(chart)
    for row in reports.itertuples():
        popup = f"{row.category_name} {row.captured_at}"
        folium.Marker((row.geometry.y, row.geometry.x), popup=popup).add_to(chart)
    return chart


def explored(grids: gpd.GeoDataFrame, reports: gpd.GeoDataFrame) -> folium.Map:
    """Return what geopandas makes: grids by their reports, and the reports."""
    counts = grids["code"].map(reports["grid_code"].value_counts()).fillna(0)
    shaded = grids[["code", "name", "geometry"]].assign(reports=counts)
    chart = shaded.explore("reports", scheme="quantiles")
    told = reports[["category_name", "captured_at", "grid_code", "geometry"]]
    return told.assign(captured_at=told["captured_at"].astype(str)).explore(m=chart)


def _middle(grids: gpd.GeoDataFrame) -> tuple[float, float]:
    west, south, east, north = grids.total_bounds
    return (south + north) / 2, (west + east) / 2


def _timed(way: Callable[[Path], object], rounds: int) -> tuple[float, float]:
    """Return the least seconds of some rounds, and the file's MB."""
    with tempfile.TemporaryDirectory() as folder:
        file, took_s = Path(folder) / "page.html", []
        for _ in range(rounds):
            began_s = time.perf_counter()
            way(file)
            took_s.append(time.perf_counter() - began_s)
        return min(took_s), file.stat().st_size / 1e6
