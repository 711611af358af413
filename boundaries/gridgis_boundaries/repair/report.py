"""What was found in a layer and what repair changed, as frames."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd

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
        sliver, dangling, missing vertex, outside parent.
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


_TABLE = (
    *("kind", "code", "rule", "sentence", "amount_m2", "width_m", "added_m2", "removed_m2"),
    *("households", "shift_m", "lon", "lat"),
)


def as_table(report: Report) -> pd.DataFrame:
    """Return a report as one table without shapes: findings, changes, then ground without a grid.

    Columns: kind (finding, change, no grid), code (several are joined by commas), rule, sentence,
    amount_m2, width_m, added_m2, removed_m2, households, shift_m, lon, lat; empty where they do
    not apply.
    """
    findings = _spots(report.findings, "finding")
    no_grid = _spots(report.no_grid, "no grid")
    changes = pd.DataFrame(report.changes.drop(columns="geometry"))
    gone = changes.pop("gone").map({True: "nothing is left of it", False: ""})
    changes = changes.rename(columns={"wrong": "rule"}).assign(kind="change", sentence=gone)
    parts = [part.reindex(columns=_TABLE) for part in (findings, changes, no_grid) if len(part)]
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_TABLE)
    texts = list(_TABLE[:4])
    numbers = list(_TABLE[4:])
    table[texts] = table[texts].astype("string")
    table[numbers] = table[numbers].astype("Float64")
    return table


def _spots(frame: gpd.GeoDataFrame, kind: str) -> pd.DataFrame:
    plain = pd.DataFrame(frame.drop(columns="geometry"))
    return plain.assign(kind=kind, code=[", ".join(codes) for codes in plain.pop("areas")])
