"""Shapes as the page's script reads them: whole numbers, each the step from the one before.

A vertex takes about eight signs, where GeoJSON takes some twenty-four.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis_maps.drawing.shapes import FeatureCollection

POINT, LINE, AREA = range(3)


def packed(collection: FeatureCollection) -> dict[str, Any]:
    """Return a collection as JSON: `digits`, `styles`, and for each shape its kind and steps.

    A shape is ``[kind, at, style, parts]``: kind 0 points, 1 lines, 2 areas; `at` is -1 when
    nothing is said of it; `style` a position in `styles`, or -1. Each part of points and lines is
    one list of steps (lon, lat, lon, lat, ...), of an area a list of rings, left open. The steps
    run on through all shapes of the collection, from (0, 0).

    >>> from shapely import LineString
    >>> from gridgis_maps.drawing.shapes import FeatureCollection
    >>> line = np.array([LineString([(1, 2), (1.5, 2)])], dtype=object)
    >>> packed(FeatureCollection(line, [{"at": 7}], digits=1))
    {'digits': 1, 'styles': [], 'shapes': [[1, 7, -1, [[10, 20, 5, 0]]]]}
    """
    parts, of_shape = shapely.get_parts(collection.shapes, return_index=True)
    rings, of_part, areal = _open_lines(parts)
    steps = _steps(rings, collection.digits, areal[of_part])
    styles: list[Any] = []
    shapes = []
    kinds = shapely.get_dimensions(collection.shapes).tolist()
    for kind, facts in zip(kinds, collection.properties, strict=True):
        style = facts.get("style")
        if style is not None and style not in styles:
            styles.append(style)
        number = -1 if style is None else styles.index(style)
        shapes.append([kind, facts.get("at", -1), number, []])
    told: list[list[Any]] = [[] for _ in parts]
    for part, step in zip(of_part.tolist(), steps, strict=True):
        told[part].append(step)
    for part, shape in enumerate(of_shape.tolist()):
        shapes[shape][-1].append(told[part] if areal[part] else told[part][0])
    return {"digits": collection.digits, "styles": styles, "shapes": shapes}


def steps_of(numbers: NDArray[np.float64], digits: int) -> list[int]:
    """Return degrees as whole numbers, each the step from the one before, the first from zero.

    >>> steps_of(np.array([103.5, 103.25]), 2)
    [10350, -25]
    """
    whole = np.rint(numbers * 10**digits).astype("int64")
    steps: list[int] = np.diff(whole, prepend=0).tolist()
    return steps


def _open_lines(
    parts: NDArray[np.object_],
) -> tuple[NDArray[np.object_], NDArray[np.intp], NDArray[np.bool_]]:
    """Return points, lines and rings in the parts' order, whose each is, and which are areas."""
    areal = shapely.get_dimensions(parts) == AREA
    rings, of_area = shapely.get_rings(parts[areal], return_index=True)
    of_part = np.concatenate([np.flatnonzero(areal)[of_area], np.flatnonzero(~areal)])
    order = np.argsort(of_part, kind="stable")
    return np.concatenate([rings, parts[~areal]])[order], of_part[order], areal


def _steps(
    lines: NDArray[np.object_], digits: int, closed: NDArray[np.bool_]
) -> Sequence[list[int]]:
    lonlat, of_line = shapely.get_coordinates(lines, return_index=True)
    last = np.append(of_line[1:] != of_line[:-1], True) if len(of_line) else of_line == -1
    kept = ~(last & closed[of_line])
    lonlat, of_line = lonlat[kept], of_line[kept]
    whole = np.rint(lonlat * 10**digits).astype("int64")
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype="int64"))
    ends = np.cumsum(np.bincount(of_line, minlength=len(lines)))
    flat, at = steps.ravel().tolist(), [0, *(2 * ends).tolist()]
    return [flat[at[number] : at[number + 1]] for number in range(len(lines))]
