"""History stays true: what became of ground, households and counts between two editions."""

from gridgis_boundaries.history.crosswalk import crosswalk, restate
from gridgis_boundaries.history.overlay import overlay

__all__ = ["crosswalk", "overlay", "restate"]
