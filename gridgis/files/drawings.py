"""Drawings (DXF): their texts in UTF-8, and areas from lines that close, alone or together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.files.encodings import find_encoding

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

DRAWINGS = (".dxf",)
LAYER, TEXT = "Layer", "Text"
"""The columns of an area from a drawing: its layer, and the text that is written in it."""

_CORNERS = 4
_CODE_PAGE = re.compile(r"(\$DWGCODEPAGE\s+3\s+)\S+")
# Windows' number of UTF-8, which GDAL takes for a code page like any other.
_UTF8 = "ANSI_65001"
_HEADER = f"  0\nSECTION\n  2\nHEADER\n  9\n$DWGCODEPAGE\n  3\n{_UTF8}\n  0\nENDSEC\n"


def drawing_in_utf8(path: Path, said: str | None, folder: Path) -> tuple[Path, str | None]:
    """Return a drawing whose texts come out right, the same or a copy, and the encoding found.

    The code page that a drawing names is often the drafter's, not that of the texts, and since
    2007 they are UTF-8 whatever it names: they are tried strictly like every other text. None: all
    texts are ASCII.

    Raises
    ------
    UnreadableFileError
        The texts fit no encoding.
    """
    if path.read_bytes().isascii():
        return path, None
    found = find_encoding(path, said)
    text = path.read_text(found)
    marked, named = _CODE_PAGE.subn(rf"\g<1>{_UTF8}", text, count=1)
    copy = folder / "utf8.dxf"
    copy.write_text(marked if named else _HEADER + text, encoding="utf-8")
    return copy, found


def areas_of_drawing(drawn: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the areas of a drawing as it was read; columns Layer, Text, geometry (polygons).

    A closed line is an area; the other lines of each layer are cut where they cross, and every ring
    that they make is one. `Text` is what is written in the area, None when nothing or several
    things are. Lines that close nothing are left out, and ``attrs["notes"]`` says how many.
    """
    shapes = shapely.force_2d(np.array(drawn.geometry.to_numpy(), dtype=object))
    layers = drawn[LAYER].astype(object).to_numpy() if LAYER in drawn else np.full(len(drawn), "")
    areas: list[shapely.Geometry] = []
    of_layer: list[object] = []
    notes = list(drawn.attrs.get("notes", []))
    for layer in dict.fromkeys(layers):
        found, left = _areas(shapes[layers == layer])
        areas.extend(found)
        of_layer.extend([layer] * len(found))
        if left:
            notes.append(f"layer {layer}: {left} lines close no area and were left out")
    table = pd.DataFrame({LAYER: of_layer, TEXT: _texts(drawn, shapes, areas)}, dtype=object)
    result = gpd.GeoDataFrame(table, geometry=areas, crs=drawn.crs)
    result.attrs["notes"] = notes
    return result


def _areas(shapes: NDArray[np.object_]) -> tuple[list[shapely.Geometry], int]:
    """Return the areas of one layer, and how many lines are no part of one."""
    parts = shapely.get_parts(shapes)
    kinds = shapely.get_type_id(parts)
    polygons = parts[kinds == shapely.GeometryType.POLYGON].tolist()
    lines = parts[kinds == shapely.GeometryType.LINESTRING]
    closed = shapely.is_closed(lines) & (shapely.get_num_coordinates(lines) >= _CORNERS)
    if closed.any():
        at, of_line = shapely.get_coordinates(lines[closed], return_index=True)
        polygons += [shapely.Polygon(ring) for ring in shapely.linearrings(at, indices=of_line)]
    loose = lines[~closed]
    if not len(loose):
        return polygons, 0
    rings, cuts, dangles, _ = shapely.polygonize_full(
        shapely.get_parts(shapely.node(shapely.multilinestrings(loose)))
    )
    polygons += shapely.get_parts(rings).tolist()
    unused = shapely.union(cuts, dangles)
    along = shapely.length(shapely.intersection(loose, unused)) / shapely.length(loose)
    return polygons, int((along > 0.5).sum())  # noqa: PLR2004 - most of the line


def _texts(
    drawn: gpd.GeoDataFrame, shapes: NDArray[np.object_], areas: list[shapely.Geometry]
) -> list[object]:
    texts: list[object] = [None] * len(areas)
    if TEXT not in drawn or not areas:
        return texts
    said = drawn[TEXT].astype(object).to_numpy()
    written = (shapely.get_type_id(shapes) == shapely.GeometryType.POINT) & pd.notna(said)
    tree = shapely.STRtree(areas)
    point, area = tree.query(shapes[written], predicate="intersects")
    words = said[written]
    for at in np.unique(area):
        inside = set(words[point[area == at]])
        texts[at] = inside.pop() if len(inside) == 1 else None
    return texts
