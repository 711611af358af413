"""Who is nearest, able and on duty; which places are nearest."""

from gridgis.model import MOST_NEEDS, MOST_RESPONDERS
from gridgis.nearest.answers import Nearby, Passed
from gridgis.nearest.finder import Finder, Way
from gridgis.nearest.needs import Need
from gridgis.nearest.places import MOST_KINDS, MOST_PLACES, Wanted, nearest_places
from gridgis.nearest.road import Wish
from gridgis.nearest.team import Member, Team
from gridgis.nearest.why import why_chosen

__all__ = [
    "MOST_KINDS",
    "MOST_NEEDS",
    "MOST_PLACES",
    "MOST_RESPONDERS",
    "Finder",
    "Member",
    "Nearby",
    "Need",
    "Passed",
    "Team",
    "Wanted",
    "Way",
    "Wish",
    "nearest_places",
    "why_chosen",
]
