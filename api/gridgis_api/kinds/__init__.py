"""The kinds of maps: from this list come both the routes and the commands."""

from __future__ import annotations

from gridgis_api.kinds.atlas import ATLAS
from gridgis_api.kinds.casework import RESPONSE_TIME, SATISFACTION, WORKLOAD
from gridgis_api.kinds.compare import COMPARE
from gridgis_api.kinds.coverage import COVERAGE
from gridgis_api.kinds.hotspots import HOTSPOTS
from gridgis_api.kinds.incident import INCIDENT
from gridgis_api.kinds.jurisdiction import JURISDICTION
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.monthly import MONTHLY
from gridgis_api.kinds.sign import SIGN
from gridgis_api.kinds.timeline import TIMELINE

KINDS: tuple[Kind, ...] = (
    COVERAGE,
    HOTSPOTS,
    WORKLOAD,
    RESPONSE_TIME,
    SATISFACTION,
    TIMELINE,
    COMPARE,
    INCIDENT,
    ATLAS,
    SIGN,
    JURISDICTION,
    MONTHLY,
)
"""Every kind, in the order in which people are shown them; see docs/decisions/0038."""

__all__ = ["KINDS", "Kind"]
