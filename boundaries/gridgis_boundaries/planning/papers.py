"""The papers of a plan: the approval file, a notice for each grid that changes, the boundaries."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis import frames
from gridgis.actor import Actor
from gridgis.store import areas
from gridgis_boundaries.history import changes
from gridgis_boundaries.papers import Approval, Letterhead, Redraw, describe, notices, notices_html
from gridgis_boundaries.planning.comparing import compared_frames
from gridgis_boundaries.planning.framing import as_edition
from gridgis_boundaries.planning.guiding import guide
from gridgis_boundaries.planning.reviewing import against_opened
from gridgis_boundaries.planning.weighing import grids_of
from gridgis_boundaries.rules.findings import Accepted

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridgis.store.plans import StoredPlan
    from gridgis_boundaries.planning.drafting import Opened, Planning


class PlanPapers(NamedTuple):
    """What goes on paper: the tables of the approval file, and the notices as one HTML text."""

    approval: Approval
    notices: str


def plan_papers(planning: Planning, number: int, *, lang: str = "zh") -> PlanPapers:
    """Return the papers of a plan beside the edition that it stands on.

    Raises
    ------
    PlanNotFoundError
        There is no such plan.
    InvalidInputError
        The language is unknown.
    """
    with planning.open(number) as opened:
        connection, stored = opened.connection, opened.stored
        base = areas.frame(connection, layer=stored.layer, edition=stored.base_edition)
        drawn = as_edition(opened.plan.areas(), opened.layer)
        old, new = grids_of(opened, base), grids_of(opened, drawn)
        cells = frames.cells(connection)
        boundaries = _boundaries(opened, new, cells, lang)
        workers = frames.bound_workers(connection)
        found = notices(Redraw(old, new, cells), boundaries=boundaries, workers=workers)
        approval = _approval(planning, opened, base, (old, new), boundaries)
    head = Letterhead(_starts(stored), stored.document or "")
    return PlanPapers(approval, notices_html(found, head, lang=lang))


def _boundaries(
    opened: Opened, grids: gpd.GeoDataFrame, cells: gpd.GeoDataFrame, lang: str
) -> pd.DataFrame:
    """Return the boundaries in words of the grids that the plan changes."""
    plan = opened.plan
    changed = set(plan.changed())
    edges = plan.edges()
    touching = edges["left"].isin(changed) | edges["right"].isin(changed)
    around = {*edges.loc[touching, "left"], *edges.loc[touching, "right"]}
    near = grids[grids["code"].isin(around | changed)].reset_index(drop=True)
    roads = guide(opened.connection, plan)
    said = describe(near, roads=roads, cells=cells, lang=lang)
    return said[said.index.isin(changed)]


def _approval(
    planning: Planning,
    opened: Opened,
    base: gpd.GeoDataFrame,
    grids: tuple[gpd.GeoDataFrame, gpd.GeoDataFrame],
    boundaries: pd.DataFrame,
) -> Approval:
    stored = opened.stored
    comparison = compared_frames(planning, opened, base)
    stands = against_opened(planning, opened)
    facts = {
        "plan": f"{stored.id} {stored.name}",
        "layer": stored.layer,
        "state": stored.state,
        "version": str(stored.version),
        "document": stored.document or "",
        "from": _starts(stored),
        "edition": str(stored.base_edition),
    }
    return Approval(
        facts=facts,
        comparison=comparison.grids,
        measures=comparison.measures,
        findings=[*stands.open, *(finding for finding, _ in stands.accepted)],
        accepted=[
            Accepted(
                each.rule,
                tuple(each.areas),
                each.reason,
                Actor(each.actor, each.role),
                each.recorded_at,
            )
            for _, each in stands.accepted
        ],
        changes=changes(*grids, frames.cells(opened.connection)),
        boundaries=boundaries,
    )


def _starts(stored: StoredPlan) -> str:
    return "" if stored.wished_from is None else stored.wished_from.strftime("%Y-%m-%d")
