"""``gridgis layers``, ``areas`` and ``editions`` at the terminal, with a real city's file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from gridgis.errors import GridgisError, InvalidInputError, PlanRejectedError
from gridgis_api.cli import areas, editions, layers

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
for name, room in {"layers": layers, "areas": areas, "editions": editions}.items():
    app.add_typer(room.app, name=name)


@pytest.fixture
def city(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")


def said(*words: str) -> str:
    """What a command writes, on both channels."""
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


BEATS = [
    "--layer",
    "beats",
    "--level",
    "beat",
    "--code",
    "beat_num",
    "--dissolve",
    "district=district",
]
SECTORS = ["--dissolve", "sector=beat_num[:3]", "--merge-same-code"]


def test_a_planner_brings_the_beats_into_force(city: None, shared: Path, tmp_path: Path) -> None:
    del city
    file = str(shared / "data/chicago/boundaries_police_beats.geojson.gz")
    with pytest.raises(GridgisError, match="gridgis layers add beats"):
        said("areas", "import", file, *BEATS)
    assert "grid beat, complete, codes: 2+1+1" in said(
        "layers", "add", "beats", "--levels", "district>sector>beat", "--grammar", "2+1+1"
    )
    assert "would become 23 district, 68 sector, 275 beat" in said(
        "areas", "import", file, *BEATS, *SECTORS, "--dry-run"
    )
    assert "in draft edition 1; now `gridgis editions publish 1`" in said(
        "areas", "import", file, *BEATS, *SECTORS
    )
    assert "1 beats boundaries_police_beats.geojson.gz draft 366 275" in said("editions", "list")
    assert "draft; 366 areas, 275 of them grids" in said("editions", "show", "1")
    assert "edition 1 of layer beats is in force from the beginning on" in said(
        "editions", "publish", "1", "--accept", "one beat lies apart, the shore has piers"
    )
    assert "district > sector > [beat] complete 0 2+1+1 1 (275 grids)" in said("layers", "list")
    out = tmp_path / "beats.parquet"
    assert said("areas", "export", "--layer", "beats", "--level", "beat", "-o", str(out)).endswith(
        "beats.parquet: 275 areas"
    )
    exported = gpd.read_parquet(out)
    assert exported.loc[0, ["code", "parent_code"]].tolist() == ["0111", "011"]
    sheet = tmp_path / "beats.xlsx"
    said("areas", "export", "--layer", "beats", "--level", "beat", "-o", str(sheet))
    table = pd.read_excel(sheet, engine="calamine", dtype=object)
    assert table.loc[0, ["code", "parent_code"]].tolist() == ["0111", "011"]
    assert len(table) == 275


def test_a_finding_is_accepted_with_a_reason_and_shown_later(city: None, shared: Path) -> None:
    del city
    file = str(shared / "data/chicago/community_areas_pop.geojson.gz")
    said("layers", "add", "community", "--levels", "community")
    words = ["--layer", "community", "--level", "community", "--code", "NID", "--name", "community"]
    assert "made valid: row 36, 10: Nested shells" in said("areas", "import", file, *words)
    with pytest.raises(PlanRejectedError, match="breaks a rule in 7 places"):
        said("editions", "publish", "1")
    assert "7 findings accepted" in said("editions", "publish", "1", "--accept", "enclaves")
    assert "accepted by Li Na (enclaves): gap: nobody covers 7.99 km²" in said(
        "editions", "show", "1"
    )


def test_a_draft_can_be_discarded(city: None, shared: Path) -> None:
    del city
    said("layers", "add", "community", "--levels", "community")
    file = str(shared / "data/chicago/community_areas_pop.geojson.gz")
    words = [
        "--layer",
        "community",
        "--level",
        "community",
        "--code",
        "NID",
        "--valid-from",
        "2026-04-01",
    ]
    said("areas", "import", file, *words)
    assert "draft, wished from 2026-04-01 00:00" in said("editions", "show", "1")
    assert said("editions", "discard", "1") == "draft edition 1 is gone"
    assert "draft" not in said("editions", "list")


def test_options_that_cannot_be_read_are_named(city: None) -> None:
    del city
    with pytest.raises(InvalidInputError, match=r"--at: 'tomorrow' is no time"):
        said("layers", "list", "--at", "tomorrow")
    with pytest.raises(InvalidInputError, match="write LEVEL=EXPRESSION"):
        said("areas", "import", "x.shp", *BEATS, "--dissolve", "sector")
    with pytest.raises(InvalidInputError, match="speaks of 4 levels and the layer has 1"):
        said("layers", "add", "x", "--levels", "grid", "--grammar", "6+3+3+3")
