"""Dirty areas become a partition: only what is broken is touched, and all of it is reported."""

from gridgis_boundaries.repair.repairing import Repaired, check, repair
from gridgis_boundaries.repair.report import Report
from gridgis_boundaries.repair.tolerances import Tolerances

__all__ = ["Repaired", "Report", "Tolerances", "check", "repair"]
