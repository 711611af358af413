"""Workbooks to fill in: the headings that an import knows, and one example row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from gridgis.exports.shaping import GEOMETRY
from gridgis.exports.writing import require_table_name, whole_file
from gridgis.imports.columns import HEADERS
from gridgis.imports.options import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

_EXAMPLES: dict[str, dict[str, str | float]] = {
    "reports": {
        "number": EXAMPLE,
        "lon": 103.8343,
        "lat": 36.0611,
        "captured_at": "2026-05-01 08:30",
        "category": "road",
        "description": "人行道有坑 a hole in the pavement",
        "address": "中山路 12 号",
        "accuracy_m": 15,
    },
    "responders": {
        "number": EXAMPLE,
        "kind": "worker",
        "name": "李娜",
        "organisation": "某某社区",
        "role": "full-time",
        "area": "620103001002003",
        "skills": "patrol; mediation",
        "phone": "13800000000",
        "duty": "Mo-Fr 08:00-18:00; Sa 09:00-12:00",
        "capacity": 2,
        "lon": 103.8343,
        "lat": 36.0611,
    },
    "cells": {
        "code": EXAMPLE,
        "name": "某某小区 1 号楼",
        "kind": "building",
        "parent_code": "620103001002003C01",
        "households": 48,
        "floors": 6,
        "lon": 103.8343,
        "lat": 36.0611,
    },
    "places": {
        "code": EXAMPLE,
        "kind": "entrance",
        "name": "某某小区东门",
        "standard_address": "某某市某某区中山路 12 号",
        "district": "某某区",
        "road": "中山路",
        "house_number": "12",
        "compound": "某某小区",
        "aliases": "东门; east gate",
        "former_names": "某某厂家属院东门",
        "cell_code": "620103001002003C01",
        "lon": 103.8343,
        "lat": 36.0611,
    },
    "categories": {
        "code": EXAMPLE,
        "name": "道路破损",
        "name_en": "Road damage",
        "family": "市政",
        "skills": "road",
    },
    "visit-plans": {
        "code": EXAMPLE,
        "place": "file:JL11",
        "kind": "visit",
        "name": "独居老人走访",
        "every_days": 7,
        "hours": "Mo-Fr 09:00-11:30,14:30-17:00",
        "service_s": 900,
        "priority": 5,
        "responder": "file:W0001",
        "starts_on": "2026-05-01",
    },
    "units": {
        "code": EXAMPLE,
        "name": "某某区城市管理局",
        "name_en": "Urban Management Bureau",
        "tier": "district",
        "organisation": "某某区城市管理局",
        "phone": "09310000000",
    },
    "responsibilities": {
        "category": "rubbish",
        "area": "620103001",
        "unit": EXAMPLE,
    },
}
_NUMBERS = frozenset({"lon", "lat", "accuracy_m", "households", "population", "floors"}) | {
    *("capacity", "every_days", "service_s", "priority"),
}
_WIDTH = 20

TOGETHER = {"units": ("units", "responsibilities")}
"""Nouns that are filled in together, a sheet each; the others have a workbook of their own."""


def _headings(noun: str) -> list[tuple[str, tuple[str, ...]]]:
    # Shapes are drawn elsewhere: nobody fills in polygons.
    return [(field, names) for field, names in HEADERS[noun].items() if field != GEOMETRY]


def write_template(noun: str, path: Path) -> None:
    """Write a workbook with a noun's headings in Chinese and English and an example row.

    Columns of codes and texts are formatted as text, so that a spreadsheet keeps every digit. The
    example row is known by its number and never imported. Nouns that are filled in together have a
    sheet each.

    Raises
    ------
    InvalidInputError
        The path does not end in .xlsx, or its folder is not there.
    """
    require_table_name(path, only=".xlsx")
    book = Workbook()
    if book.active is not None:
        book.remove(book.active)
    for one in TOGETHER.get(noun, (noun,)):
        _write_sheet(book.create_sheet(one), one)
    with whole_file(path) as unfinished:
        book.save(unfinished)


def _write_sheet(sheet: Worksheet, noun: str) -> None:
    for place, (field, names) in enumerate(_headings(noun), 1):
        heading = sheet.cell(1, place, f"{names[0]} {names[1]}")
        heading.font = Font(bold=True)
        heading.fill = PatternFill("solid", fgColor="DDE8F0")
        heading.alignment = Alignment(wrap_text=True, vertical="top")
        column = sheet.column_dimensions[get_column_letter(place)]
        column.width = _WIDTH
        example = sheet.cell(2, place, _EXAMPLES[noun].get(field))
        if field not in _NUMBERS:
            column.number_format = "@"
            example.number_format = "@"
    sheet.freeze_panes = "A2"
