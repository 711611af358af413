"""The figures of a whole plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis_boundaries.measures.balance import spread
from gridgis_boundaries.measures.cells import cut_edges, splits

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gridgis_boundaries.measures.survey import Survey


def summary(
    grids: pd.DataFrame,
    pairs: pd.DataFrame,
    survey: Survey,
    cell_grid: NDArray[np.int64],
    report_grid: NDArray[np.int64],
) -> Mapping[str, float]:
    """Sum a plan up.

    Parameters
    ----------
    grids, pairs, cell_grid, report_grid
        As :class:`~gridgis_boundaries.measures.Measures` has them; the frame also has the column
        parent_code.
    """
    return {
        "grids": float(len(grids)),
        **_balance(grids),
        **_shapes(grids, pairs),
        **_cells(grids, survey, cell_grid),
        **_work(grids, survey, report_grid),
    }


def _balance(grids: pd.DataFrame) -> Mapping[str, float]:
    total, beside = grids["households"].sum(), grids["band_excess"].sum()
    return {
        "households": float(total),
        **spread(grids["households"]),
        "outside_band": float((grids["band_excess"] > 0).sum()),
        "band_excess": float(beside),
        "band_excess_share": float(beside / total) if total > 0 else np.nan,
    }


def _shapes(grids: pd.DataFrame, pairs: pd.DataFrame) -> Mapping[str, float]:
    return {
        "area_m2": float(grids["area_m2"].sum()),
        "inner_border_m": float(pairs["length_m"].sum()),
        "adjacent_grids": float(len(pairs)),
        "polsby_popper_mean": float(grids["polsby_popper"].mean()),
        "polsby_popper_min": float(grids["polsby_popper"].min()),
        "reock_mean": float(grids["reock"].mean()),
        "hull_ratio_mean": float(grids["hull_ratio"].mean()),
        "several_parts": float((grids["parts"] > 1).sum()),
    }


def _cells(
    grids: pd.DataFrame, survey: Survey, cell_grid: NDArray[np.int64]
) -> Mapping[str, float]:
    cut = cut_edges(survey.pairs, cell_grid)
    compounds = splits(survey.compounds, cell_grid, survey.households)
    parents = pd.factorize(grids["parent_code"].to_numpy(dtype=object))[0]
    under = np.append(parents, -1)[cell_grid]
    divided = splits(survey.parents, under, survey.households)
    return {
        "cells": float(len(cell_grid)),
        "cells_outside": float((cell_grid < 0).sum()),
        "cut_edges": float(len(cut)),
        "cut_edges_share": len(cut) / len(survey.pairs) if len(survey.pairs) else np.nan,
        "compounds_split": float(len(compounds)),
        "compound_households_apart": float(compounds["apart"].sum()),
        "parents_split": float(len(divided)),
        "parent_households_apart": float(divided["apart"].sum()),
    }


def _work(
    grids: pd.DataFrame, survey: Survey, report_grid: NDArray[np.int64]
) -> Mapping[str, float]:
    reports = grids["reports"]
    walked = grids[grids["walk_mean_m"].notna()]
    weights = walked["households"].fillna(0.0)
    mean_m = np.average(walked["walk_mean_m"], weights=weights) if weights.any() else np.nan
    return {
        "reports": float(len(survey.reports)),
        "reports_outside": float((report_grid < 0).sum()),
        "reports_max_to_mean": float(reports.max() / reports.mean()) if reports.any() else np.nan,
        "grids_without_station": float(grids["walk_mean_m"].isna().sum()),
        "walk_mean_m": float(mean_m),
        "walk_max_m": float(grids["walk_max_m"].max()),
        "tour_mean_m": float(grids["tour_m"].mean()),
        "tour_max_m": float(grids["tour_m"].max()),
    }
