"""The map's drawing: grids and base map as shapes, marks as columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from gridgis_maps.drawing import shapes
from gridgis_maps.drawing.base import base_layers
from gridgis_maps.drawing.packing import steps_of
from gridgis_maps.drawing.told import plain
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    import pandas as pd

    from gridgis_maps.drawing.names import Name
    from gridgis_maps.drawing.shapes import FeatureCollection
    from gridgis_maps.drawing.tiles import Tiles
    from gridgis_maps.frames.base import BaseMap

MOST_WORDS = 200
"""A column with up to so many different texts is told by number, ..."""

REPEATS = 3
"""... and so is one whose texts stand so often on average."""


@dataclass(frozen=True)
class Chart:
    """What the map draws.

    Attributes
    ----------
    bounds
        (min_lat, min_lon), (max_lat, max_lon) in degrees, as Leaflet wants them; None without
        any grid.
    tolerance_m
        Details of the outlines below so many metres are not drawn.
    shapes
        The grids as features; of their own they only know `at`, the position in the frame.
    grids
        What there is to say about each grid, by position in the frame: code, name, classes (one a
        measure), facts (one a label).
    fact_labels
        What the grids' facts are.
    base
        Layers above the grids, by name: `greens`, `water`, `roads`, `outlines`.
    names
        Names on the map, the foremost first.
    points
        Marks by column; empty without any.
    tiles
        Tiles of another server below it all; None without any.
    """

    bounds: tuple[tuple[float, float], tuple[float, float]] | None
    tolerance_m: float
    shapes: FeatureCollection
    grids: Sequence[tuple[str, str, list[int], list[str]]]
    fact_labels: Sequence[str]
    base: Mapping[str, FeatureCollection] = field(default_factory=dict)
    names: Sequence[Name] = ()
    points: Mapping[str, Any] = field(default_factory=dict)
    tiles: Tiles | None = None


def chart_of(
    grids: gpd.GeoDataFrame, figures: pd.DataFrame, base: BaseMap, points: Mapping[str, Any]
) -> Chart:
    """Return the drawing of grids, base map and marks.

    `figures` has the grids' index, a column `classes` (list of int) and one column of texts for
    each fact, named by its label.
    """
    there = grids.loc[has_place(grids.geometry)]
    labels = [label for label in figures.columns if label != "classes"]
    said = [
        (plain(code), plain(name), classes, texts)
        for code, name, classes, texts in zip(
            grids["code"],
            grids["name"],
            figures["classes"],
            figures[labels].to_numpy().tolist(),
            strict=True,
        )
    ]
    if there.empty:
        return Chart(None, 0.0, shapes.feature_collection(there.geometry, []), said, labels)
    west, south, east, north = there.total_bounds
    tolerance_m = shapes.pixel_m((west, south, east, north)) / 2
    drawn = shapes.simplified(there.geometry, tolerance_m)
    layers, names = base_layers(base, there, drawn, tolerance_m)
    positions = np.flatnonzero(grids.index.isin(there.index)).tolist()
    return Chart(
        bounds=((south, west), (north, east)),
        tolerance_m=tolerance_m,
        shapes=shapes.feature_collection(drawn, [{"at": at} for at in positions]),
        grids=said,
        fact_labels=labels,
        base=layers,
        names=names,
        points=points,
        tiles=base.tiles,
    )


def points_of(
    places: gpd.GeoSeries, styles: Sequence[Mapping[str, Any]], style: Sequence[int]
) -> dict[str, Any]:
    """Return marks as columns of numbers, a tenth of what GeoJSON would take.

    `lon` and `lat` are told as `packing.steps_of`. `style` is each place's position in `styles`;
    places must all be points.
    """
    lonlat = shapely.get_coordinates(np.asarray(places.array, dtype=object))
    return {
        "digits": shapes.DIGITS,
        "lon": steps_of(lonlat[:, 0], shapes.DIGITS),
        "lat": steps_of(lonlat[:, 1], shapes.DIGITS),
        "styles": list(styles),
        "style": [int(number) for number in style],
        "columns": [],
    }


def moments(label: str, local: pd.Series[pd.Timestamp]) -> dict[str, Any]:
    """Return a column of moments to the minute, as the city's clocks show them; none is missing.

    >>> import pandas as pd
    >>> moments("seen", pd.Series(pd.to_datetime(["1970-01-01 00:05:00", "1970-01-01 00:07:59"])))
    {'label': 'seen', 'minutes': [5, 2]}
    """
    minutes = local.to_numpy().astype("datetime64[m]").astype("int64")
    return {"label": label, "minutes": np.diff(minutes, prepend=0).tolist()}


def column(label: str, texts: pd.Series[str]) -> dict[str, Any]:
    """Return a column of the marks' facts; few different texts are told by number.

    >>> import pandas as pd
    >>> column("kind", pd.Series(["team", "team", "person"]))
    {'label': 'kind', 'words': ['person', 'team'], 'said': [1, 1, 0]}
    """
    words = sorted(texts.unique())
    if len(words) > MOST_WORDS and len(words) * REPEATS > len(texts):
        return {"label": label, "words": None, "said": texts.tolist()}
    numbers = {word: number for number, word in enumerate(words)}
    return {"label": label, "words": words, "said": [numbers[text] for text in texts]}
