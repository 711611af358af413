"""The kind ``jurisdiction``: one sheet on which grid answers for a report, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pandas as pd
from pydantic import Field

from gridgis.corrections import report_file
from gridgis.errors import ArchiveFileError, ConflictError, ReportNotFoundError
from gridgis.store import cases, editions, layers, reports, worklists
from gridgis.store import units as stored_units
from gridgis.words import word
from gridgis_api.kinds.kind import Kind
from gridgis_api.kinds.query import MapQuery
from gridgis_api.shapes.fields import Text  # noqa: TC001 - pydantic reads it
from gridgis_maps import Judged, JurisdictionFrames, jurisdiction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.model import Assignment, Event, ReportFile
    from gridgis_api.kinds.maker import Maker
    from gridgis_maps import Page

DECIDING = ("repinned", "located", "moved")
"""Events by which a person had an answer made."""
SAME_MOMENT_S = 1.0


class JurisdictionQuery(MapQuery):
    """Which report's answer to print."""

    report: Text = Field(
        description="The report, by its id or its source's number", examples=["A-1025"]
    )


def _page(maker: Maker, asked: JurisdictionQuery) -> Page:
    """Return the sheet on one report: by the newest answer of the layer that was asked for."""
    file = report_file(maker.connection, _id_of(maker, asked.report))
    answers = _of_layer(file.assignments, asked.layer)
    newest = answers[-1]
    query = asked.model_copy(update={"layer": newest.layer, "edition": newest.edition, "at": None})
    grids, outlines = maker.grids(query)
    frames = JurisdictionFrames(
        judged=_judged(maker, file, newest, asked.lang),
        grids=grids,
        path=_path(maker, newest),
        runners_up=pd.DataFrame(
            [(one.code, one.name, one.distance_m) for one in newest.runner_up],
            columns=["code", "name", "distance_m"],
        ),
        units=_units(maker, file, asked.lang),
        history=_history(maker, answers, file.events),
        base=maker.base(asked, grids, outlines),
    )
    return jurisdiction(frames, maker.about(query, grids, outlines), lang=asked.lang)


def _id_of(maker: Maker, name: str) -> UUID:
    try:
        return UUID(name)
    except ValueError:
        return reports.id_of(maker.connection, name)


def _of_layer(given: Sequence[Assignment], layer: str | None) -> list[Assignment]:
    """Return the answers of a layer, the oldest first; None: the first that has a grid now."""
    if not given:
        msg = "no layer has answered for this report; publish an edition, then locate it"
        raise ConflictError(msg)
    if layer is None:
        newest = {one.layer: one for one in given}
        layer = next((one.layer for one in newest.values() if one.grid), given[-1].layer)
    answers = [one for one in given if one.layer == layer]
    if not answers:
        known = ", ".join(dict.fromkeys(one.layer for one in given))
        msg = f"layer {layer!r} has not answered for this report; {known} has"
        raise ConflictError(msg)
    return answers


def _judged(maker: Maker, file: ReportFile, newest: Assignment, lang: str) -> Judged:
    report, where = file.report, file.report.location
    return Judged(
        number=report.number or str(report.id),
        captured_at=report.captured_at,
        received_at=report.received_at,
        category=maker.category_name(report.category, lang) or "–",
        description=report.description,
        address=report.address or "",
        lon=None if where is None else where.lon,
        lat=None if where is None else where.lat,
        accuracy_m=None if where is None else where.accuracy_m,
        layer=newest.layer_name,
        edition=_edition(maker, newest.edition),
        rule=newest.rule,
        grid_code=None if newest.grid is None else newest.grid.code,
        boundary_distance_m=newest.boundary_distance_m,
        made_at=newest.made_at or report.received_at,
    )


def _edition(maker: Maker, number: int | None) -> str:
    if number is None:
        return "–"
    return f"{editions.find(maker.connection, number).name} (№ {number})"


def _path(maker: Maker, newest: Assignment) -> pd.DataFrame:
    """Return the areas from the top to the grid, their levels as the layer calls them."""
    known = layers.find(maker.connection, newest.layer, maker.now).layer.levels
    names = {level.code: level.name for level in known}
    line = [*newest.parents, newest.grid] if newest.grid is not None else []
    return pd.DataFrame(
        [(names.get(one.level, one.level), one.code, one.name) for one in line],
        columns=["level", "code", "name"],
    )


def _units(maker: Maker, file: ReportFile, lang: str) -> pd.DataFrame:
    """Return the units that have a task of the newest dispatch, the leading one first."""
    case = cases.load(maker.connection, file.report.id, maker.now).case
    newest = max((task.round for task in case.tasks), default=0)
    tasks = [task for task in case.tasks if task.round == newest]
    tasks.sort(key=lambda task: not task.is_lead)
    around = worklists.around(maker.connection, file.report.id)
    phones = {one.code: one.phone for one in stored_units.everything(maker.connection)}
    rows = [
        (
            around.units.get(task.unit, task.unit),
            word(f"jurisdiction.part.{'lead' if task.is_lead else 'help'}", lang),
            phones.get(task.unit),
        )
        for task in tasks
    ]
    return pd.DataFrame(rows, columns=["name", "part", "phone"], dtype=object)


def _history(maker: Maker, answers: Sequence[Assignment], events: Sequence[Event]) -> pd.DataFrame:
    deciding = [one for one in events if one.kind in DECIDING]
    rows = []
    for one in answers:
        made_at = one.made_at
        by = next(
            (
                event.actor
                for event in deciding
                if made_at and abs((event.at - made_at).total_seconds()) < SAME_MOMENT_S
            ),
            None,
        )
        grid = None if one.grid is None else one.grid.name
        edition = _edition(maker, one.edition)
        rows.append((made_at, edition, grid, one.rule, one.boundary_distance_m, by))
    columns = ["made_at", "edition", "grid", "rule", "boundary_distance_m", "decided_by"]
    return pd.DataFrame(rows, columns=columns, dtype=object)


JURISDICTION = Kind(
    "jurisdiction",
    JurisdictionQuery,
    _page,
    "Print one sheet on which grid answers for a report, and why.",
    refusals=(ReportNotFoundError, ConflictError, ArchiveFileError),
)
