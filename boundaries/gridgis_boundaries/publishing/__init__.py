"""From a draft or a plan to the edition in force, and what becomes of areas, reports and people."""

from gridgis_boundaries.publishing.following import follow_all
from gridgis_boundaries.publishing.opening import Published, Publishing, findings, publish
from gridgis_boundaries.publishing.restoring import restore

__all__ = ["Published", "Publishing", "findings", "follow_all", "publish", "restore"]
