"""``gridgis geocode`` at the terminal: a list of addresses in, a list with places out."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from typer.testing import CliRunner

from gridgis.clock import SystemClock
from gridgis.errors import (
    AreaNotFoundError,
    GridgisError,
    InvalidInputError,
    StoreError,
    UnreadableFileError,
)
from gridgis.store.engine import Store
from gridgis_api.cli.root import commands
from tests.cities import draw
from tests.listed import TOWN, town_index

if TYPE_CHECKING:
    from pathlib import Path

ASKED = ("a.csv", "--address", "where", "-o", "o.csv")
GRIDGIS = (sys.executable, "-c", "from gridgis_api.cli.root import main; main()")


@pytest.fixture(autouse=True)
def no_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither one that could be reached, nor a folder in which one could be made."""
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", "postgresql://nobody@127.0.0.1:9/nothing")
    monkeypatch.setenv("GRIDGIS_DATA_DIR", "/proc/nowhere")
    monkeypatch.chdir(tmp_path)
    town_index().save(tmp_path / "town.places")
    (tmp_path / "a.csv").write_text(
        "id,where,no\n1,建兰路,12\n2,松庄新村,\n3,,\n4,火星,\n5,a,b,c\n"
    )


def said(*words: object) -> str:
    """What a command writes, on both channels."""
    told = [str(word) for word in words]
    result = CliRunner().invoke(commands([told[0]]), told, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_addresses_get_their_places_and_the_last_line_counts_them(tmp_path: Path) -> None:
    told = said("geocode", *ASKED, "--address", "no", "--places", "town.places")
    out = pd.read_csv(tmp_path / "o.csv", dtype=str, keep_default_na=False)
    assert out[["id", "place", "precision", "sure"]].to_numpy().tolist() == [
        ["1", "list:1", "building", "true"],
        ["2", "list:2", "compound", "false"],
        ["3", "", "", ""],
        ["4", "", "", "false"],
    ]
    assert "1 rows cannot be split into columns, and are left out" in told
    assert "these rows with their reasons: o.csv.refused.csv" in told
    assert "what needs a person, with all that could be meant: o.csv.review.csv" in told
    assert "o.csv: 4 rows: 1 sure, 2 for a person (1 of them unknown), 1 without an addr" in told
    assert told.endswith(" rows/s")
    assert not (tmp_path / "o.csv.parts").exists()


def test_an_area_or_a_point_picks_among_namesakes(tmp_path: Path) -> None:
    for words, place in (
        (("--area", "102"), "list:3"),
        (("--near", "104.1,30.1"), "list:3"),
        (("--near", "104,30"), "list:2"),
    ):
        said("geocode", *ASKED, "--places", "town.places", *words)
        out = pd.read_csv(tmp_path / "o.csv", dtype=str, keep_default_na=False)
        assert out["place"][1] == place


def test_the_store_answers_and_its_index_is_kept_for_machines_without_one(
    monkeypatch: pytest.MonkeyPatch, database_url: str, tmp_path: Path
) -> None:
    store = Store(database_url)
    with store.begin() as connection:
        draw(connection, made_at=SystemClock().now())
    store.close()
    TOWN.to_file(tmp_path / "p.gpkg")
    with monkeypatch.context() as there:
        there.setenv("GRIDGIS_DATABASE_URL", database_url)
        there.setenv("GRIDGIS_DATA_DIR", str(tmp_path / "data"))
        said("places", "import", "p.gpkg", "--source", "list")
        told = said("geocode", *ASKED, "--address", "no", "--save-places", "kept.places")
    assert "kept.places: 5 places, for --places from now on" in told
    first = (tmp_path / "o.csv").read_bytes()
    assert b"list:1" in first
    said("geocode", *ASKED, "--address", "no", "--places", "kept.places")
    assert (tmp_path / "o.csv").read_bytes() == first


@pytest.mark.parametrize(
    ("words", "error", "sentence"),
    [
        (["--address", "x"], InvalidInputError, "--address: there is no column 'x'; a.csv has id"),
        (["--area", "77"], AreaNotFoundError, "has the code '77'"),
        (["--near", "here"], InvalidInputError, "--near here: write it as LON,LAT"),
        (["--near", "30.1,104.1"], InvalidInputError, "lon and lat look swapped"),
        (["--places", "town.gridgis"], InvalidInputError, "ends in .places"),
        (["--places", "none.places"], UnreadableFileError, "none.places cannot be read"),
        (["--save-places", "x.places"], InvalidInputError, "leave one out"),
        (["--encoding", "klingon"], UnreadableFileError, "encoding 'klingon' is unknown"),
        (["-o", "o.doc"], InvalidInputError, "write to a file that ends in .csv"),
        (["-o", "a.csv"], InvalidInputError, "a.csv is the file that is read"),
        (["-o", "none/o.csv"], InvalidInputError, "there is no folder"),
    ],
)
def test_a_wrong_option_gets_one_sentence(
    tmp_path: Path, words: list[str], error: type[GridgisError], sentence: str
) -> None:
    before = sorted(tmp_path.iterdir())
    with pytest.raises(error) as told:
        said("geocode", *ASKED, "--places", "town.places", *words)
    assert sentence in str(told.value)
    assert sorted(tmp_path.iterdir()) == before, "nothing half-written"


def test_without_saved_places_the_store_is_needed(tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        said("geocode", *ASKED)
    with pytest.raises(InvalidInputError, match=r"--save-places x\.bin: a saved index of places"):
        said("geocode", *ASKED, "--save-places", "x.bin")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "town.places"]


@pytest.mark.parametrize(
    "words", [["--chunk-rows", "0"], ["--processes", "0"], ["--processes", "many"]]
)
def test_a_number_out_of_range_is_refused_with_the_usage(words: list[str]) -> None:
    ask = ["geocode", *ASKED, "--places", "town.places", *words]
    assert CliRunner().invoke(commands(["geocode"]), ask).exit_code == 2


def test_which_column_holds_the_address_must_be_said() -> None:
    ask = ["geocode", "a.csv", "-o", "o.csv"]
    assert CliRunner().invoke(commands(["geocode"]), ask).exit_code == 2


def test_the_program_ends_with_two_and_one_sentence(tmp_path: Path) -> None:
    whole = (tmp_path / "town.places").read_bytes()
    (tmp_path / "town.places").write_bytes(whole[:-30])
    told = subprocess.run(
        [*GRIDGIS, "geocode", *ASKED, "--places", "town.places"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr.startswith("gridgis: town.places is not whole")
    assert told.stderr.count("\n") == 1
