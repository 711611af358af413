"""A sheet of paper is the same on the screen as from the printer, and its text stays text."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from unicodedata import normalize
from zoneinfo import ZoneInfo

import numpy as np
import pyproj
import pytest
from pypdf import PdfReader

from gridgis.errors import InvalidInputError
from gridgis_maps import About
from gridgis_maps.drawing import rows, views
from gridgis_maps.drawing.document import (
    Beside,
    Binding,
    BlanksBlock,
    CodeBlock,
    FactsBlock,
    Paper,
    TableBlock,
    TextBlock,
    document,
    inside_mm,
)
from gridgis_maps.drawing.figures import Coat, Figure, Key, Label, Mark
from gridgis_maps.drawing.library import library_of
from gridgis_maps.drawing.sheet import Row, Table
from gridgis_maps.frames.base import BaseMap
from tests.maps.conftest import NOON, spot, tiny_grids, tiny_outlines
from tests.maps.papers import Sheets

HOSTILE = "</script><b>{{ 7*191 }}</b>"
BOX = tuple(tiny_grids().total_bounds)


def figure(width_mm=120.0, height_mm=110.0, **parts) -> Figure:
    centre = spot(0.5, 0.5)
    return Figure(
        name="甲图",
        width_mm=width_mm,
        height_mm=height_mm,
        view=views.view_of(BOX, width_mm, height_mm),
        coats=(Coat("grids", style={"color": "#333", "fillColor": "#eee"}), Coat("outlines")),
        labels=(Label(("G0", "网格"), centre.x, centre.y),),
        marks=(Mark(centre.x, centre.y + 0.003, {"radius": 4, "color": "#a00"}),),
        keys=(Key("网格", "area", "#eeeeee", "#333333"),),
        **parts,
    )


def papers() -> list[Paper]:
    table = Table("表", ("编码", "户数"), tuple(Row((f"G{n}", str(100 * n))) for n in range(9)))
    square = ((True, False), (False, True))
    return [
        Paper(
            title="横向",
            subtitle="说明",
            corner="990103",
            landscape=True,
            blocks=(Beside(((figure(),), (TableBlock(table, (60, 40), "lr"),)), (0, 90)),),
        ),
        Paper(
            title="竖向",
            size="A3",
            look="form",
            blocks=(
                TextBlock(("一段话", HOSTILE), heading="标题"),
                FactsBlock((("地址", HOSTILE),)),
                figure(200, 150),
                CodeBlock(square, 30, "扫码"),
                BlanksBlock(("签字", "盖章")),
            ),
        ),
    ]


@pytest.fixture(scope="module")
def page():
    about = About("小城", "base 1", NOON, NOON, ZoneInfo("Asia/Shanghai"))
    library = library_of(tiny_grids(), BaseMap(tiny_outlines()), 5000)
    marked = replace(about, classification="内部使用", approval="云S(2026)001号", source="网格中心")
    return document(papers(), marked, Binding("文档", "zh", library))


def test_each_sheet_says_what_it_is_where_from_and_which_of_how_many(page):
    first, second = Sheets(page).sheets

    assert page.title == "文档 · 小城"
    assert (first.title, first.subtitle, first.corner) == ("横向", "说明", "990103")
    assert (first.style, second.style) == ("paper a4-landscape", "paper a3-portrait form")
    assert first.classification == second.classification == "内部使用"
    assert first.foot == [
        "小城",
        "版本：base 1",
        "数据截至 2026-05-01 12:00",
        "制作于 2026-05-01 12:00 (UTC+08:00, Asia/Shanghai)",
        "来源：网格中心",
        "审图号：云S(2026)001号",
        "第 1 页 共 2 页",
    ]
    assert second.foot[-1] == "第 2 页 共 2 页"


def test_blocks_stand_on_their_sheet(page):
    first, second = Sheets(page).sheets

    assert first.captions == ["表"]
    assert first.tables[0][:2] == [["编码", "户数"], ["G0", "0"]]
    assert len(first.tables[0]) == 10
    assert first.keys == ["网格"]
    assert first.figures == ["甲图, 1 : 35,000"]
    assert second.facts == {"地址": HOSTILE}
    assert second.texts == ["标题", "一段话", HOSTILE, "扫码"]
    assert second.codes == ["M0 0h1v1h-1zM1 1h1v1h-1z"]
    assert second.blanks == ["签字", "盖章"]


def test_shapes_of_several_figures_stand_in_the_page_once(page):
    library, drawings = Sheets(page).handed

    assert len(drawings) == 2
    assert set(library) == {"grids", "outlines"}
    assert [at for _, at, _, _ in library["grids"]["shapes"]] == list(range(9))


def test_the_same_papers_give_the_same_page(about):
    library = library_of(tiny_grids(), BaseMap(tiny_outlines()), 5000)

    made = [document(papers(), about, Binding("文档", "zh", library)).html for _ in range(2)]

    assert made[0] == made[1]
    assert "1337" not in made[0]


def test_a_document_opens_without_a_network(page, opens_offline):
    assert "opens offline" in opens_offline(page)


@pytest.fixture(scope="module")
def tab(page, browser, tmp_path_factory):
    file = page.save(tmp_path_factory.mktemp("document") / "document.html")
    opened = browser.new_page(viewport={"width": 1400, "height": 900})
    opened.goto(file.as_uri())
    yield opened
    opened.close()


def test_the_printer_gets_a_page_a_sheet_of_its_size_with_text(tab):
    printed = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True)))

    sizes_mm = [[float(side) / 72 * 25.4 for side in one.mediabox[2:]] for one in printed.pages]
    assert np.allclose(sizes_mm, [(297, 210), (297, 420)], atol=0.4)
    # The font's own table says some Chinese signs by their radicals.
    first, second = (normalize("NFKC", one.extract_text()) for one in printed.pages)
    assert all(f"G{number}" in first for number in range(9))
    assert "网格" in first
    assert "签字" in second


def test_maps_are_vectors_with_labels_inside_and_a_bar_of_the_right_length(tab):
    assert tab.locator(".leaflet-pane path").count() == 2 * (9 + 3 + 1)
    assert tab.locator("canvas, img").count() == 0
    assert tab.locator(".label .first").all_text_contents() == ["G0", "G0"]
    # 40 mm at 1:25,000 and 40,000 are 1 km and 1.6 km.
    for at, one in enumerate((figure(), figure(200, 150))):
        bar_mm, said = one.bar("zh")
        width = tab.locator(".scale i").nth(at).evaluate("bar => bar.getBoundingClientRect().width")
        assert width == pytest.approx(bar_mm * views.PX_PER_MM, abs=0.1)
        assert said == "1 公里"
        assert bar_mm == pytest.approx(1_000_000 / one.view.denominator)


def test_a_scale_is_true_on_the_map(tab):
    """The drawn side of a grid, in mm times the denominator, is its length on the ellipsoid."""
    across = tab.evaluate("document.querySelector('.frame path').getBoundingClientRect().width")
    south = pyproj.Geod(ellps="WGS84").line_length([BOX[0], BOX[2]], [36.065] * 2) / 3

    drawn_m = across / views.PX_PER_MM * figure().view.denominator / 1000
    assert drawn_m == pytest.approx(south, rel=0.005)


def test_a_hostile_text_is_shown_and_nothing_more(tab):
    assert tab.get_by_text(HOSTILE).count() == 2
    assert tab.locator("b", has_text="1337").count() == 0


def test_a_phone_reads_it_without_zooming(page, browser, tmp_path):
    file = page.save(tmp_path / "document.html")
    phone = browser.new_page(viewport={"width": 390, "height": 800})
    phone.goto(file.as_uri())

    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    small = phone.evaluate(
        "[...document.querySelectorAll('td, dd, .text p')]"
        ".filter(one => parseFloat(getComputedStyle(one).fontSize) < 11).length"
    )
    assert small == 0
    phone.close()


@pytest.mark.parametrize(("width_mm", "height_mm"), [(100, 100), (250, 90), (60, 200)])
def test_a_view_shows_all_of_its_box_at_the_largest_round_scale(width_mm, height_mm):
    view = views.view_of(BOX, width_mm, height_mm, 5)
    across_m, up_m = (
        pyproj.Geod(ellps="WGS84").line_length(*line)
        for line in (((BOX[0], BOX[2]), (view.lat,) * 2), ((BOX[0],) * 2, (BOX[1], BOX[3])))
    )

    assert view.ground_m(width_mm - 10) >= across_m * 0.998
    assert view.ground_m(height_mm - 10) >= up_m * 0.998
    tighter = views.rounded_up(view.denominator * 0.75)
    room = [(width_mm - 10) * tighter / 1000, (height_mm - 10) * tighter / 1000]
    assert tighter == view.denominator or room[0] < across_m * 1.003 or room[1] < up_m * 1.003


def test_a_table_is_cut_where_the_paper_ends():
    many = [Row((f"{number:015d}", "网格" * (number % 4 + 1))) for number in range(100)]

    portions = rows.sheets_of(many, ("编码", "名称"), (30, 18), (100, 60))

    assert [row for some in portions for row in some] == many
    for some, room_mm in zip(portions, [100] + [60] * 9, strict=False):
        assert sum(rows.row_mm(row.cells, (30, 18)) for row in some) <= room_mm


def test_a_paper_that_nobody_has_is_refused():
    with pytest.raises(InvalidInputError, match="'B5' is not printed here; use one of A4, A3"):
        Paper("x", (), size="B5")


def test_what_lies_inside_a_paper_is_what_its_style_leaves(tab):
    for at, paper in enumerate(papers()):
        box = tab.locator(".body").nth(at).bounding_box()
        inside = inside_mm(paper.size, landscape=paper.landscape)
        assert (box["width"], box["height"]) == pytest.approx(
            [side * views.PX_PER_MM for side in inside], abs=0.6
        )


def test_the_policy_names_every_script(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page.html)[1]

    assert policy.count("sha256-") == page.html.count("<script>") == 4
    assert "default-src &#39;none&#39;" in policy
