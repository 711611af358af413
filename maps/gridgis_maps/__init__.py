"""Maps of coverage, hotspots, places and repairs: frames in, one page out, without a network."""

from __future__ import annotations

from gridgis_maps.about import About, Period
from gridgis_maps.atlas import atlas
from gridgis_maps.casework import response_time, satisfaction, workload
from gridgis_maps.compare import compare
from gridgis_maps.compare_editions import compare_editions
from gridgis_maps.coverage import coverage
from gridgis_maps.coverage_by_time import coverage_by_time
from gridgis_maps.drawing.tiles import Tiles
from gridgis_maps.drawing.tiles_reading import read_tiles
from gridgis_maps.frames.base import BaseMap
from gridgis_maps.frames.casework import FigureFrames
from gridgis_maps.frames.coverage import CoverageFrames, ReachFrames
from gridgis_maps.frames.editions import EditionFrames
from gridgis_maps.frames.incident import Incident, IncidentFrames
from gridgis_maps.frames.monthly import Month, MonthlyFrames
from gridgis_maps.frames.papers import AtlasFrames, Judged, JurisdictionFrames, SignFrames
from gridgis_maps.frames.places import PlaceFrames
from gridgis_maps.frames.repairs import RepairFrames
from gridgis_maps.frames.reports import HotspotFrames
from gridgis_maps.hotspots import hotspots
from gridgis_maps.incident import incident
from gridgis_maps.jurisdiction import jurisdiction
from gridgis_maps.monthly import monthly, monthly_docx
from gridgis_maps.page import Page
from gridgis_maps.places import places
from gridgis_maps.repairs import repairs
from gridgis_maps.sign import sign
from gridgis_maps.timeline import timeline

__all__ = [
    "About",
    "AtlasFrames",
    "BaseMap",
    "CoverageFrames",
    "EditionFrames",
    "FigureFrames",
    "HotspotFrames",
    "Incident",
    "IncidentFrames",
    "Judged",
    "JurisdictionFrames",
    "Month",
    "MonthlyFrames",
    "Page",
    "Period",
    "PlaceFrames",
    "ReachFrames",
    "RepairFrames",
    "SignFrames",
    "Tiles",
    "atlas",
    "compare",
    "compare_editions",
    "coverage",
    "coverage_by_time",
    "hotspots",
    "incident",
    "jurisdiction",
    "monthly",
    "monthly_docx",
    "places",
    "read_tiles",
    "repairs",
    "response_time",
    "satisfaction",
    "sign",
    "timeline",
    "workload",
]
