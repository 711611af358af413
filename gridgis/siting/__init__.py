"""Where should stations stand? Answers with a bound, and "nowhere" where that is so.

The functions take travel times as an array, demands by sites; :func:`site_stations` takes frames.
"""

from __future__ import annotations

from gridgis.siting.answers import Siting
from gridgis.siting.coverage import maximal_coverage
from gridgis.siting.covering import set_cover
from gridgis.siting.frames import Asked, Sited, site_stations
from gridgis.siting.ground import Effort
from gridgis.siting.line import TravelTable, by_line
from gridgis.siting.median import p_median

__all__ = [
    "Asked",
    "Effort",
    "Sited",
    "Siting",
    "TravelTable",
    "by_line",
    "maximal_coverage",
    "p_median",
    "set_cover",
    "site_stations",
]
