"""The frames that a comparison of two editions is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.checking import check_grids, need

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

PIECE_COLUMNS = ("kind", "from_code", "to_code", "share", "new_share")
COUNT_COLUMNS = ("code", "reports")


@dataclass(frozen=True)
class EditionFrames:
    """What a comparison of two editions is made of.

    Attributes
    ----------
    old, new
        The grids of the edition before and after, as for `CoverageFrames`.
    pieces
        The ground that both share, one row a piece: `kind` (``keep`` where one and the same grid
        has it on both sides), `from_code`, `to_code` (None outside), `share`, `new_share` (of the
        old and of the new grid; NaN outside).
    old_counts, new_counts
        `code`, `reports`: the reports of one period, restated on either edition. A code that is no
        grid's counts what lies in none.
    base
        The base map of the new edition.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two grids of an edition have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    old: gpd.GeoDataFrame
    new: gpd.GeoDataFrame
    pieces: pd.DataFrame
    old_counts: pd.DataFrame
    new_counts: pd.DataFrame
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        check_grids(self.old)
        check_grids(self.new)
        need(self.pieces, "pieces", PIECE_COLUMNS)
        need(self.old_counts, "old_counts", COUNT_COLUMNS)
        need(self.new_counts, "new_counts", COUNT_COLUMNS)
