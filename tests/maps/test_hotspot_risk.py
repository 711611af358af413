"""A leader asks what lies behind the shading: where it is dense, when it comes, what comes next."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gridgis import assign
from gridgis.errors import InvalidInputError
from gridgis_maps import About, BaseMap, HotspotFrames, Period, hotspots
from gridgis_maps.numbers.density import count_by_grid, report_figures
from gridgis_maps.numbers.judging import ANALYSES, judged
from gridgis_maps.numbers.risk.of_period import MOST_FOLLOWED, RISKS
from gridgis_maps.numbers.risk.rhythm import rhythm
from gridgis_maps.numbers.risk.smoothing import empirical_bayes
from tests.conftest import PROVE
from tests.demos import demo_district

if TYPE_CHECKING:
    from gridgis_maps import Page

CHICAGO = ZoneInfo("America/Chicago")
SHANGHAI = ZoneInfo("Asia/Shanghai")
RHYTHM, NEAR = "Reports by day and hour", "Near repeats (Knox)"
FORECAST, WARNINGS = "Forecast score (PAI)", "Early warnings in the period"
DENSITY = "Density of reports per km²"


def hints(page: Page) -> list[str]:
    """What stands below tables."""
    return [part.split("<")[0] for part in page.html.split('<p class="hint">')[1:]]


@pytest.fixture(scope="module")
def sanitation(
    beats: gpd.GeoDataFrame, complaints: gpd.GeoDataFrame
) -> tuple[HotspotFrames, About, Period]:
    """Ten thousand of Chicago's reports, over all years in which they came."""
    captured = complaints["captured_at"]
    start, end = captured.min(), captured.max() + timedelta(seconds=1)
    about = About("Chicago", "beats", end, end, CHICAGO)
    return HotspotFrames(beats, complaints), about, Period(start, end)


@pytest.fixture(scope="module")
def everything(sanitation: tuple[HotspotFrames, About, Period]) -> tuple[Page, Any]:
    """The page with all there is to ask for, and the figures as their functions answer."""
    frames, about, period = sanitation
    page = hotspots(frames, about, period=period, analyses=RISKS, seed=7, lang="en")
    between = (period.start, period.end)
    told = judged(
        frames.grids, frames.reports, between=between, zone=CHICAGO, analyses=RISKS, seed=7
    )
    return page, told.risks


def test_the_smoothed_rate_stands_beside_the_raw_one(sanitation, everything, read):
    frames, _, _ = sanitation
    sheet, grids = read(everything[0]), frames.grids
    figures = report_figures(grids, frames.reports)
    smoothed = empirical_bayes(
        figures["count"].astype("float64"), grids["households"].astype("float64")
    )["smoothed"]

    rows = sheet.tables["Highest smoothed rates by households"]
    assert rows[0] == ["Grid", "Reports", "Per 1,000 hh.", "Smoothed"]
    first = int(smoothed.argmax())
    assert rows[1][0] == grids["name"].iloc[first]
    assert rows[1][1] == str(figures["count"].iloc[first])
    assert float(rows[1][3].replace(",", "")) == pytest.approx(1000 * smoothed.max(), rel=0.01)
    assert float(rows[1][2].replace(",", "")) > float(rows[1][3].replace(",", ""))
    classes = sheet.tables["Smoothed reports per 1,000 households of each grid"][1:]
    assert sum(int(row[1]) for row in classes) == len(grids)
    assert any(hint.startswith("Where households are few") for hint in hints(everything[0]))


