"""Through time: what each day shows, and that keys move it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from gridgis.errors import InvalidInputError
from gridgis_maps import BaseMap, HotspotFrames, Period, timeline
from gridgis_maps.numbers.density import report_figures
from tests.conftest import PROVE

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
WEEK = Period(NOON - timedelta(days=6, hours=12), NOON + timedelta(hours=12))
BUSY = "1 reports in 1 grids"


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page; yield its tab, and fail when its script complained."""
    tabs, errors = [], []

    def open_(page):
        tab = browser.new_page(viewport={"width": 1200, "height": 800})
        tab.on("pageerror", lambda error: errors.append(str(error)))
        tab.goto(page.save(tmp_path / "page.html").as_uri())
        tabs.append(tab)
        return tab

    yield open_
    for tab in tabs:
        tab.close()
    assert errors == []


def counts_of(sheet):
    """The counts by slice and grid, read from what the script is told."""
    slider = sheet.told["modules"]["slider"]
    codes = [code for code, *_ in sheet.told["grids"]]
    rows = []
    for first, end in zip(slider["starts"], slider["starts"][1:], strict=False):
        pairs = zip(slider["at"][first:end], slider["n"][first:end], strict=True)
        rows.append({codes[at]: count for at, count in pairs})
    return rows


def test_each_day_has_its_own_counts_and_words(tiny_hotspots, about, read):
    sheet = read(timeline(tiny_hotspots, about, period=WEEK, category_name="Waste", lang="en"))

    assert sheet.title == "Reports through time · Waste"
    table = sheet.tables["Every day in a table"]
    assert table[1:] == [
        ["2026-04-25 (Sat)", "0", "0", "", "1"],
        ["2026-04-26 (Sun)", "0", "0", "", "1"],
        ["2026-04-27 (Mon)", "0", "0", "", "1"],
        ["2026-04-28 (Tue)", "1", "1", "网格0, 1", "0"],
        ["2026-04-29 (Wed)", "1", "1", "网格4, 1", "0"],
        ["2026-04-30 (Thu)", "1", "1", "网格4, 1", "0"],
        ["2026-05-01 (Fri)", "1", "1", "网格4, 1", "0"],
    ]
    assert counts_of(sheet) == [{}, {}, {}, {"G0": 1}, {"G4": 1}, {"G4": 1}, {"G4": 1}]
    assert sheet.notes["Shown"].startswith("4 counted in grids of this map")


def test_the_classes_are_fixed_over_the_whole_period_and_the_legend_says_so(
    tiny_hotspots, about, read
):
    sheet = read(timeline(tiny_hotspots, about, period=WEEK, lang="en"))

    assert "a colour means the same on every day" in sheet.html
    days = sheet.tables["Reports in each grid on that day"][1:]
    assert [row[:3] for row in days] == [["0", "8", "59"], ["> 0", "1", "4"]]
    window = sheet.tables["Reports in each grid, the 7 days up to it"][1:]
    assert sum(int(row[2]) for row in window) == 9 * 7


def test_keys_change_the_day_its_shading_and_its_words(tiny_hotspots, about, opened):
    tab = opened(timeline(tiny_hotspots, about, period=WEEK, lang="en"))
    slider = tab.get_by_role("slider")
    said = tab.locator(".through-time output")
    colour = "(at) => { let found; for (const one of Object.values(map_sheet._layers)) if ("
    colour += "one.at === at && one.getLatLngs) found = one.options.fillColor; return found; }"

    assert slider.get_attribute("aria-valuetext").startswith(f"2026-05-01 (Fri): {BUSY}")
    assert tab.evaluate(colour, 4) != "#ffffff"
    for _ in range(3):
        slider.press("ArrowLeft")
    assert said.inner_text() == f"2026-04-28 (Tue): {BUSY}"
    assert tab.evaluate(colour, 0) != "#ffffff"
    assert tab.evaluate(colour, 4) == "#ffffff"
    slider.press("Home")
    assert said.inner_text() == "2026-04-25 (Sat): 0 reports in 0 grids"
    assert slider.get_attribute("aria-valuenow") == "1"
    slider.press("ArrowLeft")
    assert slider.get_attribute("aria-valuenow") == "1"
    slider.press("End")
    assert slider.get_attribute("aria-valuenow") == "7"
    tab.locator("input[value=window]").check(force=True)
    assert said.inner_text() == "2026-05-01 (Fri): 4 reports in 2 grids, 7 days up to it"
    now = tab.locator("section[data-measure=window] table.legend tbody td:nth-child(2)")
    assert sum(int(cell) for cell in now.all_inner_texts()) == 9


