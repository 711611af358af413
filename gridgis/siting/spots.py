"""Demands and candidates as points: from a file, or from what is stored."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis import frames
from gridgis.errors import InvalidInputError, RowsRefusedError
from gridgis.files import open_rows
from gridgis.files.points import points
from gridgis.imports.columns import CELLS, REPORTS, find_columns
from gridgis.imports.locations import Placing
from gridgis.imports.refusals import Judging
from gridgis.imports.values import numbers
from gridgis.places.kinds import code_of

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

    from gridgis.files import Reading, Rows
    from gridgis.store.connection import Connection

WEIGHT = "households"
"""The column of weights of what is stored."""

_LON_LAT = "EPSG:4326"
_SHOWN = 30


class Columns(NamedTuple):
    """Columns of a file: of degrees (None: its shapes, else usual names) and of weights.

    Weights are looked for under usual names when no column is named, unless they are not `weighed`.
    """

    lon: str | None = None
    lat: str | None = None
    weight: str | None = None
    weighed: bool = True


class Moment(NamedTuple):
    """When responders are where they are: `at`, by positions that are not older than that."""

    at: datetime
    fresh_from: datetime


def is_stored(source: str) -> bool:
    """Return whether a source names what is stored, and no file.

    >>> is_stored("cells"), is_stored("places:school"), is_stored("school.csv")
    (True, True, False)
    """
    return source == "cells" or source.startswith(("places:", "responders:"))


def read_spots(file: str, columns: Columns, reading: Reading) -> gpd.GeoDataFrame:
    """Return the rows of a file as points, EPSG:4326, longitude first; index 0..n-1.

    A polygon or line counts at a point on it. The column of weights becomes numbers;
    ``frame.attrs["weight"]`` names it (None: there is none), and ``frame.attrs["notes"]`` says what
    a person should know.

    Raises
    ------
    UnreadableFileError, UnsupportedCrsError
        As the file deserves it.
    InvalidInputError
        There is no such column, the file says nowhere where its rows are, or it has none.
    RowsRefusedError
        A row has no place, or a weight that is no number from 0.
    """
    rows = open_rows(Path(file), reading)
    known = _columns(rows, columns, Path(file).name)
    placing = Placing(rows, reading)
    parts: list[gpd.GeoDataFrame] = []
    refusals: list[tuple[int, str]] = []
    for chunk in rows.chunks:
        judging = Judging(chunk)
        part = chunk.drop(columns=rows.geometry) if rows.geometry is not None else chunk
        spots = _spots(chunk, rows, known, placing, judging)
        if known.weight is not None:
            part = part.assign(**{known.weight: _weights(chunk[known.weight], judging)})
        refusals += sorted(judging.reasons.items())
        parts.append(gpd.GeoDataFrame(part, geometry=spots, crs=_LON_LAT))
    refusals += [(row, reason) for row, reason, _ in rows.broken]
    if refusals:
        msg = f"{Path(file).name}: {len(refusals):,} rows cannot be used; nothing was computed"
        raise RowsRefusedError(msg, sorted(refusals))
    if not sum(map(len, parts)):
        msg = f"{Path(file).name} has no rows"
        raise InvalidInputError(msg)
    frame = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=_LON_LAT)
    frame.attrs |= {"notes": list(rows.notes), "weight": known.weight}
    return frame


def stored_spots(
    connection: Connection, source: str, columns: Columns, moment: Moment
) -> gpd.GeoDataFrame:
    """Return what is stored as points, EPSG:4326; index 0..n-1.

    ``cells``: the smallest cells at a point on each, with their households; ``places:KIND``: places
    of a kind; ``responders:KIND``: responders of a kind, such as facility, where they are. Those
    without a place are left out, and households that nobody knows are 0: ``frame.attrs["notes"]``
    says how many. ``frame.attrs["weight"]`` names the column of weights (None: nobody has any).

    Raises
    ------
    InvalidInputError
        There is nothing of that kind; the message lists the kinds in use.
    """
    noun, _, kind = source.partition(":")
    if noun == "cells":
        frame = frames.cells(connection)
    elif noun == "places":
        frame = _of_kind(frames.places(connection), code_of(kind), source)
    else:
        everybody = frames.responders(connection, at=moment.at, fresh_from=moment.fresh_from)
        frame = _of_kind(everybody, kind, source)
    placed = frame[~frame.geometry.isna()].reset_index(drop=True)
    notes = []
    if len(placed) < len(frame):
        notes.append(f"{source}: {len(frame) - len(placed):,} without a location are left out")
    if not len(placed):
        msg = f"{source}: nothing is stored that has a location"
        raise InvalidInputError(msg)
    weight = columns.weight
    if columns.weighed and weight in {None, WEIGHT} and WEIGHT in placed:
        unknown = int(placed[WEIGHT].isna().sum())
        # Where nobody lives, such as in schools, each weighs the same.
        weight = WEIGHT if unknown < len(placed) else None
        if weight and unknown:
            notes.append(f"{source}: {unknown:,} do not say their households, and count as 0")
        placed[WEIGHT] = placed[WEIGHT].fillna(0)
    placed = placed.set_geometry(_points(placed.geometry.to_numpy()), crs=_LON_LAT)
    placed.attrs |= {"notes": notes, "weight": weight}
    return placed


def _of_kind(frame: gpd.GeoDataFrame, kind: str, source: str) -> gpd.GeoDataFrame:
    found = frame[frame["kind"] == kind]
    if not len(found):
        kinds = sorted(frame["kind"].unique())
        more = f" and {len(kinds) - _SHOWN} more" if len(kinds) > _SHOWN else ""
        in_use = f"in use are {', '.join(kinds[:_SHOWN])}{more}" if kinds else "there are none"
        msg = f"{source}: nothing is of kind {kind!r}; {in_use}"
        raise InvalidInputError(msg)
    return gpd.GeoDataFrame(found)


def _columns(rows: Rows, asked: Columns, file: str) -> Columns:
    """Return the columns to read, degrees only where the file's shapes do not say it."""
    weight = None
    if asked.weighed:
        said = {WEIGHT: asked.weight}
        weight = find_columns(rows.columns, {WEIGHT: CELLS[WEIGHT]}, said).get(WEIGHT)
    if rows.geometry is not None and asked.lon is None and asked.lat is None:
        return Columns(weight=weight)
    headers = {name: REPORTS[name] for name in ("lon", "lat")}
    found = find_columns(rows.columns, headers, {"lon": asked.lon, "lat": asked.lat})
    if set(found) != {"lon", "lat"}:
        lacking = " and ".join(f"--{name}" for name in ("lon", "lat") if name not in found)
        msg = (
            f"{file} says nowhere where its rows are; name the columns with {lacking}: "
            f"{', '.join(rows.columns)}"
        )
        raise InvalidInputError(msg)
    return Columns(found["lon"], found["lat"], weight)


def _spots(
    chunk: pd.DataFrame, rows: Rows, known: Columns, placing: Placing, judging: Judging
) -> NDArray[np.object_]:
    if known.lon is None:
        spots = _points(placing.shapes(chunk[rows.geometry], judging).to_numpy(object))
    else:
        degrees = placing.points(chunk[known.lon], chunk[known.lat], judging)
        spots = points(degrees["lon"], degrees["lat"])
    for row in chunk.index[shapely.is_missing(spots)]:
        judging.refuse(row, "it has no location")
    return spots


def _points(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return points as they are, and a point on each other shape."""
    is_point = shapely.get_type_id(shapes) == shapely.GeometryType.POINT
    found: NDArray[np.object_] = np.where(is_point, shapes, shapely.point_on_surface(shapes))
    return found


def _weights(column: pd.Series, judging: Judging) -> pd.Series:
    found = numbers(column, str(column.name), judging)
    for row in found.index[found.isna()]:
        judging.refuse(row, f"{column.name} is missing; write 0 where there is none")
    for row in found.index[found < 0]:
        judging.refuse(row, f"{column.name} is {found[row]:g}; a weight is 0 or more")
    return found
