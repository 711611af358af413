"""The rules that an edition must keep, as pure functions from frames to findings."""

from gridgis_boundaries.rules.findings import Finding
from gridgis_boundaries.rules.judging import judge

__all__ = ["Finding", "judge"]
