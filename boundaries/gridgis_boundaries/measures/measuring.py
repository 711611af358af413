"""Measure a plan: a row for each grid and a summary; after an edit only what it touched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis_boundaries.borders import borders
from gridgis_boundaries.families import with_parents
from gridgis_boundaries.measures import shape
from gridgis_boundaries.measures.balance import band_excess, deviation
from gridgis_boundaries.measures.cells import positions_in
from gridgis_boundaries.measures.summing import summary
from gridgis_boundaries.measures.walking import tour_m
from gridgis_boundaries.sizes import area_m2

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from gridgis_boundaries.measures.survey import Survey


@dataclass(frozen=True)
class Measures:
    """A plan, measured.

    Attributes
    ----------
    grids
        One row a grid, index: its code. parent_code; households, deviation, band_excess; cells;
        area_m2, perimeter_m, border_m (shared with other grids), neighbours (grids); polsby_popper,
        reock, hull_ratio, parts; reports, reports_per_household; walk_mean_m (weighted by
        households) and walk_max_m to the station; tour_m. NaN where there is nothing to measure by.
    summary
        The figures of the whole plan, by name.
    pairs
        Each border between two grids, once: left < right (positions in `grids`), length_m.
    cell_grid, report_grid
        The position in `grids` of the grid that holds each cell and report of the survey, or -1.
    """

    grids: pd.DataFrame
    summary: Mapping[str, float]
    pairs: pd.DataFrame
    cell_grid: NDArray[np.int64]
    report_grid: NDArray[np.int64]

    @property
    def borders(self) -> pd.DataFrame:
        """Each border between two grids, once: left, right (codes), length_m."""
        codes = self.grids.index.to_numpy(dtype=object)
        left, right = (codes[self.pairs[side]] for side in ("left", "right"))
        return self.pairs.assign(left=left, right=right)


def measure(areas: gpd.GeoDataFrame, survey: Survey, *, level: str = "grid") -> Measures:
    """Measure all grids of a plan.

    Parameters
    ----------
    areas
        As :func:`gridgis.store.areas.frame` or a plan gives them, EPSG:4326, upper levels first;
        those of `level` are measured.
        With cells, households are the sum of theirs; without any, what the grids state.
    """
    grids = _of_level(areas, level)
    everything = np.ones(len(grids), dtype=np.bool_)
    cell_grid = positions_in(grids, survey.doors)
    report_grid = positions_in(grids, survey.reports)
    rows = _rows(grids, everything, survey, cell_grid, report_grid)
    return _whole(rows, _borders(grids, everything), survey, cell_grid, report_grid)


def remeasure(
    before: Measures,
    areas: gpd.GeoDataFrame,
    survey: Survey,
    touched: Collection[str],
    *,
    level: str = "grid",
) -> Measures:
    """Measure a plan after an edit, by its measures before: the same as measuring it anew.

    Parameters
    ----------
    touched
        The codes of all grids whose shape, parent or code is another now, whether they are new,
        gone or changed.
    """
    grids = _of_level(areas, level)
    codes, known = grids["code"].tolist(), before.grids.index.tolist()
    at = {code: position for position, code in enumerate(codes)}
    fresh_codes = set(codes).difference(known).union(set(touched).intersection(codes))
    stale = np.zeros(len(grids), dtype=np.bool_)
    stale[[at[code] for code in fresh_codes]] = True
    kept = np.array([-1 if code in fresh_codes else at.get(code, -1) for code in known], np.int64)
    cell_grid = _again(before.cell_grid, kept, grids, stale, survey.doors)
    report_grid = _again(before.report_grid, kept, grids, stale, survey.reports)
    fresh = _rows(grids, stale, survey, cell_grid, report_grid)
    rows = pd.concat([before.grids[fresh.columns][kept >= 0], fresh], ignore_index=True)
    rows = rows.iloc[np.argsort(np.append(kept[kept >= 0], np.flatnonzero(stale)))]
    rows = rows.set_axis(pd.Index(grids["code"], name="code"))
    sides = kept[before.pairs[["left", "right"]].to_numpy()]
    still = (sides >= 0).all(axis=1)
    old = pd.DataFrame(np.sort(sides[still], axis=1), columns=["left", "right"])
    old["length_m"] = before.pairs["length_m"].to_numpy()[still]
    pairs = pd.concat([old, _borders(grids, stale)], ignore_index=True)
    return _whole(rows, pairs, survey, cell_grid, report_grid)


def deltas(before: Measures, after: Measures) -> pd.DataFrame:
    """Return what a plan changes, figure by figure of the summary: before, after, change."""
    table = pd.DataFrame({"before": before.summary, "after": after.summary}, dtype=float)
    return table.assign(change=table["after"] - table["before"])


def _of_level(areas: gpd.GeoDataFrame, level: str) -> gpd.GeoDataFrame:
    family = with_parents(areas, list(dict.fromkeys(areas["level"])))
    is_level = family["level"].to_numpy(dtype=object) == level
    grids: gpd.GeoDataFrame = family[is_level].reset_index(drop=True)
    return grids


def _again(
    held: NDArray[np.int64],
    kept: NDArray[np.int64],
    grids: gpd.GeoDataFrame,
    stale: NDArray[np.bool_],
    points: NDArray[np.object_],
) -> NDArray[np.int64]:
    """Return the grid of each point; only those are looked for that no kept grid holds."""
    found = np.append(kept, -1)[held]
    loose, new = np.flatnonzero(found < 0), np.flatnonzero(stale)
    inside = positions_in(grids.iloc[new], points[loose])
    found[loose] = np.append(new, -1)[inside]
    return found


def _rows(
    grids: gpd.GeoDataFrame,
    chosen: NDArray[np.bool_],
    survey: Survey,
    cell_grid: NDArray[np.int64],
    report_grid: NDArray[np.int64],
) -> pd.DataFrame:
    """Return the columns that a grid has by itself, for the chosen grids."""
    some = grids[chosen]
    at = np.flatnonzero(chosen)
    cells = np.bincount(cell_grid[cell_grid >= 0], minlength=len(grids))[at]
    if len(survey.doors):
        held = cell_grid >= 0
        households = np.bincount(cell_grid[held], survey.households[held], len(grids))[at]
    else:
        households = some["households"].to_numpy(dtype=np.float64, na_value=np.nan)
    reports = np.bincount(report_grid[report_grid >= 0], minlength=len(grids))[at]
    walks = _walks(grids, at, survey, cell_grid)
    table = pd.DataFrame(
        {
            "parent_code": some["parent_code"],
            "households": households,
            "cells": cells,
            "area_m2": shape.ground_m2(some),
            "perimeter_m": shape.perimeter_m(some),
            "polsby_popper": shape.polsby_popper(some),
            "reock": shape.reock(some),
            "hull_ratio": shape.hull_ratio(some),
            "parts": shape.parts(some),
            "reports": reports,
            "walk_mean_m": walks[0],
            "walk_max_m": walks[1],
            "tour_m": tour_m(cells.astype(np.float64), area_m2(some.geometry)),
        }
    )
    return table.set_axis(pd.Index(some["code"], name="code"))


def _walks(
    grids: gpd.GeoDataFrame,
    at: NDArray[np.int64],
    survey: Survey,
    cell_grid: NDArray[np.int64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean and the longest walk from the cells of grids to their nearest station."""
    mean_m, most_m = np.full(len(at), np.nan), np.full(len(at), np.nan)
    standing = survey.station_spots()
    if not standing:
        return mean_m, most_m
    order = np.argsort(cell_grid, kind="stable")
    first, last = np.searchsorted(cell_grid[order], [at, at + 1])
    own, above = grids["area_id"].iloc[at], grids["parent_id"].iloc[at]
    doors = shapely.get_coordinates(survey.doors)
    for row, (area_id, parent_id) in enumerate(zip(own, above, strict=True)):
        members = order[first[row] : last[row]]
        to = standing.get(area_id, None if pd.isna(parent_id) else standing.get(parent_id))
        if to is None or not len(members):
            continue
        walked = survey.walk_m(
            doors[members].repeat(len(to), axis=0), np.tile(to, (len(members), 1))
        )
        nearest_m = walked.reshape(len(members), len(to)).min(axis=1)
        weights = survey.households[members]
        mean_m[row] = np.average(nearest_m, weights=weights if weights.any() else None)
        most_m[row] = nearest_m.max()
    return mean_m, most_m


