"""The kind ``incident``: one case, who came which way, and what happened when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

import pandas as pd
from pydantic import Field
from shapely import Point

from gridgis.cases.rulings import Rulings
from gridgis.clocks.limits import Limit
from gridgis.errors import ArchiveFileError, ConflictError, ReportNotFoundError
from gridgis.households import households_within
from gridgis.polygons import circle
from gridgis.response.labels import label
from gridgis.response.vocabulary import MARK
from gridgis.store import cases, events, reports, worklists
from gridgis.words import word
from gridgis_api.kinds.arriving import parties_of
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import MapQuery
from gridgis_api.shapes.fields import Text  # noqa: TC001 - pydantic reads it
from gridgis_api.telling import happened, said, stage_name, unit_name
from gridgis_maps import Incident, IncidentFrames, incident

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridgis.cases.model import Case
    from gridgis.model import Event, Report
    from gridgis.store.worklists import Around
    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page


class IncidentQuery(MapQuery):
    """Which case to tell."""

    report: Text = Field(
        description="The report, by its id or its source's number", examples=["gas-leak"]
    )


def _page(maker: Maker, asked: IncidentQuery) -> Page:
    """Return the page of one case, as it stands now."""
    connection, lang = maker.connection, asked.lang
    report_id = _id_of(maker, asked.report)
    loaded = cases.load(connection, report_id, maker.now)
    case = loaded.case
    around = worklists.around(connection, report_id)
    report = reports.one(connection, report_id)
    told = events.of_report(connection, report_id, case.captured_at)
    vocabulary = Rulings(maker.settings).of(connection, loaded.marks).plan.labels(around.family)
    grids, outlines = maker.grids(asked)
    frames = IncidentFrames(
        case=_case(maker, report, case, told, (vocabulary, lang)),
        grids=grids,
        parties=parties_of(maker, case, told, around, (vocabulary, lang)),
        events=_events(told, case, around, (vocabulary, lang)),
        limits=_limits(case, (vocabulary, lang)),
        base=maker.base(asked, grids, outlines),
    )
    return incident(frames, maker.about(asked, grids, outlines), lang=lang)


def _id_of(maker: Maker, name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        return reports.id_of(maker.connection, name)


def _case(
    maker: Maker, report: Report, case: Case, told: Sequence[Event], words: tuple[str, str]
) -> Incident:
    """Return what was reported, and what had to be evacuated by the last dispatch that says it."""
    where = report.location
    leaving = _leaving(told)
    radius_m = leaving.get("evacuate_m")
    zone = circle(where, radius_m) if where is not None and radius_m else None
    homes: Mapping[str, Any] = leaving.get("households") or {}
    if zone is not None and not homes:
        found = households_within(maker.connection, zone)
        homes = {"households": found.households, "population": found.population}
    return Incident(
        number=report.number or str(report.id),
        category=_category(maker, report.category, words[1]),
        description=report.description,
        received_at=report.received_at,
        address=report.address,
        level="" if case.level is None else label(case.level, *words),
        state=label(case.state, *words),
        location=None if where is None else Point(where.lon, where.lat),
        accuracy_m=None if where is None else where.accuracy_m,
        grid_code=None if report.held_by is None else report.held_by.code,
        zone=zone,
        radius_m=radius_m,
        households=homes.get("households"),
        population=homes.get("population"),
    )


def _leaving(told: Sequence[Event]) -> Mapping[str, Any]:
    said_it = [one.facts for one in told if one.facts.get("evacuate_m")]
    return said_it[-1] if said_it else {}


def _category(maker: Maker, code: str | None, lang: str) -> str:
    return maker.category_name(code, lang) or "–"


def _events(
    told: Sequence[Event], case: Case, around: Around, words: tuple[str, str]
) -> pd.DataFrame:
    rows = []
    for one in told:
        what = happened(one, *words)
        number = one.facts.get("task")
        if isinstance(number, int) and 0 < number <= len(case.tasks):
            what = f"{unit_name(around, case.tasks[number - 1].unit)}: {what}"
        facts = said(one, around, *words)
        for key in ("mark", "stage"):
            raw = str(one.facts.get(key) or "")
            stage = f"{MARK}:{raw}" if key == "mark" else raw
            facts = facts.replace(raw, stage_name(stage, *words)) if raw else facts
        rows.append(
            {
                "at": pd.Timestamp(one.at),
                "who": one.actor,
                "what": f"{what}; {facts}" if facts else what,
            }
        )
    return pd.DataFrame(rows, columns=["at", "who", "what"])


def _limits(case: Case, words: tuple[str, str]) -> pd.DataFrame:
    """Return the marks, then the case's own limits; those of tasks are told by who came when."""
    own = [one for one in case.limits if not one.task]
    own.sort(key=lambda one: not one.stage.startswith(f"{MARK}:"))
    rows = [
        {
            "name": stage_name(one.stage, *words),
            "within": " + ".join(_within(spec, words[1]) for spec in (one.spec, *one.extensions)),
            "due_at": pd.Timestamp(one.due_at) if one.due_at else pd.NaT,
            "stopped_at": pd.Timestamp(one.stopped_at) if one.stopped_at else pd.NaT,
        }
        for one in own
    ]
    return pd.DataFrame(rows, columns=["name", "within", "due_at", "stopped_at"])


def _within(spec: str, lang: str) -> str:
    """Return a limit in words."""
    limit = Limit.parse(spec)
    day, night = (
        word(f"map.incident.limit.{one.unit}", lang, number=f"{one.number.normalize():f}")
        if one is not None
        else ""
        for one in (limit.amount, limit.at_night)
    )
    return word("map.incident.limit.night", lang, day=day, night=night) if night else day


INCIDENT = Kind(
    "incident",
    IncidentQuery,
    _page,
    "Tell one case: who came which way, and what happened when.",
    refusals=(ReportNotFoundError, ConflictError, ArchiveFileError),
)
