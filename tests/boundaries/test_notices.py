"""What a redraw puts on paper: notices, and the file that is signed."""

from __future__ import annotations

from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from gridgis.actor import Actor
from gridgis.errors import InvalidInputError
from gridgis_boundaries.compare import beside, compare
from gridgis_boundaries.history import changes
from gridgis_boundaries.papers import (
    Approval,
    Letterhead,
    Redraw,
    describe,
    notices,
    notices_html,
    write_approval,
)
from gridgis_boundaries.rules.findings import Accepted, Finding
from tests.boundaries.test_overlay import AFTER, BEFORE, city, spots

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

NUMBERS = {code: at for at, code in enumerate("ABCDEFGHI", 1)}


def named(drawing: str) -> gpd.GeoDataFrame:
    """Grids that keep their id with their letter."""
    grids = city(drawing)
    return grids.assign(
        area_id=[NUMBERS[code] for code in grids["code"]],
        name=[f"Grid {code}" for code in grids["code"]],
        parent_code="T",
    )


@pytest.fixture
def redraw() -> Redraw:
    """B and E are given away; of the compound JL three towers go west and one goes east."""
    towers = spots((1.2, 0.2), (1.4, 0.2), (1.6, 0.2), (2.5, 0.5), (0.5, 0.5), households=100)
    names = ["1", "2", "3", "4", "<b>Old mill</b>"]
    cells = towers.assign(
        name=names,
        kind="building",
        parent_code=["JL", "JL", "JL", "JL", None],
        parent_name=["建兰丽苑", "建兰丽苑", "建兰丽苑", "建兰丽苑", None],
    )
    return Redraw(named(BEFORE), named(AFTER), cells)


def test_a_notice_says_who_came_and_went(redraw: Redraw) -> None:
    workers = pd.DataFrame({"area_id": [NUMBERS["A"]], "name": ["Wang"]})
    found = notices(redraw, boundaries=describe(redraw.new, lang="en"), workers=workers)
    by_code = {(one.after or one.before).code: one for one in found}
    assert list(by_code) == ["A", "D", "G", "H", "B", "E"]
    a = by_code["A"]
    assert (a.before.households, a.after.households) == (100, 400)
    assert a.came == [("建兰丽苑", 300, "B")]
    assert (a.went, a.workers) == ([], ["Wang"])
    assert a.boundary.startswith("east to the border with Grid H; south to the outer border;")
    b = by_code["B"]
    assert b.after is None
    assert b.went == [("建兰丽苑", 300, "A"), ("建兰丽苑", 100, "H")]
    assert b.boundary == ""


def test_a_grid_that_stayed_gets_no_notice() -> None:
    old = named(BEFORE)
    nobody = pd.DataFrame({"area_id": [], "name": []})
    cells = spots((0.5, 0.5)).assign(name="x", parent_code=None)
    same = Redraw(old, old.iloc[::-1].reset_index(drop=True), cells)
    assert notices(same, boundaries=describe(old), workers=nobody) == []
    renamed = old.assign(name=["Mill", *old["name"].iloc[1:]])
    found = notices(Redraw(old, renamed, cells), boundaries=describe(old), workers=nobody)
    assert [one.after.name for one in found] == ["Mill"]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert not {"src", "href"} & {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_of_notices_loads_nothing_and_escapes_names(redraw: Redraw) -> None:
    old = redraw.old.assign(name=["<script>alert(1)</script>", *redraw.old["name"].iloc[1:]])
    nobody = pd.DataFrame({"area_id": [], "name": []})
    found = notices(redraw._replace(old=old), boundaries=describe(redraw.new), workers=nobody)
    page = notices_html(found, Letterhead("2026-07-01", "柳政发〔2026〕7号"))
    reader = _Reader()
    reader.feed(page)
    assert "script" not in reader.tags
    assert "<script>alert(1)</script>" in reader.text
    assert reader.tags.count("section") == len(found) == 6
    assert reader.text.count("柳政发〔2026〕7号") == 7
    assert "300户" in reader.text
    with pytest.raises(InvalidInputError, match="fr"):
        notices_html(found, Letterhead("", ""), lang="fr")


def test_the_approval_file_has_all_tables(redraw: Redraw, tmp_path: Path) -> None:
    old, new, cells = redraw
    compared = compare(old, new, cells)
    homes = [frame.set_index("code")[["households"]] for frame in (old, new)]
    by = Actor("Li Na", "leader")
    gap = Finding("gap", (104.0, 30.0), ("A", "H"), 12.0, "nobody covers 12 m² between A, H")
    split = Finding("one part", None, ("G",), 2.0, "G has 2 parts", "parts")
    approval = Approval(
        facts={"plan": "North, third draft"},
        comparison=compared,
        measures=beside(*homes, compared.matches),
        findings=[gap, split],
        accepted=[Accepted("gap", ("A", "H"), "a lake", by, datetime(2026, 5, 1, tzinfo=UTC))],
        changes=changes(old, new, cells),
        boundaries=describe(new, lang="en"),
    )
    path = tmp_path / "approval.xlsx"
    write_approval(path, approval, lang="en")
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [
        *("Summary", "Measures", "Findings", "Who moves", "Lineage", "Boundaries")
    ]
    rows = {name: list(book[name].values) for name in book.sheetnames}
    summary = dict(rows["Summary"][1:])
    assert summary["plan"] == "North, third draft"
    assert (summary["Grids before"], summary["Grids after"]) == ("6", "4")
    assert (summary["Findings"], summary["Of them accepted"]) == ("2", "1")
    assert [row[-2:] for row in rows["Findings"][1:]] == [("a lake", "Li Na"), (None, None)]
    assert len(rows["Who moves"]) - 1 == len(compared.moves)
    assert [row[0] for row in rows["Boundaries"][1:]] == ["A", "D", "G", "H"]
    with pytest.raises(InvalidInputError, match=r"\.xlsx"):
        write_approval(tmp_path / "approval.csv", approval)
