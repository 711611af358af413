"""Each history of a grid has one name, which the published definitions give it."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.local.emerging import KINDS, emerging, emerging_hotspots
from gridgis_maps.numbers.local.gistar import gi_star
from tests.maps.local_judges import lattice

SIGNIFICANT = 2.5
RISES, FALLS, STAYS = np.linspace(3, 6, 12), np.linspace(6, 3, 12), [3, 4] * 6


def told(history: str, sizes=None) -> str:
    """Name a history: h hot, c cold, a dot neither; `sizes` of z, 3 unless said."""
    z = np.array([{"h": 3.0, "c": -3.0, ".": 0.1}[slice_] for slice_ in history])
    if sizes is not None:
        z = np.sign(z) * np.where(np.abs(z) > 1, sizes, 0.1)
    found = emerging(pd.DataFrame([z]), [np.abs(z) > SIGNIFICANT])
    assert found.slices == len(history)
    return found.frame.loc[0, "pattern"]


def mirrored(pattern: str) -> str:
    """Turn hot to cold and cold to hot."""
    kind, _, side = pattern.partition("_")
    return kind + {"hot": "_cold", "cold": "_hot", "": ""}[side]


@pytest.mark.parametrize(
    ("history", "sizes", "pattern"),
    [
        ("...........h", None, "new_hot"),
        ("..c........h", None, "new_hot"),
        ("........hhhh", None, "consecutive_hot"),
        ("..hhhhhhhhhh", RISES, "consecutive_hot"),
        ("hhhhhhhhhhhh", RISES, "intensifying_hot"),
        (".hhhhhhhhhhh", RISES, "intensifying_hot"),
        ("hhhhhhhhhhhh", STAYS, "persistent_hot"),
        ("hhhhh.hhhhhh", STAYS, "persistent_hot"),
        ("hhhhhhhhhhhh", FALLS, "diminishing_hot"),
        ("h.hh...h...h", None, "sporadic_hot"),
        ("h.cc...h...h", None, "oscillating_hot"),
        ("hhhhhhhhhhh.", None, "historical_hot"),
        ("hhhhhhhhhhhc", None, "new_cold"),
        ("hhhhhhhhhh..", None, "none"),
        ("h..hh.cch...", None, "none"),
        ("............", None, "none"),
    ],
)
def test_the_published_definitions(history, sizes, pattern):
    assert told(history, sizes) == pattern
    assert told(history.translate(str.maketrans("hc", "ch")), sizes) == mirrored(pattern)


def test_few_slices_have_no_trend():
    """Four quarters: hot in all of them, and rising, is persistent; the rest is as ever."""
    z = pd.DataFrame([[3.0, 4, 5, 6], [0, 0, 0, 6], [0, 0, 5, 6], [5, 0, 0, 6]])

    found = emerging(z, z > SIGNIFICANT)

    assert found.few_slices
    names = ["persistent_hot", "new_hot", "consecutive_hot", "sporadic_hot"]
    assert found.frame["pattern"].tolist() == names
    assert found.frame["trend"].tolist() == ["few_slices"] * 4
    assert emerging(pd.DataFrame([[5.0]]), [[True]]).frame["pattern"].tolist() == ["new_hot"]
    nothing = emerging(pd.DataFrame(index=["A"]), np.empty((1, 0)))
    assert nothing.frame["pattern"].tolist() == ["no_value"]


def fitting(z: list[float]) -> set[str]:
    """Every published definition that a history fits, each read for itself."""
    trend = pymannkendall.original_test(z) if len(set(z)) > 1 and len(z) >= 10 else None
    found = set()
    for side, sign in (("hot", 1), ("cold", -1)):
        turned = [sign * value for value in z]
        text = "".join(
            "h" if one > SIGNIFICANT else "c" if one < -SIGNIFICANT else "." for one in turned
        )
        most = text.count("h") / len(text) >= 0.9 - 1e-12
        last = text.endswith("h")
        shown = 0 if trend is None or trend.p > 0.05 else sign * np.sign(trend.s)
        fits = {
            "new": bool(re.fullmatch("[^h]*h", text)),
            "consecutive": bool(re.fullmatch("[^h]*hh+", text)) and not most,
            "intensifying": most and last and shown > 0,
            "persistent": most and last and shown == 0,
            "diminishing": most and last and shown < 0,
            "sporadic": last and not most and "c" not in text and bool(re.search("h[^h]", text)),
            "oscillating": last and not most and "c" in text,
            "historical": most and not last,
        }
        assert list(fits) == list(KINDS)
        found |= {f"{kind}_{side}" for kind, fit in fits.items() if fit}
    return found


slices = st.one_of(st.floats(-6, 6), st.floats(2.6, 6), st.floats(-6, -2.6), st.just(3.0))
hot_or_not = st.lists(st.one_of(slices, *[st.floats(2.6, 6)] * 6), min_size=1, max_size=24)
histories = st.one_of(st.lists(slices, min_size=1, max_size=24), hot_or_not)


@settings(deadline=None)
@given(histories)
def test_each_history_has_one_pattern_that_fits_it_and_its_mirror_has_the_mirror(history):
    z = pd.DataFrame([history])

    pattern = emerging(z, z.abs() > SIGNIFICANT).frame.loc[0, "pattern"]
    mirror = emerging(-z, z.abs() > SIGNIFICANT).frame.loc[0, "pattern"]

    fits = fitting(history)
    assert pattern in fits if fits else pattern == "none"
    assert mirror == mirrored(pattern)
    # Of several on one side, the one further up in the published table.
    side = pattern.rpartition("_")[2]
    mine = [kind for kind in KINDS if f"{kind}_{side}" in fits]
    assert not mine or pattern == f"{mine[0]}_{side}"


def test_a_town_where_trouble_comes_stays_and_goes():
    """Twelve months, 400 grids, 20 reports each but around three. Of trends, 1 in 20 is chance."""
    weights, rng = lattice(20), np.random.default_rng(6)
    mean = np.full((400, 12), 20.0)
    for middle, months in {50: [11], 210: range(12), 330: range(11)}.items():
        around = np.append(weights.matrix[[middle]].indices, middle)
        mean[np.ix_(around, list(months))] *= 4
    counts = pd.DataFrame(rng.poisson(mean), columns=pd.period_range("2025-01", periods=12))

    found = emerging_hotspots(counts, weights, permutations=19_999, seed=3)

    pattern = found.patterns.frame["pattern"]
    assert pattern[[50, 210, 330]].tolist() == ["new_hot", "persistent_hot", "historical_hot"]
    assert (pattern == "none").mean() > 0.9
    assert [one.seed for one in found.slices] == list(range(3, 15))
    alone = gi_star(counts.iloc[:, 4], weights, permutations=19_999, seed=7)
    pd.testing.assert_frame_equal(found.slices[4].frame, alone.frame)


def test_months_without_reports_islands_and_empty_grids():
    """The last month saw nothing; the ninth grid has no households; the first is an island."""
    weights = lattice(3)
    homes = pd.Series([100.0] * 9)
    homes[[1, 3, 8]] = [0, np.nan, 0]
    counts = pd.DataFrame(np.random.default_rng(5).poisson(4, (9, 12)))
    counts[11] = 0

    found = emerging_hotspots(counts, weights, exposure=homes, permutations=999)

    assert found.slices[-1].state == "no_pattern"
    assert found.patterns.frame.loc[[0, 1, 3, 8], "pattern"].tolist() == [
        *("isolated", "no_value", "no_value", "no_value")
    ]
    nothing = emerging_hotspots(counts.iloc[:, :0], weights)
    assert nothing.slices == ()
    assert set(nothing.patterns.frame["pattern"]) == {"no_value"}


def test_shapes_that_differ_are_refused():
    with pytest.raises(InvalidInputError, match="significant"):
        emerging(pd.DataFrame([[1.0, 2.0]]), [[True]])
