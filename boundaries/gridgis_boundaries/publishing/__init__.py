"""From a draft or a plan to the edition in force, and what becomes of areas, reports and people."""

from gridgis_boundaries.publishing.following import follow_all
from gridgis_boundaries.publishing.opening import Published, Publishing, findings, publish
from gridgis_boundaries.publishing.restoring import restore
from gridgis_boundaries.publishing.saying import identities_of_draft, say_identity_of_draft

__all__ = [
    "Published",
    "Publishing",
    "findings",
    "follow_all",
    "identities_of_draft",
    "publish",
    "restore",
    "say_identity_of_draft",
]
