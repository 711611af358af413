"""A resident stands before the notice: which grid is this, who is my worker, whom do I call?"""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import pandas as pd
import pytest
import segno

from gridgis.errors import InvalidInputError
from gridgis_maps import BaseMap, SignFrames, sign
from gridgis_maps.drawing.qr import MOST_BYTES
from tests.maps.conftest import spot, tiny_grids, tiny_outlines
from tests.maps.papers import Sheets

HOSTILE = "</script>{{ 7*191 }}"
LINK = "https://grid.example.org/g/G4"


def tiny_boards() -> pd.DataFrame:
    """G4 with a link, G0 without anything."""
    return pd.DataFrame(
        {
            "code": ["G4", "G0"],
            "boundary": ["东至一路中心线，南至二路中心线。", None],
            "link": [LINK, None],
            "phone": ["0931-1", None],
        }
    )


@pytest.fixture
def tiny() -> SignFrames:
    workers = pd.DataFrame(
        {
            "grid_code": ["G4", "G4", "G0"],
            "name": ["张三", "李四", HOSTILE],
            "phone": ["138", None, "139"],
            "role": ["full-time", "part-time", None],
        }
    )
    landmarks = gpd.GeoDataFrame(
        {"name": ["一小", "远处"], "kind": "school"},
        geometry=[spot(1.5, 1.5), spot(9, 9)],
        crs=4326,
    )
    return SignFrames(tiny_grids(), tiny_boards(), workers, landmarks, BaseMap(tiny_outlines()))


def path_of(text: str) -> str:
    """The dark squares of segno's own matrix, as the page draws them."""
    matrix = segno.make(text, error="m", boost_error=False, micro=False).matrix
    return "".join(
        f"M{column} {row}h1v1h-1z"
        for row, squares in enumerate(matrix)
        for column, dark in enumerate(squares)
        if dark
    )


def test_a_notice_says_who_and_where(tiny, about):
    first, second = Sheets(sign(tiny, about, hotline="12345")).sheets

    assert first.style == "paper a4-portrait notice"
    assert (first.title, first.subtitle, first.corner) == ("网格4", "小城 · 南街", "网格公示牌")
    assert first.facts == {
        "专职网格员 电话 138": "张三",
        "兼职网格员": "李四",
        "值班电话": "0931-1",
        "服务热线": "12345",
        "网格编码": "G4",
        "户数": "500",
        "四至范围": "东至一路中心线，南至二路中心线。",
    }
    assert first.figures[0].startswith("网格4范围图")
    assert second.facts["网格员 电话 139"] == HOSTILE
    assert second.facts["四至范围"] == "以图示界线为准"


def test_the_code_opens_the_link_or_holds_the_contacts(tiny, about):
    first, second = Sheets(sign(tiny, about)).sheets

    assert first.codes == [path_of(LINK)]
    assert second.codes == [path_of(f"网格0 G0\n网格员 电话 139 {HOSTILE}\n服务热线 12345")]
    assert (first.texts[-1], second.texts[-1]) == ("扫码查询网格与网格员", "扫码保存联系方式")


def test_the_map_shows_the_grid_and_what_people_go_by(tiny, about):
    first, _ = Sheets(sign(tiny, about)).handed[1]

    edge = next(coat for coat in first["coats"] if coat.get("style", {}).get("weight") == 4)
    assert edge["only"] == [4]
    named = [label[0] for label in first["labels"]]
    assert ["一小"] in named
    assert ["远处"] not in named
    assert ["网格1"] in named
    assert len(first["marks"]) == 1


def test_a_grid_without_workers_says_so_and_one_without_ground_has_no_map(tiny, about):
    grids = tiny.grids.copy()
    grids.loc[grids["code"] == "G4", "geometry"] = None
    frames = replace(tiny, grids=grids, workers=tiny.workers.head(0), boards=tiny_boards().head(1))

    (sheet,) = Sheets(sign(frames, about)).sheets

    assert sheet.figures == []
    assert sheet.facts["网格员"] == "暂缺"


@pytest.mark.parametrize("paper", ["A4", "A3"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_cut_off(tiny, about, browser, tmp_path, paper, lang):
    long = tiny_boards().assign(
        boundary="东至与北滩街道和庄社区第03网格的分界线、永塘巷中心线，" * 4
    )
    page = sign(replace(tiny, boards=long), replace(about, paper=paper), lang=lang)

    tab = browser.new_page()
    tab.goto(page.save(tmp_path / "sign.html").as_uri())
    over = tab.evaluate(
        "[...document.querySelectorAll('.body')].map(one => one.scrollHeight - one.clientHeight)"
    )
    assert max(over) <= 1
    assert tab.evaluate("window.pwned") is None
    tab.close()


def test_no_board_is_said_in_words(tiny, about):
    (sheet,) = Sheets(sign(replace(tiny, boards=tiny_boards().head(0)), about)).sheets

    assert sheet.figures == []
    assert sheet.texts == ["该版本没有可显示的网格。"]


def test_a_notice_of_no_grid_and_a_link_that_no_code_holds_are_refused(tiny, about):
    with pytest.raises(InvalidInputError, match="boards: 'X' is no grid of this edition"):
        replace(tiny, boards=tiny_boards().assign(code="X"))
    with pytest.raises(InvalidInputError, match=f"1 to {MOST_BYTES} fit on paper"):
        sign(replace(tiny, boards=tiny_boards().assign(link="x" * (MOST_BYTES + 1))), about)


def test_a_notice_opens_without_a_network(tiny, about, opens_offline):
    page = sign(tiny, about)

    assert "opens offline" in opens_offline(page)
    assert not re.search(r"<(img|link|iframe)", page.html)
