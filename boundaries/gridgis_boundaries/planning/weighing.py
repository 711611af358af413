"""What a plan measures."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from gridgis import frames
from gridgis.store import areas
from gridgis.store.reading import Which
from gridgis_boundaries.measures import Survey, measure
from gridgis_boundaries.planning.framing import as_edition
from gridgis_boundaries.rules.standards import Band

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis_boundaries.measures import Measures
    from gridgis_boundaries.planning.drafting import Opened, Planning

_YEAR = timedelta(days=365)


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
