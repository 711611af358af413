"""What a plan changes, beside another plan or an edition, and whom it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gridgis import frames
from gridgis.store import areas
from gridgis_boundaries.compare import affected_reports, affected_responders, compare
from gridgis_boundaries.compare.comparing import beside
from gridgis_boundaries.measures import deltas, measure
from gridgis_boundaries.planning.framing import as_edition
from gridgis_boundaries.planning.weighing import grid_level, grids_of, survey_of

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridgis_boundaries.compare import Comparison
    from gridgis_boundaries.planning.drafting import Opened, Planning


class Beside(NamedTuple):
    """What a plan is compared with: another plan, or an edition; neither: the one it stands on."""

    plan: int | None = None
    edition: int | None = None


@dataclass(frozen=True)
class Compared:
    """A plan beside another one, or an edition.

    Attributes
    ----------
    grids
        Who stays and who moves.
    figures
        Index: each measure of the whole; columns before, after, change.
    measures
        Each measure of each grid beside that of its partner, as
        :func:`gridgis_boundaries.compare.comparing.beside` gives it.
    reports, workers
        The open reports, and the workers, whose grid becomes another one, or changes.
    """

    grids: Comparison
    figures: pd.DataFrame
    measures: pd.DataFrame
    reports: pd.DataFrame
    workers: pd.DataFrame


def compared(planning: Planning, number: int, with_what: Beside) -> Compared:
    """Compare a plan with what was before: who stays, who moves, how far apart the two are.

    Raises
    ------
    PlanNotFoundError, EditionNotFoundError
        There is no such plan, or nothing to compare it with in its layer.
    """
    other = None
    if with_what.plan is not None:
        # One after the other: each is used alone.
        with planning.open(with_what.plan) as opened:
            other = as_edition(opened.plan.areas(), opened.layer)
    with planning.open(number) as opened:
        stored = opened.stored
        if other is None:
            edition = with_what.edition or stored.base_edition
            other = areas.frame(opened.connection, layer=stored.layer, edition=edition)
        return compared_frames(planning, opened, other)


def compared_frames(planning: Planning, opened: Opened, other: gpd.GeoDataFrame) -> Compared:
    """Compare an opened plan with areas of its layer, as an edition has them."""
    connection = opened.connection
    mine = as_edition(opened.plan.areas(), opened.layer)
    before, after = grids_of(opened, other), grids_of(opened, mine)
    found = compare(before, after, frames.cells(connection))
    survey = survey_of(planning, opened)
    level = grid_level(opened)
    measured = [measure(frame, survey, level=level) for frame in (other, mine)]
    numbers = [one.grids.select_dtypes("number") for one in measured]
    codes = dict(zip(before["area_id"], before["code"], strict=True))
    workers = frames.bound_workers(connection)
    bound = workers.assign(area_code=workers["area_id"].map(codes))
    reports = frames.open_reports(connection, opened.stored.layer)
    return Compared(
        grids=found,
        figures=deltas(measured[0], measured[1]),
        measures=beside(numbers[0], numbers[1], found.matches),
        reports=affected_reports(reports, before, after, found.matches),
        workers=affected_responders(bound, found.matches),
    )
