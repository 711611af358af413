"""Pages for everybody: no person, no single report, and no count that is too small."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
from shapely import Point

from gridgis_maps import HotspotFrames, coverage, hotspots
from gridgis_maps.numbers.disclosure import disclosable
from gridgis_maps.numbers.donut import moved_within
from tests.maps.conftest import NOON, spot, tiny_grids, tiny_outlines

COUNTS = (9, 2, 30, 0, 12, 7, 1, 1, 8)
"""Of the nine grids; the first three are the north street."""

MASKED = {"G0", "G1", "G5", "G6", "G7"}
"""The small ones; 9 beside the 2, and 7 beside the ones, which add up to two."""


@pytest.fixture
def frames() -> HotspotFrames:
    rows = [(at, number) for at, count in enumerate(COUNTS) for number in range(count)]
    reports = gpd.GeoDataFrame(
        {
            "id": [f"{at}-{number}" for at, number in rows],
            "captured_at": pd.Timestamp(NOON),
            "category_name": "燃气异味",
            "description": "王芳家 11 号楼 502",
            "grid_code": [f"G{at}" for at, _ in rows],
            "rule": "covers",
        },
        geometry=[spot(at % 3 + 0.5, at // 3 + 0.5) for at, _ in rows],
        crs=4326,
    )
    outlines = tiny_outlines()
    base = replace(HotspotFrames(tiny_grids(), reports).base, outlines=outlines)
    return HotspotFrames(tiny_grids(), reports, base=base)


@pytest.fixture
def everybody(about):
    return replace(about, public=True, classification="")


def facts(sheet, code: str) -> list[str]:
    return [str(one) for one in sheet.grids[code]["facts"][:3]]


def test_small_counts_and_what_gives_them_away_are_not_on_the_page(frames, everybody, read) -> None:
    sheet = read(hotspots(frames, everybody, lang="en"))
    for at, count in enumerate(COUNTS):
        code = f"G{at}"
        if code in MASKED:
            assert facts(sheet, code) == ["Masked"] * 3
            assert set(sheet.grids[code]["classes"]) == {-2}
        else:
            assert facts(sheet, code)[0] == str(count)
    assert "5 grids are masked" in sheet.html
    assert "n = 50 shown; n = 20 masked" in sheet.html
    assert "Masked" in sheet.html


def test_nothing_of_a_single_report_is_on_the_page(frames, everybody, read) -> None:
    page = hotspots(frames, everybody, lang="zh")
    assert "王芳" not in page.html
    assert "燃气" not in page.html
    assert not read(page).told["points"]
    assert "公众版" in page.html


def test_points_are_moved_and_those_of_masked_grids_are_left_out(frames, everybody, read) -> None:
    moved = moved_within(frames.reports, frames.grids, frames.base.outlines, seed=3)
    page = hotspots(replace(frames, moved=moved), everybody, lang="en")
    sheet = read(page)
    drawn = sum(count for at, count in enumerate(COUNTS) if f"G{at}" not in MASKED)
    assert len(sheet.told["points"]["lon"]) == drawn
    assert "王芳" not in page.html
    assert "燃气" not in page.html
    assert f"{drawn} points. None is where it happened" in sheet.html
    streets = frames.base.outlines.set_index("code").geometry
    for street, mine in moved.groupby(
        frames.grids.set_index("code")["parent_code"].loc[frames.reports["grid_code"]].to_numpy()
    ):
        assert mine.within(streets[street]).all()


def test_a_page_whose_total_would_tell_says_so(frames, everybody, read) -> None:
    few = frames.reports[frames.reports["grid_code"].isin(["G1"])]
    sheet = read(hotspots(replace(frames, reports=few), everybody, lang="en"))
    assert "The total is not shown either" in sheet.html
    assert "n = 0 shown; n = 0 masked" in sheet.html
    assert "Counted in grids" not in sheet.html


def test_the_page_masks_what_the_law_says(frames) -> None:
    found = disclosable(pd.DataFrame({"n": COUNTS}), frames.grids["parent_code"])
    assert set(frames.grids.loc[~found.rows, "code"]) == MASKED


def test_the_page_inside_hides_nothing(frames, about, read) -> None:
    sheet = read(hotspots(frames, about, lang="en"))
    assert [facts(sheet, f"G{at}")[0] for at in range(9)] == [str(count) for count in COUNTS]
    assert "Masked" not in sheet.html


def test_only_stations_are_on_a_public_map_of_coverage(tiny_coverage, everybody, read) -> None:
    """A shade of distance would tell where a worker is."""
    persons = tiny_coverage.responders.assign(kind="worker", name="孙敏")
    station = persons.iloc[:1].assign(kind="facility", name="消防站")
    station = station.set_geometry([Point(spot(1.5, 1.5))], crs=4326)
    both = pd.concat([persons, station], ignore_index=True)
    page = coverage(replace(tiny_coverage, responders=both), everybody, lang="zh")
    assert "孙敏" not in page.html
    assert "消防站" in page.html
    assert len(read(page).told["points"]["lon"]) == 1
    assert "只计站点" in page.html
