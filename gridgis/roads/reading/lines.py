"""Read roads from a file of lines: GeoPackage, Shapefile, GeoJSON, FlatGeobuf, GeoParquet.

Two lines are connected where they share a vertex of one level, and where their ends lie at one
point, whatever their levels: a bridge's end is on the ground. Where lines only cross they are not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import InvalidInputError, UnreadableFileError
from gridgis.files.vectors import open_vector
from gridgis.roads.reading.attributes import attributes
from gridgis.roads.reading.ways import COLUMNS, Finding, Ways

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from gridgis.roads.reading.options import RoadOptions

# Equal coordinates: to a millimetre, since files round, and systems are converted.
_PER_DEGREE = 1e8
_LINES = (1, 2)
_MULTI = 5
_FURTHEST = (180.0, 90.0)


def read_lines(path: Path | str, options: RoadOptions) -> Ways:
    """Return the ways of a file of lines; a line of several parts is several ways of one code.

    Raises
    ------
    UnreadableFileError
        The file is missing, damaged, of an unknown kind, or has no line at all.
    UnsupportedCrsError
        The coordinate system is missing or cannot be used.
    InvalidInputError
        A named column is not there.
    """
    frame = open_vector(
        path, crs=options.crs, datum=options.datum, encoding=options.encoding
    ).reset_index(drop=True)
    return ways_of(frame, options, str(path))


def ways_of(frame: gpd.GeoDataFrame, options: RoadOptions, name: str) -> Ways:
    """Return the ways of a frame of lines, EPSG:4326 longitude first; `name` is what it is called.

    Raises
    ------
    InvalidInputError
        A named column is not there.
    UnreadableFileError
        It has no line at all.
    """
    findings = [Finding("note", str(note)) for note in frame.attrs.get("notes", [])]
    table = attributes(frame, options, findings)
    lines, row = _parts(frame.geometry.to_numpy(), table, findings)
    if not len(lines):
        msg = f"{name} has no line that could be a road"
        raise UnreadableFileError(msg)
    _tell_heights(lines, findings)
    at, line = shapely.get_coordinates(lines, return_index=True)
    _require_degrees(at, name)
    counts = np.bincount(line, minlength=len(lines))
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    rows = table.iloc[row].reset_index(drop=True)
    level = rows["level"].to_numpy(dtype=np.int64)
    return Ways(rows[list(COLUMNS)], starts, _nodes(at, starts, level), at, findings=findings)


def _parts(
    shapes: NDArray[np.object_], table: pd.DataFrame, findings: list[Finding]
) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    """Return single lines and each one's row; what is no line is listed."""
    kinds = shapely.get_type_id(shapes)
    empty = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    for row in np.flatnonzero(empty | ~np.isin(kinds, (*_LINES, _MULTI))):
        what = "it has no shape" if empty[row] else f"it is a {shapes[row].geom_type}, no line"
        spot = shapely.centroid(shapes[row]) if not empty[row] else None
        lon, lat = (spot.x, spot.y) if spot is not None else (np.nan, np.nan)
        sentence = f"{what}, and was left out"
        findings.append(Finding("no_line", sentence, str(table["way"].iloc[row]), lon, lat))
    good = np.flatnonzero(~empty & np.isin(kinds, (*_LINES, _MULTI)))
    parts, part_of = shapely.get_parts(shapes[good], return_index=True)
    whole = np.isfinite(shapely.bounds(parts)).all(axis=1) if len(parts) else np.zeros(0, bool)
    findings.extend(
        Finding("no_line", "a coordinate is no number, so it was left out", way)
        for way in table["way"].to_numpy()[good[part_of[~whole]]]
    )
    return parts[whole], good[part_of[whole]].astype(np.int64)


def _tell_heights(lines: NDArray[np.object_], findings: list[Finding]) -> None:
    high = int(shapely.has_z(lines).sum())
    if high:
        sentence = f"heights were dropped, since levels say what crosses; lines: {high:,}"
        findings.append(Finding("heights", sentence))


def _require_degrees(at: NDArray[np.float64], name: str) -> None:
    if (np.abs(at) > _FURTHEST).any():
        row = int(np.flatnonzero((np.abs(at) > _FURTHEST).any(axis=1))[0])
        msg = (
            f"{name}: {at[row, 0]:g} {at[row, 1]:g} is not on the earth; "
            "name the coordinate system with --crs"
        )
        raise InvalidInputError(msg)


def _nodes(
    at: NDArray[np.float64], starts: NDArray[np.int64], level: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return a number for each vertex: by place and level, but all ends at one place alike."""
    whole = np.round(at * _PER_DEGREE).astype(np.int64)
    spot = _number(whole[:, 0], whole[:, 1])
    storey = np.repeat(level, np.diff(starts))
    node = _number(spot, storey)
    is_end = np.zeros(len(at), dtype=bool)
    is_end[starts[:-1]] = is_end[starts[1:] - 1] = True
    # The lowest node among the ends of a spot stands for all nodes of its ends.
    lowest = np.full(int(spot.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(lowest, spot[is_end], node[is_end])
    became = np.arange(int(node.max()) + 1)
    became[node[is_end]] = lowest[spot[is_end]]
    return became[node]


def _number(first: NDArray[np.int64], second: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number for each pair, equal pairs alike."""
    order = np.lexsort((second, first))
    new = np.ones(len(order), dtype=bool)
    new[1:] = (np.diff(first[order]) != 0) | (np.diff(second[order]) != 0)
    numbers = np.empty(len(order), dtype=np.int64)
    numbers[order] = np.cumsum(new) - 1
    return numbers
