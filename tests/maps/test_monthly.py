"""The monthly report: what the frames say, on sheets of paper and in a text document alike."""

from __future__ import annotations

import io
from dataclasses import replace
from unicodedata import normalize

import docx
import numpy as np
import pandas as pd
import pytest
from docx.oxml.ns import qn
from PIL import Image, ImageColor
from pypdf import PdfReader

from gridgis.errors import InvalidInputError
from gridgis_maps import monthly, monthly_docx
from tests.conftest import PROVE
from tests.maps.conftest import tiny_grids
from tests.maps.months import empty_month, row, table, tiny_month, warned
from tests.maps.papers import Sheets
from tests.maps.test_hostile import ATTACKS, PWNED

TITLES = ("网格治理月报", "分类与分区", "力量覆盖", "热点判定", "网格工作量")
TITLES += ("时效、满意度与节律", "预警、口径与方法")


@pytest.fixture(scope="module")
def month():
    return tiny_month(warnings=warned())


@pytest.fixture
def page(month, about):
    return monthly(month, replace(about, classification="内部使用"))


@pytest.fixture
def written(month, about):
    made = monthly_docx(month, replace(about, classification="内部使用"))
    return docx.Document(io.BytesIO(made))


def tables_of(page) -> dict[str, list[list[str]]]:
    """The tables of all sheets by caption, the pieces of one that goes on put together."""
    found: dict[str, list[list[str]]] = {}
    for sheet in Sheets(page).sheets:
        for caption, rows in zip(sheet.captions, sheet.tables, strict=True):
            if caption in found:
                assert found[caption][0] == rows[0], "a table that goes on has its head again"
                found[caption] += rows[1:]
            else:
                found[caption] = list(rows)
    return found


def tables_in(document) -> dict[str, list[list[str]]]:
    """The tables of a text document by the caption before them; swatches have no text."""
    found, caption = {}, ""
    for part in document.element.body:
        if part.tag == qn("w:p"):
            caption = "".join(one.text or "" for one in part.iter(qn("w:t"))) or caption
        elif part.tag == qn("w:tbl"):
            rows = docx.table.Table(part, document)
            cells = [[cell.text for cell in one.cells] for one in rows.rows]
            if all(one[0] == "" for one in cells) and len(cells[0]) < 20:
                cells = [one[1:] for one in cells]
            found[caption] = cells
    return found


def test_the_report_has_its_chapters_and_says_what_it_is(page):
    sheets = Sheets(page).sheets
    assert tuple(dict.fromkeys(one.title for one in sheets)) == TITLES
    first = sheets[0]
    assert first.subtitle == "小城 · 2026 年 4 月"
    assert first.classification == "内部使用"
    assert first.facts["区域"] == "小城"
    assert first.facts["月份"] == "2026 年 4 月"
    assert first.facts["网格版本"] == "base 1"
    assert first.facts["数据截至"] == "2026-05-01 12:00 (UTC+08:00, Asia/Shanghai)"
    assert all("数据截至 2026-05-01 12:00" in one.foot for one in sheets)


def test_the_figures_are_those_of_the_frames(page):
    found = tables_of(page)
    main = {cells[0]: cells[1:] for cells in found["主要指标"]}
    assert main["上报数"][:5] == ["900", "", "610", "+52.5%", "超出偶然"]
    assert main["按时结案率"][:5] == ["90.0%", "90", "88.0%", "+2.0 pp", "可能偶然"]
    # Three of four: told, marked, and judged by nobody, for there is no share of March.
    assert main["满意率"][:5] == ["75.0%*", "4", "–", "–", "无法判断"]
    assert main["挂账数"][:2] == ["2", ""]
    assert [cells[:4] for cells in found["按类别"][1:]] == [
        ["垃圾", "600", "400", "+55.0%"],
        ["燃气", "300", "210", "+47.6%"],
    ]
    assert found["按类别"][1][4] == "100.0%*"
    assert [cells[:2] for cells in found["按街道"][1:]] == [["南街", "597"], ["北街", "303"]]
    assert found["上报最多的网格"][1] == ["网格8", "108", "68", "0"]
    stages = {cells[0]: cells[1:] for cells in found["各环节时长"]}
    assert stages["受理到结案（全程）"] == ["90", "25 小时", "2.78 天", "–"]
    assert found["本月预警"][1] == [
        "网格4",
        "垃圾",
        "04-28 – 04-30",
        "9",
        "1.5",
        "120 天一遇",
        "待处理",
    ]


