"""A keeper of the register checks the places and merges those that are stored twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from openpyxl import load_workbook

from gridgis.clock import SystemClock
from gridgis.errors import InvalidInputError
from gridgis.store.engine import Store
from tests.api.test_cli_rows import said
from tests.cities import draw

if TYPE_CHECKING:
    from pathlib import Path

PLACES = """编码,类型,名称,标准地址,经度,纬度
1,小区,建兰丽苑,云川市建兰路12号建兰丽苑,104.005,30.005
2,小区,建兰丽苑小区,云川市建兰路12号,104.0051,30.005
3,学校,一小,Toytown,104.015,30.005
4,学校,一小,,104.0151,30.005
5,公园,河边公园,Toytown社区,104.025,30.005
"""


@pytest.fixture(autouse=True)
def nine(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")
    store = Store(database_url)
    with store.begin() as connection:
        draw(connection, made_at=SystemClock().now())
    store.close()


@pytest.fixture
def town(tmp_path: Path) -> Path:
    file = tmp_path / "p.csv"
    file.write_text(PLACES, encoding="utf-8")
    assert "5 added" in said("places", "import", file, "--source", "town")
    return tmp_path


def in_use(folder: Path) -> list[str]:
    out = folder / "now.parquet"
    said("places", "export", "-o", out)
    return pd.read_parquet(out)["code"].tolist()


def test_what_is_stored_twice_is_listed_edited_and_merged(town: Path) -> None:
    listed, drawn = town / "list.xlsx", town / "map.html"
    told = said("places", "check", "-o", listed, "--map", drawn)
    assert "5 places: 4 seem to be 2 only" in told
    assert "1: town:1 建兰丽苑 = town:2 建兰丽苑小区 (same address, 10 m)" in told
    assert "merge --list" in told
    assert "地点核查图" in drawn.read_text(encoding="utf-8")
    book = load_workbook(listed)
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    assert [row[heads.index("keep")].value for row in sheet.iter_rows(min_row=2)] == [
        *("yes", None, "yes", None)
    ]
    # The second of the schools is the one to keep.
    sheet.cell(4, heads.index("keep") + 1).value = ""
    sheet.cell(5, heads.index("keep") + 1).value = "是"
    book.save(listed)
    done = said("places", "merge", "--list", listed, "--reason", "stored twice")
    assert "town:2 merged into town:1, which is called 建兰丽苑小区 as well" in done
    assert "2 places are out of use" in done
    assert in_use(town) == ["1", "4", "5"]
    assert "3 places: 0 seem to be 0 only" in said("places", "check")


def test_places_are_merged_by_name(town: Path) -> None:
    told = said("places", "merge", "town:1", 2, 3, "--reason", "the same")
    assert "2, 3 merged into town:1, which is called 建兰丽苑小区, 一小 as well" in told
    assert in_use(town) == ["1", "4", "5"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([], "name the place to keep and the others, or an edited list"),
        (["1"], "name the places that are the same as 1, after it"),
        (["1", "2", "--list", "x.csv"], "or an edited list"),
    ],
)
def test_a_merge_of_nothing_is_refused(words: list[str], sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        said("places", "merge", *words, "--reason", "why")


def test_a_list_of_another_ending_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="write to a file that ends in"):
        said("places", "check", "-o", tmp_path / "list.doc")
