"""A period cut into days: each report counts in one day, on the city's clock."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis_maps.numbers.slices import (
    OTHER,
    per_slice,
    running,
    slice_counts,
    slice_of,
    slices_of,
)

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
MAY = datetime(2026, 4, 30, 16, tzinfo=UTC)


def reports(*rows):
    """Reports as (time in Shanghai, grid)."""
    return pd.DataFrame(
        {
            "captured_at": [pd.Timestamp(at, tz=SHANGHAI) for at, _ in rows],
            "grid_code": pd.Series([code for _, code in rows], dtype=object),
        }
    )


def test_a_report_a_minute_before_midnight_is_of_the_day_before():
    cut = slices_of(MAY, MAY + pd.Timedelta(days=3), SHANGHAI)

    days = slice_of(
        reports(
            ("2026-04-30 23:59", "A"),
            ("2026-05-01 00:00", "A"),
            ("2026-05-01 23:59", "A"),
            ("2026-05-02 00:00", "A"),
            ("2026-05-04 00:00", "A"),
        )["captured_at"],
        cut.edges,
    )

    assert days.tolist() == [OTHER, 0, 0, 1, OTHER]
    assert cut.whole.all()


def test_the_day_on_which_clocks_change_has_23_hours():
    march = datetime(2026, 3, 28, 23, tzinfo=UTC)
    cut = slices_of(march, march + pd.Timedelta(days=2), BERLIN)

    hours = (cut.edges[1:] - cut.edges[:-1]) / pd.Timedelta(hours=1)
    assert hours.tolist() == [23, 24, 24]
    late = pd.Series([pd.Timestamp("2026-03-29 23:30", tz=BERLIN)])
    assert slice_of(late, cut.edges).tolist() == [0]


def test_a_long_period_is_cut_into_weeks_that_begin_on_monday_and_says_what_is_not_whole():
    cut = slices_of(MAY, MAY + pd.Timedelta(days=731), SHANGHAI)

    assert cut.each == "week"
    assert set(cut.edges.day_name()) == {"Monday"}
    assert not cut.whole[0]
    assert cut.whole[1:-1].all()


def test_more_days_than_a_page_can_show_become_weeks_even_when_days_were_asked_for():
    assert slices_of(MAY, MAY + pd.Timedelta(days=900), SHANGHAI, "day").each == "day"
    assert slices_of(MAY, MAY + pd.Timedelta(days=1100), SHANGHAI, "day").each == "week"
    assert slices_of(MAY, MAY + pd.Timedelta(days=90_000), SHANGHAI).each == "month"


def test_grids_that_lead_a_day_and_reports_outside():
    seen = reports(
        ("2026-05-01 08:00", "B"),
        ("2026-05-01 09:00", "B"),
        ("2026-05-01 10:00", "A"),
        ("2026-05-02 10:00", None),
        ("2026-05-02 11:00", "elsewhere"),
    )
    cut = slices_of(MAY, MAY + pd.Timedelta(days=3), SHANGHAI)

    table = per_slice(slice_counts(["A", "B"], seen, cut.edges))

    assert table["count"].tolist() == [3, 0, 0]
    assert table["grids"].tolist() == [2, 0, 0]
    assert table["foremost"].tolist() == [1, OTHER, OTHER]
    assert table["most"].tolist() == [2, 0, 0]
    assert table["others"].tolist() == [0, 2, 0]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 30), st.integers(0, 4)), max_size=60),
    st.integers(1, 9),
)
def test_counts_and_windows_are_what_pandas_says(seen, length):
    codes = list("ABCD")
    frame = pd.DataFrame(
        {
            "captured_at": [MAY + pd.Timedelta(hours=17 * at) for at, _ in seen],
            "grid_code": pd.Series(["ABCDX"[grid] for _, grid in seen], dtype=object),
        }
    ).astype({"captured_at": "datetime64[ns, UTC]"})
    cut = slices_of(MAY, MAY + pd.Timedelta(days=25), SHANGHAI)

    counts = slice_counts(codes, frame, cut.edges)

    days = frame["captured_at"].dt.tz_convert(SHANGHAI).dt.normalize()
    judged = (
        pd.crosstab(days, frame["grid_code"]).reindex(cut.edges[:-1], fill_value=0)
        if len(frame)
        else pd.DataFrame(0, index=cut.edges[:-1], columns=codes)
    ).reindex(columns=[*codes, "X"], fill_value=0)
    assert running(counts, 4, 1).tolist() == judged[codes].to_numpy().tolist()
    assert counts.others.tolist() == judged["X"].tolist()
    assert (
        running(counts, 4, length).tolist()
        == judged[codes].rolling(length, min_periods=1).sum().astype(int).to_numpy().tolist()
    )
