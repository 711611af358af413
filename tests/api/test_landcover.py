"""Water and greens at the terminal: in, listed, out; each mistake is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
import typer
from typer.testing import CliRunner

from gridgis.errors import InvalidInputError, RowNotFoundError
from gridgis_api.cli import landcover as room

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
app.add_typer(room.app, name="landcover")


@pytest.fixture
def terminal(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")


def said(*words: object) -> str:
    """What a command writes, on both channels."""
    line = ["landcover", *(str(word) for word in words)]
    result = CliRunner().invoke(app, line, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.mark.usefixtures("terminal")
def test_lakes_go_in_are_listed_and_go_out_again(tmp_path: Path) -> None:
    file = tmp_path / "lakes.gpkg"
    shapes = [shapely.box(104, 30, 104.01, 30.01), shapely.LineString([(104, 30), (105, 30)])]
    gpd.GeoDataFrame({"title": ["东湖", "沟"]}, geometry=shapes, crs=4326).to_file(file)
    dry = said("import", file, "--kind", "water", "--dry-run")
    assert "1 rows are no area, and were left out" in dry
    assert "1 areas of water would be stored; nothing was stored" in dry
    assert "lakes" not in said("list")
    done = said("import", file, "--kind", "water", "--name", "title")
    assert done.endswith("1 areas of water are stored as 'lakes'")
    listed = said("list")
    assert all(word in listed for word in ("lakes", "water", "lakes.gpkg", "Li Na", "1.07"))
    again = said("import", file, "--kind", "water", "--source", "new", "--replace")
    assert again.endswith("stored as 'new'; 1 earlier ones are out")
    assert said("remove", "new") == "1 areas of 'new' are out"
    with pytest.raises(RowNotFoundError, match="water or green of 'new'"):
        said("remove", "new")
    with pytest.raises(InvalidInputError, match="'lake' is unknown"):
        said("import", file, "--kind", "lake")
