"""Load the demo district, as a person would import it, and take it out again."""

from __future__ import annotations

from math import isnan
from typing import TYPE_CHECKING

import pandas as pd

from gridgis.body import responder_id
from gridgis.bound import BASE
from gridgis.clocks import known
from gridgis.clocks.calendar_files import read_calendar
from gridgis.demo import make
from gridgis.demo.cases import SOURCE, work_off
from gridgis.demo.units import make_units, read_response_plan
from gridgis.duplicates.incidents import SERVICE
from gridgis.errors import AlreadyThereError
from gridgis.imports import Importer, ImportOptions, rows_of
from gridgis.imports.reports import Reports
from gridgis.imports.units import UnitTables, import_units
from gridgis.landcover import Target, landcover_of
from gridgis.landcover import record as record_landcover
from gridgis.locate.territories import Territories
from gridgis.model import Layer, Level, Location
from gridgis.response.plans import check_plan
from gridgis.roads.reading.importing import roads_of
from gridgis.roads.reading.recording import record
from gridgis.rounds.visits import NewVisit, record_all
from gridgis.store import calendars, incidents, layers, merged, removal, response_plans, units
from gridgis.store.response_plans import NewResponsePlan
from gridgis_boundaries.importing import AreaImport, import_frame
from gridgis_boundaries.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.demo import DemoDistrict
    from gridgis.demo.cases import Outbreak, WorkedOff
    from gridgis.locate.territory import Territory
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

    Tell = Callable[[str], None]

_CALENDAR = "china"
# One process loads at a time: several may share a database.
_LOCK = 7_203_020

_LEVELS = (("district", "区"), ("street", "街道"), ("community", "社区"), ("grid", "网格"))
_EXCLUSIVE = {"campus": ("校园网格", 20), "hospital": ("医院网格", 10)}


