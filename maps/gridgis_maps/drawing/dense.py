"""The density of reports as a layer: a surface in classes, which covers the grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.hotspot_tables import class_name
from gridgis_maps.drawing.ramps import DENSE, NONE, hatches, ramp
from gridgis_maps.drawing.shapes import FeatureCollection, simplified
from gridgis_maps.drawing.sheet import Overlay, Row, Table
from gridgis_maps.frames.checking import LON_LAT
from gridgis_maps.numbers.classes import EMPTY, class_breaks, class_of
from gridgis_maps.numbers.density import M2_PER_KM2
from gridgis_maps.numbers.distance import has_place
from gridgis_maps.numbers.risk.kernel import cells

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis_maps.drawing.chart import Chart
    from gridgis_maps.numbers.risk.kernel import Density

ROUNDED = 2.0
"""Steps of the border between two classes are rounded off by up to so many cells."""


def density_layer(density: Density, chart: Chart, lang: str) -> Overlay | None:
    """Return a surface as up to five classes of its cells; None when it is not decided.

    The classes end where those of grids do, at shares of the cells. Their borders are rounded off
    by no more than `ROUNDED` cells; the legend counts the cells.
    """
    if density.outcome != "decided":
        return None
    squares = cells(density)
    ends = class_breaks(squares["per_km2"])
    of_cell = np.asarray(class_of(squares["per_km2"], ends), dtype="int64")
    looks = {
        number: look for number, look in _looks(len(ends)).items() if (of_cell == number).any()
    }
    boxes = np.asarray(squares.geometry.array, dtype=object)
    bands = gpd.GeoSeries(
        [shapely.coverage_union_all(boxes[of_cell == number]) for number in looks], crs=LON_LAT
    )
    drawn = simplified(bands, ROUNDED * density.cell_m)
    drawn = drawn.intersection(shapely.coverage_union_all(chart.shapes.shapes))
    styles = [
        {"stroke": False, "fillColor": colour, "fillOpacity": 1, "hatch": hatch}
        for colour, hatch in looks.values()
    ]
    there = has_place(drawn)
    return Overlay(
        key="density",
        label=word("map.density", lang),
        shapes=FeatureCollection(
            np.asarray(drawn.array, dtype=object)[there],
            [{"style": style} for style, here in zip(styles, there, strict=True) if here],
        ),
        shown=False,
        legend=_legend(density, squares["per_km2"].to_numpy(), (of_cell, ends), looks, lang),
    )


def _looks(classes: int) -> dict[int, tuple[str, int]]:
    """Return the colour and the pattern of each class, and of cells that no report reaches."""
    looks = zip(ramp(DENSE, classes), hatches(classes), strict=True)
    return {EMPTY: (NONE, 0), **dict(enumerate(looks, start=EMPTY + 1))}


def _legend(
    density: Density,
    per_km2: NDArray[np.float64],
    classes: tuple[NDArray[np.int64], list[float]],
    looks: dict[int, tuple[str, int]],
    lang: str,
) -> Table:
    of_cell, ends = classes
    cell_km2 = density.cell_m**2 / M2_PER_KM2
    rows = [
        Row(
            (
                class_name(number, ends, False, lang),
                told.rounded(float((of_cell == number).sum() * cell_km2)),
                told.whole(float(per_km2[of_cell == number].sum() * cell_km2)),
            ),
            colour=colour,
            hatch=hatch,
        )
        for number, (colour, hatch) in looks.items()
    ]
    heads = ("map.measure.per_km2", "map.head.km2", "map.head.reports")
    note = word("map.density.note", lang, bandwidth=told.distance(density.bandwidth_m, lang))
    caption = word("map.density.legend", lang)
    return Table(caption, tuple(word(head, lang) for head in heads), tuple(rows), note=note)
