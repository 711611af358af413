"""The tables, as GeoAlchemy2 declares them; the migrations build the same, and a test compares.

``territory`` layers, levels, editions, areas; ``people`` categories, responders; ``live`` where
these are, their status, duty exceptions, the mark of their state; ``ground`` cells, places and the
mark of their state, water and greens; ``reports`` reports with assignments, holders, events;
``record`` imports, exceptions, corrections; ``archive`` months that lie in files; ``roads`` the
road network and what closes it; ``visits`` standing visits and those that were made; ``plans``
plans with their log, what became of each area, and who moved; ``cases`` what becomes of a report;
``ruling`` response plans, calendars, responsible units; ``early_warnings`` what numbers suggest.
"""

from __future__ import annotations

from gridgis.store.tables.archive import archived_event, archived_file, archived_report
from gridgis.store.tables.base import METADATA
from gridgis.store.tables.cases import casefile, clock, incident, rating, secret, task
from gridgis.store.tables.early_warnings import early_warning
from gridgis.store.tables.ground import cell, gazetteer, landcover, place, place_use
from gridgis.store.tables.live import (
    duty_exception,
    position,
    position_coarsened,
    position_history,
    responder_status,
    roster,
    status_change,
)
from gridgis.store.tables.people import category, responder
from gridgis.store.tables.plans import (
    identity_override,
    lineage,
    plan,
    plan_entry,
    plan_exception,
    plan_step,
    publication_receipt,
)
from gridgis.store.tables.record import correction, edition_exception, import_run
from gridgis.store.tables.reports import assignment, event, holder, report, report_key
from gridgis.store.tables.roads import (
    road,
    road_ban,
    road_closure,
    road_closures_state,
    road_network,
    road_source,
)
from gridgis.store.tables.ruling import (
    calendar,
    response_plan,
    responsibility,
    responsibility_list,
    unit,
)
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
    "calendar",
    "casefile",
    "category",
    "cell",
    "clock",
    "correction",
    "duty_exception",
    "early_warning",
    "edition",
    "edition_exception",
    "event",
    "gazetteer",
    "holder",
    "identity_override",
    "import_run",
    "incident",
    "landcover",
    "layer",
    "level",
    "lineage",
    "place",
    "place_use",
    "plan",
    "plan_entry",
    "plan_exception",
    "plan_step",
    "position",
    "position_coarsened",
    "position_history",
    "publication_receipt",
    "rating",
    "report",
    "report_key",
    "responder",
    "responder_status",
    "response_plan",
    "responsibility",
    "responsibility_list",
    "road",
    "road_ban",
    "road_closure",
    "road_closures_state",
    "road_network",
    "road_source",
    "roster",
    "secret",
    "status_change",
    "task",
    "territory",
    "unit",
    "visit",
    "visit_plan",
]
