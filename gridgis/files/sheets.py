"""Excel sheets and their kin, read row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook, WorksheetNotFound

from gridgis.errors import UnreadableFileError
from gridgis.files.rows import Rows, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gridgis.files.rows import Reading


def open_sheet(path: Path, reading: Reading) -> Rows:
    """Open one sheet of a workbook, the first unless told; its first row names the columns.

    Values keep the type of their cells: text, number, time.
    """
    try:
        book = CalamineWorkbook.from_path(path)
        name = reading.sheet if reading.sheet is not None else book.sheet_names[0]
        sheet = book.get_sheet_by_name(name)
    except WorksheetNotFound as error:
        msg = f"{path}: there is no sheet {reading.sheet!r}; it has {', '.join(book.sheet_names)}"
        raise UnreadableFileError(msg) from error
    except (CalamineError, OSError, IndexError) as error:
        msg = f"{path}: not a workbook, or a damaged or locked one ({error})"
        raise UnreadableFileError(msg) from error
    cells = sheet.iter_rows()
    columns = named(next(cells, []), path.name)
    # A sheet may begin below row 1; people count from the sheet's own numbers.
    first = (sheet.start or (0, 0))[0] + 2
    rows = Rows(columns=columns, chunks=iter(()), total=max(0, sheet.height - 1))
    rows.chunks = _chunks(cells, columns, first, reading.chunk_rows)
    if reading.sheet is None and len(book.sheet_names) > 1:
        rows.notes.append(f"read from sheet {name!r}; others: {', '.join(book.sheet_names[1:])}")
    return rows


def _chunks(
    cells: Iterator[Sequence[object]], columns: list[str], first: int, size: int
) -> Iterator[pd.DataFrame]:
    kept: list[list[object]] = []
    numbers: list[int] = []
    for number, row in enumerate(cells, first):
        values = [None if value == "" else value for value in row[: len(columns)]]
        if any(value is not None for value in values):
            kept.append(values + [None] * (len(columns) - len(values)))
            numbers.append(number)
        if len(kept) == size:
            yield pd.DataFrame(kept, numbers, columns, dtype=object)
            kept, numbers = [], []
    if kept:
        yield pd.DataFrame(kept, numbers, columns, dtype=object)