def _borders(grids: gpd.GeoDataFrame, chosen: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the borders of the chosen grids, by the positions of both sides."""
    shapes = grids.geometry.to_numpy()
    near = chosen
    if not chosen.all():
        near = np.zeros(len(grids), dtype=np.bool_)
        near[shapely.STRtree(shapes).query(shapes[chosen])[1]] = True
    at, touched = np.flatnonzero(near), chosen[near]
    pairs = borders(grids[near])
    pairs = pairs[touched[pairs["left"]] | touched[pairs["right"]]]
    return pairs.assign(left=at[pairs["left"]], right=at[pairs["right"]])


def _whole(
    rows: pd.DataFrame,
    pairs: pd.DataFrame,
    survey: Survey,
    cell_grid: NDArray[np.int64],
    report_grid: NDArray[np.int64],
) -> Measures:
    """Add what a grid has only among others, and sum up."""
    pairs = pairs.iloc[np.lexsort((pairs["right"], pairs["left"]))].reset_index(drop=True)
    ends = np.concatenate((pairs["left"], pairs["right"]))
    lengths_m = np.tile(pairs["length_m"].to_numpy(), 2)
    households = rows["households"]
    grids = rows.assign(
        deviation=deviation(households),
        band_excess=band_excess(households, survey.band),
        reports_per_household=rows["reports"] / households.where(households > 0),
        border_m=np.bincount(ends, lengths_m, minlength=len(rows)),
        neighbours=np.bincount(ends, minlength=len(rows)),
    )
    found = summary(grids, pairs, survey, cell_grid, report_grid)
    return Measures(grids, found, pairs, cell_grid, report_grid)
