"""Files of rows at the terminal: in, out, corrected, undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from typer.testing import CliRunner

from gridgis.clock import SystemClock
from gridgis.errors import GridgisError, InUseError, InvalidInputError, ReportNotFoundError
from gridgis.store.engine import Store
from gridgis_api.cli import categories, cells, imports, places, reports, responders
from tests.cities import draw

if TYPE_CHECKING:
    from pathlib import Path

ROOMS = {
    "reports": reports,
    "responders": responders,
    "cells": cells,
    "places": places,
    "categories": categories,
    "imports": imports,
}
app = typer.Typer()
for name, room in ROOMS.items():
    app.add_typer(room.app, name=name)

HEADER = "SR,X,Y,When,Kind\n"
GOOD = "1,104.005,30.005,04/30/2026 08:00:00 PM,hole\n"
ASKED = (
    *("--id", "SR", "--lon", "X", "--lat", "Y", "--time", "When", "--description", "Kind"),
    *("--category-value", "road", "--time-format", "%m/%d/%Y %I:%M:%S %p"),
)


@pytest.fixture(autouse=True)
def town(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")
    store = Store(database_url)
    with store.begin() as connection:
        draw(connection, made_at=SystemClock().now())
    store.close()


def said(*words: object) -> str:
    """What a command writes, on both channels."""
    result = CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_reports_go_in_out_and_away_again(tmp_path: Path) -> None:
    file, out = tmp_path / "r.csv", tmp_path / "out.csv"
    file.write_text(HEADER + GOOD + GOOD + "2,1,,04/30/2026 08:00:00 PM,\n", encoding="utf-8")
    dry = said("reports", "import", file, *ASKED, "--dry-run")
    assert "3 rows read: 1 added, 1 the same as stored, 1 refused (a dry run" in dry
    wet = said("reports", "import", file, *ASKED)
    assert "row 4: half a coordinate: lat is missing" in wet
    assert "r.csv.refused.csv" in wet
    assert "3 rows read: 1 added, 1 the same as stored, 1 refused (import 1)" in wet
    assert "1 reports" in said("reports", "export", "-o", out, "--import", 1)
    text = out.read_text(encoding="utf-8-sig")
    assert "2026-04-30T20:00:00+08:00,road,hole" in text
    assert ",A,covers," in text
    assert "import 1 is undone: 1 rows are out" in said("imports", "undo", 1)
    assert "undone by Li Na" in said("imports", "list")
    assert "state: undone by Li Na" in said("imports", "show", 1)


@pytest.mark.parametrize("noun", [noun for noun in ROOMS if noun != "imports"])
def test_every_noun_has_a_template_and_an_export(noun: str, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    assert f"then `gridgis {noun} import" in said(noun, "template", "-o", book)
    assert "0 rows read: 0 added" in said(noun, "import", book)
    assert f"0 {noun}" in said(noun, "export", "-o", tmp_path / "out.gpkg")


def test_places_come_from_openstreetmap(shared: Path, tmp_path: Path) -> None:
    file, out = shared / "data/roads_monaco/monaco.osm.gz", tmp_path / "p.csv"
    assert "147 added" in said("places", "import", file, "--source", "osm")
    assert "147 places" in said("places", "export", "-o", out)
    assert "Boulevard Albert 1er,,5b," in out.read_text(encoding="utf-8-sig")


def test_a_report_is_repinned_by_its_own_number_and_not_undone_by_mistake(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(HEADER + GOOD, encoding="utf-8")
    assert "category 'road' is in no catalogue" in said("reports", "import", file, *ASKED)
    why = ("--reason", "the reporter pointed elsewhere")
    assert "is repinned" in said("reports", "repin", 1, "--lon", 104.015, "--lat", 30.015, *why)
    said("reports", "export", "-o", tmp_path / "out.csv", "--import", 1)
    assert ",E,covers," in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    with pytest.raises(ReportNotFoundError, match="'7'"):
        said("reports", "retire", 7, *why)
    with pytest.raises(InUseError, match="--with-corrections"):
        said("imports", "undo", 1)
    assert "1 rows are out" in said("imports", "undo", 1, "--with-corrections")


def test_a_responder_is_corrected_and_retired(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("number,name\n1,Li Na\n", encoding="utf-8")
    assert "1 added" in said("responders", "import", file, "--value", "kind=worker")
    done = said(
        "responders", "correct", 1, "--set", "area=E", "--set", "phone=1", "--reason", "new"
    )
    assert "area, phone changed; the old row is kept" in done
    assert "1 responders" in said("responders", "export", "-o", tmp_path / "o.csv")
    assert ",E,,1," in (tmp_path / "o.csv").read_text(encoding="utf-8-sig")
    assert "out of use" in said("responders", "retire", 1, "--reason", "left")
    assert "0 responders" in said("responders", "export", "-o", tmp_path / "o.csv")
    assert "1 responders" in said("responders", "export", "-o", tmp_path / "o.csv", "--retired")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--column", "number"], "write FIELD=TEXT"),
        (["--column", "colour=SR"], "'colour' is no field of reports; they are number"),
        (["--id", "Nummer"], "there is no column 'Nummer'; the file has SR, X, Y"),
        (["--timezone", "Mars/Base"], "--timezone 'Mars/Base' is unknown"),
        (["--id", "SR", "--time", "When", "--datum", "mars"], "datum 'mars' is unknown"),
    ],
)
def test_a_wrong_option_gets_one_sentence(tmp_path: Path, words: list[str], sentence: str) -> None:
    file = tmp_path / "r.csv"
    file.write_text(HEADER + GOOD, encoding="utf-8")
    with pytest.raises(InvalidInputError, match=sentence):
        said("reports", "import", file, *words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--layer", "fire"], "there is no layer 'fire'"),
        (["--import", "9"], "there is no import 9"),
        (["--area", "4711"], "has an area with the code '4711'"),
        (["--from", "2026-06-01", "--to", "2026-05-01"], "must be later than --from 2026-06-01"),
    ],
)
def test_an_export_of_what_does_not_exist_is_refused(
    tmp_path: Path, words: list[str], sentence: str
) -> None:
    out = tmp_path / "out.csv"
    with pytest.raises(GridgisError, match=sentence):
        said("reports", "export", "-o", out, *words)
    assert list(tmp_path.iterdir()) == [], "nothing half-written"


def test_an_unknown_layer_is_said_once_and_nothing_begins(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text("number,kind,name,area\n1,worker,Li Na,A\n", encoding="utf-8")
    with pytest.raises(GridgisError, match="there is no layer 'fire'"):
        said("responders", "import", file, "--layer", "fire")
    assert "responders" not in said("imports", "list")


def test_a_name_is_corrected_without_looking_the_area_up_again(tmp_path: Path) -> None:
    file, out = tmp_path / "r.csv", tmp_path / "o.csv"
    file.write_text("number,kind,name,area\n1,worker,Li Na,A\n", encoding="utf-8")
    said("responders", "import", file)
    change = ("--set", "name=Li Ming", "--reason", "typo", "--layer", "elsewhere")
    assert "name changed" in said("responders", "correct", 1, *change)
    said("responders", "export", "-o", out)
    assert ",Li Ming,,,A," in out.read_text(encoding="utf-8-sig")
