"""Maps of coverage, hotspots, places and repairs: frames in, one page out, without a network."""

from __future__ import annotations

from gridgis_maps.about import About, Period
from gridgis_maps.atlas import atlas
from gridgis_maps.casework import response_time, satisfaction, workload
from gridgis_maps.coverage import coverage
from gridgis_maps.frames import (
    BaseMap,
    CoverageFrames,
    FigureFrames,
    HotspotFrames,
    PlaceFrames,
    RepairFrames,
)
from gridgis_maps.hotspots import hotspots
from gridgis_maps.jurisdiction import jurisdiction
from gridgis_maps.page import Page
from gridgis_maps.paper_frames import AtlasFrames, Judged, JurisdictionFrames, SignFrames
from gridgis_maps.places import places
from gridgis_maps.repairs import repairs
from gridgis_maps.sign import sign

__all__ = [
    "About",
    "AtlasFrames",
    "BaseMap",
    "CoverageFrames",
    "FigureFrames",
    "HotspotFrames",
    "Judged",
    "JurisdictionFrames",
    "Page",
    "Period",
    "PlaceFrames",
    "RepairFrames",
    "SignFrames",
    "atlas",
    "coverage",
    "hotspots",
    "jurisdiction",
    "places",
    "repairs",
    "response_time",
    "satisfaction",
    "sign",
    "workload",
]
