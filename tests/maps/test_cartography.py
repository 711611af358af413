"""What an official map must say, point by point, and that a grey photocopy still reads."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image

from gridgis.errors import InvalidInputError, PageError
from gridgis_maps import About, Period, coverage, hotspots
from gridgis_maps.drawing import offline, ramps
from gridgis_maps.drawing.ramps import BENEATH, FAR, MANY, hatches, ramp
from tests.maps.conftest import NOON

# Machado, Oliveira and Fernandes (2009), doi:10.1109/TVCG.2009.113, severity 1, on linear RGB.
EYES = {
    "protan": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deutan": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "usual": np.eye(3).tolist(),
}
XYZ_OF_RGB = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]
WHITE = np.sum(XYZ_OF_RGB, axis=1)


def linear(colour: str) -> np.ndarray:
    parts = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def lab(rgb: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of linear RGB, by the book."""
    xyz = np.array(XYZ_OF_RGB) @ np.clip(rgb, 0, 1) / WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    light, dark = sorted(float(np.array(XYZ_OF_RGB[1]) @ linear(c)) for c in (one, other))[::-1]
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture
def official(about) -> About:
    return replace(about, classification="内部使用", approval="云S(2026)001号", source="12345 热线")


def test_the_page_says_what_where_when_from_whom_and_how(tiny_hotspots, official, read):
    period = Period(NOON.replace(day=1, month=4), NOON)
    sheet = read(hotspots(tiny_hotspots, official, period=period))

    assert sheet.title == "上报热点图 · 全部类别"
    assert sheet.line("where") == "小城"
    assert "2026-04-01 12:00 至 2026-05-01 12:00" in sheet.html
    assert sheet.notes["数据截至"] == sheet.notes["制图时间"]
    assert sheet.notes["制图时间"] == "2026-05-01 12:00 (UTC+08:00, Asia/Shanghai)"
    assert sheet.notes["网格版本"] == "base 1"
    assert sheet.notes["数据来源"] == "12345 热线"
    assert "等积投影" in sheet.notes["方法"]
    assert sheet.notes["数量"] == "显示 n = 3，因数量过小屏蔽 n = 0"
    assert sheet.line("classification") == "内部使用"
    assert sheet.line("approval") == "审图号：云S(2026)001号"


def test_a_map_that_is_not_public_needs_no_number(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about))

    assert sheet.line("classification") == sheet.line("approval") == ""
    assert "数据来源" not in sheet.notes


def test_a_public_map_without_a_number_says_so(tiny_coverage, about, read):
    public = replace(about, public=True)

    zh, en = (read(coverage(tiny_coverage, public, lang=lang)) for lang in ("zh", "en"))
    assert zh.line("approval") == "审图号：未取得，送审前不得公开登载"
    assert "not to be published" in en.line("approval")


def test_legends_have_units_breaks_and_counts_beside_rates(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about, lang="en"))

    legend = sheet.tables["Reports per km² of each grid"]
    assert legend[0] == ["Reports per km²", "Grids", "Reports", "Of reports"]
    assert [row[0] for row in legend[1:]] == ["0", "> 0 – 2", "> 2"]
    assert legend[1][1] == "7", "empty grids have a line of their own"
    assert "40, 70, 85 and 95 %" in sheet.html
    assert sheet.tables["Densest grids"][0] == ["Grid", "Reports", "Per km²", "Per 1,000 hh."]


def test_every_map_has_the_table_of_all_its_grids(tiny_hotspots, tiny_coverage, about, read):
    for page in (hotspots(tiny_hotspots, about), coverage(tiny_coverage, about)):
        sheet = read(page)
        heads, *rows = sheet.tables["全部区域数据表（9）"]
        assert heads == ["名称", "编码", *sheet.told["factLabels"]]
        assert [row[1] for row in rows] == list(sheet.grids)
        assert [row[2:] for row in rows] == [grid["facts"] for grid in sheet.grids.values()]
        assert '<details class="every">' in sheet.html, "folded, until somebody asks"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_map_is_told_in_words_too(tiny_coverage, about, read, lang):
    html = read(coverage(tiny_coverage, about, lang=lang)).html

    assert 'id="map" role="region"' in html
    assert 'aria-describedby="described"' in html
    said = re.search(r'id="described" class="unseen">([^<]+)<', html)[1]
    assert "小城" in said
    assert "9" in said
    assert re.search(r'class="north" role="img" aria-label="[^"]+"', html)


@pytest.mark.parametrize("eyes", EYES)
@pytest.mark.parametrize("anchors", [FAR, MANY, BENEATH], ids=["far", "many", "beneath"])
@pytest.mark.parametrize("classes", [3, 5])
def test_steps_of_a_ramp_stay_apart_for_all_eyes(anchors, classes, eyes):
    seen = [lab(np.array(EYES[eyes]) @ linear(colour)) for colour in ramp(anchors, classes)]

    for lighter, darker in pairwise(seen):
        assert lighter[0] > darker[0] + 4, "lightness alone tells the order"
        assert np.linalg.norm(lighter - darker) > 8


