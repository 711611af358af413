"""The coverage map's legend, and the grids that are farthest away."""

from __future__ import annotations

from math import isfinite, isnan
from typing import TYPE_CHECKING

import numpy as np

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.ramps import FAR, UNKNOWN, UNKNOWN_HATCH, hatches, ramp
from gridgis_maps.drawing.sheet import Measure, Row, Table
from gridgis_maps.numbers.coverage import PLACES, Coverage, households_of

if TYPE_CHECKING:
    import geopandas as gpd

FARTHEST = 6
NO_BAND = -1


def band_measure(grids: gpd.GeoDataFrame, figures: Coverage, lang: str) -> Measure:
    """Return the shading by band, with its legend and the farthest grids."""
    colours = dict(enumerate(ramp(FAR, len(figures.bands) - 1))) | {NO_BAND: UNKNOWN}
    patterns = dict(enumerate(hatches(len(figures.bands) - 1))) | {NO_BAND: UNKNOWN_HATCH}
    return Measure(
        key="distance",
        label=word("map.fact.distance", lang),
        colours=colours,
        hatches=patterns,
        legend=_legend(figures, colours, patterns, lang),
        top=_farthest(grids, figures, lang),
    )


def _legend(
    figures: Coverage, colours: dict[int, str], patterns: dict[int, int], lang: str
) -> Table:
    """Return each band with its colour, grids, households, share, and share so far."""
    by_grids = figures.basis == PLACES
    bands = figures.bands
    so_far = bands["share"].cumsum()
    rows = []
    for at in range(len(bands)):
        from_m, to_m, grids, households, share = (
            float(bands[key].iloc[at]) for key in ("from_m", "to_m", "grids", "households", "share")
        )
        nowhere = isnan(to_m)
        if nowhere and grids == 0 and households == 0:
            continue
        cells = (
            _band_name(from_m, to_m, lang),
            told.whole(grids),
            told.NOTHING if by_grids else told.whole(households),
            told.percent(share),
            told.NOTHING if nowhere else told.percent(float(so_far.iloc[at])),
        )
        band = NO_BAND if nowhere else at
        rows.append(Row(cells, colour=colours[band], hatch=patterns[band]))
    of = "map.head.share_grids" if by_grids else "map.head.share_households"
    heads = ("map.head.band", "map.head.grids", "map.head.households", of, "map.head.so_far")
    caption = word("map.coverage.legend", lang)
    return Table(caption, tuple(word(head, lang) for head in heads), tuple(rows))


def _band_name(from_m: float, to_m: float, lang: str) -> str:
    if isnan(to_m):
        return word("map.band.none", lang)
    low, high = told.distance(from_m, lang), told.distance(to_m, lang)
    if not isfinite(to_m):
        return word("map.band.above", lang, low=low)
    if from_m == 0:
        return word("map.band.first", lang, high=high)
    return word("map.band.between", lang, low=low, high=high)


def _farthest(grids: gpd.GeoDataFrame, figures: Coverage, lang: str) -> Table:
    metres = figures.grids["distance_m"].to_numpy("float64")
    farthest = np.argsort(-np.nan_to_num(metres, nan=-1), kind="stable")[:FARTHEST]
    households = households_of(grids)
    rows = [
        Row(
            (
                told.name_of(grids["name"].iloc[at], grids["code"].iloc[at]),
                told.whole(households.iloc[at]),
                told.distance(float(metres[at]), lang),
            ),
            grid=int(at),
        )
        for at in farthest
        if not isnan(metres[at])
    ]
    heads = ("map.head.grid", "map.head.households", "map.fact.distance")
    caption = word("map.coverage.farthest_grids", lang)
    return Table(caption, tuple(word(head, lang) for head in heads), tuple(rows))
