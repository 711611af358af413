"""A leader asks: where are reports dense, and what does the map leave out?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest
from shapely import Point

from gridgis.errors import InvalidInputError
from gridgis_maps import BaseMap, HotspotFrames, Period, hotspots
from gridgis_maps.numbers.density import report_figures

MAY_FIRST = datetime(2026, 5, 1, 4, tzinfo=UTC)


def test_counts_density_and_rate_of_the_tiny_city(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about, category_name="Waste", lang="en"))

    assert sheet.title == "Report hotspots · Waste"
    assert sheet.tables["Reports in each grid"][1:] == [
        ["0", "7", "0", "0.0%"],
        ["1 – 2", "1", "1", "25.0%"],
        ["> 2", "1", "3", "75.0%"],
    ]
    assert sheet.tables["Grids with the most reports"][1:] == [
        ["网格4", "3", "3", "6"],
        ["网格0", "1", "1", "10"],
    ]
    told = dict(zip(sheet.told["factLabels"], sheet.grids["G4"]["facts"], strict=True))
    assert told["Reports"] == "3"
    assert told["Reports per 1,000 households"] == "6"
    assert told["Area, km²"] == "1"


def test_every_grid_is_on_the_map_the_empty_ones_too(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about))

    assert len(sheet.grids) == 9
    assert sheet.grids["G8"]["classes"][:3] == [0, 0, 0]
    assert sheet.told["measures"][0]["colours"]["0"] == "#ffffff"


def test_what_is_not_counted_is_said(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about, lang="en"))

    assert sheet.notes["Reports in the period"] == "7"
    assert sheet.notes["Counted in grids"] == "4"
    assert sheet.notes["Grids with none"] == "7"
    assert sheet.notes["Shown"] == (
        "4 counted in grids of this map. Not counted: 1 outside every grid, "
        "1 without a place, 1 in grids not on this map."
    )
    assert sheet.tables["Report points"][1:] == [
        ["Counted in a grid of this map", "4"],
        ["Not counted", "2"],
    ]


def test_the_measures_switch_and_the_density_comes_first(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about))

    assert list(sheet.hidden)[:3] == ["per_km2", "count", "per_1000_households"]
    assert [key for key, hidden in sheet.hidden.items() if not hidden] == ["per_km2"]
    assert [measure["key"] for measure in sheet.told["measures"]] == list(sheet.hidden)


def test_only_reports_of_the_period_count(tiny_hotspots, about, read):
    """One a day back from noon of 1 May: two lie in the last 24 hours, the end left out."""
    period = Period(MAY_FIRST - timedelta(days=2), MAY_FIRST)

    sheet = read(hotspots(tiny_hotspots, about, period=period, lang="en"))

    assert "2026-04-29 12:00 to 2026-05-01 12:00" in sheet.html
    assert sheet.notes["Counted in grids"] == "2"
    assert len(sheet.told["points"]["lon"]) == 2


def test_a_period_without_reports_is_said_in_words(tiny_hotspots, about, read, opens_offline):
    period = Period(MAY_FIRST + timedelta(days=1))
    page = hotspots(tiny_hotspots, about, period=period, lang="en")

    sheet = read(page)
    assert sheet.alerts == ["There are no reports in this period."]
    assert sheet.tables["Reports in each grid"][1:] == [["0", "9", "0", "–"]]
    assert sheet.told["points"] == {}
    opens_offline(page, "--wait-ms", "300")


def test_reports_all_outside_are_said_in_words(tiny_hotspots, about, read):
    outside = tiny_hotspots.reports.assign(grid_code=None, rule="outside")

    sheet = read(hotspots(replace(tiny_hotspots, reports=outside), about, lang="en"))

    assert sheet.alerts == ["None of the reports of this period lies in a grid of this map."]
    assert sheet.tables["Reports in each grid"][1:] == [["0", "9", "0", "–"]]


def test_no_report_at_all(tiny_hotspots, about, read):
    empty = replace(tiny_hotspots, reports=tiny_hotspots.reports.iloc[:0])

    assert read(hotspots(empty, about, lang="en")).alerts == [
        "There are no reports in this period."
    ]


def test_households_of_none_or_unknown_make_no_rate(tiny_hotspots, about, read):
    households = pd.array([None, 0, *[100] * 7], dtype="Int64")
    grids = tiny_hotspots.grids.assign(households=households)

    sheet = read(hotspots(replace(tiny_hotspots, grids=grids), about, lang="en"))

    assert sheet.alerts == [
        "2 grids have no households or an unknown number, so they have no rate by households.",
        "No grid is told from chance: dark grids have many reports, which does not make them "
        "hot spots.",
    ]
    assert sheet.grids["G0"]["classes"][2] == sheet.grids["G1"]["classes"][2] == -1
    assert sheet.grids["G0"]["facts"][2] == "–"
    rates = sheet.tables["Reports per 1,000 households of each grid"]
    assert rates[-1] == ["Households unknown or none", "2", "1", "25.0%"]


def test_a_point_without_numbers_is_no_point(tiny_hotspots, about, read):
    nowhere = tiny_hotspots.reports.copy()
    nowhere.loc[0, "geometry"] = Point(float("nan"), float("nan"))

    sheet = read(hotspots(replace(tiny_hotspots, reports=nowhere), about))

    assert len(sheet.told["points"]["lon"]) == 5


def test_real_complaints_open_offline_and_every_number_adds_up(
    beats, districts, complaints, about, read, opens_offline
):
    frames = HotspotFrames(beats, complaints, BaseMap(outlines=districts))
    page = hotspots(frames, about, lang="en")

    sheet = read(page)
    figures = report_figures(beats, complaints)
    for caption in ("Reports in each grid", "Reports per km² of each grid"):
        rows = sheet.tables[caption][1:]
        assert sum(int(row[1]) for row in rows) == len(beats)
        assert sum(int(row[2].replace(",", "")) for row in rows) == figures["count"].sum()
    counts = dict(zip(beats["code"], figures["count"], strict=True))
    assert {code: int(grid["facts"][0]) for code, grid in sheet.grids.items()} == counts
    assert len(sheet.told["points"]["lon"]) == complaints.geometry.notna().sum()
    assert "opens offline" in opens_offline(page, "--max-mb", "3")


def test_ten_thousand_long_chinese_descriptions_stay_under_three_megabytes(
    beats, complaints, about, opens_offline
):
    long = complaints.assign(description="小区北门垃圾桶已满无人清运," * 20)
    numbered = long.assign(description=long["id"].astype(str) + long["description"])

    opens_offline(hotspots(HotspotFrames(beats, numbered), about), "--max-mb", "3")


def test_a_period_must_run_forward_and_know_its_zone():
    with pytest.raises(InvalidInputError, match=r"to: .* must be later than from"):
        Period(MAY_FIRST, MAY_FIRST)
    with pytest.raises(InvalidInputError, match=r"from: .* has no time zone"):
        Period(MAY_FIRST.replace(tzinfo=None))
