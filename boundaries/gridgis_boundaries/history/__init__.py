"""History stays true: what became of ground, households and counts between two editions."""

from gridgis_boundaries.history.changes import Changes, changes
from gridgis_boundaries.history.counting import Counting, as_reported, count
from gridgis_boundaries.history.crosswalk import crosswalk, restate
from gridgis_boundaries.history.overlay import overlay
from gridgis_boundaries.history.restating import Target, restated
from gridgis_boundaries.history.sides import Sides, sides

__all__ = [
    "Changes",
    "Counting",
    "Sides",
    "Target",
    "as_reported",
    "changes",
    "count",
    "crosswalk",
    "overlay",
    "restate",
    "restated",
    "sides",
]
