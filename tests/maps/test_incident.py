"""One case on a page: who came when, marks met and missed, what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import geopandas as gpd
import pandas as pd
import pytest
from pypdf import PdfReader
from shapely import LineString

from gridgis.model import Location
from gridgis.polygons import circle
from gridgis_maps import BaseMap, Incident, IncidentFrames, incident
from tests.maps.conftest import spot, tiny_grids, tiny_outlines

BEGUN = datetime(2026, 5, 1, 0, tzinfo=UTC)


def after(minutes):
    """A moment so many minutes after the receipt."""
    return pd.NaT if minutes is None else pd.Timestamp(BEGUN) + pd.Timedelta(minutes=minutes)


@pytest.fixture
def leak():
    """A gas leak in G4: out after 13.5 of 15 minutes, sealed after 24 of 20."""
    here = spot(1.4, 1.6)
    parties = gpd.GeoDataFrame(
        {
            "unit": ["燃气公司", "消防站"],
            "people": ["抢修车1、抢修组2", "消防车1"],
            "leads": [True, False],
            "state": ["已完成", "已到场"],
            "sent_at": [after(2.2), after(2.2)],
            "accepted_at": [after(2.6), after(2.7)],
            "arrived_at": [after(7.3), after(None)],
            "distance_m": [2596.0, float("nan")],
            "travel_s": [234.0, float("nan")],
            "by": ["road", None],
            "way": ["road", "line"],
        },
        geometry=[
            LineString([spot(2.6, 0.4), spot(1.4, 0.4), here]),
            LineString([spot(0.3, 2.7), here]),
        ],
        crs=4326,
    )
    events = pd.DataFrame(
        {
            "at": [after(-0.3), after(0.7), after(2.2), after(13.5), after(780)],
            "who": ["12345", "调度席", "调度席", "抢修车1", "居民"],
            "what": ["已上报", "已受理", "已派发 2 支", "疏散完成", "已评价 5/5"],
        }
    )
    limits = pd.DataFrame(
        {
            "name": ["疏散完成", "封堵完成", "核验"],
            "within": ["15 min", "20 min", "4 h"],
            "due_at": [after(15), after(20), after(None)],
            "stopped_at": [after(13.5), after(24), after(None)],
        }
    )
    case = Incident(
        "gas-leak",
        "燃气异味",
        "楼道里有浓烈的煤气味",
        BEGUN,
        address="仁轩花园11号楼",
        level="Ⅱ级",
        state="已办结",
        location=here,
        accuracy_m=15.0,
        grid_code="G4",
        zone=circle(Location(here.x, here.y), 150.0),
        radius_m=150.0,
        households=500.0,
        population=1203.0,
    )
    return IncidentFrames(
        case, tiny_grids(), parties, events, limits, base=BaseMap(tiny_outlines())
    )


def test_who_went_and_when_in_minutes_since_the_receipt(leak, about, read):
    sheet = read(incident(leak, about, lang="en"))

    assert sheet.title == "What became of a report · 燃气异味"
    assert sheet.tables["Who went (minutes since receipt)"][1:] == [
        ["燃气公司 (leads)", "抢修车1、抢修组2", "2.2 min", "2.6 min", "7.3 min", "2.6 km by road"],
        ["消防站", "消防车1", "2.2 min", "2.7 min", "–", "–"],
    ]
    assert "1 by road, 0 straight, 1 unknown" in sheet.html
    assert sheet.tables["What happened (minutes since receipt)"][1:] == [
        ["−0.3 min", "07:59:42", "12345", "已上报"],
        ["0.7 min", "08:00:42", "调度席", "已受理"],
        ["2.2 min", "08:02:12", "调度席", "已派发 2 支"],
        ["13.5 min", "08:13:30", "抢修车1", "疏散完成"],
        ["13 h", "21:00:00", "居民", "已评价 5/5"],
    ]


def test_marks_met_and_missed_and_the_miss_is_said_at_the_top(leak, about, read):
    sheet = read(incident(leak, about, lang="en"))

    assert sheet.tables["Marks and limits (minutes since receipt)"][1:] == [
        ["疏散完成", "15 min", "15 min", "13.5 min", "met, 1.5 min left"],
        ["封堵完成", "20 min", "20 min", "24 min", "missed by 4 min"],
        ["核验", "4 h", "–", "–", "paused"],
    ]
    assert sheet.alerts == ["1 marks or limits were missed: 封堵完成."]


def test_the_zone_says_its_households_and_a_straight_line_is_dashed(leak, about, read):
    sheet = read(incident(leak, about, lang="en"))

    assert sheet.tables["In the zone"][1:] == [["150 m", "500", "1,203"]]
    overlays = {one["key"]: one for one in sheet.told["overlays"]}
    assert list(overlays) == ["zone", "ways", "place"]
    lines = [style for style in overlays["ways"]["shapes"]["styles"] if "weight" in style]
    assert [("dashArray" in one) for one in lines if one["weight"] > 3] == [False, True]
    its = [code for code, grid in sheet.grids.items() if grid["classes"] == [1]]
    assert its == ["G4"]
    facts = dict(overlays["ways"]["cards"][1][1])
    assert facts["On the map"] == "a straight line, not the way taken"


def test_a_case_without_a_location_is_told_in_words(leak, about, read, browser, tmp_path):
    nowhere = replace(leak.case, location=None, zone=None, accuracy_m=None)
    page = incident(replace(leak, case=nowhere), about, lang="en")

    sheet = read(page)
    assert sheet.alerts[0].startswith("Nobody knows where this report is")
    assert sheet.told["bounds"] is None
    assert len(sheet.tables["What happened (minutes since receipt)"]) == 6
    tab = browser.new_page(viewport={"width": 1000, "height": 700})
    tab.goto(page.save(tmp_path / "page.html").as_uri())
    assert not tab.locator("#map").is_visible()
    assert tab.locator("table.every").is_visible()
    tab.close()


def test_a_case_that_nobody_was_sent_to(leak, about, read):
    alone = replace(
        leak,
        parties=leak.parties.iloc[:0],
        limits=leak.limits.iloc[:0],
        events=leak.events.iloc[:1],
    )

    sheet = read(incident(alone, about, lang="en"))

    assert sheet.alerts == ["Nobody has been sent yet."]
    assert [one["key"] for one in sheet.told["overlays"]] == ["zone", "place"]


def test_on_paper_what_happened_has_a_sheet_of_its_own_and_is_text(leak, about, browser, tmp_path):
    tab = browser.new_page(viewport={"width": 1200, "height": 800})
    tab.goto(incident(leak, about).save(tmp_path / "page.html").as_uri())
    tab.pdf(path=tmp_path / "page.pdf", prefer_css_page_size=True)

    pages = PdfReader(tmp_path / "page.pdf").pages
    texts = [page.extract_text() for page in pages]
    assert len(texts) == 2
    assert "疏散完成" in texts[0]
    assert "08:13:30" in texts[1]
    assert tab.locator(".panel table.every").is_visible()
    tab.close()


def test_hostile_words_run_nothing(leak, about, browser, tmp_path, opens_offline):
    text = "</script><img src=x onerror=window.pwned=1>{{ 7 * 191 }}" + "甲" * 100_000
    case = replace(leak.case, number=text, category=text, description=text, address=text)
    page = incident(
        replace(
            leak,
            case=case,
            parties=leak.parties.assign(unit=text, people=text, state=text),
            events=leak.events.assign(who=text, what=text),
            limits=leak.limits.assign(name=text, within=text),
        ),
        about,
    )

    assert "1337" not in page.html
    opens_offline(page, "--max-mb", "1")
    tab = browser.new_page(viewport={"width": 1000, "height": 700})
    tab.goto(page.save(tmp_path / "page.html").as_uri())
    tab.mouse.click(250, 300)
    assert tab.evaluate("window.pwned") is None
    assert tab.locator("img").count() == 0
    tab.close()
