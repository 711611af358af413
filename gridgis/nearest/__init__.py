"""Who is nearest, able and on duty; which places are nearest."""

from gridgis.nearest.answers import Nearby, Passed
from gridgis.nearest.needs import MOST_RESPONDERS, Need
from gridgis.nearest.places import MOST_KINDS, MOST_PLACES, Wanted, nearest_places

__all__ = [
    "MOST_KINDS",
    "MOST_PLACES",
    "MOST_RESPONDERS",
    "Nearby",
    "Need",
    "Passed",
    "Wanted",
    "nearest_places",
]
