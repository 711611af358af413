"""Counts of reports: as they were reported, and restated on any edition."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.errors import InvalidInputError
from gridgis_boundaries.history import Target, as_reported, crosswalk, restated
from gridgis_boundaries.history.crosswalk import OUTSIDE
from tests.boundaries.test_overlay import AFTER, BEFORE, city, spots

COLUMNS = ["reports", "by_point", "by_cell", "by_grid", "shared", "unplaced"]


def numbered(drawing: str, first: int) -> gpd.GeoDataFrame:
    """Grids with their identities."""
    grids = city(drawing)
    return grids.assign(area_id=range(first, first + len(grids)))


def seen(*rows: tuple[tuple[float, float] | None, str | None, int | None]) -> gpd.GeoDataFrame:
    """Reports: where in steps of the drawing, the cell, and which grid of edition 1 answered."""
    points = [
        None if at is None else shapely.Point(104 + at[0] * 0.01, 30 + at[1] * 0.01)
        for at, _, _ in rows
    ]
    return gpd.GeoDataFrame(
        {
            "cell_code": [cell for _, cell, _ in rows],
            "edition_id": pd.array([None if one is None else 1 for *_, one in rows], "Int64"),
            "area_id": pd.array([one for *_, one in rows], "Int64"),
            "rule": ["covers" if one is not None else "outside" for *_, one in rows],
        },
        geometry=gpd.GeoSeries(points, crs=4326),
    )


def test_point_first_then_cell_then_share_and_nothing_is_dropped() -> None:
    """B was cut in two, of its four towers three stand in the west; E by ground."""
    old, new = numbered(BEFORE, 1), numbered(AFTER, 11)
    b, e = (int(old["area_id"][old["code"] == code].iloc[0]) for code in "BE")
    towers = spots((1.2, 0.2), (1.4, 0.2), (1.6, 0.2), (2.5, 0.5), households=100)
    reports = seen(
        ((0.5, 0.5), None, None),
        ((2.5, 0.5), "C0", b),  # a point goes before the cell that it is said to stand in
        ((9.0, 9.0), None, None),  # somewhere else
        (None, "C3", b),
        *[(None, None, b)] * 4,
        *[(None, "nowhere", e)] * 3,
        (None, None, None),
    )
    found = restated(reports, Target(new, towers), {1: crosswalk(old, new, towers)}).set_index(
        "code"
    )[COLUMNS]
    assert found.loc["A"].tolist() == [4, 1, 0, 0, 3, 0]
    assert found.loc["H"].tolist() == [4, 1, 1, 0, 2, 0]
    assert found.loc["D"].tolist() == [2, 0, 0, 0, 2, 0]
    assert found.loc["G"].tolist() == [0] * 6
    assert found.loc[OUTSIDE].tolist() == [2, 1, 0, 0, 0, 1]
    assert found["reports"].sum() == len(reports)


def test_a_grid_that_stayed_is_no_share() -> None:
    old, new = numbered(BEFORE, 1), numbered(BEFORE, 11)
    found = restated(seen(*[(None, None, 1)] * 5), Target(new), {1: crosswalk(old, new)})
    assert found.loc[found["code"] == "A", ["by_grid", "shared"]].to_numpy().tolist() == [[5, 0]]


def test_a_compound_counts_by_its_buildings() -> None:
    """The compound lies in A and H; of its buildings 30 households are in A and 10 in H."""
    new = numbered(AFTER, 11)
    towers = spots((1.5, 0.5), (2.5, 0.5)).assign(parent_code="JL", households=[30, 10])
    found = restated(seen(*[(None, "JL", None)] * 4), Target(new, towers), {}).set_index("code")
    assert (found.loc["A", "shared"], found.loc["H", "shared"]) == (3, 1)


def test_a_report_beside_the_city_goes_to_the_grid_that_is_near() -> None:
    new = numbered("A B", 1)
    reports = seen(((-0.01, 0.5), None, None), ((-0.5, 0.5), None, None))
    found = restated(reports, Target(new, near_tolerance_m=30), {})
    assert found["by_point"].tolist() == [1, 0, 1]


def test_an_edition_that_is_missing_is_named() -> None:
    with pytest.raises(InvalidInputError, match="grid 1 of edition 1 answered"):
        restated(seen((None, None, 1)), Target(numbered("A B", 1)), {})


def test_as_reported_never_changes() -> None:
    """What each edition answered then; B and H of edition 1 are no more, but were counted."""
    old = numbered(BEFORE, 1).assign(name="x")
    reports = seen((None, None, 2), ((0.5, 0.5), None, 1), (None, None, 2), ((9, 9), None, None))
    found = as_reported(reports, {1: old})
    assert found[["code", "reports"]].to_numpy().tolist() == [["A", 1], ["B", 2], [OUTSIDE, 1]]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_totals_are_exact_whatever_comes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    old, new = numbered(BEFORE, 1), numbered(AFTER, 11)
    cells = gpd.GeoDataFrame(
        {"code": ["C0", "C1", "C2"], "households": [40, 0, 7]},
        geometry=shapely.box(
            *(104 + rng.uniform(0, 0.02, (2, 3))).cumsum(axis=0)[[0]], 30, 104.03, 30.02
        ),
        crs=4326,
    )
    rows = [
        (
            None if rng.random() < 0.6 else tuple(rng.uniform(-1, 4, 2)),
            rng.choice(["C0", "C1", "C2", "C9", None]),
            None if rng.random() < 0.2 else int(rng.integers(1, 7)),
        )
        for _ in range(int(rng.integers(1, 200)))
    ]
    found = restated(seen(*rows), Target(new, cells), {1: crosswalk(old, new, cells)})
    assert found["reports"].sum() == len(rows)
    assert (found[COLUMNS].to_numpy() >= 0).all()
    assert found["unplaced"].iloc[:-1].sum() == 0