def test_space_plays_from_the_beginning_and_pauses(tiny_hotspots, about, opened):
    tab = opened(timeline(tiny_hotspots, about, period=WEEK, lang="en"))
    slider, play = tab.get_by_role("slider"), tab.locator(".through-time .play")
    tab.clock.install()

    slider.press(" ")
    assert play.get_attribute("aria-label") == "Pause"
    assert slider.get_attribute("aria-valuenow") == "1"
    tab.clock.run_for(1500)
    assert slider.get_attribute("aria-valuenow") == "3"
    slider.press(" ")
    tab.clock.run_for(3000)
    assert slider.get_attribute("aria-valuenow") == "3"
    assert play.get_attribute("aria-label") == "Play"
    slider.press(" ")
    tab.clock.run_for(10_000)
    assert slider.get_attribute("aria-valuenow") == "7"
    assert play.get_attribute("aria-label") == "Play"


def test_only_the_points_of_the_day_are_drawn(tiny_hotspots, about, opened):
    tab = opened(timeline(tiny_hotspots, about, period=WEEK, lang="en"))
    points = "Object.values(map_sheet._layers).filter((one) => one.setRadius).length"
    slider = tab.get_by_role("slider")

    assert tab.evaluate(points) == 1
    slider.press("Home")
    assert tab.evaluate(points) == 1  # in a grid of elsewhere
    slider.press("ArrowRight")
    assert tab.evaluate(points) == 0  # without a place
    tab.locator("#marks").uncheck()
    slider.press("End")
    assert tab.evaluate(points) == 0


def test_a_period_without_reports_one_report_and_one_day(tiny_hotspots, about, read, opens_offline):
    later = Period(NOON + timedelta(days=1))
    page = timeline(tiny_hotspots, about, period=later, lang="en")
    assert read(page).alerts == ["There are no reports in this period."]
    opens_offline(page, "--wait-ms", "300")

    one = replace(tiny_hotspots, reports=tiny_hotspots.reports.iloc[:1])
    sheet = read(timeline(one, about, period=WEEK, lang="en"))
    assert sum(int(row[1]) for row in sheet.tables["Every day in a table"][1:]) == 1

    day = Period(NOON - timedelta(hours=12), NOON + timedelta(hours=12))
    sheet = read(timeline(tiny_hotspots, about, period=day, lang="en"))
    assert sheet.alerts == ["The period is a single day: there is nothing to play."]


def test_reports_all_outside_and_a_city_of_no_or_one_grid(tiny_hotspots, about, read):
    outside = tiny_hotspots.reports.assign(grid_code=None, rule="outside")
    sheet = read(timeline(replace(tiny_hotspots, reports=outside), about, lang="en"))
    assert sheet.alerts == ["None of the reports of this period lies in a grid of this map."]

    nothing = HotspotFrames(tiny_hotspots.grids.iloc[:0], tiny_hotspots.reports)
    sheet = read(timeline(nothing, about, lang="en"))
    assert sheet.alerts[0] == "This edition has no grids to show."

    one = HotspotFrames(tiny_hotspots.grids.iloc[[4]], tiny_hotspots.reports)
    sheet = read(timeline(one, about, period=WEEK, lang="en"))
    assert counts_of(sheet)[-1] == {"G4": 1}


def test_days_of_three_years_become_weeks_and_the_page_says_so(tiny_hotspots, about, read):
    period = Period(NOON - timedelta(days=1200), NOON)

    sheet = read(timeline(tiny_hotspots, about, period=period, each="day", lang="en"))

    assert sheet.alerts == [
        "Slices of a day were asked for; the period is too long for that, so each is a week."
    ]
    assert len(sheet.tables["Every week in a table"]) - 1 == 172


def test_a_page_of_days_is_not_for_the_public(tiny_hotspots, about):
    with pytest.raises(InvalidInputError, match="it has no public variant"):
        timeline(tiny_hotspots, replace(about, public=True))


@pytest.mark.skipif(not PROVE, reason="a whole year: script/prove does it")
def test_a_year_of_real_complaints_adds_up_and_stays_small(
    beats, districts, complaints, about, read, opens_offline
):
    last = complaints["captured_at"].max()
    year = complaints.assign(
        captured_at=last - pd.to_timedelta(range(len(complaints)), unit="min") * 52
    )
    text = pd.Series("<img src=x onerror=alert(1)>" * 4000, index=year.index)
    frames = HotspotFrames(beats, year.assign(description=text), BaseMap(outlines=districts))

    page = timeline(frames, about, period=Period(last - timedelta(days=366), last), lang="en")

    sheet = read(page)
    counted = pd.DataFrame(counts_of(sheet)).sum()
    inside = year[year["captured_at"].between(last - timedelta(days=366), last, inclusive="left")]
    figures = report_figures(beats, inside).set_index(beats["code"])["count"]
    pd.testing.assert_series_equal(
        counted.astype("int64").sort_index(), figures[figures > 0].sort_index(), check_names=False
    )
    assert len(sheet.told["modules"]["slider"]["names"]) == 367
    opens_offline(page, "--max-mb", "3")
