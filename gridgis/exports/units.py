"""Units and their duties as Excel has them: to look at, to change, to import again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.exports.sheets import write_sheets
from gridgis.exports.writing import require_table_name, whole_file
from gridgis.imports.columns import HEADERS
from gridgis.store import units

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from gridgis.store.connection import Connection


def export_units(connection: Connection, path: Path, at: datetime) -> tuple[int, int]:
    """Write a workbook with the units in use and the list of duties that counts; return how many.

    Headings are those of the template; areas are called as at that time.

    Raises
    ------
    InvalidInputError
        The path does not end in .xlsx, or its folder is not there.
    """
    require_table_name(path, only=".xlsx")
    known = units.everything(connection)
    number = units.newest_list(connection)
    duties = [] if number is None else units.duties(connection, number, at)
    sheets = {
        "units": _frame("units", [tuple(one) for one in known]),
        "responsibilities": _frame(
            "responsibilities", [(one.category, one.layer, one.area, one.unit) for one in duties]
        ),
    }
    with whole_file(path) as unfinished:
        write_sheets(unfinished, sheets)
    return len(known), len(duties)


def _frame(noun: str, rows: Sequence[tuple[str | None, ...]]) -> pd.DataFrame:
    headings = [f"{names[0]} {names[1]}" for names in HEADERS[noun].values()]
    return pd.DataFrame(rows, columns=headings, dtype=object)
