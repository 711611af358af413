"""Water and greens: read from a file of areas, and stored for the base map of every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.door import LONGEST_NAME, storable
from gridgis.errors import InvalidInputError, RowNotFoundError, UnreadableFileError
from gridgis.files.vectors import open_vector
from gridgis.store import landcover as stored
from gridgis.store.landcover import Brought

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.store.engine import Store

KINDS = ("water", "green")
LON_LAT = "EPSG:4326"

_FURTHEST = (180.0, 90.0)
_LONGEST_SOURCE = 60
_POLYGONS = (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON)


@dataclass(frozen=True)
class LandcoverOptions:
    """How a file of areas is read.

    Attributes
    ----------
    name
        Column of the areas' names; None: the column `name`, where there is one.
    crs, datum, encoding
        As :func:`gridgis.files.vectors.open_vector` takes them.
    """

    name: str | None = None
    crs: str | None = None
    datum: str = "wgs84"
    encoding: str | None = None


class Landcover(NamedTuple):
    """The areas of one file.

    Attributes
    ----------
    areas
        Index 0..n-1: name (None), geometry (MultiPolygon, EPSG:4326, longitude first, valid).
    notes
        What a person should know of the reading.
    """

    areas: gpd.GeoDataFrame
    notes: list[str]


class Target(NamedTuple):
    """Where areas go: their kind, what they are called, and whether all others of the kind go."""

    kind: str
    source: str
    replace: bool = False


def read_landcover(path: str | Path, options: LandcoverOptions | None = None) -> Landcover:
    """Return the water or the greens of a file of areas, of any kind and coordinate system.

    Raises
    ------
    UnreadableFileError
        The file is missing, damaged, of an unknown kind, or has no area.
    UnsupportedCrsError
        The coordinate system is missing or cannot be used.
    InvalidInputError
        The column of names is not there, or a coordinate is not on the earth.
    """
    asked = options or LandcoverOptions()
    frame = open_vector(path, crs=asked.crs, datum=asked.datum, encoding=asked.encoding)
    return landcover_of(frame, asked.name, str(path))


def landcover_of(
    frame: gpd.GeoDataFrame, name: str | None = None, called: str = "the frame"
) -> Landcover:
    """Return the areas of a frame, EPSG:4326; errors as in :func:`read_landcover`."""
    notes = [str(note) for note in frame.attrs.get("notes", [])]
    shapes = shapely.force_2d(np.asarray(frame.geometry.array, dtype=object))
    polygon = np.isin(shapely.get_type_id(shapes), _POLYGONS) & ~shapely.is_empty(shapes)
    if not polygon.any():
        msg = f"{called}: none of its {len(frame):,} rows is an area; water and greens are polygons"
        raise UnreadableFileError(msg)
    if left := int((~polygon).sum()):
        notes.append(f"{left:,} rows are no area, and were left out")
    whole = shapes[polygon]
    _require_degrees(whole, called)
    crossed = ~shapely.is_valid(whole)
    if crossed.any():
        whole[crossed] = shapely.make_valid(whole[crossed], method="structure")
        notes.append(f"{int(crossed.sum()):,} areas crossed themselves, and were mended")
    names = _names(frame, name, called)[polygon]
    areas = gpd.GeoDataFrame({"name": names}, geometry=_multi(whole), crs=LON_LAT)
    return Landcover(areas[~areas.geometry.is_empty].reset_index(drop=True), notes)


def record(
    store: Store, read: Landcover, target: Target, file: str, who: tuple[Actor, Clock]
) -> int:
    """Store areas instead of those that their source had of the kind, in one transaction.

    Return how many went out.

    Raises
    ------
    InvalidInputError
        The kind is unknown, or the source has no name.
    """
    require_kind(target.kind)
    if not storable(target.source, "source", _LONGEST_SOURCE).strip():
        msg = "source: give the areas a short name, like parks"
        raise InvalidInputError(msg)
    actor, clock = who
    brought = Brought(target.source, target.kind, file, clock.now(), actor.name)
    with store.begin() as connection:
        gone = stored.remove(connection, None if target.replace else target.source, target.kind)
        stored.add(connection, read.areas, brought)
    return gone


def remove(store: Store, source: str, kind: str | None = None) -> int:
    """Take a source's water or greens out, and return how many they were.

    Raises
    ------
    InvalidInputError
        The kind is unknown.
    RowNotFoundError
        There are none.
    """
    if kind is not None:
        require_kind(kind)
    with store.begin() as connection:
        gone = stored.remove(connection, source, kind)
    if not gone:
        what = kind or "water or green"
        msg = f"there is no {what} of {source!r}; `gridgis landcover list` shows what there is"
        raise RowNotFoundError(msg)
    return gone


def require_kind(kind: str) -> None:
    """Refuse what is neither water nor green.

    Raises
    ------
    InvalidInputError
        It is another word.
    """
    if kind not in KINDS:
        msg = f"kind {kind!r} is unknown; it is {' or '.join(KINDS)}"
        raise InvalidInputError(msg)


def _names(frame: gpd.GeoDataFrame, column: str | None, called: str) -> np.ndarray:
    if column is not None and column not in frame.columns:
        there = ", ".join(str(one) for one in frame.columns if one != frame.geometry.name)
        msg = f"{called}: there is no column {column!r}; there are {there or 'none'}"
        raise InvalidInputError(msg)
    found = column or ("name" if "name" in frame.columns else None)
    names = np.full(len(frame), None, dtype=object)
    if found is not None:
        for row, said in enumerate(frame[found]):
            text = "" if pd.isna(said) else str(said).strip()
            names[row] = storable(text, f"{found} of row {row + 1}", LONGEST_NAME) or None
    return names


def _multi(shapes: np.ndarray) -> list[shapely.MultiPolygon]:
    """Return each shape's polygons as one; lines that mending left behind go."""
    return [
        shapely.MultiPolygon(
            [
                part
                for piece in shapely.get_parts(shape)
                for part in shapely.get_parts(piece)
                if isinstance(part, shapely.Polygon)
            ]
        )
        for shape in shapes
    ]


def _require_degrees(shapes: np.ndarray, called: str) -> None:
    at = shapely.get_coordinates(shapes)
    off = ~(np.abs(at) <= _FURTHEST).all(axis=1)
    if off.any():
        lon, lat = at[off][0]
        msg = (
            f"{called}: {lon:g} {lat:g} is not on the earth; name the coordinate system with --crs"
        )
        raise InvalidInputError(msg)
