"""What goes on paper: boundaries in words, notices of change, the approval file."""

from gridgis_boundaries.papers.approval import Approval, write_approval
from gridgis_boundaries.papers.describing import describe
from gridgis_boundaries.papers.notices import Letterhead, Redraw, notices, notices_html
from gridgis_boundaries.papers.reasons import reasons

__all__ = [
    "Approval",
    "Letterhead",
    "Redraw",
    "describe",
    "notices",
    "notices_html",
    "reasons",
    "write_approval",
]
