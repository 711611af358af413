"""Two plans or editions side by side, also with different numbers of grids."""

from gridgis_boundaries.compare.affected import affected_reports, affected_responders
from gridgis_boundaries.compare.comparing import Comparison, beside, compare
from gridgis_boundaries.compare.information import variation_of_information
from gridgis_boundaries.compare.matching import match

__all__ = [
    "Comparison",
    "affected_reports",
    "affected_responders",
    "beside",
    "compare",
    "match",
    "variation_of_information",
]
