"""Files of OpenStreetMap: what has a name and is a place, and what has a house number.

``n123``, ``w123`` and ``r123`` are the codes of nodes, ways and relations. Closed ways and
multipolygons are polygons, open ways the point in their middle. Left out are streets, waters and
stops, areas that an extract has cut off, and the lines along which numbers are only interpolated:
the numbers at their ends are nodes. A node's street may be given by a relation (associatedStreet).
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import osmium
import pandas as pd
import shapely
from pyproj import CRS

from gridgis.errors import UnreadableFileError
from gridgis.files.osm_tags import FIELDS, HOUSE_NUMBER, kinds, place_of
from gridgis.files.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridgis.files.rows import Reading

OSM = (".osm", ".osm.gz", ".osm.bz2", ".pbf")
"""Endings of such files."""

_GEOMETRY = "geometry"
_STREETS = frozenset({"associatedStreet", "street"})
_NUMBERED = frozenset({"house", "address", "addr:houselink", ""})
_INTERPOLATED = "addr:interpolation"
# A closed way with fewer nodes has no inside.
_FEWEST = 4


def open_osm(path: Path, reading: Reading) -> Rows:
    """Open an OpenStreetMap file as rows of places, by their fields and parts of addresses.

    The nodes' locations are held in memory while the chunks are read: 16 bytes a node.

    Raises
    ------
    UnreadableFileError
        It is no such file, or a damaged one.
    """
    with _said(path, 0):
        # Opening reads no more than the head.
        osmium.io.Reader(str(path), osmium.osm.NOTHING).close()
    return Rows(
        columns=["code", *FIELDS],
        chunks=_chunks(path, reading.chunk_rows),
        geometry=_GEOMETRY,
        crs=CRS.from_epsg(4326),
        placed=True,
    )


def _chunks(path: Path, size: int) -> Iterator[pd.DataFrame]:
    rows: list[dict[str, object]] = []
    first = 1
    found = _places(path)
    while True:
        with _said(path, first - 1 + len(rows)):
            row = next(found, None)
        if row is not None:
            rows.append(row)
        if rows and (row is None or len(rows) == size):
            table = pd.DataFrame(rows, columns=["code", *FIELDS, _GEOMETRY], dtype=object)
            table.index = pd.RangeIndex(first, first + len(rows))
            first += len(rows)
            rows = []
            yield table
        if row is None:
            break
    if first == 1:
        msg = f"{path}: nothing in it has a house number, or a name and is a place"
        raise UnreadableFileError(msg)


@contextmanager
def _said(path: Path, rows: int) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        what = f"damaged after row {rows:,}" if rows else "no OpenStreetMap file, or a damaged one"
        msg = f"{path}: {what} ({error})"
        raise UnreadableFileError(msg) from error


def _places(path: Path) -> Iterator[dict[str, object]]:
    streets = _streets(path)
    wkb = osmium.geom.WKBFactory()
    wanted = osmium.filter.KeyFilter(*kinds(), HOUSE_NUMBER)
    for thing in osmium.FileProcessor(str(path)).with_areas().with_filter(wanted):
        code = _code(thing)
        if code is None or _INTERPOLATED in thing.tags:
            continue
        place = place_of(dict(thing.tags), streets.get(code))
        if place is None:
            continue
        shape = _shape(thing, wkb)
        if shape is not None:
            yield {"code": code, **place, _GEOMETRY: shape}


def _streets(path: Path) -> dict[str, str]:
    """Return the streets that relations give to objects, by code."""
    found: dict[str, str] = {}
    for relation in osmium.FileProcessor(str(path), osmium.osm.RELATION):
        tags = relation.tags
        name = tags.get("name") or tags.get("addr:street")
        if name and tags.get("type") in _STREETS and isinstance(relation, osmium.osm.Relation):
            for member in relation.members:
                if member.role in _NUMBERED:
                    found[f"{member.type}{member.ref}"] = name
    return found


def _code(thing: Any) -> str | None:  # noqa: ANN401 - any kind of object
    """Return an object's code; None for one that comes again as an area, or never could."""
    if thing.is_area():
        return f"{'w' if thing.from_way() else 'r'}{thing.orig_id()}"
    if thing.is_node():
        return f"n{thing.id}"
    return f"w{thing.id}" if thing.is_way() and not _is_area(thing) else None


def _is_area(way: Any) -> bool:  # noqa: ANN401 - osmium's way
    return bool(len(way.nodes) >= _FEWEST and way.is_closed() and way.tags.get("area", "") != "no")


def _shape(thing: Any, wkb: osmium.geom.WKBFactory) -> shapely.Geometry | None:  # noqa: ANN401
    try:
        if thing.is_node():
            return shapely.from_wkb(wkb.create_point(thing))
        if thing.is_way():
            line: Any = shapely.from_wkb(wkb.create_linestring(thing))
            middle: shapely.Point = line.interpolate(0.5, normalized=True)
            return middle
        parts: Any = shapely.from_wkb(wkb.create_multipolygon(thing))
    except (osmium.InvalidLocationError, RuntimeError):
        # Some of its nodes are not in the file.
        return None
    shape: shapely.Geometry = parts.geoms[0] if len(parts.geoms) == 1 else parts
    return shape
