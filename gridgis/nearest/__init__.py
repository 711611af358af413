"""Who is nearest, able and on duty."""

from gridgis.nearest.line import MOST_RESPONDERS, Need, nearest

__all__ = ["MOST_RESPONDERS", "Need", "nearest"]
