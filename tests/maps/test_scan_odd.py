"""What cannot be decided is said in a word; what is wrong is refused by name."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
from shapely import Polygon

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.scan import Asked, reported_cases, scan
from gridgis_maps.numbers.scan.asked import POISSON
from tests.maps.conftest import tiny_grids

ROW = pd.DataFrame(
    {"x": [0.0, 9, 18, 27], "y": 0.0, "exposure": [5.0, 5, 5, 5]}, index=list("ABCD")
)
WEEK = Asked(first=1, last=7, simulations=19)
BY_EXPOSURE = Asked(model=POISSON, first=1, last=7, simulations=19)
CHINA = ZoneInfo("Asia/Shanghai")


def cases(places: str, times: list[int]) -> pd.DataFrame:
    return pd.DataFrame({"place": list(places), "time": np.array(times, np.int64)})


@pytest.mark.parametrize(
    ("word", "given", "places", "asked"),
    [
        ("no_place", cases("", []), ROW.iloc[:0], WEEK),
        ("no_place", cases("AAB", [1, 2, 2]), ROW.assign(x=np.nan), WEEK),
        ("one_place", cases("AAA", [1, 2, 2]), ROW.iloc[:1], WEEK),
        ("no_cases", cases("", []), ROW, WEEK),
        ("no_cases", cases("", []), ROW, Asked()),
        ("no_cases", cases("AB", [1, 2]).assign(count=0), ROW, WEEK),
        ("one_case", cases("A", [3]), ROW, WEEK),
        ("one_case", cases("A", [3]), ROW, BY_EXPOSURE),
        ("all_in_one_place", cases("AAA", [1, 2, 7]), ROW, WEEK),
        ("all_at_once", cases("ABC", [7, 7, 7]), ROW, WEEK),
        ("no_exposure", cases("ABC", [1, 2, 7]), ROW.assign(exposure=0), BY_EXPOSURE),
        ("no_place", cases("ABC", [1, 2, 7]), ROW.assign(exposure=np.nan), BY_EXPOSURE),
        ("no_cylinder", cases("AAB", [1, 2, 7]), ROW, Asked(first=1, last=7, least_length=5)),
        (
            "no_cylinder",
            cases("AABCD", [1, 2, 7, 7, 1]),
            ROW,
            Asked(first=1, last=7, most_share=0.1),
        ),
        ("no_cluster", cases("AABB", [1, 2, 1, 2]), ROW, WEEK),
    ],
)
def test_what_cannot_be_decided_is_a_word_and_no_p(word, given, places, asked):
    found = scan(given, places, asked, seed=1)

    assert found.reason == word
    assert found.clusters.empty
    assert "recurrence_days" in found.clusters.columns
    assert (found.simulations, found.stopped) == (0, False)


def test_all_at_one_place_is_a_cluster_where_the_exposure_is_known():
    found = scan(cases("CCCC", [6, 7, 7, 7]), ROW, BY_EXPOSURE, seed=1)

    assert found.reason == ""
    assert found.clusters["places"].tolist() == [["C"]]
    assert found.clusters["cases"].tolist() == [4]


def test_places_without_exposure_take_no_cases_and_cost_none():
    """Nobody lives in C, and nobody knows who lives in D."""
    odd = ROW.assign(exposure=[5, 5, 0, np.nan])

    found = scan(cases("AABBCDA", [1, 7, 7, 7, 7, 7, 7]), odd, BY_EXPOSURE, seed=1)
    without = scan(cases("AABBA", [1, 7, 7, 7, 7]), ROW.iloc[:2], BY_EXPOSURE, seed=1)

    assert (found.places, found.cases, found.left_out) == (3, 5, 2)
    assert found.clusters["statistic"].tolist() == without.clusters["statistic"].tolist()


def test_circles_keep_to_a_radius_and_a_number():
    given = cases("AABBCCDDAABB", [1, 1, 2, 2, 3, 3, 4, 4, 7, 7, 7, 7])

    for limits in ({"most_radius_m": 8.0}, {"most_places": 1}):
        found = scan(given, ROW, Asked(first=1, last=7, simulations=0, **limits), seed=1)
        assert found.clusters["places"].map(len).tolist()[:2] == [1, 1]
    wide = scan(given, ROW, Asked(first=1, last=7, simulations=0, most_share=0.8), seed=1)
    assert wide.clusters["places"][0] == ["A", "B"]
    assert wide.clusters["radius_m"][0] == 9.0


@pytest.mark.parametrize(
    ("said", "given", "places", "asked"),
    [
        ("'Z' is none of the places", cases("AZ", [1, 2]), ROW, WEEK),
        ("outside of the study's period", cases("AB", [1, 8]), ROW, WEEK),
        ("0 intervals", cases("AB", [1, 2]), ROW, Asked(first=3, last=2)),
        ("whole numbers", cases("AB", [1, 2]).assign(time=["x", "y"]), ROW, WEEK),
        ("a time is missing", cases("AB", [1, 2]).assign(time=[1, None]), ROW, WEEK),
        ("'time' is missing", cases("AB", [1, 2])[["place"]], ROW, WEEK),
        ("'exposure' is missing", cases("AB", [1, 2]), ROW[["x", "y"]], BY_EXPOSURE),
        ("exposure of 'A' is -1", cases("AB", [1, 2]), ROW.assign(exposure=-1), BY_EXPOSURE),
        ("1.5 cases at 'A'", cases("AB", [1, 2]).assign(count=1.5), ROW, WEEK),
        ("'A' stands more than once", cases("AB", [1, 2]), ROW.iloc[[0, 0, 1]], WEEK),
        ("not of the kind", cases("AB", [1, 2]), ROW, Asked(first=date(2026, 5, 1))),
    ],
)
def test_what_is_wrong_is_refused_by_name(said, given, places, asked):
    with pytest.raises(InvalidInputError, match=said):
        scan(given, places, asked, seed=1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"model": "normal"},
        {"model": "permutation", "design": "spatial"},
        {"most_share": 0.0},
        {"most_places": 0},
        {"simulations": -1},
        {"interval_days": float("nan")},
    ],
)
def test_what_cannot_be_asked_is_refused(wrong):
    with pytest.raises(InvalidInputError):
        Asked(**wrong)


def reported(**columns: list[object]) -> pd.DataFrame:
    return pd.DataFrame({"captured_at": pd.to_datetime(columns.pop("at"), utc=True), **columns})


def test_reports_become_cases_on_the_citys_days():
    """At 16:30 in Greenwich the next day has begun in Lanzhou."""
    reports = reported(
        at=["2026-05-01T15:59", "2026-05-01T16:30", "2026-05-02T01:00", "2026-05-03T16:00"],
        grid_code=["G0", "G1", None, "G1"],
    )
    days = date(2026, 5, 1), date(2026, 5, 3)

    made = reported_cases(reports, tiny_grids(), zone=CHINA, days=days)

    assert made.cases["place"].tolist() == ["G0", "G1", None]
    assert made.cases["time"].dt.day.tolist() == [1, 2, 2]
    assert made.places.index.tolist() == [f"G{number}" for number in range(9)]
    assert made.places["exposure"].tolist() == [100.0 * (number + 1) for number in range(9)]
    found = scan(made.cases, made.places, Asked(first=days[0], last=days[1]), seed=1)
    assert (found.places, found.cases, found.intervals, found.left_out) == (9, 2, 3, 1)


def test_clusters_of_days_are_told_in_days():
    hot = ["2026-05-06T02:00", "2026-05-07T02:00", "2026-05-07T03:00", "2026-05-07T04:00"]
    usual = [f"2026-05-0{day}T0{hour}:00" for hour in range(9) for day in range(1, 7)]
    reports = reported(at=hot + usual, grid_code=["G4"] * 4 + [f"G{n // 6}" for n in range(54)])
    days = date(2026, 5, 1), date(2026, 5, 7)

    made = reported_cases(reports, tiny_grids(), zone=CHINA, days=days)
    found = scan(made.cases, made.places, Asked(first=days[0], last=days[1]), seed=1)

    best = found.clusters.iloc[0]
    assert (best.places, best.since, best.until) == (
        ["G4"],
        pd.Timestamp("2026-05-07"),
        pd.Timestamp("2026-05-07"),
    )


def test_centres_are_metres_apart():
    made = reported_cases(
        reported(at=[], grid_code=[]), tiny_grids(), zone=CHINA, days=(date(2026, 5, 1),) * 2
    )
    centres = tiny_grids().to_crs(4326).geometry.map(lambda area: area.centroid)
    _, _, apart_m = pyproj.Geod(ellps="WGS84").inv(*centres[0].coords[0], *centres[8].coords[0])

    first, last = made.places.iloc[0], made.places.iloc[8]
    assert np.hypot(first.x - last.x, first.y - last.y) == pytest.approx(apart_m, abs=0.05)


def test_two_editions_are_refused_since_a_new_boundary_is_no_hotspot():
    reports = reported(at=["2026-05-01"] * 2, grid_code=["G0", "G1"], edition_id=[1, 2])
    days = (date(2026, 5, 1),) * 2

    with pytest.raises(InvalidInputError, match=r"editions 1 and 2.*restate"):
        reported_cases(reports, tiny_grids(), zone=CHINA, days=days)
    grids = tiny_grids().assign(edition_id=[3] * 8 + [4])
    with pytest.raises(InvalidInputError, match="grids: they are of the editions 3 and 4"):
        reported_cases(reports.assign(edition_id=1), grids, zone=CHINA, days=days)
    with pytest.raises(InvalidInputError, match="lies before the first"):
        reported_cases(reports, tiny_grids(), zone=CHINA, days=(date(2026, 5, 2), days[0]))


def test_a_grid_without_a_shape_is_left_out_with_its_cases():
    grids = tiny_grids()
    grids.loc[0, "geometry"] = Polygon()
    reports = reported(at=["2026-05-01"] * 3, grid_code=["G0", "G1", "G2"])
    days = (date(2026, 5, 1),) * 2

    made = reported_cases(reports, gpd.GeoDataFrame(grids), zone=CHINA, days=days)

    assert made.places["x"].isna().tolist() == [True] + [False] * 8
    found = scan(made.cases, made.places, Asked(first=days[0], last=days[1]), seed=1)
    assert (found.places, found.left_out, found.reason) == (8, 1, "all_at_once")
