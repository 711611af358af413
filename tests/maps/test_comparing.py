"""Then and now: no division by zero, chance told from change, borders told from people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from gridgis_maps.numbers.comparing import (
    FEW,
    FROM_NONE,
    compared,
    difference_breaks,
    difference_classes,
    grid_changes,
    ratio_classes,
)


def test_ratios_of_small_and_missing_numbers_are_marked():
    table = compared(pd.Series([0, 0, 3, 50, 0]), pd.Series([0, 4, 6, 0, 30]))

    assert table["ratio"].fillna(-1).tolist() == [-1, -1, 2, 0, -1]
    assert ratio_classes(table).tolist() == [FEW, FEW, FEW, -3, FROM_NONE]
    assert table["difference"].tolist() == [0, 4, 3, -50, 30]


def test_periods_of_unlike_length_are_brought_to_the_length_of_now():
    """Thirty reports in thirty days, ten in ten: nothing changed."""
    table = compared(pd.Series([30]), pd.Series([10]), length_ratio=1 / 3)

    assert table["difference"].round(9).tolist() == [0.0]
    assert table["ratio"].round(9).tolist() == [1.0]
    assert table["p"].tolist() == [1.0]


def test_p_is_that_of_the_exact_binomial_test():
    then, now = pd.Series([12, 3, 40, 7]), pd.Series([30, 9, 35, 7])

    table = compared(then, now)

    for k, n, p in zip(now, then + now, table["p"], strict=True):
        assert p == pytest.approx(stats.binomtest(int(k), int(n), 0.5).pvalue)


def test_where_nothing_changed_hardly_any_grid_is_called_changed():
    rng = np.random.default_rng(8)
    false = sum(
        compared(pd.Series(rng.poisson(6, 579)), pd.Series(rng.poisson(6, 579)))["differs"].any()
        for _ in range(200)
    )
    assert false <= 200 * 0.05 + 3 * np.sqrt(200 * 0.05 * 0.95)


def test_a_grid_with_four_times_as_many_is_found_among_579():
    rng = np.random.default_rng(9)
    then, now = rng.poisson(8, 579), rng.poisson(8, 579)
    now[7] = rng.poisson(48)

    found = compared(pd.Series(then), pd.Series(now))["differs"]

    assert found[7]
    assert found.sum() <= 2


def test_less_and_more_by_as_many_have_classes_as_strong():
    differences = pd.Series([-12.0, -3.0, -1.0, 0.0, 1.0, 3.0, 12.0])
    classes = difference_classes(differences, difference_breaks(differences))

    assert classes.tolist() == [-one for one in reversed(classes.tolist())]
    assert np.diff(classes).min() >= 0
    assert difference_breaks(pd.Series([0.0, 0.0])) == []
    assert difference_classes(pd.Series([0.0]), []).tolist() == [0]


def test_a_grid_split_in_two_a_kept_one_and_one_that_is_gone():
    """A gave half to the new D; B kept its border but for its drawing; C went to B whole."""
    pieces = pd.DataFrame(
        [
            ("keep", "A", "A", 0.5, 1.0),
            ("split", "A", "D", 0.5, 1.0),
            ("keep", "B", "B", 0.999, 0.995),
            ("transfer", "B", "A", 0.001, 0.001),
            ("merge", "C", "B", 1.0, 0.005),
        ],
        columns=["kind", "from_code", "to_code", "share", "new_share"],
    )

    old, new = grid_changes(["A", "B", "C"], ["A", "B", "D"], pieces)

    assert old["became"].to_dict() == {"A": "changed", "B": "kept", "C": "gone"}
    assert new["became"].to_dict() == {"A": "changed", "B": "kept", "D": "new"}
    assert old["share"].tolist() == [0.5, 0.999, 0.0]


def test_editions_without_a_grid_or_a_piece():
    none = pd.DataFrame(columns=["kind", "from_code", "to_code", "share", "new_share"])

    old, new = grid_changes([], ["A"], none)

    assert old.empty
    assert new["became"].to_dict() == {"A": "new"}
