"""The frames that a map of repairs is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.checking import check, once

if TYPE_CHECKING:
    import geopandas as gpd

REPAIRED_COLUMNS = ("code", "name")
FINDING_COLUMNS = ("rule", "sentence", "amount_m2")
CHANGE_COLUMNS = ("code", "wrong", "added_m2", "removed_m2", "households", "shift_m")


@dataclass(frozen=True)
class RepairFrames:
    """What a map of repairs is made of.

    Attributes
    ----------
    areas
        `code`, `name`; the areas as they are now.
    findings
        `rule` (one of ``invalid``, ``unclosed ring``, ``duplicate``, ``overlap``, ``gap``,
        ``slit``, ``sliver``, ``dangling``, ``missing vertex``, ``outside parent``, ``no grid``, or
        another word),
        `sentence`, `amount_m2`; the spots, of any kind of geometry.
    changes
        `code`, `wrong` (rules, separated by commas), `added_m2`, `removed_m2`, `households` (NA
        unknown), `shift_m`; the ground that the area won or lost, one row an area.
    base
        What lies under them: water, greens, roads; no outlines.

    Raises
    ------
    InvalidInputError
        A frame lacks a column, or two areas have one code.
    UnsupportedCrsError
        A frame is not EPSG:4326.
    """

    areas: gpd.GeoDataFrame
    findings: gpd.GeoDataFrame
    changes: gpd.GeoDataFrame
    base: BaseMap = field(default_factory=BaseMap)

    def __post_init__(self) -> None:
        check(self.areas, "areas", REPAIRED_COLUMNS)
        once(self.areas, "areas")
        check(self.findings, "findings", FINDING_COLUMNS)
        check(self.changes, "changes", CHANGE_COLUMNS)
        once(self.changes, "changes")
