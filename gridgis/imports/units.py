"""Responsible units and their duties from Excel: the whole list, or none of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd
from python_calamine import CalamineError, CalamineWorkbook

from gridgis.bound import BASE
from gridgis.cases.words import TIERS
from gridgis.errors import InvalidInputError, RowsRefusedError, UnreadableFileError
from gridgis.files import Reading, open_rows
from gridgis.imports import columns, values
from gridgis.imports.columns import find_columns
from gridgis.imports.options import EXAMPLE
from gridgis.imports.refusals import Judging
from gridgis.response.duty import ANY, Duties, cross_table, grids_of_base, said, where_of
from gridgis.store import categories
from gridgis.store import units as stored
from gridgis.store.units import NewDuty, StoredDuty, StoredUnit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.imports.columns import Headers
    from gridgis.store.connection import Connection
    from gridgis.store.units import AreaInForce

MOST_ROWS = 200_000
"""Rows of one list: some hundred categories in each of some hundred areas."""

SHEETS = {
    "units": ("units", "单位", "责任单位", "单位名录"),
    "responsibilities": ("responsibilities", "权责清单", "责任清单", "职责"),
}
"""What the sheets of a workbook may be called."""

_SHOWN = 5
_TIER_WORDS = {
    "网格": "grid",
    "社区": "community",
    "街道": "street",
    "区": "district",
    "市": "city",
}


class UnitTables(NamedTuple):
    """The tables of a file, indexed by row number; None: it has no such table."""

    units: pd.DataFrame | None
    duties: pd.DataFrame | None


@dataclass(slots=True)
class UnitsRead:
    """What a file or frames say; `gaps` are sentences, each a category with grids without a unit.

    `list_id` is the number of the stored list; None: none was stored.
    """

    units: list[StoredUnit] = field(default_factory=list)
    duties: list[NewDuty] = field(default_factory=list)
    repeated: int = 0
    gaps: list[str] = field(default_factory=list)
    changed: int = 0
    list_id: int | None = None


def read_tables(path: Path, encoding: str | None = None) -> UnitTables:
    """Return the tables of a workbook, by its sheets' names, or of one file, by its columns.

    Raises
    ------
    UnreadableFileError
        The file is not what its name says.
    InvalidInputError
        It has neither table, or too many rows.
    """
    named = _sheets(path)
    if named:
        tables = {noun: _table(path, Reading(sheet=sheet)) for noun, sheet in named.items()}
        return UnitTables(tables.get("units"), tables.get("responsibilities"))
    table = _table(path, Reading(encoding=encoding))
    found = find_columns([str(name) for name in table.columns], columns.RESPONSIBILITIES, {})
    return UnitTables(None, table) if "category" in found else UnitTables(table, None)


def import_units(
    connection: Connection, tables: UnitTables, file: str, actor: Actor, now: datetime
) -> UnitsRead:
    """Store units, and the list of duties that counts from now on; see :func:`judge_units`.

    The same list again adds nothing.
    """
    read = judge_units(connection, tables, now)
    read.changed = stored.put(connection, read.units)
    if tables.duties is not None and not _same(connection, read.duties, now):
        read.list_id = stored.put_duties(connection, read.duties, file, actor, now)
    return read


def judge_units(connection: Connection, tables: UnitTables, now: datetime) -> UnitsRead:
    """Judge units and duties against the categories, layers and areas that are in force.

    Raises
    ------
    RowsRefusedError
        A row cannot be used: something is missing or unknown, or two units answer for the same.
    """
    read = UnitsRead()
    refusals: list[tuple[int, str]] = []
    if tables.units is not None:
        refusals += _read_units(tables.units, read)
    if tables.duties is not None:
        known = {one.code for one in (*stored.everything(connection), *read.units)}
        areas = stored.areas_in_force(connection, now)
        codes = [one.code for one in categories.everything(connection)]
        judging = _Duties(tables.duties, areas, codes, known)
        refusals += judging.refusals()
        read.duties, read.repeated = judging.duties, judging.repeated
        if not refusals:
            read.gaps = _gaps(read.duties, areas, codes)
    if refusals:
        rows = "1 row" if len(refusals) == 1 else f"{len(refusals):,} rows"
        msg = f"{rows} of units and duties cannot be used; nothing was written"
        raise RowsRefusedError(msg, refusals)
    return read


def _sheets(path: Path) -> dict[str, str]:
    """Return noun -> sheet of a workbook whose sheets are named so; of other files, nothing."""
    if path.suffix.lower() not in {".xlsx", ".xls", ".xlsm", ".xlsb", ".ods"} or not path.is_file():
        return {}
    try:
        names = CalamineWorkbook.from_path(path).sheet_names
    except (CalamineError, OSError) as error:
        msg = f"{path}: not a workbook, or a damaged or locked one ({error})"
        raise UnreadableFileError(msg) from error
    known = {word: noun for noun, words in SHEETS.items() for word in words}
    return {known[name.strip().lower()]: name for name in names if name.strip().lower() in known}


def _table(path: Path, reading: Reading) -> pd.DataFrame:
    rows = open_rows(path, reading)
    table = pd.concat([*rows.chunks, pd.DataFrame(columns=rows.columns)])
    if len(table) > MOST_ROWS:
        msg = f"{path}: {len(table):,} rows; a list of duties has at most {MOST_ROWS:,}"
        raise InvalidInputError(msg)
    return table


def _fields(
    table: pd.DataFrame, headers: Headers, needed: Sequence[str], sheet: str
) -> tuple[dict[str, pd.Series], Judging]:
    """Return each field as text, None where it is empty; what is needed must be there."""
    found = find_columns([str(name) for name in table.columns], headers, {})
    for name in needed:
        if name not in found:
            names = ", ".join(headers[name][:3])
            msg = f"{sheet}: no column for {name} ({names}); it has {', '.join(table.columns)}"
            raise InvalidInputError(msg)
    judging = Judging(table)
    nothing = pd.Series([None] * len(table), index=table.index, dtype=object)
    read = {
        name: values.codes(table[found[name]], name, judging) if name in found else nothing
        for name in headers
    }
    for name in needed:
        for row in table.index[read[name].isna()]:
            judging.refuse(row, f"{name} is missing")
    return read, judging


def _read_units(table: pd.DataFrame, read: UnitsRead) -> list[tuple[int, str]]:
    fields, judging = _fields(table, columns.UNITS, ("code", "name"), "units")
    first: dict[str, int] = {}
    for row in table.index:
        said = {name: column[row] for name, column in fields.items()}
        if said["code"] == EXAMPLE or row in judging.reasons:
            continue
        tier = said["tier"] and _TIER_WORDS.get(said["tier"], said["tier"].lower())
        if tier is not None and tier not in TIERS:
            judging.refuse(row, f"tier {said['tier']!r} is none of {', '.join(TIERS)}")
        if said["code"] in first:
            judging.refuse(row, f"unit {said['code']} stands already in row {first[said['code']]}")
        first.setdefault(said["code"], row)
        read.units.append(StoredUnit(**{**said, "tier": tier}))
    return [(int(row), f"units: {reason}") for row, reason in sorted(judging.reasons.items())]


class _Duties:
    """Reads a table of duties row by row."""

    def __init__(
        self,
        table: pd.DataFrame,
        areas: Sequence[AreaInForce],
        codes: Sequence[str],
        units: set[str],
    ) -> None:
        needed = ("category", "unit")
        self._fields, self._judging = _fields(
            table, columns.RESPONSIBILITIES, needed, "responsibilities"
        )
        self._categories = {*codes, ANY}
        self._units = units
        self._layers = {area.layer: area.layer_id for area in areas}
        self._areas: dict[tuple[str, str], int] = {}
        for area in areas:
            # Of several levels with one code the grid counts: grids come last.
            self._areas[area.layer, area.code] = area.area_id
        self.duties: list[NewDuty] = []
        self.repeated = 0
        self._first: dict[tuple[object, ...], tuple[int, str]] = {}
        for row in table.index:
            self._take(row)

    def refusals(self) -> list[tuple[int, str]]:
        """Return the refused rows with the reasons."""
        return [(int(row), reason) for row, reason in sorted(self._judging.reasons.items())]

    def _take(self, row: int) -> None:
        category, layer, area, unit = (
            self._fields[name][row] for name in ("category", "layer", "area", "unit")
        )
        if unit == EXAMPLE or row in self._judging.reasons:
            return
        reason = self._reason(category, layer, area, unit)
        if reason is not None:
            self._judging.refuse(row, reason)
            return
        area_id = None if area is None else self._areas[layer or BASE, area]
        layer_id = None if layer is None else self._layers[layer]
        duty = NewDuty(category, unit, layer_id, area_id)
        key = (category, where_of(layer_id, area_id))
        if key not in self._first:
            self._first[key] = (row, unit)
            self.duties.append(duty)
        elif self._first[key][1] == unit:
            self.repeated += 1
        else:
            other, first = self._first[key][1], self._first[key][0]
            what = said(StoredDuty(0, category, layer_id, area_id, unit, layer, area, None))
            self._judging.refuse(row, f"{what} is of {other} already in row {first}, not of {unit}")

    def _reason(self, category: str, layer: str | None, area: str | None, unit: str) -> str | None:
        """Return why a row cannot be used."""
        if category not in self._categories:
            return f"category {category} is unknown; `gridgis categories list` shows them"
        if unit not in self._units:
            return f"unit {unit} is unknown; put it on the sheet of units"
        if layer == BASE and area is None:
            return f"layer {BASE} is everywhere; leave the layer empty"
        if layer is not None and layer not in self._layers:
            return f"layer {layer} is unknown; `gridgis layers list` shows them"
        if area is not None and (layer or BASE, area) not in self._areas:
            return f"no area of layer {layer or BASE} has the code {area}"
        return None


def _gaps(
    duties: Sequence[NewDuty], areas: Sequence[AreaInForce], codes: Sequence[str]
) -> list[str]:
    """Return which categories nobody answers for in which grids of the base layer."""
    listed = Duties.of(
        StoredDuty(0, one.category, one.layer_id, one.area_id, one.unit, None, None, None)
        for one in duties
    )
    table = cross_table(listed, codes, grids_of_base(areas))
    open_ones = table[table["unit"].isna()]
    every = table["grid"].nunique()
    return [
        _gap(str(category), grids["grid"].tolist(), every)
        for category, grids in open_ones.groupby("category", sort=False)
    ]


def _gap(category: str, grids: Sequence[str], every: int) -> str:
    if len(grids) == every > 1:
        return f"nobody answers for {category} in any of {every:,} grids"
    shown = ", ".join(grids[:_SHOWN])
    more = f" and {len(grids) - _SHOWN:,} more" if len(grids) > _SHOWN else ""
    count = "1 grid" if len(grids) == 1 else f"{len(grids):,} grids"
    return f"nobody answers for {category} in {count}: {shown}{more}"


def _same(connection: Connection, duties: Sequence[NewDuty], now: datetime) -> bool:
    """Return whether the list that counts says just this."""
    number = stored.newest_list(connection)
    if number is None:
        return False
    there = stored.duties(connection, number, now)
    return [NewDuty(one.category, one.unit, one.layer_id, one.area_id) for one in there] == list(
        duties
    )