def test_the_week_is_a_table_of_hours_and_days(sanitation, everything, read):
    frames, _, period = sanitation
    rows = read(everything[0]).tables[RHYTHM]
    inside = frames.reports.loc[frames.reports["grid_code"].notna(), "captured_at"]
    week = rhythm(inside, (period.start, period.end), CHICAGO)

    assert rows[0] == ["Hour", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    counted = np.array([[int(cell.replace(",", "")) for cell in row[1:]] for row in rows[1:25]])
    assert [row[0] for row in rows[1:25]] == [f"{hour:02}" for hour in range(24)]
    assert (counted == week["count"].unstack("weekday").to_numpy()).all()
    assert [int(cell.replace(",", "")) for cell in rows[25][1:]] == counted.sum(axis=0).tolist()
    assert counted.sum() == len(inside)
    assert any(
        "the hour that clocks jump over lasts nothing" in one for one in hints(everything[0])
    )


def test_the_density_is_a_layer_that_adds_up_to_the_reports(everything, read):
    page, risks = everything
    sheet = read(page)
    (layer,) = [one for one in sheet.told["overlays"] if one["key"] == "density"]
    rows = sheet.tables[DENSITY]

    assert rows[0] == ["Reports per km²", "km²", "Reports"]
    spread = sum(int(row[2].replace(",", "")) for row in rows[1:])
    assert spread == pytest.approx(risks.density.n, abs=len(rows))
    assert len(layer["shapes"]["shapes"]) == len(rows) - 1
    assert '<input type="checkbox" name="layer" value="density">' in page.html, "off by default"
    said = sheet.notes["Density"]
    assert "corrected at the edge" in said
    assert f"n = {risks.density.n:,}, {risks.density.left_out:,} outside" in said


def test_near_repeats_are_told_as_the_function_counts_them(everything, read):
    page, risks = everything
    rows, found = read(page).tables[NEAR], risks.followed.found

    assert rows[0] == ["Apart, m", "Days", "Pairs", "Expected", "Ratio", "p"]
    assert [int(row[2].replace(",", "")) for row in rows[1:]] == found.table["pairs"].tolist()
    (said,) = [hint for hint in hints(page) if "After a report" in hint]
    assert ("times as many as by chance" in said) == (found.table["p"].iloc[0] <= 0.05)
    assert f"999 times (seed 7), n = {found.n:,}" in said


def test_a_forecast_never_stands_without_the_last_four_weeks(everything, read):
    page, risks = everything
    rows = read(page).tables[FORECAST]

    names = ["Density before", "Hot grids before (Gi*)", "Last four weeks", "Hindsight"]
    assert [row[0] for row in rows[1:]] == names
    table = risks.score.table
    assert [float(row[3]) for row in rows[1:]] == pytest.approx(table["pai"].tolist(), rel=0.01)
    assert float(rows[4][4]) == 1
    assert (table["pai"] <= table["pai"].iloc[3] + 1e-9).all()


def test_what_lies_in_the_tables_opens_offline(everything, opens_offline):
    opens_offline(everything[0], "--max-mb", "3")


def test_too_short_a_history_is_said(tiny_hotspots, about, read):
    """Seven days of reports."""
    page = hotspots(tiny_hotspots, about, analyses=RISKS, lang="en")

    assert len(read(page).tables[FORECAST]) == 1
    assert any("days; 56 are needed" in hint for hint in hints(page))


def test_without_any_report_there_is_a_page_in_words(tiny_hotspots, about, read):
    none = replace(tiny_hotspots, reports=tiny_hotspots.reports.iloc[:0])
    page = hotspots(none, about, analyses=ANALYSES, lang="en")

    sheet = read(page)
    assert sheet.notes["Density"] == "No report has a place: there is no density."
    assert any(hint.startswith("Fewer than two reports have a place") for hint in hints(page))
    assert sheet.tables[RHYTHM][25][1:] == ["0"] * 7
    assert DENSITY not in sheet.tables


def test_more_than_ten_thousand_are_followed_from_the_newest(tiny_hotspots, about, monkeypatch):
    most = MOST_FOLLOWED if PROVE else 1_000
    monkeypatch.setattr("gridgis_maps.numbers.risk.of_period.MOST_FOLLOWED", most)
    rng = np.random.default_rng(1)
    few = tiny_hotspots.reports.iloc[[0] * (most + 1)].reset_index(drop=True)
    spots = gpd.points_from_xy(*(rng.random((2, len(few))) * 0.03 + [[103.8], [36.05]]), crs=4326)
    captured = few["captured_at"] - pd.to_timedelta(rng.random(len(few)) * 300, unit="D")
    many = few.set_geometry(spots).assign(captured_at=captured)

    page = hotspots(
        replace(tiny_hotspots, reports=many), about, analyses=["near-repeat"], lang="en"
    )

    assert MOST_FOLLOWED == 10_000
    newest = f"Of {most + 1:,} reports with a place, only the newest {most:,} were looked at."
    assert any(newest in hint for hint in hints(page))


@pytest.fixture
def warned(tiny_hotspots: HotspotFrames) -> HotspotFrames:
    """One open warning of two grids, one dismissed of a grid that is no more."""
    rows = [
        (8, "垃圾", ["G3", "G4"], "G4", "suggested", 11, 0.7, 1500.0),
        (5, None, ["X9"], "X9", "dismissed", 4, 1.0, 90.0),
    ]
    columns = ["number", "category_name", "grid_codes", "worst_grid", "state", "observed"]
    found = pd.DataFrame(rows, columns=[*columns, "expected", "recurrence_days"])
    days = {"since": date(2026, 4, 28), "until": date(2026, 4, 30)}
    return replace(tiny_hotspots, warnings=found.assign(**days))


def test_early_warnings_of_the_period_are_a_layer_and_a_table(warned, about, read):
    page = hotspots(warned, about, lang="en")

    sheet = read(page)
    (layer,) = [one for one in sheet.told["overlays"] if one["key"] == "warnings"]
    assert len(layer["shapes"]["shapes"]) == 1
    assert [card[0] for card in layer["cards"]] == ["#8 垃圾"]
    # The legend of the layer has the same caption; the table of all comes last.
    assert sheet.tables[WARNINGS][1:] == [
        ["#8 垃圾", "04-28 – 04-30", "11", "0.7", "1,500 d", "to be verified"],
        ["#5 all categories", "04-28 – 04-30", "4", "1", "90 d", "dismissed"],
    ]
    assert "1 were counted on grids that this map does not have" in sheet.notes["Early warnings"]


def test_a_public_page_has_none_of_it(warned, about, read):
    page = hotspots(warned, replace(about, public=True), analyses=ANALYSES, lang="en")

    sheet = read(page)
    assert not {WARNINGS, RHYTHM, NEAR, FORECAST, DENSITY} & set(sheet.tables)
    assert sheet.told["overlays"] == []
    assert "smoothed" not in sheet.hidden


def test_only_what_was_asked_for_is_shown(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about, analyses=["rhythm"], lang="en"))
    assert RHYTHM in sheet.tables
    assert list(sheet.hidden) == ["per_km2", "count", "per_1000_households"]
    with pytest.raises(InvalidInputError, match="analyses: 'kde' is none of gi, emerging"):
        hotspots(tiny_hotspots, about, analyses=["kde"])


