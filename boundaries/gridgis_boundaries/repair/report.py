"""What was found in a layer and what repair changed, as frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd


@dataclass(frozen=True)
class Report:
    """What is wrong with a layer, and what was changed.

    Geometry is in the layer's own system; lon and lat are degrees, EPSG:4326.

    Parameters
    ----------
    findings
        A row for each spot: rule, areas (codes, a list), sentence, amount_m2, width_m, lon, lat,
        geometry (the spot). The rules: invalid, unclosed ring, duplicate, overlap, gap, slit,
        sliver, dangling, outside parent.
    changes
        A row for each area whose shape changed: code, wrong (its rules, joined by commas),
        added_m2, removed_m2, households (on the removed ground, by its share of the area; NA when
        the area does not say them), shift_m (how far the farthest vertex lies from where the
        outline was), gone (nothing is left of it), geometry (the ground that it won or lost).
    no_grid
        Wide gaps, which stay: areas (codes around), sentence, amount_m2, width_m, lon, lat,
        geometry.
    notes
        What a person should know of the reading.
    """

    findings: gpd.GeoDataFrame
    changes: gpd.GeoDataFrame
    no_grid: gpd.GeoDataFrame
    notes: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found; ground without a grid does not count."""
        return not len(self.findings)

    @property
    def most_m2(self) -> float:
        """The largest change of one area: ground won and lost."""
        if not len(self.changes):
            return 0.0
        return float((self.changes["added_m2"] + self.changes["removed_m2"]).max())

    @property
    def most_shift_m(self) -> float:
        """The largest shift of a vertex."""
        return float(self.changes["shift_m"].max()) if len(self.changes) else 0.0

    def within(self, tolerance_m2: float | None, tolerance_m: float | None) -> bool:
        """Say whether every change is small enough; without a tolerance only no change is.

        An area of which nothing is left is never small.
        """
        if not len(self.changes):
            return True
        if (tolerance_m2 is None and tolerance_m is None) or self.changes["gone"].any():
            return False
        small = tolerance_m2 is None or self.most_m2 <= tolerance_m2
        return small and (tolerance_m is None or self.most_shift_m <= tolerance_m)