def test_classes_of_a_legend_differ_in_pattern_too():
    for classes in range(1, len(ramps.DENSER) + 1):
        assert len(set(hatches(classes))) == classes
    assert ramps.UNKNOWN_HATCH not in ramps.DENSER + ramps.COLDER
    assert set(ramps.DENSER) & set(ramps.COLDER) == {0}


def test_the_legend_shows_the_patterns_of_the_map(tiny_hotspots, about, read):
    sheet = read(hotspots(tiny_hotspots, about))

    legends = [caption for caption, of_row in sheet.hatches.items() if any(of_row)]
    for measure, caption in zip(sheet.told["measures"], legends, strict=True):
        shown = [measure["hatches"][str(number)] for number in range(len(sheet.hatches[caption]))]
        assert sheet.hatches[caption] == shown


SPOTS = """() => {
    const spots = [];
    map_sheet.eachLayer((layer) => {
        if (!(layer.at >= 0) || !layer.getBounds) return;
        const { x, y } = map_sheet.latLngToContainerPoint(layer.getBounds().getCenter());
        spots.push([layer.at, x, y]);
    });
    return spots;
}"""


def test_a_grey_copy_still_tells_the_classes_apart(tiny_coverage, about, read, browser, tmp_path):
    """Each band of the drawn map, turned grey: darker and darker, and each with its own texture."""
    page = coverage(tiny_coverage, about, skill="fire", bands_m=(800, 1200, 1900), lang="en")
    bands = [grid["classes"][0] for grid in read(page).grids.values()]
    tab = browser.new_page(viewport={"width": 1200, "height": 800}, device_scale_factor=2)
    tab.goto(page.save(tmp_path / "map.html").as_uri())

    grey = np.array(Image.open(io.BytesIO(tab.screenshot())).convert("L"), dtype=float)
    patches = {}
    for at, x, y in tab.evaluate(SPOTS):
        left, top = int(2 * (x - 70)), int(2 * (y - 70))
        patches[bands[at]] = grey[top : top + 60, left : left + 60]
    means = [patches[band].mean() for band in sorted(patches)]

    assert len(means) == 4
    assert all(lighter > darker + 8 for lighter, darker in pairwise(means))
    assert patches[0].std() < 1, "the first class is plain"
    assert all(patches[band].std() > 3 for band in (1, 2, 3))

    tab.get_by_label("Hatching").uncheck()
    plain = np.array(Image.open(io.BytesIO(tab.screenshot())).convert("L"), dtype=float)
    left, top = int(2 * (x - 70)), int(2 * (y - 70))
    assert plain[top : top + 60, left : left + 60].std() < 1
    tab.close()


def test_letters_are_those_of_the_machine_chinese_ones_too():
    css = offline.asset("map.css")

    assert "@font-face" not in css
    stack = re.search(r"--font: ([^;]+);", css)[1]
    for family in ("Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC"):
        assert family in stack


def test_text_and_ground_contrast_enough_for_weak_eyes():
    css = offline.asset("map.css")
    colours = dict(re.findall(r"--([a-z]+): (#[0-9a-f]{6});", css))

    for ink in ("ink", "muted", "accent", "mark"):
        for ground in ("panel", "paper"):
            assert contrast(colours[ink], colours[ground]) >= 4.5, (ink, ground)
    assert contrast(colours["ink"], colours["alert"]) >= 4.5
    assert contrast("#ffffff", colours["accent"]) >= 4.5
    assert contrast(colours["focus"], colours["panel"]) >= 3, "the ring around what has the focus"
    hard_coded = set(re.findall(r"color: (#[0-9a-f]+)", css.split("}", 1)[1])) - {"#fff"}
    for colour in hard_coded:
        assert contrast(colour, colours["panel"]) >= 4.5


@pytest.mark.parametrize("paper", ["A4", "A3"])
def test_the_paper_is_one_that_offices_have(tiny_hotspots, about, paper):
    html = hotspots(tiny_hotspots, replace(about, paper=paper)).html

    assert f'<body data-paper="{paper}">' in html
    assert f"size: {paper} landscape" in html


def test_a_paper_that_nobody_has_is_refused(about):
    with pytest.raises(InvalidInputError, match="'B5' is none of A4, A3"):
        replace(about, paper="B5")


def test_tiles_may_come_from_hosts_that_are_named_and_from_no_other():
    policy = offline.content_policy(["x"], ["https://t0.tiles.example", "http://10.0.0.9:8080"])

    assert "img-src data: https://t0.tiles.example http://10.0.0.9:8080;" in policy
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "img-src data:;" in offline.content_policy(["x"])
    for host in ("https://x.example/path", "*", "https://a; script-src *", "data:", "https://"):
        with pytest.raises(PageError, match="tiles may come from"):
            offline.content_policy(["x"], [host])
