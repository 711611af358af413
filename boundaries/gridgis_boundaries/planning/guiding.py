"""What a planner draws along, where a plan's borders run, and where a grid may be split."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis import frames
from gridgis_boundaries.papers.reasons import reasons

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd

    from gridgis.store.connection import Connection
    from gridgis_boundaries.edits.balancing import Proposal
    from gridgis_boundaries.planning.drafting import Planning
    from gridgis_boundaries.plans import Plan


def wants_guides(operations: Sequence[Mapping[str, object]]) -> bool:
    """Say whether an operation follows a guide, or is snapped."""
    return any("along" in one or "snap_m" in one or "lines" in one for one in operations)


def guide(connection: Connection, plan: Plan) -> gpd.GeoDataFrame:
    """Let a plan's lines follow the stored roads and banks on its ground, and return the roads."""
    found = frames.roads(connection, plan.bounds)
    waters = frames.landcover(connection, "water", plan.bounds)
    guides = {"roads": found, "rivers": waters.set_geometry(waters.boundary)}
    plan.draw_along({name: lines for name, lines in guides.items() if len(lines)})
    return found


def proposed(planning: Planning, number: int, code: str, count: int = 5) -> list[Proposal]:
    """Propose how to split a grid of a plan in two even halves, the best first.

    Raises
    ------
    PlanNotFoundError, AreaNotFoundError
        There is no such plan, or no such grid in it.
    InvalidInputError, EditRefusedError
        The grid has several parts, or no two cells with households are known.
    """
    with planning.open(number) as opened:
        guide(opened.connection, opened.plan)
        return opened.plan.proposals(code, count)


def borders(planning: Planning, number: int) -> gpd.GeoDataFrame:
    """Return the borders of a plan as they stand, each with what it follows.

    Columns as :meth:`gridgis_boundaries.plans.Plan.edges`, and reason, name: a parent's border, a
    road, a river, a wall or nothing, and what that is called.

    Raises
    ------
    PlanNotFoundError
        There is no such plan.
    """
    with planning.open(number) as opened:
        edges = opened.plan.edges()
        roads = guide(opened.connection, opened.plan)
        above = opened.plan.areas().set_index("code")["parent_code"]
        above = above[~above.index.duplicated(keep="last")]
        sides = {f"{side}_parent": edges[side].map(above) for side in ("left", "right")}
        why = reasons(
            edges.assign(**sides),
            roads=roads,
            waters=frames.landcover(opened.connection, "water", opened.plan.bounds),
            cells=frames.cells(opened.connection),
        )
    return edges.assign(reason=why["reason"], name=why["name"])
