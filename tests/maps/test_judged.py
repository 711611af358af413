"""What a hotspot map judges is what its figures say: hot grids, patterns in time, clusters."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from gridgis.errors import InvalidInputError
from gridgis_maps import HotspotFrames, Period, hotspots
from gridgis_maps.drawing.judged import FOUND, PATTERNS
from gridgis_maps.numbers.judging import SCANNED_DAYS, SLICES, judged
from tests.maps.conftest import NOON, SIDE, SOUTH, WEST, spot

ACROSS = 10
DAYS, MANY = 120, 8000
SPRING = Period(NOON - timedelta(days=DAYS), NOON)
HOT = [f"R{row}C{column}" for row in (1, 2, 3) for column in (1, 2, 3)]
MIDDLE, EDGES = "R2C2", ["R1C2", "R2C1", "R2C3", "R3C2"]
FLARING = ["R7C7", "R7C8"]
JUDGED = ["gi", "gi_rate", "emerging"]


def block() -> gpd.GeoDataFrame:
    """A hundred grids, R0C0 in the south-west, of a hundred households each."""
    rows, columns = np.divmod(np.arange(ACROSS**2), ACROSS)
    # Neighbours share their edges to the last digit.
    lon, lat = (least + np.arange(ACROSS + 1) * SIDE for least in (WEST, SOUTH))
    return gpd.GeoDataFrame(
        {
            "code": [f"R{row}C{column}" for row, column in zip(rows, columns, strict=True)],
            "name": None,
            "level": "grid",
            "parent_code": "S0",
            "parent_name": "北街",
            "households": 100,
        },
        geometry=[
            box(lon[column], lat[row], lon[column + 1], lat[row + 1])
            for row, column in zip(rows, columns, strict=True)
        ],
        crs=4326,
    )


def reports(*, hot: float = 1.0, flare: int = 0, seed: int = 8) -> gpd.GeoDataFrame:
    """Thousands over 120 days; nine grids have so many times more, two flare up at last."""
    rng = np.random.default_rng(seed)
    codes = block()["code"]
    often = np.where(codes.isin(HOT), hot, 1.0)
    grid = rng.choice(codes, MANY, p=often / often.sum())
    ago = rng.uniform(0, DAYS, MANY)
    late = rng.uniform(0, 2, flare)
    moments = NOON - pd.to_timedelta(np.concatenate([ago, late]), unit="D")
    return gpd.GeoDataFrame(
        {
            "captured_at": moments.floor("us"),
            "category_name": "垃圾",
            "description": "x",
            "grid_code": [*grid, *rng.choice(FLARING, flare)],
            "rule": "covers",
        },
        geometry=[spot(0.5, 0.5)] * (MANY + flare),
        crs=4326,
    )


@pytest.fixture(scope="module")
def planted() -> HotspotFrames:
    return HotspotFrames(block(), reports(hot=8.0, flare=40))


@pytest.fixture(scope="module")
def by_chance() -> HotspotFrames:
    # One town in twenty has a cluster with p <= 0.05 by chance; this is one of the nineteen.
    return HotspotFrames(block(), reports(seed=9))


def of_spring(frames, about):
    return judged(frames.grids, frames.reports, between=(SPRING.start, SPRING.end), zone=about.zone)


def z_by_hand(counts: np.ndarray) -> np.ndarray:
    """Gi* of Getis and Ord (1992, 1995) on a square of grids, edge by edge, itself included."""
    square = counts.reshape(ACROSS, ACROSS)
    wide, ones = np.pad(square, 1), np.pad(np.ones_like(square), 1)
    sums, weights = (
        table[1:-1, 1:-1] + table[:-2, 1:-1] + table[2:, 1:-1] + table[1:-1, :-2] + table[1:-1, 2:]
        for table in (wide, ones)
    )
    n, mean, spread = counts.size, counts.mean(), counts.std()
    scale = spread * np.sqrt((n * weights - weights**2) / (n - 1))
    return ((sums - mean * weights) / scale).ravel()


def test_hot_grids_are_those_of_the_figures_and_z_is_the_published_one(planted, about, read):
    sheet = read(hotspots(planted, about, period=SPRING, lang="en"))
    hot = of_spring(planted, about).hot

    counts = planted.reports["grid_code"].value_counts().reindex(planted.grids["code"])
    assert np.allclose(hot.frame["z"], z_by_hand(counts.fillna(0).to_numpy(float)))
    assert set(planted.grids["code"][hot.frame["found"] == "hot"]) == {MIDDLE, *EDGES}

    rows = {row[0]: row[1:] for row in sheet.tables["Hot and cold by counts"][1:]}
    for verdict, name in {"hot": "Hot spot", "none": "Not told from chance"}.items():
        mine = (hot.frame["found"] == verdict).to_numpy()
        assert rows[name] == [f"{mine.sum()}", f"{counts.fillna(0).to_numpy()[mine].sum():,.0f}"]
    assert sum(int(row[0]) for row in rows.values()) == ACROSS**2
    at = [measure["key"] for measure in sheet.told["measures"]].index("gi")
    shown = [list(FOUND)[grid["classes"][at]] for grid in sheet.grids.values()]
    assert shown == hot.frame["found"].tolist()
    hottest = hot.frame["z"].idxmax()
    assert sheet.tables["The hottest grids"][1][0] == planted.grids["code"][hottest]
    assert "n = 100" in sheet.notes["Hot spots"]
    assert not [one for one in sheet.alerts if "chance" in one]


def test_what_became_of_each_grid_is_what_the_figures_say(planted, about, read):
    sheet = read(hotspots(planted, about, period=SPRING, lang="en"))
    patterns = of_spring(planted, about).emerging.patterns.frame["pattern"]

    at = [measure["key"] for measure in sheet.told["measures"]].index("emerging")
    shown = [list(PATTERNS)[grid["classes"][at]] for grid in sheet.grids.values()]
    assert shown == patterns.tolist()
    rows = sheet.tables["What became of each grid over time"][1:]
    assert sum(int(row[1]) for row in rows) == ACROSS**2
    of = dict(zip(planted.grids["code"], patterns, strict=True))
    assert of[MIDDLE] == "persistent_hot"
    assert {of[code] for code in EDGES} == {"sporadic_hot"}
    assert sheet.tables["Grids that call for attention"][1] == [MIDDLE, "Persistent hot spot"]
    assert f"A slice has {DAYS // SLICES} days" in sheet.notes["Emerging"]


def test_a_flare_up_is_a_full_line_around_its_grids_with_its_reports(planted, about, read):
    sheet = read(hotspots(planted, about, period=SPRING, lang="en"))
    cluster = of_spring(planted, about).scanned.clusters.iloc[0]

    overlay = next(one for one in sheet.told["overlays"] if one["key"] == "clusters")
    style = next(one for one in overlay["shapes"]["styles"] if "weight" in one)
    assert "dashArray" not in style
    assert set(cluster["places"]) >= set(FLARING)
    local = planted.reports["captured_at"].dt.tz_convert(about.zone).dt.date
    inside = planted.reports["grid_code"].isin(cluster["places"]) & local.between(
        pd.Timestamp(cluster["since"]).date(), pd.Timestamp(cluster["until"]).date()
    )
    first = sheet.tables["Recent clusters (space-time scan)"][1]
    assert first[0] == "Cluster 1"
    assert int(first[2]) == cluster["cases"] == inside.sum() > 30
    facts = dict(overlay["cards"][0][1])
    assert int(facts["Grids"]) == len(cluster["places"]) <= 3
    assert facts["p"] == "0.001", "the least of 999 random worlds"
    assert f"reports of the last {SCANNED_DAYS} days" in sheet.notes["Scan"]


def test_a_town_of_chance_is_called_one(by_chance, about, read):
    """Some grid has the most reports, and some days too; neither is a hot spot."""
    sheet = read(hotspots(by_chance, about, period=SPRING, lang="en"))

    assert "No grid is told from chance" in " ".join(sheet.alerts)
    assert "The hottest grids" not in sheet.tables
    overlay = next(one for one in sheet.told["overlays"] if one["key"] == "clusters")
    styles = [style for style in overlay["shapes"]["styles"] if "weight" in style]
    assert [("dashArray" in style) for style in styles] == [True]
    (row,) = sheet.tables["Recent clusters (space-time scan)"][1:]
    assert row[0] == "Most likely cluster (chance explains it)"


def test_only_what_was_asked_for_is_judged_and_a_short_time_has_no_patterns(planted, about, read):
    alone = read(hotspots(planted, about, period=SPRING, analyses=("gi",), lang="en"))
    assert [one["key"] for one in alone.told["measures"]][3:] == ["gi", "gi_rate"]
    assert {"Emerging", "Scan"} & set(alone.notes) == set()

    week = Period(NOON - timedelta(days=SLICES - 1), NOON)
    short = read(hotspots(planted, about, period=week, analyses=("emerging",), lang="en"))
    assert [one["key"] for one in short.told["measures"]] == [
        "per_km2",
        "count",
        "per_1000_households",
    ]

    with pytest.raises(InvalidInputError, match="'heat' is none of gi, emerging, scan"):
        hotspots(planted, about, period=SPRING, analyses=("heat",))


def test_two_editions_are_refused_by_the_figures_too(planted, about):
    two = planted.reports.assign(edition_id=np.arange(len(planted.reports)) % 2 + 1)

    for analysis in ("gi", "emerging", "scan"):
        with pytest.raises(InvalidInputError, match="editions 1 and 2"):
            judged(
                planted.grids,
                two,
                between=(SPRING.start, SPRING.end),
                zone=about.zone,
                analyses=(analysis,),
            )


def test_a_public_page_judges_nothing(planted, about, read):
    """A verdict would tell of the masked counts around it."""
    sheet = read(hotspots(planted, replace(about, public=True), period=SPRING, lang="en"))

    keys = [one["key"] for one in sheet.told["measures"]]
    assert not set(keys) & set(JUDGED)
    assert sheet.told["overlays"] == []
    assert not {"Hot spots", "Emerging", "Scan"} & set(sheet.notes)
    for said in ("Gi*", "Hot spot", "Cluster 1"):
        assert said not in sheet.html


def test_the_same_seed_gives_the_same_page(planted, about):
    one, same, other = (
        hotspots(planted, about, period=SPRING, seed=seed).html for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other
