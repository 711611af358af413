"""A leader asks: who lives far from the next fire station?"""

from __future__ import annotations

from dataclasses import replace
from math import inf

import geopandas as gpd
import pandas as pd
import pytest

from gridgis.errors import InvalidInputError, UnsupportedCrsError
from gridgis_maps import BaseMap, CoverageFrames, coverage
from gridgis_maps.numbers.coverage import coverage_figures


def test_the_page_says_what_it_shows_and_where_it_comes_from(tiny_coverage, about, read):
    sheet = read(coverage(tiny_coverage, about, skill="fire", skill_name="消防"))

    assert sheet.title == "处置力量覆盖图 · 消防"
    assert "小城" in sheet.html
    assert sheet.notes["网格版本"] == "base 1"
    assert sheet.notes["数据截至"] == "2026-05-01 12:00 (UTC+08:00, Asia/Shanghai)"
    assert sheet.notes["制图时间"] == "2026-05-01 12:00 (UTC+08:00, Asia/Shanghai)"
    assert "WGS 84" in sheet.notes["方法"]
    assert sheet.notes["计入"] == "图上 1 个处置力量；另有 1 个没有位置，未计入。"
    assert '<html lang="zh-CN">' in sheet.html


def test_the_legend_counts_each_band_of_the_tiny_city(tiny_coverage, about, read):
    """From the middle of G0 the nine middles are 0, 0.9, 1.1, 1.4, 1.8, 2.0, 2.2 … km away."""
    sheet = read(coverage(tiny_coverage, about, skill="fire", bands_m=(1000, 2000), lang="en"))

    assert sheet.tables["Distance to the nearest responder"][1:] == [
        ["≤ 1 km", "2", "300", "6.7%", "6.7%"],
        ["1 km – 2 km", "3", "1,200", "26.7%", "33.3%"],
        ["> 2 km", "4", "3,000", "66.7%", "100.0%"],
    ]
    assert sheet.tables["Farthest grids"][1][0] == "网格8"
    assert sheet.alerts == []


def test_each_grid_wears_the_colour_of_its_band(tiny_coverage, about, read):
    sheet = read(coverage(tiny_coverage, about, skill="fire", bands_m=(1000, 2000)))

    figures = coverage_figures(tiny_coverage, "fire", (1000, 2000)).grids
    for code, band in zip(tiny_coverage.grids["code"], figures["band"], strict=True):
        assert sheet.grids[code]["classes"] == [band]
    colours = sheet.told["measures"][0]["colours"]
    assert sheet.colours["到最近处置力量的距离"] == [colours[str(band)] for band in range(3)]
    assert len(set(colours.values())) == 4


def test_a_grid_tells_its_distance_its_responder_and_its_households(tiny_coverage, about, read):
    sheet = read(coverage(tiny_coverage, about, skill="fire", lang="en"))

    told = dict(zip(sheet.told["factLabels"], sheet.grids["G1"]["facts"], strict=True))
    assert told == {
        "To the nearest responder": "901 m",
        "Nearest responder": "北站",
        "Households": "200",
        "Belongs to": "北街",
    }


def test_responders_lie_on_top_small_for_a_worker_filled_when_live(tiny_coverage, about, read):
    sheet = read(coverage(tiny_coverage, about))

    points = sheet.told["points"]
    styles = [points["styles"][number] for number in points["style"]]
    assert [style["radius"] for style in styles] == [6.0, 3.2]
    assert [style["fillColor"] for style in styles] == ["#ffffff", "#d9541e"]
    assert [lon for lon, _ in sheet.lonlat] == [103.805, 103.825]
    assert points["columns"][0] == {"label": "名称", "words": ["北站", "李医生"], "said": [0, 1]}


def test_nobody_with_the_skill_is_said_in_words(tiny_coverage, about, read, opens_offline):
    page = coverage(tiny_coverage, about, skill="diving", lang="en")

    sheet = read(page)
    assert sheet.alerts == [
        "No responder with “diving” has a position, so there is no distance to measure."
    ]
    legend = sheet.tables["Distance to the nearest responder"]
    assert legend[-1] == ["No responder", "9", "4,500", "100.0%", "–"]
    assert {tuple(grid["classes"]) for grid in sheet.grids.values()} == {(-1,)}
    assert "opens offline" in opens_offline(page, "--wait-ms", "300")


