"""Doubts about what comes in: asked about with their evidence, never silently put right."""

from gridgis_boundaries.importing.doubts.asking import doubts_of, require_no_doubt
from gridgis_boundaries.importing.doubts.doubt import Doubt

__all__ = ["Doubt", "doubts_of", "require_no_doubt"]
