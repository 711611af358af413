"""Reports of one happening: which cases may be the same matter, and what is an incident."""

from gridgis.duplicates.incidents import ClusterRule, on_report
from gridgis.duplicates.similar import Similar, similar
from gridgis.store.incidents import Incident

__all__ = ["ClusterRule", "Incident", "Similar", "on_report", "similar"]
