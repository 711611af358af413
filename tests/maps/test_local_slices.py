"""Reports by month are counted on one edition: a boundary change is not a hotspot."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.local.slices import counts_by_slice

MONTHS = pd.date_range("2026-01-01", periods=4, freq="MS", tz="Asia/Shanghai")
GRIDS = pd.Series(["A", "B", "C"], index=[7, 8, 9])


def reports(*rows: tuple[str, str | None, int | None]) -> pd.DataFrame:
    moments, codes, editions = zip(*rows, strict=True) if rows else ((), (), ())
    return pd.DataFrame(
        {
            "captured_at": pd.to_datetime(list(moments), utc=True),
            "grid_code": list(codes),
            "edition_id": pd.array(editions, dtype="Int64"),
        }
    )


def test_each_report_counts_once_in_its_month_on_the_citys_clock():
    """Sixteen hours UTC is midnight in the city, where the next month begins."""
    seen = reports(
        ("2026-01-31T15:59:59Z", "A", 1),
        ("2026-01-31T16:00:00Z", "A", 1),
        ("2026-03-31T15:59:59Z", "C", 1),
        ("2026-03-31T16:00:00Z", "C", 1),
        ("2025-12-31T15:59:59Z", "C", 1),
        ("2026-02-10T00:00:00Z", None, None),
        ("2026-02-10T00:00:00Z", "Z", 1),
    )

    counts = counts_by_slice(GRIDS, seen, MONTHS)

    assert counts.index.tolist() == [7, 8, 9]
    assert counts.columns.tolist() == MONTHS[:-1].tolist()
    assert counts.to_numpy().tolist() == [[1, 1, 0], [0, 0, 0], [0, 0, 1]]


def test_a_real_year_is_that_of_pandas(beats, complaints):
    years = pd.date_range("2011-01-01", "2015-01-01", freq="QS", tz="America/Chicago")

    counts = counts_by_slice(beats["code"], complaints, years)

    quarter = pd.cut(complaints["captured_at"], years, right=False, labels=years[:-1])
    judged = pd.crosstab(complaints["grid_code"], quarter)
    judged = judged.reindex(index=beats["code"], columns=years[:-1], fill_value=0)
    assert (counts.to_numpy() == judged.to_numpy()).all()
    assert counts.to_numpy().sum() > 5_000


def test_two_editions_are_refused_unless_only_one_is_counted():
    seen = reports(("2026-01-05T00:00:00Z", "A", 1), ("2026-03-05T00:00:00Z", "B", 2))

    with pytest.raises(InvalidInputError, match=r"editions 1 and 2.*restate"):
        counts_by_slice(GRIDS, seen, MONTHS)
    assert counts_by_slice(GRIDS, seen, MONTHS[:3]).to_numpy().sum() == 1
    assert counts_by_slice(GRIDS, seen.drop(columns="edition_id"), MONTHS).to_numpy().sum() == 2


def test_no_report_at_all_is_zero_everywhere():
    assert not counts_by_slice(GRIDS, reports(), MONTHS).to_numpy().any()
    untyped = pd.DataFrame({"captured_at": [], "grid_code": []})
    assert counts_by_slice(GRIDS[:0], untyped, MONTHS).shape == (0, 3)
    missing = pd.DataFrame({"captured_at": [pd.NaT], "grid_code": ["A"]})
    assert not np.any(counts_by_slice(GRIDS, missing, MONTHS))


@pytest.mark.parametrize(
    ("edges", "word"),
    [
        (MONTHS[:1], "at least two"),
        (MONTHS[::-1], "later"),
        (MONTHS[[0, 0, 1]], "later"),
        (MONTHS.tz_localize(None), "zone"),
    ],
)
def test_edges_that_are_no_slices_are_refused(edges, word):
    with pytest.raises(InvalidInputError, match=word):
        counts_by_slice(GRIDS, reports(), edges)
