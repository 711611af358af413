"""Dirty areas become a partition: only what is broken is touched, and all of it is reported."""

from gridgis_boundaries.repair.reading import areas_in_degrees, open_areas
from gridgis_boundaries.repair.repairing import Repaired, check, repair
from gridgis_boundaries.repair.report import Report, as_table
from gridgis_boundaries.repair.tolerances import Tolerances

__all__ = [
    "Repaired",
    "Report",
    "Tolerances",
    "areas_in_degrees",
    "as_table",
    "check",
    "open_areas",
    "repair",
]
