"""Rows come out as files that others open, and that come in again unchanged."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from openpyxl import load_workbook
from sqlalchemy import text

from gridgis.errors import InvalidInputError
from gridgis.exports import WhichReports, WhichRows, export
from gridgis.files import Reading
from gridgis.imports import Importer, ImportOptions
from tests.cities import boxes, draw

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

CITY = ZoneInfo("Asia/Shanghai")
CODE = "620103001002003"
HOSTILE = '=HYPERLINK("http://x")'


@pytest.fixture
def town(store: Store, actor: Actor, clock: FixedClock) -> Importer:
    """A town with two of everything."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    importer = Importer(store, actor, clock)
    options = ImportOptions(source="test")
    frames = {
        "categories": pd.DataFrame({"code": ["road", "gas"], "name": ["道路", "燃气"]}),
        "responders": pd.DataFrame(
            {
                "number": [CODE, "007"],
                "kind": ["worker", "vehicle"],
                "name": ["李娜", HOSTILE],
                "area": ["A", None],
                "skills": [["gas", "night"], []],
                "duty": ["Mo-Fr 08:00-18:00", None],
                "lon": [104.1234567890123, None],
                "lat": [30.12345678901234, None],
                "badge": ["x", None],
            }
        ),
        "cells": gpd.GeoDataFrame(
            {"code": [CODE, "2"], "name": "Block", "kind": "building", "households": [40, None]},
            geometry=[boxes("A")["A"], shapely.Point(104.005, 30.005)],
            crs="EPSG:4326",
        ),
        "places": gpd.GeoDataFrame(
            {
                "code": [CODE, "2", "3"],
                "name": "东门",
                "kind": "entrance",
                "standard_address": ["柳溪区仁轩社区建兰路12号建兰丽苑", None, None],
                "community": ["和平社区", None, None],
                # An address is composed that alone would say something else.
                "road": [None, None, "Kaivokatu"],
                "house_number": ["12", "007", None],
                "aliases": [["E", "=O"], [], ["Court, East"]],
                "former_names": [[], ["棉纺厂东门", "+1"], []],
            },
            geometry=[shapely.Point(104.005, 30.005), None, None],
            crs="EPSG:4326",
        ),
        "reports": pd.DataFrame(
            {
                "number": [CODE, "2", "3"],
                "captured_at": pd.to_datetime(
                    ["2026-04-30T01:00Z", "2026-04-29T01:00Z", "2026-04-28T01:00Z"]
                ),
                "description": [HOSTILE, "井盖\n丢失", ""],
                "lon": [104.005, 104.025, None],
                "lat": [30.005, 30.025, None],
                "channel": ["phone", None, "app"],
            }
        ),
    }
    for noun, frame in frames.items():
        assert importer.frame(noun, frame, options, noun).refusals == []
    return importer


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "gpkg"])
@pytest.mark.parametrize("noun", ["responders", "cells", "places", "categories", "reports"])
def test_what_goes_out_comes_in_the_same(
    town: Importer, store: Store, clock: FixedClock, tmp_path: Path, noun: str, ending: str
) -> None:
    path = tmp_path / f"{noun}.{ending}"
    which = WhichReports() if noun == "reports" else WhichRows(at=clock.now())
    rows = export(store, noun, path, which, CITY)
    again = town.file(noun, path, ImportOptions(source="test", reading=Reading()))
    assert again.refusals == []
    assert (again.read, again.same, again.added) == (rows, rows, 0)
    assert list(tmp_path.iterdir()) == [path], "nothing unfinished stays behind"


def test_a_spreadsheet_shows_codes_times_and_hostile_texts_as_they_are(
    town: Importer, store: Store, tmp_path: Path
) -> None:
    assert town
    export(store, "reports", tmp_path / "r.xlsx", WhichReports(), CITY)
    sheet = load_workbook(tmp_path / "r.xlsx").active
    rows = {cell[0].value: cell for cell in sheet.iter_rows(min_row=2)}
    code, captured_at, description = (rows[CODE][place] for place in (0, 2, 4))
    assert (code.data_type, code.number_format) == ("s", "@")
    assert captured_at.value == datetime(2026, 4, 30, 9, 0)  # noqa: DTZ001 - a sheet has no zones
    assert (description.value, description.data_type) == (HOSTILE, "s")


def test_csv_opens_in_excel_and_runs_no_formula(
    town: Importer, store: Store, tmp_path: Path
) -> None:
    assert town
    export(store, "reports", tmp_path / "r.csv", WhichReports(), CITY)
    raw = (tmp_path / "r.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "'=HYPERLINK" in raw.decode()
    assert "2026-04-30T09:00:00+08:00" in raw.decode()


def test_reports_are_chosen_by_time_area_and_import(
    town: Importer, store: Store, tmp_path: Path
) -> None:
    assert town
    with store.begin() as connection:
        connection.execute(
            text("UPDATE report SET located = :found WHERE number = :code"),
            {"found": '{"precision": "building"}', "code": CODE},
        )
    path = tmp_path / "r.parquet"
    day = datetime(2026, 4, 29, tzinfo=UTC)
    assert export(store, "reports", path, WhichReports(since=day), CITY) == 2
    assert export(store, "reports", path, WhichReports(before=day), CITY) == 1
    assert export(store, "reports", path, WhichReports(area="I"), CITY) == 1
    assert export(store, "reports", path, WhichReports(area="base-city"), CITY) == 2
    assert export(store, "reports", path, WhichReports(import_id=5), CITY) == 3
    table = pd.read_parquet(path)
    assert table["number"].tolist() == [CODE, "2", "3"]
    assert table["import_row"].tolist() == [1, 2, 3]
    assert table["grid_code"].tolist()[:2] == ["A", "I"]
    assert table["rule"].tolist() == ["covers", "covers", "no_location"]
    assert table["location_precision"].fillna("").tolist() == ["building", "", ""]
    assert table["boundary_distance_m"][0] == pytest.approx(482.3, abs=1)
    never = WhichReports(before=datetime(1970, 1, 1, tzinfo=UTC))
    assert export(store, "reports", path, never, CITY) == 0
    assert list(pd.read_parquet(path).columns) == list(table.columns)


def test_shapes_come_out_as_shapes(
    town: Importer, store: Store, clock: FixedClock, tmp_path: Path
) -> None:
    assert town
    for ending in ("gpkg", "parquet"):
        path = tmp_path / f"cells.{ending}"
        export(store, "cells", path, WhichRows(at=clock.now()), CITY)
        read = gpd.read_parquet(path) if ending == "parquet" else gpd.read_file(path)
        assert read.crs.equals("EPSG:4326", ignore_axis_order=True)
        assert read.set_index("code").geometry[CODE].equals(boxes("A")["A"])


@pytest.mark.parametrize("name", ["rows.doc", "nowhere/rows.csv"])
def test_a_path_that_cannot_be_written_is_refused_first(
    store: Store, tmp_path: Path, name: str
) -> None:
    with pytest.raises(InvalidInputError, match=r"write to a file that ends in|there is no folder"):
        export(store, "reports", tmp_path / name, WhichReports(), CITY)
