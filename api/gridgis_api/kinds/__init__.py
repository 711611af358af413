"""The kinds of maps: from this list come both the routes and the commands."""

from __future__ import annotations

from gridgis_api.kinds.casework import RESPONSE_TIME, SATISFACTION, WORKLOAD
from gridgis_api.kinds.coverage import COVERAGE
from gridgis_api.kinds.hotspots import HOTSPOTS
from gridgis_api.kinds.kind import Kind

KINDS: tuple[Kind, ...] = (COVERAGE, HOTSPOTS, WORKLOAD, RESPONSE_TIME, SATISFACTION)
"""Every kind, in the order in which people are shown them; see docs/decisions/0038."""

__all__ = ["KINDS", "Kind"]
