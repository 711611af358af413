"""What a plan measures, and what it changes beside another plan or edition."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from gridgis import frames
from gridgis.store import areas
from gridgis.store.reading import Which
from gridgis_boundaries.compare import compare
from gridgis_boundaries.measures import Survey, measure
from gridgis_boundaries.planning.framing import as_edition
from gridgis_boundaries.rules.standards import Band

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_boundaries.compare import Comparison
    from gridgis_boundaries.measures import Measures
    from gridgis_boundaries.planning.drafting import Opened, Planning

_YEAR = timedelta(days=365)


class Beside(NamedTuple):
    """What a plan is compared with: another plan, or an edition; neither: the one it stands on."""

    plan: int | None = None
    edition: int | None = None


def measured(planning: Planning, number: int) -> Measures:
    """Measure the grids of a plan: households, shapes, the work of the last year's reports.

    Raises
    ------
    PlanNotFoundError
        There is no such plan.
    """
    with planning.open(number) as opened:
        drawn = as_edition(opened.plan.areas(), opened.layer)
        return measure(drawn, survey_of(planning, opened), level=grid_level(opened))


def survey_of(planning: Planning, opened: Opened) -> Survey:
    """Return what an opened plan is measured by: cells, a year's reports, stations, standards."""
    connection, stored = opened.connection, opened.stored
    now = planning.clock.now()
    base = areas.frame(connection, layer=stored.layer, edition=stored.base_edition)
    return Survey.of(
        frames.cells(connection),
        reports=frames.reports(connection, Which(stored.layer, now, since=now - _YEAR)),
        stations=frames.stations(connection),
        before=base[base["level"] == _level_above_grids(opened)],
        band=planning.standards.households or Band(),
    )


def compared(planning: Planning, number: int, beside: Beside) -> Comparison:
    """Compare a plan with what was before: who stays, who moves, how far apart the two are.

    Raises
    ------
    PlanNotFoundError, EditionNotFoundError
        There is no such plan, or nothing to compare it with in its layer.
    """
    other = None
    if beside.plan is not None:
        # One after the other: each is used alone.
        with planning.open(beside.plan) as opened:
            other = grids_of(opened, opened.plan.areas())
    with planning.open(number) as opened:
        connection, stored = opened.connection, opened.stored
        if other is None:
            edition = beside.edition or stored.base_edition
            found = areas.frame(connection, layer=stored.layer, edition=edition)
            other = grids_of(opened, found)
        return compare(other, grids_of(opened, opened.plan.areas()), frames.cells(connection))


def grids_of(opened: Opened, frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the grids among areas of an opened plan's layer; index 0..n-1."""
    return frame[frame["level"] == grid_level(opened)].reset_index(drop=True)


def grid_level(opened: Opened) -> str:
    """Return the level that is the grid in an opened plan's layer."""
    return next(level.code for level in opened.layer.levels if level.is_grid)


def _level_above_grids(opened: Opened) -> str | None:
    levels = opened.layer.levels
    grid = next(level.rank for level in levels if level.is_grid)
    return next((level.code for level in reversed(levels) if level.rank < grid), None)
