"""Excel workbooks: what is text stays text, codes above all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pandas as pd
import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from gridgis.errors import InvalidInputError
from gridgis.exports.shaping import GEOMETRY

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from openpyxl.cell import Cell
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

MOST_ROWS = 1_048_575
"""Rows that fit into a sheet below its header."""

_LONGEST = 32_767
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class SheetTable:
    """A workbook with one sheet, named after the noun."""

    def __init__(self, path: Path, noun: str) -> None:
        self._path = path
        self._book = Workbook(write_only=True)
        self._sheet = _Sheet(self._book, noun, path.name)

    def add(self, part: pd.DataFrame) -> None:
        """Append rows; shapes are WKT if a cell holds them, times those of the part's zone."""
        self._sheet.add(part)

    def close(self) -> None:
        """Write the workbook."""
        self._book.save(self._path)


def write_sheets(path: Path, sheets: Mapping[str, pd.DataFrame]) -> None:
    """Write a workbook with one sheet a table, in their order; a sheet's name is its key.

    Raises
    ------
    InvalidInputError
        A table has more rows than a sheet holds.
    """
    book = Workbook(write_only=True)
    for title, table in sheets.items():
        _Sheet(book, title, path.name).add(table)
    book.save(path)


class _Sheet:
    def __init__(self, book: Workbook, title: str, file: str) -> None:
        self._sheet: WriteOnlyWorksheet = book.create_sheet(title)
        self._file = file
        self._rows = 0
        self._headed = False

    def add(self, part: pd.DataFrame) -> None:
        plain = part.copy()
        if GEOMETRY in plain:
            plain[GEOMETRY] = [_fitting(shape) for shape in plain[GEOMETRY]]
        if not self._headed:
            self._headed = True
            self._sheet.freeze_panes = "A2"
            self._sheet.append([text_cell(self._sheet, str(name)) for name in plain.columns])
        self._rows += len(plain)
        if self._rows > MOST_ROWS:
            msg = f"{self._file}: a sheet holds {MOST_ROWS:,} rows; write .csv or .parquet"
            raise InvalidInputError(msg)
        for row in plain.itertuples(index=False):
            self._sheet.append([self._cell(value) for value in row])

    def _cell(self, value: object) -> object:
        if value is None or value is pd.NA or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN
            return None
        if isinstance(value, pd.Timestamp):
            return value.tz_localize(None).to_pydatetime(warn=False)
        return text_cell(self._sheet, value) if isinstance(value, str) else value


def _fitting(shape: shapely.Geometry | None) -> str | None:
    """Return a shape as WKT, or None when it is too long for a cell."""
    text = None if shape is None else shapely.to_wkt(shape, rounding_precision=-1)
    return text if text is None or len(text) <= _LONGEST else None


def text_cell(sheet: WriteOnlyWorksheet, text: str) -> Cell:
    """Return a cell that is text, whatever it looks like: a formula, a code, a date."""
    cell = WriteOnlyCell(sheet, value=_CONTROL.sub("\ufffd", text)[:_LONGEST])
    cell.data_type = "s"
    cell.number_format = "@"
    return cell
