"""Reports that are too many to be drawn one by one: hexagons, the larger the more they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.hotspot_tables import class_name
from gridgis_maps.drawing.reports import COLOUR
from gridgis_maps.drawing.shapes import FeatureCollection
from gridgis_maps.drawing.sheet import Overlay, Row, Table
from gridgis_maps.numbers.binning import corners, hexagons
from gridgis_maps.numbers.classes import class_breaks, class_of, readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

WIDTH_PX = 9
"""How wide a hexagon is when the whole map is on the screen."""

MOST_BINS = 15_000
SHARES = (0.26, 0.4, 0.54, 0.68, 0.84)
"""How wide a hexagon of each class is drawn, as a share of its place: few to many."""

STYLE = {"stroke": False, "fillColor": COLOUR, "fillOpacity": 0.55}


def report_bins(places: gpd.GeoSeries, pixel_m: float, lang: str) -> Overlay:
    """Return places as a layer of hexagons, and the legend that says what each size holds.

    Parameters
    ----------
    places
        Points, EPSG:4326, lon/lat; at least one, none missing.
    pixel_m
        Metres that a pixel shows when the whole map is on the screen, > 0.
    lang
        Language of the legend.
    """
    lonlat = shapely.get_coordinates(np.asarray(places.array, dtype=object))
    width_m = readable(WIDTH_PX * pixel_m)
    bins = hexagons(lonlat[:, 0], lonlat[:, 1], width_m)
    while len(bins) > MOST_BINS:
        width_m = readable(1.4 * width_m)
        bins = hexagons(lonlat[:, 0], lonlat[:, 1], width_m)
    counts = pd.Series(bins["count"].to_numpy("float64"))
    ends = class_breaks(counts, whole=True)
    of_bin = np.asarray(class_of(counts, ends), dtype="int64")
    shares = np.array(SHARES[len(SHARES) - len(ends) :])
    drawn = np.asarray(shapely.polygons(corners(bins, width_m * shares[of_bin - 1])))
    classes = [drawn[of_bin == number] for number in range(1, len(ends) + 1)]
    return Overlay(
        key="bins",
        label=word("map.bins", lang),
        shapes=_as_one_layer(classes),
        shown=False,
        legend=_legend(counts, of_bin, ends, width_m, lang),
    )


def _as_one_layer(classes: Sequence[NDArray[np.object_]]) -> FeatureCollection:
    """Return one shape a class: a browser draws five of them as fast as five thousand slowly."""
    shapes = np.array([shapely.multipolygons(some) for some in classes], dtype=object)
    return FeatureCollection(shapes, [{"style": STYLE}] * len(shapes))


def _legend(
    counts: pd.Series[float],
    of_bin: NDArray[np.int64],
    ends: Sequence[float],
    width_m: float,
    lang: str,
) -> Table:
    sizes = range(len(SHARES) - len(ends) + 1, len(SHARES) + 1)
    rows = [
        Row(
            (
                class_name(number, ends, True, lang),
                told.whole(int((of_bin == number).sum())),
                told.whole(float(counts[of_bin == number].sum())),
            ),
            colour=COLOUR,
            mark=f"hexagon size{size}",
        )
        for number, size in enumerate(sizes, start=1)
    ]
    heads = ("map.bins.class", "map.bins.head", "map.head.reports")
    return Table(
        word("map.bins.legend", lang, width=told.distance(width_m, lang)),
        tuple(word(head, lang) for head in heads),
        tuple(rows),
    )