def test_the_demo_s_outbreak_is_found_with_its_category_and_its_weeks(read):
    """What docs/maps.md tells people to try: three days of gas smell at the end of August."""
    demo = demo_district()
    grids = demo.areas[demo.areas["level"] == "grid"].reset_index(drop=True)
    grids = grids.assign(parent_name=grids["parent_code"])
    told = demo.reports.dropna(subset=["lon"])
    told = told[told["category"] == "gas-smell"].reset_index(drop=True)
    points = gpd.points_from_xy(told["lon"], told["lat"], crs=4326)
    reports = gpd.GeoDataFrame(told, geometry=points).assign(category_name=told["category"])
    found = assign(reports, grids)
    reports = reports.assign(grid_code=found["grid_code"], rule=found["rule"])
    period = Period(datetime(2025, 8, 2, tzinfo=SHANGHAI), datetime(2025, 8, 30, tzinfo=SHANGHAI))
    about = About("柳溪区", "2025", period.end, period.end, SHANGHAI)
    planted = demo.clusters.set_index("category").loc["gas-smell"]

    page = hotspots(
        HotspotFrames(grids, reports, BaseMap()),
        about,
        period=period,
        analyses=["gi", "scan", "near-repeat"],
        lang="en",
    )

    sheet = read(page)
    hot = {row[0]: row for row in sheet.tables["Hot and cold by counts"]}["Hot spot"]
    assert int(hot[1]) >= 3
    cluster = sheet.tables["Recent clusters (space-time scan)"][1]
    assert cluster[:3] == ["Cluster 1", "08-27 – 08-29", str(planted["planted"])]
    assert any("times as many as by chance (p = 0.001)" in hint for hint in hints(page))
    inside = reports.loc[period.holds(reports["captured_at"]), "grid_code"]
    count = count_by_grid(grids["code"], inside)
    assert sheet.notes["Counted in grids"] == str(count.sum())
    assert sheet.alerts == []
