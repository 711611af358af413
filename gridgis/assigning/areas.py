"""From a file of areas to the index that answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgis.assigning.levels import LEVEL, Grids, grids_of
from gridgis.assigning.options import INDEX_SUFFIX, Areas
from gridgis.errors import InvalidGeometryError, InvalidInputError
from gridgis.files.vectors import open_vector
from gridgis.imports.columns import find_columns
from gridgis.imports.refusals import Judging
from gridgis.imports.values import moments
from gridgis.locate.index import GridIndex
from gridgis.locate.sorting import Columns
from gridgis.shapes import fit, union

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from gridgis.imports.columns import Headers

SINCE, UNTIL = "valid_from", "valid_to"
"""Columns of a file that holds several editions."""

# Before and after all times that are taken.
_FIRST, _LAST = (pd.Timestamp(year, 1, 1, tz="UTC").as_unit("us") for year in (1800, 2250))

_CODES: Headers = {"code": ("编码", "code", "网格编码", "grid code", "区域编码", "area code")}


def open_index(areas: Areas, zone: ZoneInfo) -> tuple[GridIndex, list[str]]:
    """Return the index of a file of areas, or a saved one, and what a person should know.

    A column ``level`` tells levels apart, ``parent_code`` gives the codes above, ``valid_from`` and
    ``valid_to`` several editions.

    Parameters
    ----------
    zone
        Of the editions' times that carry none.

    Raises
    ------
    UnreadableFileError, UnsupportedCrsError, InvalidGeometryError, LevelNotFoundError
        As the file deserves it.
    InvalidInputError
        A column is missing; a code is missing or stands on several rows; editions overlap.
    """
    if is_index(areas.file):
        return _saved(areas)
    reading = areas.reading
    frame = open_vector(areas.file, crs=reading.crs, datum=reading.datum, encoding=reading.encoding)
    notes = list(frame.attrs.get("notes", []))
    name = Path(areas.file).name
    if not len(frame):
        msg = f"{name} holds no areas"
        raise InvalidInputError(msg)
    code = _code_column(frame, areas, name)
    frame[code] = _codes(frame[code], name)
    for column in areas.carried:
        if column not in frame.columns:
            msg = f"--parent {column}: {_there(frame, name)}"
            raise InvalidInputError(msg)
        frame[column] = _as_text(frame[column])
    columns = _with_times(frame, name, zone)
    grids = _grids(frame, code, areas, columns)
    keep = list(dict.fromkeys([*grids.parents, *areas.carried]))
    chosen = _one_row_a_code(gpd.GeoDataFrame(grids.frame), code, keep, areas.merge_same_code)
    index = GridIndex.from_frame(chosen, code, columns=columns, keep=keep)
    return index, [*notes, *grids.notes, *index.notes]


def is_index(file: str) -> bool:
    """Return whether the name is that of a saved index."""
    return Path(file).suffix.lower() == INDEX_SUFFIX


def _saved(areas: Areas) -> tuple[GridIndex, list[str]]:
    if areas != Areas(areas.file):
        msg = (
            f"{areas.file} is a saved index: its codes, levels, parents and datum were settled "
            "when it was saved; leave these options out"
        )
        raise InvalidInputError(msg)
    index = GridIndex.load(Path(areas.file))
    return index, list(index.notes)


def _code_column(frame: gpd.GeoDataFrame, areas: Areas, name: str) -> str:
    columns = [str(one) for one in frame.columns if one != frame.geometry.name]
    if areas.code is not None:
        if areas.code not in columns:
            msg = f"--code {areas.code}: {_there(frame, name)}"
            raise InvalidInputError(msg)
        return areas.code
    found = find_columns(columns, _CODES, {})
    if "code" not in found:
        msg = f"which column holds the areas' codes? Say it with --code; {_there(frame, name)}"
        raise InvalidInputError(msg)
    return found["code"]


def _there(frame: gpd.GeoDataFrame, name: str) -> str:
    columns = [str(one) for one in frame.columns if one != frame.geometry.name]
    return f"{name} has the columns {', '.join(columns)}"


def _codes(column: pd.Series, name: str) -> pd.Series:
    text = _as_text(column)
    missing = np.flatnonzero(text.isna() | (text == ""))
    if len(missing):
        msg = f"{name}: row {missing[0] + 1} has no code in the column {column.name!r}"
        raise InvalidInputError(msg)
    return text


def _as_text(column: pd.Series) -> pd.Series:
    """Return codes as text, None where one is missing; whole numbers beside missing ones too."""
    if pd.api.types.is_float_dtype(column):
        whole = column.dropna()
        if ((whole % 1 != 0) | (whole.abs() >= 1e15)).any():  # noqa: PLR2004 - doubles are exact below
            msg = f"the column {column.name!r} holds fractions, and a code is text"
            raise InvalidInputError(msg)
        column = column.astype("Int64")
    return column.map(str, na_action="ignore").astype(object).where(column.notna(), None)


def _with_times(frame: gpd.GeoDataFrame, name: str, zone: ZoneInfo) -> Columns:
    """Make the columns of validity aware times, and return those that are there."""
    there = [column for column in (SINCE, UNTIL) if column in frame]
    for column in there:
        judging = Judging(frame)
        frame[column] = moments(frame[column], column, judging, zone)
        for row, reason in judging.reasons.items():
            msg = f"{name}: row {row + 1}: {reason}"
            raise InvalidInputError(msg)
    if not there:
        return Columns()
    _require_apart(frame, there, name)
    return Columns(since=SINCE if SINCE in there else None, until=UNTIL if UNTIL in there else None)


def _require_apart(frame: gpd.GeoDataFrame, there: Sequence[str], name: str) -> None:
    """Refuse editions of which two are in force at one moment."""
    spans = pd.DataFrame(
        {
            name: frame[name].where(frame[name].notna(), ends) if name in there else ends
            for name, ends in ((SINCE, _FIRST), (UNTIL, _LAST))
        }
    )
    ordered = spans.drop_duplicates().sort_values([SINCE, UNTIL])
    for (_, until), (since, _) in zip(
        ordered.itertuples(index=False), list(ordered.itertuples(index=False))[1:], strict=False
    ):
        if since < until:
            msg = (
                f"{name}: two editions are in force at {since:%Y-%m-%d %H:%M}; "
                f"each must end ({UNTIL}) before the next begins ({SINCE})"
            )
            raise InvalidInputError(msg)


def _grids(frame: gpd.GeoDataFrame, code: str, areas: Areas, columns: Columns) -> Grids:
    if LEVEL not in frame.columns:
        if areas.level is not None:
            msg = f"--level {areas.level}: the areas have no column {LEVEL!r}"
            raise InvalidInputError(msg)
        return Grids(frame, [], [])
    times = [name for name in (columns.since, columns.until) if name is not None]
    if not times:
        return grids_of(frame, code, areas.level)
    # Each edition has parents of its own.
    parts = [grids_of(part, code, areas.level) for _, part in frame.groupby(times, dropna=False)]
    parents = list(dict.fromkeys(name for part in parts for name in part.parents))
    notes = list(dict.fromkeys(note for part in parts for note in part.notes))
    whole = pd.concat([part.frame for part in parts])
    for name in parents:
        whole[name] = whole[name].astype(object).where(whole[name].notna(), None)
    return Grids(whole, parents, [f"{len(parts)} editions", *notes])


def _one_row_a_code(
    frame: gpd.GeoDataFrame, code: str, keep: Sequence[str], merge: bool
) -> gpd.GeoDataFrame:
    names = [code, *(name for name in (SINCE, UNTIL) if name in frame.columns)]
    twice = frame.duplicated(names, keep=False).to_numpy()
    if not twice.any():
        return frame
    if not merge:
        codes = frame.loc[twice, code].unique()
        more = f", and so do {len(codes) - 1} more" if len(codes) > 1 else ""
        msg = (
            f"code {codes[0]!r} stands on several rows{more}; "
            "--merge-same-code makes such rows one grid of several parts"
        )
        raise InvalidInputError(msg)
    kept = frame[~frame.duplicated(names).to_numpy()].copy()
    shapes = kept.geometry.to_numpy().copy()
    for _, rows in frame[twice].groupby(names, dropna=False):
        first = rows.index[0]
        for name in keep:
            if rows[name].nunique(dropna=False) > 1:
                msg = (
                    f"code {rows[code].iloc[0]!r} stands under several {name}; they are no one grid"
                )
                raise InvalidInputError(msg)
        fitted = fit(rows.geometry.to_numpy())
        for reason in fitted.refused.values():
            msg = f"a part of grid {rows[code].iloc[0]} has no usable shape: it {reason}"
            raise InvalidGeometryError(msg)
        shapes[kept.index.get_loc(first)] = union(fitted.shapes)
    return kept.set_geometry(shapes, crs=frame.crs)
