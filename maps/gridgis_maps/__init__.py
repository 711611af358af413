"""Maps of coverage, hotspots, places and repairs: frames in, one page out, without a network."""

from __future__ import annotations

from gridgis_maps.about import About, Period
from gridgis_maps.casework import response_time, satisfaction, workload
from gridgis_maps.coverage import coverage
from gridgis_maps.coverage_by_time import coverage_by_time
from gridgis_maps.drawing.tiles import Tiles
from gridgis_maps.drawing.tiles_reading import read_tiles
from gridgis_maps.frames import (
    BaseMap,
    CoverageFrames,
    FigureFrames,
    HotspotFrames,
    PlaceFrames,
    ReachFrames,
    RepairFrames,
)
from gridgis_maps.hotspots import hotspots
from gridgis_maps.page import Page
from gridgis_maps.places import places
from gridgis_maps.repairs import repairs

__all__ = [
    "About",
    "BaseMap",
    "CoverageFrames",
    "FigureFrames",
    "HotspotFrames",
    "Page",
    "Period",
    "PlaceFrames",
    "ReachFrames",
    "RepairFrames",
    "Tiles",
    "coverage",
    "coverage_by_time",
    "hotspots",
    "places",
    "read_tiles",
    "repairs",
    "response_time",
    "satisfaction",
    "workload",
]
