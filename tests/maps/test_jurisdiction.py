"""Two streets disagree who must go: one sheet says which grid answers, why, and how surely."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import Point, box

from gridgis_maps import BaseMap, Judged, JurisdictionFrames, jurisdiction
from gridgis_maps.frames.papers import (
    HISTORY_COLUMNS,
    PATH_COLUMNS,
    RUNNER_UP_COLUMNS,
    UNIT_COLUMNS,
)
from gridgis_maps.numbers.jurisdiction import circle, to_boundary
from tests.maps.conftest import NOON, spot, tiny_grids, tiny_outlines
from tests.maps.papers import Sheets

HOSTILE = "</script><b>{{ 7*191 }}</b>"
WGS84 = pyproj.Geod(ellps="WGS84")


def near_g5() -> JurisdictionFrames:
    """A report in G4, some 9 m west of G5, known to 15 m; before it was located nobody answered."""
    where = spot(1.99, 1.5)
    judged = Judged(
        number="A-1025",
        captured_at=NOON,
        received_at=NOON + timedelta(minutes=3),
        category="燃气异味",
        description=HOSTILE,
        address="网格4建兰路12号",
        lon=where.x,
        lat=where.y,
        accuracy_m=15.0,
        layer="基础网格",
        edition="2026年版",
        rule="covers",
        grid_code="G4",
        boundary_distance_m=9.01,
        made_at=NOON + timedelta(minutes=50),
    )
    history = [
        (NOON, "2026年版", None, "no_location", None, None),
        (NOON + timedelta(minutes=50), "2026年版", "网格4", "covers", 9.01, "陈杰"),
    ]
    return JurisdictionFrames(
        judged=judged,
        grids=tiny_grids(),
        path=pd.DataFrame(
            [("区", "D", "小城"), ("街道", "S1", "南街"), ("网格", "G4", "网格4")],
            columns=list(PATH_COLUMNS),
        ),
        runners_up=pd.DataFrame([("G5", "网格5", 9.01)], columns=list(RUNNER_UP_COLUMNS)),
        units=pd.DataFrame([("燃气公司", "主办", "1001")], columns=list(UNIT_COLUMNS)),
        history=pd.DataFrame(history, columns=list(HISTORY_COLUMNS)),
        base=BaseMap(tiny_outlines()),
    )


def without_grid(rule: str, **judged: object) -> JurisdictionFrames:
    """The same report, for which no grid answers."""
    frames = near_g5()
    return replace(
        frames,
        judged=replace(frames.judged, rule=rule, grid_code=None, **judged),
        path=frames.path.head(0),
        runners_up=frames.runners_up.head(0),
        units=frames.units.head(0),
        history=frames.history.head(1),
    )


def test_the_sheet_says_which_grid_and_why(about):
    (sheet,) = Sheets(jurisdiction(near_g5(), about)).sheets

    assert (sheet.title, sheet.corner) == ("属地认定单", "A-1025")
    assert sheet.style == "paper a4-portrait form"
    assert sheet.texts[:2] == [
        "上报位置在网格4界线以内。依事发时有效的“2026年版”，认定由网格4管辖。",
        "距网格界线 9.0 米，小于定位精度 15 米，实际位置也可能在：网格5 (G5, 9.0 米)。",
    ]
    assert sheet.facts["层级"] == "小城 › 南街 › 网格4"
    assert sheet.facts["距网格边界"] == "9.0 米"
    assert sheet.facts["次选网格"] == "网格5 (G5, 9.0 米)"
    assert sheet.facts["责任单位"] == "主办 燃气公司 1001"
    assert sheet.facts["发生时间"] == "2026-05-01 12:00"
    assert sheet.facts["内容"] == HOSTILE
    assert sheet.tables[0][1:] == [
        ["2026-05-01 12:00", "2026年版", "–", "–", "位置待补", "系统自动"],
        ["2026-05-01 12:50", "2026年版", "网格4", "9.0 米", "位于网格内", "陈杰"],
    ]
    assert sheet.blanks == ["认定人", "复核人", "单位（盖章）", "日期"]


def test_two_maps_show_the_grid_and_the_boundary_close_by(about):
    read = Sheets(jurisdiction(near_g5(), about))
    far, near = read.handed[1]

    assert near["view"][2] > far["view"][2] + 1
    assert set(read.handed[0]) == {"grids", "outlines", "way", "sure"}
    assert [coat["shapes"] for coat in far["coats"]][-2:] == ["sure", "way"]
    assert ["9.0 米"] in [label[0] for label in near["labels"]]
    assert any("定位精度 15 米" in key for key in read.sheets[0].keys)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_outside_and_without_a_location_it_says_so(about, lang, opens_offline):
    outside = jurisdiction(
        without_grid("outside", lon=spot(4, 1).x, boundary_distance_m=901.0), about, lang=lang
    )
    nowhere = jurisdiction(
        without_grid("no_location", lon=None, lat=None, accuracy_m=None, boundary_distance_m=None),
        about,
        lang=lang,
    )

    (seen,), (unseen,) = Sheets(outside).sheets, Sheets(nowhere).sheets
    assert "901.0" in seen.texts[0]
    assert len(seen.figures) == 1
    assert unseen.figures == []
    assert len(unseen.texts) == 3, "the verdict and two headings"
    assert "opens offline" in opens_offline(nowhere, "--no-map")


@pytest.mark.parametrize(
    ("accuracy_m", "said"),
    [(5.0, "位置误差不改变认定"), (None, "定位精度未知"), (15.0, "实际位置也可能在")],
)
def test_how_sure_it_is_depends_on_the_accuracy(about, accuracy_m, said):
    frames = near_g5()
    judged = replace(frames.judged, accuracy_m=accuracy_m)

    (sheet,) = Sheets(jurisdiction(replace(frames, judged=judged), about)).sheets

    assert said in sheet.texts[1]


def test_many_decisions_and_long_texts_still_fit(about, browser, tmp_path):
    frames = near_g5()
    judged = replace(frames.judged, description="楼道煤气味很重。" * 900, address="建兰路" * 300)
    history = pd.concat([frames.history] * 9, ignore_index=True)
    page = jurisdiction(replace(frames, judged=judged, history=history), about)

    assert "更早的 12 次认定未列出。" in Sheets(page).sheets[0].texts
    tab = browser.new_page()
    tab.goto(page.save(tmp_path / "form.html").as_uri())
    over = tab.evaluate(
        "(body => body.scrollHeight - body.clientHeight)(document.querySelector('.body'))"
    )
    assert over <= 1
    assert tab.locator(".labels").count() == 2
    tab.close()


def test_a_sheet_opens_without_a_network(about, opens_offline):
    assert "opens offline" in opens_offline(jurisdiction(near_g5(), about))


@given(
    lon=st.floats(-179, 179), lat=st.floats(-80, 80), x=st.floats(-1.5, 1.5), y=st.floats(-1.5, 1.5)
)
def test_the_way_to_the_boundary_is_the_shortest_on_the_ellipsoid(lon, lat, x, y):
    """No point of a boundary of 2 by 2 km, tried each 20 m, is nearer than the way is long."""
    half = 0.009
    area = box(lon - half, lat - half, lon + half, lat + half).segmentize(half / 50)
    point = Point(lon + x * half, lat + y * half)

    way_m = WGS84.geometry_length(to_boundary(point.x, point.y, area))

    apart = [WGS84.inv(point.x, point.y, *corner)[2] for corner in area.exterior.coords]
    assert way_m <= min(apart) + 0.01
    assert way_m >= min(apart) - 25


@given(radius_m=st.floats(0.5, 5000), lat=st.floats(-80, 80))
def test_a_circle_has_its_radius_all_around(radius_m, lat):
    ring = circle(104.0, lat, radius_m).exterior
    apart = [WGS84.inv(104.0, lat, *corner)[2] for corner in ring.coords]

    assert min(apart) == pytest.approx(radius_m, rel=1e-4)
    assert max(apart) == pytest.approx(radius_m, rel=1e-4)
