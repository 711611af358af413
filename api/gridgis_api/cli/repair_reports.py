"""A report of repair as a file: a workbook, CSV or JSON, and as a map."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError
from gridgis.exports.writing import whole_file, writing
from gridgis.words import spoken
from gridgis_api.cli import context
from gridgis_api.repair_pages import about_file, repair_page
from gridgis_boundaries.repair import as_table

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_boundaries.repair import Report

_ENDINGS = (".xlsx", ".csv", ".json")


def require_report_file(path: Path | None) -> None:
    """Refuse a path to which no report can be written.

    Raises
    ------
    InvalidInputError
        The ending is unknown, or the folder is not there.
    """
    if path is not None:
        _require_place(path, _ENDINGS, "the report")


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


@dataclass(frozen=True, slots=True)
class RepairMap:
    """A map that somebody wants of a repair: its file and language."""

    path: Path
    lang: str

    @classmethod
    def wanted(cls, path: Path | None, lang: str) -> RepairMap | None:
        """Return what is wanted, None without a path.

        Raises
        ------
        InvalidInputError
            The ending is not .html, the folder is not there, or the language is unknown.
        """
        if path is None:
            return None
        _require_place(path, (".html",), "the map")
        return cls(path, spoken(lang))

    def write(self, areas: gpd.GeoDataFrame, report: Report, code: str | None, file: str) -> None:
        """Draw areas of a file, before or after repair, and what the report says of them."""
        about = about_file(file, context.clock, context.settings().zone)
        page = repair_page(areas, report, code=code, about=about, lang=self.lang)
        context.say(f"{page.save(self.path)}: the map")


def _require_place(path: Path, endings: tuple[str, ...], what: str) -> None:
    if path.suffix.lower() not in endings:
        msg = f"{path}: write {what} to a file that ends in {', '.join(endings)}"
        raise InvalidInputError(msg)
    if not path.absolute().parent.is_dir():
        msg = f"{path}: there is no folder {path.absolute().parent}"
        raise InvalidInputError(msg)
