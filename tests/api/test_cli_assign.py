"""``gridgis assign`` at the terminal: files in, files out, and no database anywhere."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
from typer.testing import CliRunner

from gridgis.errors import GridgisError, InvalidInputError, LevelNotFoundError, UnreadableFileError
from gridgis_api.cli.root import commands
from tests.cities import NINE, boxes

if TYPE_CHECKING:
    from pathlib import Path

POINTS = "id,X,Y,far\n1,104.005,30.005,5\n2,,,\n3,103.9998,30.005,\n4,x,1,\n5,1,2,3,4\n6,9,9,\n"
ASKED = ("--lon", "X", "--lat", "Y")
GRIDGIS = (sys.executable, "-c", "from gridgis_api.cli.root import main; main()")


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither one that could be reached, nor a folder in which one could be made."""
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    monkeypatch.setenv("GRIDGIS_DATA_DIR", "/proc/nowhere")
    monkeypatch.chdir(tmp_path)
    shapes = boxes(NINE)
    frame = gpd.GeoDataFrame(
        {"code": list(shapes), "sector": ["S1"] * 6 + ["S2"] * 3},
        geometry=list(shapes.values()),
        crs="EPSG:4326",
    )
    frame.to_file("nine.geojson")
    (tmp_path / "p.csv").write_text(POINTS)
    pd.DataFrame({"lon": [104.005, 104.015], "lat": [30.005, None]}).to_parquet("p.parquet")


