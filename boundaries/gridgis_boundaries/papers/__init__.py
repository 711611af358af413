"""What goes on paper: boundaries in words, notices of change, the approval file."""

from gridgis_boundaries.papers.describing import describe
from gridgis_boundaries.papers.reasons import reasons

__all__ = ["describe", "reasons"]
