"""Then and now: both sides, their differences, and a divider that keys move."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box

from gridgis_maps import (
    BaseMap,
    EditionFrames,
    HotspotFrames,
    Period,
    compare,
    compare_editions,
)
from tests.maps.conftest import tiny_grids, tiny_outlines

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)
DAY = timedelta(days=1)
THEN, NOW = Period(NOON - 40 * DAY, NOON - 20 * DAY), Period(NOON - 20 * DAY, NOON)


def seen(counts):
    """Reports as {(days ago, grid): how many}."""
    rows = [(NOON - ago * DAY, code) for (ago, code), many in counts.items() for _ in range(many)]
    return gpd.GeoDataFrame(
        {
            "captured_at": pd.to_datetime([at for at, _ in rows], utc=True),
            "category_name": "垃圾",
            "description": "x",
            "grid_code": pd.Series([code for _, code in rows], dtype=object),
            "rule": "covers",
        },
        geometry=gpd.GeoSeries([None] * len(rows), crs=4326),
    )


@pytest.fixture
def frames():
    """G0: 10 then, 40 now; G1: 12 then, none now; G2: 4 now only; outside: one then."""
    reports = seen({(30, "G0"): 10, (10, "G0"): 40, (30, "G1"): 12, (5, "G2"): 4, (30, None): 1})
    return HotspotFrames(tiny_grids(), reports, BaseMap(tiny_outlines()))


@pytest.fixture
def redrawn():
    """G4 is split into G4 and G9, G8 merged into G7; of six reports two lie in no grid."""
    old, new = tiny_grids(), tiny_grids()
    shapes = dict(zip(new["code"], new.geometry, strict=True))
    west, south, east, north = shapes["G4"].bounds
    half = box(west, south, (west + east) / 2, north)
    new = new[new["code"] != "G8"].set_index("code", drop=False)
    new.loc["G4", "geometry"] = half
    new.loc["G7", "geometry"] = shapes["G7"].union(shapes["G8"])
    new.loc[["G4", "G7"], "households"] = [250, 1700]
    extra = tiny_grids().iloc[[4]].assign(code="G9", name="网格9", households=250)
    extra = extra.set_geometry([shapes["G4"].difference(half)], crs=4326)
    pieces = [("keep", f"G{one}", f"G{one}", 1.0, 1.0) for one in (0, 1, 2, 3, 5, 6)]
    pieces += [("keep", "G4", "G4", 0.5, 1.0), ("split", "G4", "G9", 0.5, 1.0)]
    pieces += [("keep", "G7", "G7", 1.0, 0.47), ("merge", "G8", "G7", 1.0, 0.53)]
    return EditionFrames(
        old,
        pd.concat([new, extra], ignore_index=True),
        pd.DataFrame(pieces, columns=["kind", "from_code", "to_code", "share", "new_share"]),
        pd.DataFrame({"code": ["G4", "G0", "outside"], "reports": [3, 1, 2]}),
        pd.DataFrame({"code": ["G4", "G9", "G0", "outside"], "reports": [2, 1, 1, 2]}),
        BaseMap(tiny_outlines()),
    )


def test_counts_differences_and_ratios_of_each_grid(frames, about, read):
    sheet = read(compare(frames, about, then=THEN, now=NOW, lang="en"))

    table = sheet.tables["Every grid in a table"]
    assert table[1:4] == [
        ["网格0", "10", "40", "+30", "4", "yes"],
        ["网格1", "12", "0", "−12", "0", "yes"],
        ["网格2", "0", "4", "+4", "–", "–"],
    ]
    assert sheet.notes["Counted then"] == "22"
    assert sheet.notes["Counted now"] == "44"
    assert sheet.notes["Change"] == "+100.0%"
    assert "1 more and" not in sheet.notes["Shown"]
    assert sheet.notes["Shown"] == (
        "22 then and 44 now are counted in grids of this map; 1 and 0 more lie in none of them."
    )


def test_both_sides_have_one_legend_and_the_ramp_is_even_on_both_sides(frames, about, read):
    sheet = read(compare(frames, about, then=THEN, now=NOW, lang="en"))

    rows = sheet.tables["Reports in each grid"][1:]
    assert sum(int(row[1]) for row in rows) == sum(int(row[2]) for row in rows) == 9
    measures = {one["key"]: one for one in sheet.told["measures"]}
    assert list(measures) == ["swipe", "side", "difference", "ratio"]
    classes = {int(one) for one in measures["difference"]["colours"]}
    assert classes == {-one for one in classes}
    # Less is hatched, so that a grey copy still tells the sides apart.
    assert {int(one) for one in measures["difference"]["hatches"]} == {
        one for one in classes if one < 0
    }
    swipe = sheet.told["modules"]["swipe"]
    assert len(swipe["classes"]) == 9


def test_periods_of_unlike_length_are_shaded_per_thirty_days(frames, about, read):
    sheet = read(
        compare(frames, about, then=Period(NOON - 60 * DAY, NOON - 20 * DAY), now=NOW, lang="en")
    )

    assert "Reports in each grid per 30 days" in sheet.tables
    assert sheet.alerts == [
        "The periods are of unlike length (40 and 20 days): shading is per 30 days; "
        "changes and ratios bring then to the length of now."
    ]
    assert sheet.tables["Every grid in a table"][1][1:5] == ["10", "40", "+35", "8"]


def test_without_periods_the_last_thirty_days_stand_beside_the_thirty_before(frames, about, read):
    sheet = read(compare(frames, about, lang="en"))

    assert sheet.notes["Counted then"] == "0"
    assert sheet.notes["Counted now"] == "66"
    assert sheet.notes["Change"] == "–"
    assert sheet.alerts == ["No report is counted then, so there is no ratio."]


def test_nothing_at_all_and_periods_that_overlap_are_said(frames, about, read, opens_offline):
    nothing = replace(frames, reports=frames.reports.iloc[:0])
    page = compare(nothing, about, then=THEN, now=NOW, lang="en")
    assert read(page).alerts == ["No report of either period lies in a grid of this map."]
    opens_offline(page, "--wait-ms", "300")

    both = compare(frames, about, then=Period(NOON - 30 * DAY, NOON - 10 * DAY), now=NOW, lang="en")
    assert "The periods overlap" in read(both).alerts[0]

    empty = HotspotFrames(frames.grids.iloc[:0], frames.reports)
    assert read(compare(empty, about, lang="en")).alerts[0] == "This edition has no grids to show."


def test_what_became_of_the_grids_of_two_editions(redrawn, about, read, opens_offline):
    page = compare_editions(
        redrawn, about, names=("2025", "2026"), period=Period(NOON - 30 * DAY, NOON), lang="en"
    )

    sheet = read(page)
    assert [sheet.notes[key] for key in ("Kept", "Changed", "New", "Gone")] == ["6", "2", "1", "1"]
    assert sheet.tables["Grids that changed, the most households first"][1:] == [
        ["网格7", "changed", "800 → 1,700", "0 → 0"],
        ["网格8", "gone", "900 → –", "0 → –"],
        ["网格4", "changed", "500 → 250", "3 → 2"],
        ["网格9", "new", "– → 250", "– → 1"],
    ]
    assert "The same 6 (" in sheet.notes["Method"]
    assert "2 lie in no grid before, 2 after" in sheet.notes["Shown"]
    assert len(sheet.told["modules"]["swipe"]["shapes"]["shapes"]) == 9
    assert [one["key"] for one in sheet.told["overlays"]] == ["gone"]
    opens_offline(page, "--wait-ms", "300")


def test_editions_that_do_not_differ_say_so(redrawn, about, read):
    kept = [("keep", code, code, 1.0, 1.0) for code in redrawn.old["code"]]
    pieces = pd.DataFrame(kept, columns=redrawn.pieces.columns)
    same = replace(redrawn, new=redrawn.old, pieces=pieces, new_counts=redrawn.old_counts)

    page = compare_editions(
        same, about, names=("1", "2"), period=Period(NOON - DAY, NOON), lang="en"
    )

    assert read(page).alerts == ["The two editions do not differ."]


def test_the_divider_moves_by_keys_and_both_maps_move_together(frames, about, browser, tmp_path):
    tab = browser.new_page(viewport={"width": 1200, "height": 800})
    errors = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    page = compare(frames, about, then=THEN, now=NOW, lang="en")
    tab.goto(page.save(tmp_path / "page.html").as_uri())
    divider = tab.get_by_role("slider")

    assert divider.get_attribute("aria-valuenow") == "50"
    before = divider.bounding_box()["x"]
    for _ in range(5):
        divider.press("ArrowLeft")
    assert divider.get_attribute("aria-valuenow") == "40"
    assert divider.get_attribute("aria-valuetext").startswith("40 % from the left: Then 2026-03-22")
    assert divider.bounding_box()["x"] < before - 50
    divider.press("Home")
    assert divider.get_attribute("aria-valuenow") == "0"
    divider.press("PageUp")
    assert divider.get_attribute("aria-valuenow") == "10"

    tab.locator("input[value=side]").check(force=True)
    left, right = (tab.locator(one).bounding_box() for one in ("#then", "#map"))
    assert left["x"] + left["width"] == pytest.approx(right["x"], abs=1)
    assert not divider.is_visible()
    tab.evaluate("void map_sheet.setZoom(map_sheet.getZoom() + 1, { animate: false })")
    scales = tab.locator(".leaflet-control-scale-line").all_text_contents()
    assert len(scales) == 2
    assert len(set(scales)) == 1

    tab.locator("input[value=difference]").check(force=True)
    assert not tab.locator("#then").is_visible()
    assert tab.locator("#map").bounding_box()["width"] > right["width"]
    assert errors == []
    tab.close()


def test_hostile_names_run_nothing(frames, redrawn, about, browser, tmp_path):
    text = "</script><img src=x onerror=window.pwned=1>{{ 7 * 191 }}"
    attacked = replace(frames, grids=frames.grids.assign(name=text, parent_name=text))
    old, new = (one.assign(name=text) for one in (redrawn.old, redrawn.new))
    pages = [
        compare(attacked, about, then=THEN, now=NOW, category_name=text),
        compare_editions(
            replace(redrawn, old=old, new=new),
            about,
            names=(text, text),
            period=Period(NOON - DAY, NOON),
        ),
    ]
    tab = browser.new_page(viewport={"width": 1000, "height": 600})
    for number, page in enumerate(pages):
        assert "1337" not in page.html
        tab.goto(page.save(tmp_path / f"{number}.html").as_uri())
        tab.mouse.click(200, 150)
        assert tab.evaluate("window.pwned") is None
        assert tab.locator("img").count() == 0
    tab.close()
