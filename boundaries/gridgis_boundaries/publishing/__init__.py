"""From a draft to the edition in force."""

from gridgis_boundaries.publishing.opening import Published, Publishing, findings, publish

__all__ = ["Published", "Publishing", "findings", "publish"]
