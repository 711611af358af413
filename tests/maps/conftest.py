"""A tiny city that a reader can check by eye, and a real one."""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, datetime
from functools import cached_property
from html.parser import HTMLParser
from subprocess import run
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import Point, box

from gridgis_maps import About, BaseMap, CoverageFrames, HotspotFrames

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gridgis_maps import Page

WEST, SOUTH, SIDE = 103.80, 36.05, 0.01
NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


def spot(column: float, row: float) -> Point:
    """A point of the tiny city: columns from the west, rows from the north, in grid sides."""
    return Point(WEST + column * SIDE, SOUTH + (3 - row) * SIDE)


def tiny_grids() -> gpd.GeoDataFrame:
    """Nine grids of about 0.9 by 1.1 km, 100 households in the first, 900 in the last.

    ::

        G0 G1 G2    street S0
        G3 G4 G5    street S1
        G6 G7 G8    street S1
    """
    rows = [(number // 3, number % 3) for number in range(9)]
    return gpd.GeoDataFrame(
        {
            "code": [f"G{number}" for number in range(9)],
            "name": [f"网格{number}" for number in range(9)],
            "level": "grid",
            "parent_code": ["S0" if row == 0 else "S1" for row, _ in rows],
            "parent_name": ["北街" if row == 0 else "南街" for row, _ in rows],
            "households": pd.array([100 * (number + 1) for number in range(9)], dtype="Int64"),
            "population": pd.array([None] * 9, dtype="Int64"),
        },
        geometry=[
            box(*spot(column, row + 1).coords[0], *spot(column + 1, row).coords[0])
            for row, column in rows
        ],
        crs=4326,
    )


def tiny_outlines() -> gpd.GeoDataFrame:
    """Two streets under one district."""
    grids = tiny_grids()
    streets = grids.dissolve("parent_code").geometry
    return gpd.GeoDataFrame(
        {
            "code": ["D", "S0", "S1"],
            "name": ["小城", "北街", "南街"],
            "level": ["district", "street", "street"],
            "parent_code": [None, "D", "D"],
            "parent_name": [None, "小城", "小城"],
            "households": pd.array([4500, 600, 3900], dtype="Int64"),
        },
        geometry=[grids.union_all(), streets["S0"], streets["S1"]],
        crs=4326,
    )


def tiny_responders() -> gpd.GeoDataFrame:
    """A fire station in G0's middle, a doctor in G8's, a volunteer whom nobody can find."""
    return gpd.GeoDataFrame(
        {
            "id": ["r1", "r2", "r3"],
            "name": ["北站", "李医生", "志愿者"],
            "kind": ["facility", "worker", "worker"],
            "organisation": ["消防队", None, "义工队"],
            "role": ["station", "doctor", "volunteer"],
            "skills": [["fire", "rescue"], ["medical"], ["fire"]],
            "position_source": ["home", "live", "home"],
        },
        geometry=[spot(0.5, 0.5), spot(2.5, 2.5), None],
        crs=4326,
    )


def tiny_reports() -> gpd.GeoDataFrame:
    """Three in G4, one in G0, one outside, one without a place, one in a grid of elsewhere."""
    places = [spot(1.2, 1.2), spot(1.5, 1.5), spot(1.8, 1.8), spot(0.5, 0.5)]
    return gpd.GeoDataFrame(
        {
            "id": [f"p{number}" for number in range(7)],
            "captured_at": pd.date_range(NOON, periods=7, freq="-1D"),
            "category": "waste",
            "category_name": "垃圾",
            "description": [f"第 {number} 件" for number in range(7)],
            "grid_code": ["G4", "G4", "G4", "G0", None, None, "X9"],
            "rule": [*["covers"] * 4, "outside", "no_location", "covers"],
        },
        geometry=[*places, spot(5, 5), None, spot(9, 9)],
        crs=4326,
    )


@pytest.fixture
def about() -> About:
    """Noon of 1 May 2026 in the tiny city."""
    return About("小城", "base 1", NOON, NOON, ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def tiny_coverage() -> CoverageFrames:
    return CoverageFrames(tiny_grids(), tiny_responders(), base=BaseMap(tiny_outlines()))


@pytest.fixture
def tiny_hotspots() -> HotspotFrames:
    return HotspotFrames(tiny_grids(), tiny_reports(), base=BaseMap(tiny_outlines()))


@pytest.fixture(scope="session")
def beats(shared: Path) -> gpd.GeoDataFrame:
    """Chicago's police beats as grids, the three rows of 3100 merged into one area."""
    file = shared / "data/chicago/boundaries_police_beats.geojson.gz"
    read = gpd.read_file(f"/vsigzip/{file}").dissolve("beat_num").reset_index()
    households = np.random.default_rng(1).integers(0, 9000, len(read))
    return gpd.GeoDataFrame(
        {
            "code": read["beat_num"],
            "name": "Beat " + read["beat_num"],
            "level": "grid",
            "parent_code": read["beat_num"].str[:2],
            "parent_name": "District " + read["beat_num"].str[:2],
            "households": households,
        },
        geometry=read.geometry,
        crs=read.crs,
    )


@pytest.fixture(scope="session")
def districts(beats: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Chicago's police districts, dissolved from their beats."""
    merged = beats.dissolve("parent_code").reset_index()
    return gpd.GeoDataFrame(
        {
            "code": merged["parent_code"],
            "name": merged["parent_name"],
            "level": "district",
            "parent_code": None,
            "parent_name": None,
            "households": pd.NA,
        },
        geometry=merged.geometry,
        crs=merged.crs,
    )


@pytest.fixture(scope="session")
def stations(shared: Path) -> gpd.GeoDataFrame:
    """Chicago's fire stations, whose coordinates hide in a text column."""
    table = pd.read_csv(shared / "data/chicago/Fire_Stations.csv")
    places = [
        Point(float(found[2]), float(found[1]))
        for text in table["LOCATION"]
        if (found := re.search(r"\(([-\d.]+), ([-\d.]+)\)", text))
    ]
    return gpd.GeoDataFrame(
        {
            "id": table["NAME"],
            "name": table["NAME"],
            "kind": "facility",
            "organisation": "CFD",
            "role": "station",
            "skills": [["fire"]] * len(table),
            "position_source": "home",
        },
        geometry=places,
        crs=4326,
    )


@pytest.fixture(scope="session")
def complaints(shared: Path, beats: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Ten thousand of Chicago's sanitation reports, each with the beat that covers it."""
    table = pd.read_parquet(shared / "data/chicago/reports_311_sanitation.parquet")
    table = table.sample(10_000, random_state=1).reset_index(drop=True)
    places = gpd.GeoSeries(gpd.points_from_xy(table["Longitude"], table["Latitude"]), crs=4326)
    places[table["Longitude"].isna()] = None
    met = gpd.GeoDataFrame(geometry=places).sjoin(
        beats[["code", "geometry"]], predicate="covered_by"
    )
    code = met.groupby(level=0)["code"].min().reindex(table.index).astype(object)
    code = code.where(code.notna(), None)
    rule = np.where(code.notna(), "covers", np.where(places.isna(), "no_location", "outside"))
    return gpd.GeoDataFrame(
        {
            "id": table["Service_Request_Number"],
            "captured_at": pd.to_datetime(table["Creation_Date"]).dt.tz_localize("America/Chicago"),
            "category": "sanitation",
            "category_name": "Sanitation",
            "description": table["Nature"].fillna("") + " at " + table["Street_Address"].fillna(""),
            "grid_code": code,
            "rule": rule,
        },
        geometry=places,
        crs=4326,
    )


class Sheet(HTMLParser):
    """What a page says, read from its HTML alone: no script runs."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.html = html
        self.title = ""
        self.lines: dict[str, list[str]] = {}
        self.tables: dict[str, list[list[str]]] = {}
        self.colours: dict[str, list[str]] = {}
        self.hatches: dict[str, list[int]] = {}
        self.figures: list[str] = []
        self.notes: dict[str, str] = {}
        self.hidden: dict[str, bool] = {}
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._caption = self._term = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self._open.append((tag, named))
        if tag == "tr" and self._caption:
            self.tables[self._caption].append([])
        if tag in {"th", "td"}:
            self.tables[self._caption][-1].append("")
        if tag == "i":
            colour = str(named["style"]).removeprefix("--colour:")
            self.colours[self._caption].append(colour)
            self.hatches[self._caption].append(int(named.get("data-hatch") or 0))
        if tag == "section" and "data-measure" in named:
            self.hidden[str(named["data-measure"])] = "hidden" in named
        if tag in {"meta", "input"}:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass
        if tag == "table":
            self._caption = ""

    def handle_data(self, data: str) -> None:
        text = data.strip()
        if not text or not self._open:
            return
        tag, named = self._open[-1]
        if tag == "h1":
            self.title += text
        elif tag == "caption":
            self._caption = text
            self.tables[text], self.colours[text], self.hatches[text] = [], [], []
        elif self._caption and tag in {"th", "td", "button"}:
            self.tables[self._caption][-1][-1] += text
        elif tag == "p":
            self.lines.setdefault(str(named.get("class")), []).append(text)
        elif tag == "dt":
            self._term = text
        elif tag == "dd":
            self.notes[self._term] = text

    @property
    def alerts(self) -> list[str]:
        """What must not be overlooked."""
        return self.lines.get("alert", [])

    def line(self, kind: str) -> str:
        """A line that stands once, or nothing: `where`, `classification`, `approval`."""
        return "".join(self.lines.get(kind, []))

    @cached_property
    def told(self) -> dict[str, Any]:
        """What the page hands to its script."""
        found = re.search(r"gridgis\.start\(\w+,(.*)\);</script>", self.html)
        assert found
        return json.loads(found[1])

    def shapes(self, name: str) -> list[list[Any]]:
        """The vertices of a layer's shapes, all parts of a shape together: lon, lat."""
        told = self.told
        layer = told["shapes"] if name == "grids" else told["base"][name]
        lonlat, sums = [], np.zeros(2, dtype=int)
        for _, _, _, parts in layer["shapes"]:
            lonlat.append([])
            for steps in np.array(flat(parts)).reshape(-1, 2):
                sums = sums + steps
                lonlat[-1].append((sums / 10 ** layer["digits"]).tolist())
        return lonlat

    @property
    def lonlat(self) -> list[tuple[float, float]]:
        """Where the points are."""
        points = self.told["points"]
        lon, lat = (np.cumsum(points[key]) / 10 ** points["digits"] for key in ("lon", "lat"))
        return list(zip(lon.tolist(), lat.tolist(), strict=True))

    @cached_property
    def grids(self) -> dict[str, dict[str, Any]]:
        """The grids on the map, by code."""
        drawn = [at for _, at, _, _ in self.told["shapes"]["shapes"]]
        said = [self.told["grids"][at] for at in drawn]
        return {
            code: {"name": name, "classes": classes, "facts": facts}
            for code, name, classes, facts in said
        }


def flat(parts: list[Any]) -> list[int]:
    """Return the numbers of lists of lists, in order."""
    return [
        number for part in parts for number in (flat(part) if isinstance(part, list) else [part])
    ]


@pytest.fixture
def read() -> Callable[[Page], Sheet]:
    """Read a page's HTML."""
    return lambda page: Sheet(page.html)


@pytest.fixture
def opens_offline(shared: Path, tmp_path: Path) -> Callable[..., str]:
    """The independent check: the page opens in a real browser that is offered no network."""

    def check(page: Page, *options: str) -> str:
        file = page.save(tmp_path / "page.html")
        script = shared / "checks/offline_html.py"
        done = run(
            [sys.executable, script, file, *options], check=False, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return check
