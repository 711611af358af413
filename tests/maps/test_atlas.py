"""An atlas for the meeting: each grid stands once in its street's table, and on its map."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace

import pandas as pd
import pytest
from pypdf import PdfReader

from gridgis.errors import InvalidInputError
from gridgis_maps import AtlasFrames, BaseMap, atlas
from gridgis_maps.numbers.density import area_m2
from tests.conftest import PROVE
from tests.demos import demo_district
from tests.maps.conftest import tiny_grids, tiny_outlines
from tests.maps.papers import Sheets

HOSTILE = "</script><b>{{ 7*191 }}</b>"


def tiny_workers() -> pd.DataFrame:
    """Two work in G0, one in G8."""
    return pd.DataFrame(
        {"grid_code": ["G0", "G0", "G8"], "name": ["甲", "乙", HOSTILE], "phone": ["1", None, "3"]}
    )


@pytest.fixture
def tiny() -> AtlasFrames:
    return AtlasFrames(tiny_grids(), tiny_workers(), BaseMap(tiny_outlines()))


@pytest.fixture(scope="module")
def demo() -> AtlasFrames:
    """The demo's 579 grids in ten streets."""
    district = demo_district()
    names = district.areas.set_index("code")["name"]
    areas = district.areas.assign(parent_name=district.areas["parent_code"].map(names))
    bound = district.responders.loc[district.responders["role"] == "full-time"]
    return AtlasFrames(
        grids=areas[areas["level"] == "grid"].reset_index(drop=True),
        workers=bound.rename(columns={"area_code": "grid_code"}),
        base=BaseMap(
            outlines=areas[areas["level"] != "grid"].reset_index(drop=True),
            water=district.water,
            greens=district.greens,
            roads=district.roads.assign(kind=district.roads["class"]),
        ),
    )


def test_a_sheet_a_street_lists_its_grids(tiny, about):
    overview, north, south = Sheets(atlas(tiny, about)).sheets

    assert overview.title == "小城"
    assert overview.facts == {"网格": "9", "户数": "4,500", "面积（平方公里）": "9.0"}
    assert [row[:4] for table in overview.tables for row in table if row[0] != "图幅"] == [
        ["北街", "S0", "3", "600"],
        ["南街", "S1", "6", "3,900"],
    ]
    assert [row[-1] for table in overview.tables for row in table[1:]] == ["2", "3"]
    assert (north.title, north.subtitle, north.corner) == ("北街", "网格图册 · 小城", "S0")
    head, *rows = north.tables[0]
    assert head == ["编码", "网格", "社区", "户数", "网格员", "平方公里"]
    assert [row[:5] for row in rows] == [
        ["G0", "网格0", "北街", "100", "甲、乙"],
        ["G1", "网格1", "北街", "200", "–"],
        ["G2", "网格2", "北街", "300", "–"],
    ]
    assert rows[0][5] == f"{area_m2(tiny.grids.geometry)[0] / 1e6:.3f}"
    assert [row[0] for row in south.tables[0][1:]] == ["G3", "G4", "G5", "G6", "G7", "G8"]


def test_a_streets_map_shows_its_own_grids_with_their_codes(tiny, about):
    _, (overview, north, south) = Sheets(atlas(tiny, about)).handed

    own = next(coat for coat in north["coats"] if coat.get("style", {}).get("color") == "#4b5860")
    assert own["only"] == [0, 1, 2]
    assert {tuple(label[0]) for label in north["labels"] if label[3] == "code"} == {
        ("G0", "网格0"),
        ("G1", "网格1"),
        ("G2", "网格2"),
    }
    assert sum(label[3] == "code" for label in south["labels"]) == 6
    assert [label[0] for label in overview["labels"]] == [["北街"], ["南街"]]


