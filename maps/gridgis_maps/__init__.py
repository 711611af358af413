"""Maps of coverage and hotspots: frames in, one page out that opens without a network."""

from __future__ import annotations

from gridgis_maps.about import About, Period
from gridgis_maps.coverage import coverage
from gridgis_maps.frames import BaseMap, CoverageFrames, HotspotFrames
from gridgis_maps.hotspots import hotspots
from gridgis_maps.page import Page

__all__ = [
    "About",
    "BaseMap",
    "CoverageFrames",
    "HotspotFrames",
    "Page",
    "Period",
    "coverage",
    "hotspots",
]
