"""The tables, as GeoAlchemy2 declares them; the migrations build the same, and a test compares.

``territory`` layers, levels, editions, areas; ``people`` categories, responders, positions;
``ground`` cells, places and the mark of their state; ``reports`` reports with assignments, holders,
events; ``record`` imports, exceptions, corrections; ``archive`` months that lie in files;
``visits`` standing visits and those that were made.
"""

from __future__ import annotations

from gridgis.store.tables.archive import archived_event, archived_file, archived_report
from gridgis.store.tables.base import METADATA
from gridgis.store.tables.ground import cell, gazetteer, place, place_use
from gridgis.store.tables.people import category, position, responder
from gridgis.store.tables.record import correction, edition_exception, import_run
from gridgis.store.tables.reports import assignment, event, holder, report, report_key
from gridgis.store.tables.territory import area, area_version, edition, layer, level, territory
from gridgis.store.tables.visits import visit, visit_plan

__all__ = [
    "METADATA",
    "archived_event",
    "archived_file",
    "archived_report",
    "area",
    "area_version",
    "assignment",
    "category",
    "cell",
    "correction",
    "edition",
    "edition_exception",
    "event",
    "gazetteer",
    "holder",
    "import_run",
    "layer",
    "level",
    "place",
    "place_use",
    "position",
    "report",
    "report_key",
    "responder",
    "territory",
    "visit",
    "visit_plan",
]
