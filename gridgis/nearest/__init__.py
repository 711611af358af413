"""Who is nearest, able and on duty; which places are nearest."""

from gridgis.nearest.line import MOST_RESPONDERS, Need, nearest
from gridgis.nearest.places import MOST_KINDS, MOST_PLACES, Wanted, nearest_places

__all__ = [
    "MOST_KINDS",
    "MOST_PLACES",
    "MOST_RESPONDERS",
    "Need",
    "Wanted",
    "nearest",
    "nearest_places",
]
