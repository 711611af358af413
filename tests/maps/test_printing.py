"""Somebody needs the map on paper, or as a picture in a letter."""

from __future__ import annotations

import os
import stat
import time
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from gridgis.errors import InvalidInputError, PrintingError
from gridgis_maps import Page, hotspots
from gridgis_maps.printing import found_browser, save_pdf, save_png
from tests.conftest import CHROMIUM

MM_PER_POINT = 25.4 / 72


@pytest.fixture
def program(tmp_path):
    """A program in the browser's place, which does what it is told."""

    def write(lines: str) -> Path:
        file = tmp_path / "browser"
        file.write_text(f"#!/bin/sh\n{lines}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)
        return file

    return write


@pytest.mark.parametrize(("paper", "sides_mm"), [("A4", (297, 210)), ("A3", (420, 297))])
def test_a_map_is_one_sheet_whose_text_is_text(tiny_hotspots, about, tmp_path, paper, sides_mm):
    marked = replace(about, paper=paper, classification="内部使用", approval="云S(2026)001号")
    page = hotspots(tiny_hotspots, marked)

    printed = PdfReader(save_pdf(page, tmp_path / "map.pdf"))

    [sheet] = printed.pages
    assert np.allclose(
        [float(side) * MM_PER_POINT for side in sheet.mediabox[2:]], sides_mm, atol=0.5
    )
    # The font's own table says some Chinese signs by their radicals.
    text = normalize("NFKC", sheet.extract_text())
    for said in ("上报热点图", "小城", "内部使用", "审图号:云S(2026)001号", "base 1", "无上报网格"):
        assert said in text
    assert "全部区域数据表" not in text, "the table of everything stays folded"
    assert [one.name for one in tmp_path.iterdir()] == ["map.pdf"]


def test_a_picture_is_the_same_sheet_with_two_dots_a_pixel(tiny_hotspots, about, tmp_path):
    file = save_png(hotspots(tiny_hotspots, about), tmp_path / "map.png")

    with Image.open(file) as opened:
        picture = opened.convert("RGB")
    assert picture.size == (2 * 1123, 2 * 794)
    colours = {colour for _, colour in picture.getcolors(1 << 20)}
    legend = hotspots(tiny_hotspots, about).html
    drawn = [colour for colour in colours if "#{:02x}{:02x}{:02x}".format(*colour) in legend]
    assert len(drawn) > 4, "the classes' colours are on it"
    left = np.array(picture.convert("L"))[:, : 2 * 700]
    assert left.std() > 10, "the map is drawn"


def test_a_picture_may_have_another_size(tiny_hotspots, about, tmp_path):
    file = save_png(hotspots(tiny_hotspots, about), tmp_path / "map.png", size_px=(1400, 900))

    with Image.open(file) as picture:
        assert picture.size == (2800, 1800)


def test_opened_by_a_person_the_full_table_prints_on_sheets_of_its_own(
    tiny_hotspots, about, browser, tmp_path
):
    tab = browser.new_page(viewport={"width": 1000, "height": 700})
    tab.goto(hotspots(tiny_hotspots, about).save(tmp_path / "map.html").as_uri())
    tab.locator("details.every summary").click()
    tab.pdf(path=tmp_path / "all.pdf", prefer_css_page_size=True)
    tab.locator("details.every summary").click()
    tab.pdf(path=tmp_path / "map.pdf", prefer_css_page_size=True)
    tab.close()

    assert len(PdfReader(tmp_path / "map.pdf").pages) == 1
    sheets = [
        normalize("NFKC", one.extract_text()) for one in PdfReader(tmp_path / "all.pdf").pages
    ]
    assert len(sheets) == 2
    assert "网格8" in sheets[1]
    assert "网格8" not in sheets[0]


def test_without_a_browser_the_message_says_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(PrintingError, match="Chromium is not on this machine; install"):
        save_pdf(Page("<p>x", "x", lang="en"), tmp_path / "x.pdf")
    with pytest.raises(PrintingError, match=r"/none/chrome is not on this machine"):
        save_png(Page("<p>x", "x"), tmp_path / "x.png", browser=Path("/none/chrome"))
    assert list(tmp_path.iterdir()) == []


def test_without_chinese_glyphs_a_chinese_page_is_not_printed(monkeypatch, program, tmp_path):
    tools = tmp_path / "tools"
    tools.mkdir()
    program("exit 0").rename(tools / "fc-list")
    monkeypatch.setenv("PATH", f"{tools}:{os.environ['PATH']}")

    with pytest.raises(PrintingError, match="no font of this machine has Chinese glyphs"):
        save_pdf(Page("<p>图", "图", lang="zh"), tmp_path / "x.pdf")
    assert save_pdf(Page("<p>x", "x", lang="en"), tmp_path / "x.pdf").is_file()


def test_a_browser_that_fails_says_why(program, tmp_path):
    broken = program("echo 'no display at all' >&2; exit 1")

    with pytest.raises(PrintingError, match="ended without a file: no display at all"):
        save_pdf(Page("<p>x", "x"), tmp_path / "x.pdf", browser=broken)
    assert not (tmp_path / "x.pdf").exists()


def test_a_browser_that_hangs_is_ended_with_all_that_it_started(program, tmp_path):
    hanging = program(f"sleep 600 & echo $! > {tmp_path}/child; wait")

    with pytest.raises(PrintingError, match="was not done after 1 s and was ended"):
        save_pdf(Page("<p>x", "x"), tmp_path / "x.pdf", browser=hanging, limit_s=1)

    child = int((tmp_path / "child").read_text())
    ended = time.monotonic() + 10
    while _runs(child) and time.monotonic() < ended:
        time.sleep(0.01)
    assert not _runs(child)


def _runs(process: int) -> bool:
    """Whether a process is there and not only waiting to be taken note of."""
    try:
        return Path(f"/proc/{process}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def test_the_browser_may_ask_for_nothing_but_the_tiles_that_the_page_names(program, tmp_path):
    telling = program(
        f'printf "%s\\n" "$@" > {tmp_path}/asked; for a in "$@"; do case $a in '
        '--print-to-pdf=*) echo x > "${a#*=}";; esac; done'
    )
    page = Page("<p>x", "x", hosts=("https://t0.tiles.example", "http://10.0.0.9:8080"))

    save_pdf(page, tmp_path / "x.pdf", browser=telling)

    asked = (tmp_path / "asked").read_text().splitlines()
    rule = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE t0.tiles.example, EXCLUDE 10.0.0.9"
    assert rule in asked
    assert asked[-1].endswith("page.html#paper")
    profile = next(one for one in asked if one.startswith("--user-data-dir="))
    assert not Path(profile.partition("=")[2]).exists(), "its folder is gone"
    assert ("--no-sandbox" in asked) == (os.geteuid() == 0)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InvalidInputError, match="there is no folder"):
        save_pdf(Page("<p>x", "x", lang="en"), tmp_path / "none" / "x.pdf")


def test_the_machine_s_browser_is_found_by_its_name():
    assert Path(found_browser()).name.startswith(("chromium", "google-chrome"))
    assert found_browser(Path(CHROMIUM)) == CHROMIUM