def test_only_one_street_when_asked(tiny, about):
    sheets = Sheets(atlas(tiny, about, area="S1")).sheets

    assert [sheet.title for sheet in sheets] == ["南街"]
    with pytest.raises(InvalidInputError, match="'X' has no sheet of its own; there are S0, S1"):
        atlas(tiny, about, area="X")


def test_a_city_without_streets_gets_one_sheet_of_all(about):
    overview, sheet = Sheets(atlas(AtlasFrames(tiny_grids()), about)).sheets

    assert overview.title == sheet.title == "小城"
    assert len(sheet.tables[0]) == 10


def test_a_city_without_grids_says_so(about):
    (sheet,) = Sheets(atlas(AtlasFrames(tiny_grids().head(0)), about)).sheets

    assert sheet.figures == []
    assert sheet.texts == ["该版本没有可显示的网格。"]


def test_a_hostile_name_is_text(tiny, about):
    grids = tiny.grids.assign(name=HOSTILE, parent_name=HOSTILE)
    page = atlas(replace(tiny, grids=grids), replace(about, place=HOSTILE))

    assert "<b>{{" not in page.html
    assert "1337" not in page.html
    assert Sheets(page).sheets[1].tables[0][1][1] == HOSTILE


@pytest.mark.parametrize(("paper", "pages"), [("A4", 21), ("A3", 11)] if PROVE else [("A4", 21)])
def test_the_demos_atlas_lists_579_grids_once(demo, about, paper, pages):
    page = atlas(demo, replace(about, paper=paper))
    assert len(page.html.encode()) <= 3_000_000

    sheets = Sheets(page).sheets
    assert len(sheets) == pages
    rows = [row for sheet in sheets for table in sheet.tables for row in table if len(row[0]) == 15]
    assert Counter(row[0] for row in rows) == Counter(demo.grids["code"])
    for sheet in sheets[1:]:
        for table in sheet.tables:
            assert all(row[0].startswith(sheet.corner) for row in table[1:])
    households = dict(zip(demo.grids["code"], demo.grids["households"], strict=True))
    assert all(int(row[3]) == households[row[0]] for row in rows)


@pytest.mark.skipif(not PROVE, reason="the whole district on paper: script/prove does it")
def test_the_printed_atlas_has_a_page_a_sheet_and_every_code_as_text(
    demo, about, browser, tmp_path
):
    page = atlas(demo, replace(about, paper="A3"))
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    tab.goto(page.save(tmp_path / "atlas.html").as_uri())
    cut = tab.evaluate(
        "[...document.querySelectorAll('.body')].filter(one => one.scrollHeight > one.clientHeight"
        " + 1 || one.scrollWidth > one.clientWidth + 1).length"
    )
    assert cut == 0, "nothing is cut off at a paper's edge"
    left = tab.evaluate("document.querySelectorAll('.left:not([hidden])').length")
    assert left <= 3
    printed = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True)))
    assert len(printed.pages) == 11
    text = "".join(one.extract_text() for one in printed.pages)
    assert [code for code in demo.grids["code"] if code not in text] == []
    tab.close()


def test_labels_on_paper_do_not_touch(demo, about, browser, tmp_path):
    tab = browser.new_page(viewport={"width": 1400, "height": 900})
    code = "990103005"
    tab.goto(atlas(demo, about, area=code).save(tmp_path / "street.html").as_uri())
    boxes = tab.evaluate(
        "[...document.querySelectorAll('.label.code')].map(one => {"
        " const box = one.getBoundingClientRect();"
        " return [box.left, box.top, box.right, box.bottom] })"
    )
    tab.close()

    assert len(boxes) >= (demo.grids["code"].str.startswith(code)).sum() - 1
    for at, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[at + 1 :]:
            apart = right <= other[0] or left >= other[2] or bottom <= other[1] or top >= other[3]
            assert apart


def test_an_atlas_opens_without_a_network(tiny, about, opens_offline):
    assert "opens offline" in opens_offline(atlas(tiny, about))
