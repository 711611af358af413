"""The demo's visits are to its places, in order, and some of them are worth a look."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridgis.demo.visits import DAYS, make_visit_plans, make_visits
from tests.demos import demo_district


def test_standing_visits_are_of_places_and_never_twice() -> None:
    demo = demo_district()
    plans = demo.visit_plans
    assert 250 <= len(plans) <= 450
    assert set(plans["kind"]) == {"visit", "inspection", "patrol"}
    assert plans["place"].isin(demo.places["code"]).all()
    assert not plans.duplicated(["place", "kind"]).any()
    assert plans["code"].is_unique


def test_visits_are_of_the_last_days_by_workers_and_some_are_far() -> None:
    demo = demo_district()
    made = demo.visits
    assert made["id"].is_unique
    assert made["at"].is_monotonic_increasing or made["at"].dt.date.is_monotonic_increasing
    assert made["at"].max() < demo.until
    assert made["at"].min() >= demo.until - pd.Timedelta(days=DAYS)
    assert made["number"].isin(demo.responders["number"]).all()
    pairs = set(zip(demo.visit_plans["place"], demo.visit_plans["kind"], strict=True))
    assert set(zip(made["place"], made["kind"], strict=True)) <= pairs
    at = demo.places.set_index("code").geometry.loc[made["place"]]
    away_m = 111_000 * np.hypot(
        made["lat"].to_numpy() - at.y.to_numpy(),
        (made["lon"].to_numpy() - at.x.to_numpy()) * np.cos(np.radians(38.1)),
    )
    assert 0 < np.nanmean(away_m > 150) < 0.1
    assert 0 < made["lon"].isna().mean() < 0.1


@pytest.mark.parametrize("seed", [3])
def test_the_same_seed_makes_the_same_visits(seed: int) -> None:
    demo = demo_district()

    def again() -> tuple[pd.DataFrame, pd.DataFrame]:
        rng = np.random.default_rng(seed)
        plans = make_visit_plans(demo.places, rng)
        return plans, make_visits(plans, demo.places, demo.responders, demo.until, rng)

    for first, second in zip(again(), again(), strict=True):
        pd.testing.assert_frame_equal(first, second)