def said(*words: object) -> str:
    """What the command writes, on both channels."""
    result = CliRunner().invoke(
        commands(["assign"]), ["assign", *map(str, words)], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_points_get_their_grids_and_the_last_line_counts_them(tmp_path: Path) -> None:
    told = said("p.csv", "--areas", "nine.geojson", *ASKED, "--parent", "sector", "-o", "o.csv")
    out = pd.read_csv(tmp_path / "o.csv", dtype=str, keep_default_na=False)
    assert list(out)[4:] == ["grid_code", "rule", "boundary_distance_m", "sector"]
    assert out[["id", "grid_code", "rule", "sector"]].to_numpy().tolist() == [
        ["1", "A", "covers", "S1"],
        ["2", "", "no_location", ""],
        ["3", "A", "near", "S1"],
        ["4", "", "no_location", ""],
        ["6", "", "outside", ""],
    ]
    assert "1 rows cannot be placed, and have no location" in told
    assert "1 rows cannot be split into columns, and are left out" in told
    assert "these rows with their reasons: o.csv.refused.csv" in told
    assert "o.csv: 5 rows: 1 covers, 1 near, 1 outside, 2 no_location; " in told
    assert told.endswith(" rows/s")


def test_the_tolerance_is_the_services_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = ("p.csv", "--areas", "nine.geojson", *ASKED, "-o", "o.csv")
    assert " 1 near, 1 outside" in said(*ask)
    assert " 0 near, 2 outside" in said(*ask, "--near", 0)
    monkeypatch.setenv("GRIDGIS_NEAR_TOLERANCE_M", "10")
    assert " 0 near, 2 outside" in said(*ask)
    assert " 1 near, 1 outside" in said(*ask, "--near", 30)


@pytest.mark.parametrize(("accuracy", "runner_up"), [("20", "B"), ("far", ""), ("0", "")])
def test_an_accuracy_is_a_number_or_a_column(tmp_path: Path, accuracy: str, runner_up: str) -> None:
    (tmp_path / "p.csv").write_text("X,Y,far\n104.0099,30.005,5\n104.0,30.0,\n")
    said("p.csv", "--areas", "nine.geojson", *ASKED, "--accuracy", accuracy, "-o", "o.csv")
    out = pd.read_csv(tmp_path / "o.csv", dtype=str, keep_default_na=False)
    assert out["runner_up"].tolist() == [runner_up, ""]


def test_an_index_is_kept_and_used_again(tmp_path: Path) -> None:
    first = ("--areas", "nine.geojson", "--parent", "sector", "--save-index", "nine.gridgis")
    assert "nine.gridgis: the index, for --areas from now on" in said(
        "p.csv", *first, *ASKED, "-o", "a.csv"
    )
    said("p.csv", "--areas", "nine.gridgis", *ASKED, "--chunk-rows", 2, "-o", "b.csv")
    assert (tmp_path / "a.csv").read_bytes() == (tmp_path / "b.csv").read_bytes()


@pytest.mark.parametrize(
    ("words", "error", "sentence"),
    [
        (["--code", "x"], InvalidInputError, "--code x: nine.geojson has the columns code, sector"),
        (["--level", "x"], InvalidInputError, "--level x: the areas have no column 'level'"),
        (["--parent", "x"], InvalidInputError, "--parent x: "),
        (["--areas-crs", "EPSG:1"], GridgisError, "'EPSG:1' is unknown"),
        (["--areas-datum", "mars"], InvalidInputError, "datum 'mars' is unknown"),
        (["--areas-encoding", "klingon"], UnreadableFileError, "encoding 'klingon' is unknown"),
        (["--lon", "x"], InvalidInputError, "there is no column 'x'"),
        (["--lat", "x"], InvalidInputError, "there is no column 'x'"),
        (["--crs", "EPSG:1"], GridgisError, "'EPSG:1' is unknown"),
        (["--datum", "mars"], InvalidInputError, "datum 'mars' is unknown"),
        (["--encoding", "klingon"], UnreadableFileError, "encoding 'klingon' is unknown"),
        (["--at", "2026-05-01"], InvalidInputError, "do not say when they are in force"),
        (["--at", "soon"], InvalidInputError, "--at: 'soon' is no time"),
        (["--at-column", "x"], InvalidInputError, "--at-column: there is no column 'x'"),
        (["--at", "2026-05-01", "--at-column", "far"], InvalidInputError, "not both"),
        (["--datum-column", "x"], InvalidInputError, "--datum-column: there is no column 'x'"),
        (["--timezone", "Mars/Base"], InvalidInputError, "--timezone 'Mars/Base' is unknown"),
        (["--accuracy", "x"], InvalidInputError, "--accuracy: there is no column 'x'"),
        (["--accuracy", "-5"], InvalidInputError, "accuracy is -5; it is a distance"),
        (["--save-index", "x.bin"], InvalidInputError, "a saved index ends in .gridgis"),
        (["--cluster", "many"], InvalidInputError, "--cluster many: write tcp://HOST:8786"),
        (["--cluster", "local:x"], InvalidInputError, "write how many processes, like local:4"),
        (["--worker-memory", "2GiB"], InvalidInputError, "is for --cluster local:N"),
        (["--cluster", "local:1", "--worker-memory", "much"], InvalidInputError, "like 2GiB"),
        (["--areas", "none.geojson"], UnreadableFileError, "none.geojson: there is no such file"),
        (["--areas", "none.gridgis"], UnreadableFileError, "none.gridgis cannot be read"),
        (["-o", "o.doc"], InvalidInputError, "write to a file that ends in .csv"),
        (["-o", "p.csv"], InvalidInputError, "p.csv is the file that is read"),
        (["--cluster", "local:1", "-o", "out"], UnreadableFileError, "p.csv: not a Parquet"),
    ],
)
def test_a_wrong_option_gets_one_sentence(
    tmp_path: Path, words: list[str], error: type[GridgisError], sentence: str
) -> None:
    before = sorted(tmp_path.iterdir())
    ask = ["p.csv", "--areas", "nine.geojson", *ASKED, "-o", "o.csv", *words]
    with pytest.raises(error) as told:
        said(*ask)
    assert sentence in str(told.value)
    assert sorted(tmp_path.iterdir()) == before, "nothing half-written"


@pytest.mark.parametrize("words", [["--near", "-1"], ["--chunk-rows", "0"], ["--near", "far"]])
def test_a_number_out_of_range_is_refused_with_the_usage(words: list[str]) -> None:
    ask = ["assign", "p.csv", "--areas", "nine.geojson", "-o", "o.csv", *words]
    assert CliRunner().invoke(commands(["assign"]), ask).exit_code == 2


def test_a_folder_without_a_cluster_is_told_of_it(tmp_path: Path) -> None:
    (tmp_path / "points").mkdir()
    with pytest.raises(UnreadableFileError, match=r"name a file in it; --cluster local:N takes"):
        said("points", "--areas", "nine.geojson", "-o", "o.csv")


def test_a_level_that_is_not_there_is_named(tmp_path: Path) -> None:
    gpd.read_file("nine.geojson").assign(level="grid").to_file("levels.geojson")
    with pytest.raises(LevelNotFoundError, match=r"no area is of level 'street'.* grid"):
        said("p.csv", "--areas", "levels.geojson", "--level", "street", *ASKED, "-o", "o.csv")
    assert not (tmp_path / "o.csv").exists()


def test_the_program_ends_with_two_and_one_sentence(tmp_path: Path) -> None:
    whole = (tmp_path / "p.parquet").read_bytes()
    (tmp_path / "p.parquet").write_bytes(whole[:-30])
    told = subprocess.run(
        [*GRIDGIS, "assign", "p.parquet", "--areas", "nine.geojson", "-o", "o.parquet"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("gridgis: p.parquet: not a Parquet file, or not a whole one")
    assert told.stderr.count("\n") == 1


@pytest.mark.slow
def test_worker_processes_say_nothing_but_the_result(tmp_path: Path) -> None:
    told = subprocess.run(
        [*GRIDGIS, "assign", "p.parquet", "--areas", "nine.geojson", "--cluster", "local:1",
         "--worker-memory", "4GiB", "-o", "out"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert told.stdout == ""
    placed, listed, last = told.stderr.splitlines()
    assert placed == "  1 rows cannot be placed, and have no location"
    assert listed == f"  these rows with their reasons: {tmp_path / 'out.refused.csv'}"
    assert last.startswith("out: 2 rows: 1 covers, 0 near, 0 outside, 1 no_location; ")
    assert (tmp_path / "out/p.parquet").is_file()
