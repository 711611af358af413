"""Files of every kind are read as what they are, or refused with one sentence."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import text

from gridgis.datum import to_wgs84
from gridgis.errors import (
    InvalidInputError,
    UnreadableFileError,
)
from gridgis.exports.templates import write_template
from gridgis.files import Reading
from gridgis.imports import Importer, ImportOptions
from tests.cities import draw

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.imports import Summary
    from gridgis.store.engine import Store

HEADER = "编号,经度,纬度,上报时间,类别,描述,来电渠道\n"


@pytest.fixture
def importer(store: Store, actor: Actor, clock: FixedClock) -> Importer:
    """Somebody who brings files in, in a town of nine grids."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    return Importer(store, actor, clock)


def bring(importer: Importer, path: Path, rows: str, **options: object) -> Summary:
    path.write_text(HEADER + rows, encoding="utf-8")
    return importer.file("reports", path, ImportOptions(source="hotline", **options))


def ask(store: Store, question: str, **facts: object) -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question), facts)]


def refused(path: Path) -> list[dict[str, str]]:
    with path.with_name(path.name + ".refused.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_chinese_in_any_encoding_is_never_garbled(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    text_ = HEADER + "A1,104.005,30.005,2026-04-30,道路,人行道有坑,电话\n"
    for encoding in ("utf-8-sig", "gb18030", "utf-16"):
        path = tmp_path / f"{encoding}.csv"
        path.write_bytes(text_.encode(encoding))
        summary = importer.file("reports", path, ImportOptions(source=encoding))
        assert (summary.added, summary.refused) == (1, 0)
    assert ask(store, "SELECT DISTINCT description FROM report") == [("人行道有坑",)]
    big5 = tmp_path / "big5.csv"
    big5.write_bytes(
        HEADER.replace("来电渠道", "x").encode("gb18030") + "A,,,,,臺灣說明,".encode("big5")
    )
    with pytest.raises(UnreadableFileError, match="say its encoding with --encoding"):
        importer.file("reports", big5, ImportOptions())
    with pytest.raises(UnreadableFileError, match="is not ascii: line 1"):
        importer.file("reports", big5, ImportOptions(reading=Reading(encoding="ascii")))


def test_excel_keeps_codes_as_text(importer: Importer, store: Store, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    sheet.append(["编号", "经度", "纬度", "上报时间", "类别"])
    sheet.append(["0012", 104.005, 30.005, datetime(2026, 4, 30, 8, 30), "road"])  # noqa: DTZ001
    sheet.append([13, 104.005, 30.005, "2026/4/30 8:30", "road"])
    sheet.append([620103001002003, 104.005, 30.005, datetime(2026, 4, 30), "road"])  # noqa: DTZ001
    sheet.append([None, None, None, None, None])
    sheet.append(["14", 104.005, 30.005, 46142.5, "road"])
    book.save(tmp_path / "r.xlsx")
    summary = importer.file("reports", tmp_path / "r.xlsx", ImportOptions())
    assert (summary.read, summary.added, summary.refused) == (4, 2, 2)
    assert [row["row"] for row in refused(tmp_path / "r.xlsx")] == ["4", "6"]
    assert "turned into a number by a spreadsheet" in refused(tmp_path / "r.xlsx")[0]["reason"]
    assert "which is no time" in refused(tmp_path / "r.xlsx")[1]["reason"]
    assert ask(store, "SELECT number, captured_at FROM report ORDER BY number") == [
        ("0012", datetime(2026, 4, 30, 0, 30, tzinfo=UTC)),
        ("13", datetime(2026, 4, 30, 0, 30, tzinfo=UTC)),
    ]


@pytest.mark.parametrize("noun", ["reports", "responders", "cells", "places", "categories"])
def test_a_template_is_imported_as_it_is_filled_in(
    importer: Importer, tmp_path: Path, noun: str
) -> None:
    path = tmp_path / "template.xlsx"
    write_template(noun, path)
    untouched = importer.file(noun, path, ImportOptions())
    assert (untouched.read, untouched.added, untouched.refused) == (0, 0, 0)
    book = load_workbook(path)
    example = [cell.value for cell in book.active[2]]
    area = next((n for n, cell in enumerate(book.active[1]) if "area" in cell.value), None)
    row = ["0001", *example[1:]]
    if area is not None:
        row[area] = "E"
    book.active.append(row)
    book.save(path)
    filled = importer.file(noun, path, ImportOptions())
    assert filled.refusals == []
    assert (filled.read, filled.added) == (1, 1)


def test_shifted_and_projected_coordinates_are_brought_home(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "r.csv"
    path.write_text("编号,经度,纬度,上报时间\n1,104.0074,30.0026,2026-04-30\n", encoding="utf-8")
    shifted = ImportOptions(source="gcj", reading=Reading(datum="gcj02"))
    importer.file("reports", path, shifted)
    path.write_text("编号,x,y,上报时间\n1,404000,3320000,2026-04-30\n", encoding="utf-8")
    zone = ImportOptions(source="utm", reading=Reading(crs="EPSG:32648"))
    importer.file("reports", path, zone)
    rows = ask(store, "SELECT source, ST_X(location), ST_Y(location) FROM report ORDER BY 1")
    assert [row[0] for row in rows] == ["gcj", "utm"]
    home = to_wgs84(104.0074, 30.0026, "gcj02")
    assert rows[0][1:] == pytest.approx((float(home[0]), float(home[1])), abs=1e-9)
    assert rows[0][1] < 104.006
    assert rows[1][1:] == pytest.approx((104.0045, 30.0066), abs=2e-3)
    with pytest.raises(InvalidInputError, match="EPSG:1"):
        importer.file("reports", path, ImportOptions(reading=Reading(crs="EPSG:1")))


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("none.csv", None, "there is no such file"),
        ("empty.csv", b"", "the file is empty"),
        ("r.xlsx", b"PK not really", "not a workbook"),
        ("r.parquet", b"PAR1 not really", "not a Parquet file"),
        ("r.csv", "编号,编号\n1,2\n".encode(), "two columns are called '编号'"),
        ("r.csv", "编号,经度\n1,2\n".encode(), "no column for captured_at"),
        ("r.csv", b"a\x00b,c\n1,2\n", "a column's name: a NUL byte"),
        ("r.csv.gz", b"not really", "not a gzip file"),
        ("r.geojson", b"{}", "r.geojson"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_whole(
    importer: Importer,
    store: Store,
    tmp_path: Path,
    name: str,
    content: bytes | None,
    sentence: str,
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(InvalidInputError, match=sentence):
        importer.file("reports", tmp_path / name, ImportOptions())
    assert ask(store, "SELECT count(*) FROM import_run") == [(0,)]
