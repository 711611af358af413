"""``gridgis plan`` at the terminal: from a draft to the edition in force, and back again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import typer
from typer.testing import CliRunner

from gridgis.clock import SystemClock
from gridgis.errors import InvalidInputError, PlanStateError, UnreadableFileError
from gridgis_api.cli import editions, layers, plan
from tests.cities import NINE, boxes, draw

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.store.engine import Store

app = typer.Typer()
for name, room in {"plan": plan, "editions": editions, "layers": layers}.items():
    app.add_typer(room.app, name=name)


@pytest.fixture
def town(store: Store, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")
    # One grid of 400 households becomes two.
    monkeypatch.setenv("GRIDGIS_GRID_HOUSEHOLDS_FEWEST", "100")
    with store.begin() as connection:
        draw(connection, made_at=SystemClock().now())


def ran(*words: str, code: int = 0) -> str:
    """What a command writes, on both channels."""
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == code, result.output
    return " ".join(result.output.split())


@pytest.mark.usefixtures("town")
def test_a_planner_redraws_and_somebody_else_lets_it_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "plan 1 of layer base stands on edition 1" in ran("plan", "new", "2027")
    moved = ran("plan", "edit", "1", "move_node", "at=[104.01,30.01]", "to=[104.012,30.01]")
    assert moved == "plan 1 is at version 1; touched: A, B, D, E"
    script = tmp_path / "edits.json"
    split = {
        "op": "split",
        "area": "I",
        "line": [[104.024, 30.02], [104.024, 30.03]],
        "new": [{"code": "J", "name": "East"}],
    }
    script.write_text(json.dumps([split, {"op": "rename", "area": "A", "name": "Quay"}]))
    assert "version 3" in ran("plan", "edit", "1", "--script", str(script))
    assert "version 4; touched: A" in ran("plan", "undo", "1")
    assert "version 5" in ran("plan", "redo", "1", "--seen", "4")
    assert "3 edit A Li Na" not in ran("plan", "log", "1")
    assert "4 undo 3 A Li Na" in ran("plan", "log", "1")
    again = json.loads(CliRunner().invoke(app, ["plan", "log", "1", "--json"]).stdout)
    assert [one["op"] for one in again] == ["move_node", "split", "rename"]
    out = tmp_path / "drawn.geojson"
    ran("plan", "export", "1", "-o", str(out), "--level", "grid")
    assert sorted(gpd.read_file(out)["code"]) == list("ABCDEFGHIJ")
    assert "grid J new" in ran("plan", "identities", "1")
    assert "0 findings are open" in ran("plan", "check", "1")
    assert "in review" in ran("plan", "submit", "1")
    with pytest.raises(PlanStateError, match=r"Li Na .* plan 1 and cannot approve it"):
        ran("plan", "approve", "1")
    monkeypatch.setenv("GRIDGIS_ACTOR", "Chen Jie")
    ran("plan", "approve", "1", "--reason", "as discussed")
    told = ran("plan", "publish", "1", "--document", "(2026) 12")
    assert "edition 2 of layer base is in force" in told
    assert "1 split" in told
    assert "published by Chen Jie" in ran("plan", "show", "1")
    assert "1 base 2027 published 5 1 edition 2 Li Na" in ran("plan", "list")
    lineage = ran("editions", "lineage", "2")
    assert "grid split I J" in lineage
    assert "document (2026) 12" in ran("editions", "show", "2")
    assert "1 split" not in ran("editions", "restore", "1")
    assert "repeats edition 1" in ran("editions", "show", "3")


@pytest.mark.usefixtures("town")
def test_what_was_drawn_elsewhere_becomes_operations(tmp_path: Path) -> None:
    """A desktop GIS moved the border of A and B; the plan has the same ground afterwards."""
    ran("plan", "new", "2027")
    file = tmp_path / "drawn.gpkg"
    ran("plan", "export", "1", "-o", str(file), "--level", "grid")
    grids = gpd.read_file(file).set_index("code")
    strip = shapely.box(104.01, 30.0, 104.012, 30.01)
    grids.loc["A", "geometry"] = grids.geometry["A"].union(strip)
    grids.loc["B", "geometry"] = grids.geometry["B"].difference(strip)
    file = tmp_path / "redrawn.gpkg"
    grids.reset_index().to_file(file)
    assert "touched: A, B" in ran("plan", "edit", "1", "--drawn", str(file))
    again = tmp_path / "again.geojson"
    ran("plan", "export", "1", "-o", str(again), "--level", "grid")
    now = gpd.read_file(again).set_index("code").geometry
    assert now["A"].symmetric_difference(grids.geometry["A"]).area < 1e-12
    assert "version 1; touched: nothing" in ran("plan", "edit", "1", "--drawn", str(file))
    book = tmp_path / "compared.xlsx"
    told = ran("plan", "compare", "1", "-o", str(book))
    assert "20.0%" not in told
    assert "0 open reports would go to another grid" in told
    sheets = pd.read_excel(book, sheet_name=None, engine="openpyxl")
    assert list(sheets) == ["grids", "measures", "moves", "reports", "workers"]
    assert "grids 9" in ran("plan", "measure", "1", "-o", str(tmp_path / "grids.csv"))
    assert len(pd.read_csv(tmp_path / "grids.csv")) == 9


@pytest.mark.usefixtures("town")
def test_mistakes_at_the_terminal_are_sentences(tmp_path: Path) -> None:
    ran("plan", "new", "2027")
    with pytest.raises(InvalidInputError, match="one of --script"):
        ran("plan", "edit", "1")
    with pytest.raises(InvalidInputError, match="write FIELD=VALUE"):
        ran("plan", "edit", "1", "rename", "A")
    with pytest.raises(InvalidInputError, match="begins like JSON"):
        ran("plan", "edit", "1", "move_node", "at=[104,")
    (tmp_path / "no.json").write_text('{"op": "rename"}')
    with pytest.raises(UnreadableFileError, match="list of operations"):
        ran("plan", "edit", "1", "--script", str(tmp_path / "no.json"))
    with pytest.raises(InvalidInputError, match="no such open finding"):
        ran("plan", "accept", "1", "--reason", "why not")
    for noun in ("plan", "editions"):
        with pytest.raises(InvalidInputError, match="--is OLD_CODE"):
            ran(noun, "identities", "1", "--code", "A")
    ran("plan", "withdraw", "1", "--reason", "a try")
    with pytest.raises(PlanStateError, match="withdrawn"):
        ran("plan", "edit", "1", "rename", "area=A", "name=Quay")


@pytest.mark.usefixtures("town")
def test_a_layer_declares_what_it_covers(tmp_path: Path) -> None:
    file = tmp_path / "town.geojson"
    frame = gpd.GeoDataFrame(geometry=list(boxes(NINE).values()), crs="EPSG:4326")
    frame.to_file(file)
    assert "layer base is declared to cover 9.6" in ran("layers", "extent", "base", str(file))
    assert "declared to cover nothing" in ran("layers", "extent", "base", "--clear")
    with pytest.raises(InvalidInputError, match="or --clear it"):
        ran("layers", "extent", "base")
