"""A plan: a draft of the next edition, with every edit that made it."""

from gridgis_boundaries.plans.conflicts import Conflict
from gridgis_boundaries.plans.plan import Applied, Entry, Plan

__all__ = ["Applied", "Conflict", "Entry", "Plan"]