def test_three_sentences_and_no_more_than_chance_allows(page):
    first = Sheets(page).sheets[0]
    assert first.texts[0] == "本月变化"
    said, how = first.texts[1:4], first.texts[4]
    assert said[0] == "上报 900 件，日均 30 件，比上月（610 件，日均 19.7 件）上升 52.5%。"
    assert "“垃圾”" in said[1]
    # Of nine grids that all have more, the clearest is no clearer than chance among nine makes it.
    assert said[2] == (
        "其余与上月的差别不能排除偶然：按时结案率 90.0%（上月 88.0%），"
        "超期在办数 7（上月 6），挂账数 2（上月 0）。"
    )
    assert how.startswith("检验了 8 项")


def test_the_rhythm_counts_each_report_once(page, month):
    heat = tables_of(page)["上报节律（星期 × 小时，件数）"]
    counts = [int(cell) for cells in heat[1:] for cell in cells[1:] if cell]
    april = month.reports["captured_at"].between(month.month.since, month.month.before, "left")
    own = month.reports["grid_code"].isin(month.own)
    assert sum(counts) == int((april & own).sum()) == 3
    assert len(heat) == 8
    assert {len(cells) for cells in heat} == {25}


def test_maps_are_of_the_classes_that_their_legends_count(page):
    _, drawings = Sheets(page).handed
    sheets = Sheets(page).sheets
    assert len(drawings) == 3
    for drawing, title in zip(drawings, TITLES[2:5], strict=True):
        filled = next(coat for coat in drawing["coats"] if coat.get("styles"))
        assert len(filled["styles"]) == 9
        legend = next(one for one in sheets if one.title == title).tables[0]
        assert sum(int(cells[1]) for cells in legend[1:]) == 9


def test_a_street_is_told_of_by_itself_amid_its_neighbours(about):
    grids = tiny_grids()
    own = grids.loc[grids["parent_code"] == "S0", "code"].tolist()
    whole = tiny_month()
    north = replace(
        whole,
        own=own,
        by_grid=whole.by_grid.loc[own],
        by_part=table(row("G0", "网格0", received=3), row("G1", "网格1"), row("G2", "网格2")),
        part_name="网格",
        coverage=replace(whole.coverage, grids=grids[grids["code"].isin(own)]),
    )
    page = monthly(north, replace(about, place="北街"))
    assert Sheets(page).sheets[0].facts["网格"] == "3"
    _, drawings = Sheets(page).handed
    for drawing in drawings:
        filled = next(coat for coat in drawing["coats"] if coat.get("styles"))
        assert sorted(map(int, filled["styles"])) == [0, 1, 2]
        veil = [
            coat for coat in drawing["coats"] if coat.get("style", {}).get("fillOpacity") == 0.6
        ]
        assert veil[0]["only"] == [3, 4, 5]


def test_the_text_document_says_the_same_numbers(page, written):
    html, word = tables_of(page), tables_in(written)
    assert set(html) - {"本月变化"} <= set(word)
    for caption, rows in html.items():
        assert word[caption] == rows, caption
    said = [one.text for one in written.paragraphs]
    first = Sheets(page).sheets[0]
    assert [one for one in first.texts if one not in said] == []


