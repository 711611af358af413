"""The frames that a map of the assembly line's figures is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError
from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.checking import check_grids, need

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pandas as pd

    from gridgis_maps.numbers.casework import Definition

FIGURE_COLUMNS = ("received", "closed", "open", "late_open")


@dataclass(frozen=True)
class FigureFrames:
    """What a map of the assembly line's figures is made of.

    Attributes
    ----------
    grids
        As for `CoverageFrames`; `workers` (how many are bound to the grid) where it is known.
    figures
        Index: codes of grids, each once; columns of :data:`gridgis.figures.DEFINITIONS`, of one
        period.
    whole
        The same figures of everything together: a median of all is no mean of medians.
    definitions
        What the columns mean, with the names that people read.
    base
        The base map.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or a grid stands twice.
    UnsupportedCrsError
        The grids are not EPSG:4326.
    """

    grids: gpd.GeoDataFrame
    figures: pd.DataFrame
    whole: Mapping[str, float]
    definitions: Mapping[str, Definition]
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        check_grids(self.grids)
        need(self.figures, "figures", FIGURE_COLUMNS)
        twice = self.figures.index[self.figures.index.duplicated()]
        if len(twice):
            msg = f"figures: grid {twice[0]!r} stands more than once; give those of one period"
            raise InvalidInputError(msg)
