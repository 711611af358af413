"""``gridgis areas import`` of files that do not say where they lie: asked, answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
import typer
from typer.testing import CliRunner

from gridgis.errors import DoubtfulFileError, InvalidInputError
from gridgis.files.vectors import open_vector
from gridgis_api.cli import areas, editions, layers

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
for name, room in {"layers": layers, "areas": areas, "editions": editions}.items():
    app.add_typer(room.app, name=name)

DISTRICTS = ["--layer", "districts", "--level", "district", "--code", "adcode", "--dry-run"]


def said(*words: str) -> str:
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.fixture
def city(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")
    said("layers", "add", "districts", "--levels", "district", "--grammar", "none")


@pytest.fixture
def lanzhou(shared: Path) -> gpd.GeoDataFrame:
    right = open_vector(shared / "data/lanzhou/620100_full.json", datum="gcj02")
    return gpd.GeoDataFrame(right[["adcode", "name"]], geometry=right.geometry.to_numpy(), crs=4326)


def test_eastings_with_their_zone_are_asked_about(
    city: None, lanzhou: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    del city
    file = tmp_path / "districts.geojson"
    lanzhou.to_crs(4522).set_crs(4326, allow_override=True).to_file(file)
    with pytest.raises(DoubtfulFileError, match=r"zone 34 .* if so, write --crs EPSG:4522"):
        said("areas", "import", str(file), *DISTRICTS)
    told = said("areas", "import", str(file), *DISTRICTS, "--crs", "EPSG:4522")
    assert "8 rows would become 8 district" in told
    assert "reads: 城关区" in told, "a person sees whether the characters are right"


def test_a_city_s_own_system_comes_by_control_points(
    city: None, lanzhou: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    del city
    file, table = tmp_path / "districts.shp", tmp_path / "points.csv"
    own = lanzhou.to_crs("+proj=tmerc +lon_0=103.8 +lat_0=36 +x_0=50000 +y_0=30000 +datum=WGS84")
    own.to_file(file, encoding="utf-8")
    file.with_suffix(".prj").unlink()
    spots = gpd.GeoSeries(lanzhou.representative_point().to_numpy(), crs=4326)
    at = spots.to_crs(own.crs)
    points = pd.DataFrame({"x": at.x, "y": at.y, "lon": spots.x, "lat": spots.y})
    points.to_csv(table, index=False)
    command = ["areas", "import", str(file), *DISTRICTS, "--control-points", str(table)]
    told = said(*command)
    assert "placed by 8 control points (similarity)" in told
    assert told.count("m off") == 8
    assert "8 rows would become 8 district" in told
    with pytest.raises(InvalidInputError, match="not from both"):
        said(*command, "--crs", "EPSG:4522")
    points.assign(x=points["x"] + [0, 0, 900, 0, 0, 0, 0, 0]).to_csv(table, index=False)
    with pytest.raises(
        DoubtfulFileError, match=r"control point 4 lies .* leave out control point 4"
    ):
        said(*command)
    assert "8 rows would become" in said(*command, "--as-it-is")


def test_swapped_axes_are_asked_about(
    city: None, lanzhou: gpd.GeoDataFrame, tmp_path: Path
) -> None:
    del city
    file = tmp_path / "districts.gpkg"
    swapped = shapely.transform(lanzhou.geometry.to_numpy(), lambda at: at[:, ::-1])
    lanzhou.set_geometry(swapped, crs=4326).to_file(file)
    with pytest.raises(DoubtfulFileError, match="if so, write --swap-axes"):
        said("areas", "import", str(file), *DISTRICTS)
    told = said("areas", "import", str(file), *DISTRICTS, "--swap-axes")
    assert "axes swapped" in told
    assert "8 rows would become 8 district" in told
