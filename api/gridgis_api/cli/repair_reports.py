"""A report of repair as a file: a workbook, CSV or JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError
from gridgis.exports.writing import whole_file, writing
from gridgis_boundaries.repair import as_table

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis_boundaries.repair import Report

_ENDINGS = (".xlsx", ".csv", ".json")


def require_report_file(path: Path | None) -> None:
    """Refuse a path to which no report can be written.

    Raises
    ------
    InvalidInputError
        The ending is unknown, or the folder is not there.
    """
    if path is None:
        return
    if path.suffix.lower() not in _ENDINGS:
        msg = f"{path}: write the report to a file that ends in {', '.join(_ENDINGS)}"
        raise InvalidInputError(msg)
    if not path.absolute().parent.is_dir():
        msg = f"{path}: there is no folder {path.absolute().parent}"
        raise InvalidInputError(msg)


def write_report(report: Report, path: Path) -> None:
    """Write a report as one table; JSON has a list for each kind."""
    table = as_table(report)
    if path.suffix.lower() != ".json":
        with writing(path, "repair") as sheet:
            sheet.add(table)
        return
    rows = json.loads(table.to_json(orient="records", force_ascii=False))
    kinds = {"findings": "finding", "changes": "change", "no_grid": "no grid"}
    lists = {name: [row for row in rows if row["kind"] == kind] for name, kind in kinds.items()}
    with whole_file(path) as unfinished:
        text = json.dumps(lists, ensure_ascii=False, indent=1)
        unfinished.write_text(text, encoding="utf-8")