def test_the_text_document_is_one_that_people_go_on_writing_in(written):
    heads = [one.text for one in written.paragraphs if one.style.name == "Heading 1"]
    assert heads == ["概要", *TITLES[1:]]
    repeated = [one for one in written.tables if one._tbl.findall(f".//{qn('w:tblHeader')}")]
    assert len(repeated) >= 10
    fonts = written.styles["Normal"].element.rPr.rFonts
    assert fonts.get(qn("w:eastAsia")) == "宋体"
    footer = written.sections[0].footer._element
    assert [one.text for one in footer.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert written.core_properties.author == ""
    assert (written.sections[0].page_width.mm, written.sections[0].page_height.mm) == (
        pytest.approx(210, abs=0.1),
        pytest.approx(297, abs=0.1),
    )


def test_its_pictures_are_maps_with_a_text_instead(written, page):
    pictures = written.element.body.findall(f".//{qn('wp:docPr')}")
    assert [one.get("descr").split(" · ")[0] for one in pictures] == [
        *("力量覆盖图", "热点判定图", "网格工作量图")
    ]
    assert all("1 : " in one.get("descr") for one in pictures)
    images = [
        Image.open(io.BytesIO(part.blob))
        for part in written.part.package.iter_parts()
        if part.content_type == "image/png"
    ]
    _, drawings = Sheets(page).handed
    for image, drawing in zip(images, drawings, strict=True):
        assert min(image.size) > 400
        seen = [colour for _, colour in image.convert("RGB").getcolors(100_000)]
        # Each class of the page's map is on the picture, in its colour.
        filled = next(coat for coat in drawing["coats"] if coat.get("styles"))
        for wanted in {style["fillColor"] for style in filled["styles"].values()}:
            rgb = ImageColor.getrgb(wanted)
            assert min(max(map(abs, np.subtract(one, rgb).tolist())) for one in seen) < 6, wanted


def test_the_same_frames_give_the_same_report(month, about):
    assert monthly(month, about).html == monthly(month, about).html
    assert monthly_docx(month, about) == monthly_docx(month, about)


def test_a_month_without_any_report_is_told_in_words(about):
    page = monthly(empty_month(), about)
    first = Sheets(page).sheets[0]
    assert first.texts[1] == ("2026 年 4 月没有收到上报。月末在办 2 件，其中超期 1 件，挂账 0 件。")
    assert first.texts[2] == "上月和去年同月都没有上报记录，无从比较。"
    texts = [text for sheet in Sheets(page).sheets for text in sheet.texts]
    assert "本月没有可用于节律的上报。" in texts
    assert "本月没有预警。" in texts
    assert docx.Document(io.BytesIO(monthly_docx(empty_month(), about))).tables


def test_without_any_grid_there_is_no_map_and_a_sentence(about):
    made = tiny_month()
    none = made.grids.head(0)
    bare = replace(
        made,
        grids=none,
        own=[],
        by_grid=made.by_grid.head(0),
        coverage=replace(made.coverage, grids=none),
    )
    page = monthly(bare, about)
    assert Sheets(page).handed[1] == []
    assert "该版本在此区域没有可显示的网格。" in Sheets(page).sheets[2].texts
    assert monthly_docx(bare, about)


def test_hostile_names_are_text_in_both(about, browser, tmp_path):
    made, text = tiny_month(), ATTACKS[0] + ATTACKS[11]

    def attacked(frame, *columns):
        # As objects: a column of strings would refuse a lone surrogate.
        texts = pd.Series(text, index=frame.index, dtype=object)
        return frame.assign(**dict.fromkeys(columns, texts))

    hostile = replace(
        made,
        grids=attacked(made.grids, "name", "parent_name"),
        by_category=attacked(made.by_category, "name"),
        by_part=attacked(made.by_part, "name"),
        part_name=text,
        warnings=attacked(warned(), "grids", "category_name"),
        base=replace(made.base, outlines=attacked(made.base.outlines, "name")),
    )
    said = replace(about, place=text, edition=text, classification=text, source=text)
    tab = browser.new_page()
    tab.goto(monthly(hostile, said).save(tmp_path / "page.html").as_uri())
    assert tab.evaluate("window.pwned") is None
    tab.close()
    opened = docx.Document(io.BytesIO(monthly_docx(hostile, said)))
    assert any(PWNED in cell for rows in tables_in(opened).values() for row in rows for cell in row)


def test_nothing_of_it_is_for_everybody(month, about):
    with pytest.raises(InvalidInputError, match="monthly tells of single reports"):
        monthly(month, replace(about, public=True))


@pytest.mark.parametrize("paper", ["A4", "A3"] if PROVE else ["A4"])
def test_the_printer_gives_a_page_a_sheet_with_text(month, about, browser, tmp_path, paper):
    page = monthly(month, replace(about, paper=paper))
    tab = browser.new_page(viewport={"width": 1700, "height": 900})
    tab.goto(page.save(tmp_path / "month.html").as_uri())
    cut = tab.evaluate(
        "[...document.querySelectorAll('.body')].filter(one => one.scrollHeight > one.clientHeight"
        " + 1 || one.scrollWidth > one.clientWidth + 1).length"
    )
    assert cut == 0, "nothing is cut off at a paper's edge"
    printed = PdfReader(io.BytesIO(tab.pdf(prefer_css_page_size=True)))
    tab.close()
    assert len(printed.pages) == len(Sheets(page).sheets)
    text = normalize("NFKC", "".join(one.extract_text() for one in printed.pages))
    assert all(said in text for said in ("本月变化", "日均 30 件", "南街", "口径"))


def test_the_report_opens_without_a_network(page, opens_offline):
    assert "opens offline" in opens_offline(page)


def test_in_english_it_is_english(month, about):
    sheets = Sheets(monthly(month, about, lang="en")).sheets
    assert sheets[0].title == "Monthly report"
    assert sheets[0].texts[1].startswith("900 reports came in, 30 a day: up 52.5%")
