"""What is drawn, in another datum: so that it fits onto tiles which are not WGS 84."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridgis.datum.shifts import from_wgs84
from gridgis_maps.drawing.packing import steps_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gridgis_maps.drawing.chart import Chart
    from gridgis_maps.drawing.shapes import FeatureCollection
    from gridgis_maps.drawing.sheet import Panel
    from gridgis_maps.drawing.tiles import Tiles


def on_tiles(panel: Panel, chart: Chart, tiles: Tiles) -> tuple[Panel, Chart]:
    """Return a page's panel and drawing as they lie on tiles; the small print says so."""
    panel = replace(panel, notes=(*panel.notes, *tiles.notes(panel.lang)))
    if tiles.datum == "wgs84":
        return panel, chart
    overlays = tuple(
        replace(one, shapes=shifted(one.shapes, tiles.datum)) for one in panel.overlays
    )
    return replace(panel, overlays=overlays), shifted_chart(chart, tiles.datum)


def shifted(collection: FeatureCollection, datum: str) -> FeatureCollection:
    """Return the shapes with every vertex in a datum of :mod:`gridgis.datum`, lon/lat degrees.

    Raises
    ------
    InvalidInputError
        The datum is unknown.
    """
    return replace(
        collection, shapes=shapely.transform(collection.shapes, lambda at: _moved(at, datum))
    )


def shifted_chart(chart: Chart, datum: str) -> Chart:
    """Return the drawing with shapes, names, points and bounds in a datum; errors as above."""
    if chart.bounds is None:
        return chart
    corners = np.array(chart.bounds)[:, ::-1]
    south_west, north_east = _moved(corners, datum)[:, ::-1].tolist()
    spots = np.array([[name.lon, name.lat] for name in chart.names]).reshape(-1, 2)
    return replace(
        chart,
        bounds=((south_west[0], south_west[1]), (north_east[0], north_east[1])),
        shapes=shifted(chart.shapes, datum),
        base={name: shifted(shapes, datum) for name, shapes in chart.base.items()},
        names=[
            name._replace(lon=lon, lat=lat)
            for name, (lon, lat) in zip(
                chart.names, _moved(spots, datum).round(6).tolist(), strict=True
            )
        ],
        points=_points(chart.points, datum),
    )


def _points(points: Mapping[str, Any], datum: str) -> Mapping[str, Any]:
    if not points:
        return points
    digits = points["digits"]
    whole = np.column_stack([np.cumsum(points[key]) for key in ("lon", "lat")])
    moved = _moved(whole / 10**digits, datum)
    steps = {key: steps_of(moved[:, at], digits) for at, key in enumerate(("lon", "lat"))}
    return {**points, **steps}


def _moved(lonlat: NDArray[np.float64], datum: str) -> NDArray[np.float64]:
    return np.column_stack(from_wgs84(lonlat[:, 0], lonlat[:, 1], datum))