class Demo:
    """The demo district in a store."""

    def __init__(self, store: Store, actor: Actor, clock: Clock, settings: Settings) -> None:
        self._store = store
        self._actor = actor
        self._clock = clock
        self._settings = settings

    def load(self, seed: int = 1, *, out: Path | None = None, tell: Tell) -> None:
        """Make the district from a seed and load it; `out` is a folder for its files as well.

        Raises
        ------
        AlreadyThereError
            There are layers already: the demo goes into an empty database only.
        """
        with self._store.begin() as connection:
            known = [layer.code for layer in layers.listing(connection, self._clock.now())]
        if known:
            msg = (
                f"there is a layer {known[0]!r} already; the demo goes into an empty database only "
                "(`gridgis demo remove` takes an earlier demo out)"
            )
            raise AlreadyThereError(msg)
        district = make(seed, progress=lambda what: tell(f"demo: making {what}"))
        if out is not None:
            for path in district.write(out):
                tell(f"demo: wrote {path}")
        self._load_areas(district, tell)
        self._load_rows(district, tell)

    def load_when_empty(self, *, tell: Tell) -> None:
        """Load the demo when nothing at all is stored, or when loading it was interrupted."""
        with self._store.alone(_LOCK):
            with self._store.begin() as connection:
                unfinished = removal.is_unfinished(connection, SOURCE)
            if unfinished:
                tell("loading the demo was interrupted: taking out what is there of it")
                self.remove()
            with self._store.begin() as connection:
                empty = removal.is_empty(connection)
            if empty:
                tell("the database is empty: loading a fictional district (once; about a minute)")
                self.load(tell=tell)

    def remove(self, *, with_reports: bool = False) -> removal.Removed:
        """Take everything of the demo out, in one transaction.

        `with_reports`: also the reports that people made while they tried the demo.

        Raises
        ------
        InUseError
            Other reports were answered by the demo's grids.
        """
        with self._store.begin() as connection:
            brought = removal.Brought(
                self._units(connection), read_response_plan(), known.text(_CALENDAR)
            )
            removed = removal.remove_source(connection, SOURCE, with_reports=with_reports)
            removal.remove_rules(connection, SOURCE, brought)
        return removed

    def _units(self, connection: Connection) -> list[str]:
        """Return the codes of the demo's units: they follow from the codes of its areas."""
        areas = units.areas_in_force(connection, self._clock.now())
        base = [(one.level, one.code, one.name, None) for one in areas if one.layer == BASE]
        if not base:
            return []
        table = pd.DataFrame(base, columns=["level", "code", "name", "name_en"])
        return list(make_units(table)["code"])

    def _load_areas(self, district: DemoDistrict, tell: Tell) -> None:
        tell("demo: publishing 579 grids and two exclusive layers")
        with self._store.begin() as connection:
            layers.add(connection, _base(), source=SOURCE)
            for code, (name, priority) in _EXCLUSIVE.items():
                layers.add(connection, _exclusive(code, name, priority), source=SOURCE)
        self._publish(district.areas, "base", [code for code, _ in _LEVELS])
        self._publish(district.campus, "campus", ["grid"])
        self._publish(district.hospital, "hospital", ["grid"])

    def _publish(self, areas: gpd.GeoDataFrame, layer: str, levels: list[str]) -> None:
        """Import level by level from the top into one draft, and put it in force."""
        with self._store.begin() as connection:
            edition = None
            for level in levels:
                summary = import_frame(
                    connection,
                    areas[areas["level"] == level].drop(columns="level"),
                    options=AreaImport(
                        layer=layer,
                        level=level,
                        code="code",
                        name="name",
                        parent="parent_code",
                        households="households" if "households" in areas else None,
                        population="population" if "population" in areas else None,
                        edition=edition,
                        title="2025",
                        file=SOURCE,
                    ),
                    actor=self._actor,
                    clock=self._clock,
                )
                edition = summary.edition
            if edition is not None:
                publish(connection, edition, actor=self._actor, clock=self._clock)

    def _load_rows(self, district: DemoDistrict, tell: Tell) -> None:
        frames: dict[str, pd.DataFrame] = {
            "categories": district.categories,
            "responders": district.responders,
            "cells": district.cells.rename(columns={"parent_cell": "parent_code"}),
            "places": district.places,
        }
        options = ImportOptions(
            source=SOURCE,
            zone=self._settings.zone,
            near_tolerance_m=self._settings.near_tolerance_m,
        )
        territories = Territories(self._store, None)
        importer = Importer(self._store, self._actor, self._clock, territories=territories)
        for noun, frame in frames.items():
            tell(f"demo: loading {len(frame):,} {noun}")
            importer.frame(noun, frame, options, f"demo {noun}")
        self._load_ground(district, tell)
        plan_id = self._load_rules(district, tell)
        tell(f"demo: recording {len(district.visits):,} visits")
        self._record(district.visits, territories.current())
        tell("demo: working off a year of reports")
        worked = work_off(district, read_calendar(known.text(_CALENDAR)), plan_id)
        tell(f"demo: loading {len(district.reports):,} reports and what became of them")
        reports = Reports(territories, worked)
        importer.rows(reports, rows_of(district.reports), options, "demo reports")
        self._link(worked)
        # They come last: without them the demo counts as unfinished.
        tell(f"demo: loading {len(district.visit_plans):,} visit-plans")
        importer.frame("visit-plans", district.visit_plans, options, "demo visit-plans")

    def _link(self, worked: WorkedOff) -> None:
        """Say which reports are one: those that were merged, and those of the outbreaks."""
        with self._store.begin() as connection:
            merged.name_merged(connection, worked.merged)
            for one in worked.outbreaks:
                self._raise(connection, one)

    def _raise(self, connection: Connection, one: Outbreak) -> None:
        """Raise an incident as soon as it is one, and let the others join it day by day."""
        opened_at, first = one.days[0]
        number = incidents.add(connection, one.category, first, one.radius_m, opened_at)
        for at, members in one.days:
            incidents.join(connection, number, members, at, SERVICE)

    def _record(self, made: pd.DataFrame, territory: Territory) -> None:
        """Record the visits of the year's last weeks, as the workers' phones would have."""
        visits = [
            NewVisit(
                id=row["id"],
                responder_id=responder_id(SOURCE, row["number"]),
                place=f"{SOURCE}:{row['place']}",
                kind=row["kind"],
                at=row["at"].to_pydatetime(),
                result=row["result"],
                location=None
                if isnan(row["lon"])
                else Location(row["lon"], row["lat"], row["accuracy_m"]),
            )
            for row in made.to_dict("records")
        ]
        with self._store.begin() as connection:
            record_all(
                connection, visits, self._actor, self._clock.now(), territory, self._settings
            )

    def _load_rules(self, district: DemoDistrict, tell: Tell) -> int:
        """Bring the calendar, the response plan, in force since the year began, and the units.

        Return the plan's number.
        """
        tell(f"demo: loading {len(district.units):,} units and the response plan")
        since = district.until.replace(year=district.year).to_pydatetime()
        document = district.response_plan
        now = self._clock.now()
        with self._store.begin() as connection:
            calendars.put(connection, known.text(_CALENDAR), self._actor, now)
            tables = UnitTables(district.units, district.responsibilities)
            import_units(connection, tables, SOURCE, self._actor, now)
            plan = check_plan(connection, document)
            new = NewResponsePlan(plan.name, document, since)
            stored, _ = response_plans.put(connection, new, self._actor, now)
        return stored.id

    def _load_ground(self, district: DemoDistrict, tell: Tell) -> None:
        tell(f"demo: loading {len(district.roads):,} roads, the river and the greens")
        who = (self._actor, self._clock)
        record(self._store, roads_of(district.roads), SOURCE, "demo roads", who)
        for kind, areas in (("water", district.water), ("green", district.greens)):
            target = Target(kind, SOURCE)
            record_landcover(self._store, landcover_of(areas), target, f"demo {kind}", who)


def _base() -> Layer:
    levels = [
        Level(code, name, rank, is_grid=code == "grid") for rank, (code, name) in enumerate(_LEVELS)
    ]
    return Layer("base", "基础网格", True, 0, "6+3+3+3", levels, None)


def _exclusive(code: str, name: str, priority: int) -> Layer:
    return Layer(code, name, False, priority, "none", [Level("grid", "网格", 0, True)], None)
