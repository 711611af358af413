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
# GDAL reads texts by the code page that the drawing names: these marks pass any.
_MARK = "__u{:X}__"
_MARKED = re.compile(r"__u([0-9A-F]+)__")


def drawing_in_ascii(path: Path, said: str | None, folder: Path) -> tuple[Path, str | None]:
    """Return a drawing whose texts are all ASCII, the same or a copy, and the encoding found.

    The code page that a drawing names is often the drafter's, not that of the texts, and since
    2007 they are UTF-8 whatever it names: they are tried strictly like every other text.
    :func:`areas_of_drawing` puts the characters back. None: all texts were ASCII.

    Raises
    ------
    UnreadableFileError
        The texts fit no encoding.
    """
    if path.read_bytes().isascii():
        return path, None
    found = find_encoding(path, said)
    text = path.read_text(found)
    copy = folder / "ascii.dxf"
    marked = (char if char.isascii() else _MARK.format(ord(char)) for char in text)
    copy.write_text("".join(marked), encoding="ascii")
    return copy, found


def areas_of_drawing(drawn: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the areas of a drawing as it was read; columns Layer, Text, geometry (polygons).

    A closed line is an area; the other lines of each layer are cut where they cross, and every ring
    that they make is one. `Text` is what is written in the area, None when nothing or several
    things are. Lines that close nothing are left out, and ``attrs["notes"]`` says how many.
    """
    shapes = shapely.force_2d(np.array(drawn.geometry.to_numpy(), dtype=object))
    layers = _said(drawn, LAYER)
    areas: list[shapely.Geometry] = []
    of_layer: list[object] = []
    notes = list(drawn.attrs.get("notes", []))
    for layer in dict.fromkeys(layers):
        found, left = _areas(shapes[layers == layer])
        areas.extend(found)
        of_layer.extend([layer] * len(found))
        if left:
            notes.append(f"layer {layer}: {left} lines close no area and were left out")
    table = pd.DataFrame(
        {LAYER: of_layer, TEXT: _texts(_said(drawn, TEXT), shapes, areas)}, dtype=object
    )
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
        ends = np.flatnonzero(np.diff(of_line)) + 1
        polygons += [shapely.Polygon(ring) for ring in np.split(at, ends)]
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


def _said(drawn: gpd.GeoDataFrame, column: str) -> NDArray[np.object_]:
    """Return the texts of a column, None where there is none."""
    said = np.full(len(drawn), None, dtype=object)
    if column in drawn:
        for at, text in enumerate(drawn[column]):
            if isinstance(text, str):
                said[at] = _MARKED.sub(lambda mark: chr(int(mark[1], 16)), text)
    return said


def _texts(
    said: NDArray[np.object_], shapes: NDArray[np.object_], areas: list[shapely.Geometry]
) -> list[object]:
    texts: list[object] = [None] * len(areas)
    written = (shapely.get_type_id(shapes) == shapely.GeometryType.POINT) & pd.notna(said)
    if not areas or not written.any():
        return texts
    point, area = shapely.STRtree(areas).query(shapes[written], predicate="intersects")
    words = said[written]
    for at in np.unique(area):
        inside = set(words[point[area == at]])
        texts[at] = inside.pop() if len(inside) == 1 else None
    return texts
