"""The rules that an edition must keep, as pure functions from frames to findings."""

from gridgis_boundaries.rules.findings import Accepted, Finding, outstanding
from gridgis_boundaries.rules.judging import judge
from gridgis_boundaries.rules.standards import Band, Known, Standards

__all__ = ["Accepted", "Band", "Finding", "Known", "Standards", "judge", "outstanding"]