def test_no_responder_at_all(tiny_coverage, about, read):
    nobody = replace(tiny_coverage, responders=tiny_coverage.responders.iloc[:0])

    assert len(read(coverage(nobody, about)).alerts) == 1


def test_unknown_households_are_said_and_shares_are_of_grids(tiny_coverage, about, read):
    grids = tiny_coverage.grids.assign(households=pd.array([None] * 9, dtype="Int64"))

    sheet = read(
        coverage(
            replace(tiny_coverage, grids=grids), about, skill="fire", bands_m=(1000,), lang="en"
        )
    )

    assert sheet.alerts == ["No households are known; shares are of grids instead."]
    legend = sheet.tables["Distance to the nearest responder"]
    assert legend[0][3] == "Of grids"
    assert legend[1:] == [
        ["≤ 1 km", "2", "–", "22.2%", "22.2%"],
        ["> 1 km", "7", "–", "77.8%", "100.0%"],
    ]


def test_some_unknown_households_are_counted_out_loud(tiny_coverage, about, read):
    grids = tiny_coverage.grids.assign(households=[float("nan"), *[100.0] * 8])

    sheet = read(coverage(replace(tiny_coverage, grids=grids), about, skill="fire", lang="en"))

    assert sheet.alerts == ["Households of 1 grids are unknown and not in the shares."]


def test_one_grid_is_a_map_too(tiny_coverage, about, read, opens_offline):
    alone = CoverageFrames(tiny_coverage.grids.iloc[:1], tiny_coverage.responders)
    page = coverage(alone, about)

    assert list(read(page).grids) == ["G0"]
    opens_offline(page, "--wait-ms", "300")


def test_an_edition_without_grids_says_so(tiny_coverage, about, read, opens_offline):
    page = coverage(replace(tiny_coverage, grids=tiny_coverage.grids.iloc[:0]), about, lang="en")

    assert "This edition has no grids to show." in read(page).alerts
    opens_offline(page, "--no-map", "--wait-ms", "300")


def test_real_beats_and_stations_open_offline(
    beats, districts, stations, about, read, opens_offline
):
    frames = CoverageFrames(beats, stations, base=BaseMap(outlines=districts))
    page = coverage(frames, about, skill="fire", lang="en")

    legend = read(page).tables["Distance to the nearest responder"][1:]
    assert sum(int(row[1]) for row in legend) == len(beats) == 275
    households = sum(int(row[2].replace(",", "")) for row in legend)
    assert households == beats["households"].sum()
    assert legend[-1][-1] == "100.0%"
    assert "opens offline" in opens_offline(page, "--max-mb", "0.8")


def test_the_same_frames_make_the_same_page(tiny_coverage, about):
    assert coverage(tiny_coverage, about).html == coverage(tiny_coverage, about).html


def test_the_frames_are_not_changed(tiny_coverage, about):
    before = tiny_coverage.grids.copy()

    coverage(tiny_coverage, about)

    assert before.equals(tiny_coverage.grids)
    assert "band" not in tiny_coverage.grids.columns


def test_a_frame_of_another_system_is_refused(tiny_coverage):
    metres = tiny_coverage.grids.to_crs(32648)

    with pytest.raises(UnsupportedCrsError, match="grids: coordinates must be EPSG:4326"):
        replace(tiny_coverage, grids=metres)
    with pytest.raises(UnsupportedCrsError, match="grids"):
        replace(tiny_coverage, grids=tiny_coverage.grids.set_crs(None, allow_override=True))


def test_a_missing_column_is_named(tiny_coverage):
    with pytest.raises(InvalidInputError, match="responders: column 'skills' is missing"):
        replace(tiny_coverage, responders=tiny_coverage.responders.drop(columns="skills"))


def test_a_repeated_code_is_refused(tiny_coverage):
    twice = gpd.GeoDataFrame(pd.concat([tiny_coverage.grids] * 2, ignore_index=True))

    with pytest.raises(InvalidInputError, match="code 'G0' stands more than once"):
        replace(tiny_coverage, grids=twice)


@pytest.mark.parametrize("bands", [(), (0,), (500, 300), (inf,)])
def test_bands_that_do_not_rise_are_refused(tiny_coverage, about, bands):
    with pytest.raises(InvalidInputError, match="bands_m"):
        coverage(tiny_coverage, about, bands_m=bands)


def test_an_unknown_language_is_refused(tiny_coverage, about):
    with pytest.raises(InvalidInputError, match="lang: 'fr'"):
        coverage(tiny_coverage, about, lang="fr")
