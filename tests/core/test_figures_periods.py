"""Days, weeks, months of the city, and what each is held against."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.errors import InvalidInputError
from gridgis.figures.periods import (
    EACHES,
    Each,
    before_it,
    last_year,
    named_period,
    period_between,
    piece_of,
    read_periods,
    split,
)

SHANGHAI, NEW_YORK = ZoneInfo("Asia/Shanghai"), ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("name", "days", "before", "year_before"),
    [
        ("2025", 365, "2024", "2024"),
        ("2024-Q1", 91, "2023-Q4", "2023-Q1"),
        ("2024-02", 29, "2024-01", "2023-02"),
        ("2025-02", 28, "2025-01", "2024-02"),
        ("2026-W01", 7, "2025-W52", "2025-W01"),
        ("2020-W53", 7, "2020-W52", "2020-W01"),
        ("2025-01-01", 1, "2024-12-31", "2024-01-01"),
        ("2024-02-29", 1, "2024-02-28", "2023-02-28"),
    ],
)
def test_a_piece_of_the_calendar_is_held_against_another_one(
    name: str, days: int, before: str, year_before: str
) -> None:
    period = named_period(name, SHANGHAI)
    assert period.before - period.since == timedelta(days=days)
    assert period.name == name
    assert before_it(period, SHANGHAI).name == before
    assert before_it(period, SHANGHAI).before == period.since
    assert last_year(period, SHANGHAI).name == year_before


def test_a_day_without_an_hour_is_a_day() -> None:
    spring = named_period("2025-03-09", NEW_YORK)
    assert spring.before - spring.since == timedelta(hours=23)
    assert before_it(spring, NEW_YORK).name == "2025-03-08"
    weekend = period_between(
        datetime(2025, 3, 8, 5, tzinfo=UTC), datetime(2025, 3, 10, 4, tzinfo=UTC), NEW_YORK
    )
    assert weekend.name == "2025-03-08 to 2025-03-10"
    # Two of the city's days before, though they have an hour more.
    assert before_it(weekend, NEW_YORK).name == "2025-03-06 to 2025-03-08"


def test_any_other_time_is_held_against_as_long_a_one() -> None:
    since = datetime(2025, 6, 1, 3, tzinfo=UTC)
    period = period_between(since, since + timedelta(hours=5), SHANGHAI)
    assert before_it(period, SHANGHAI)[:2] == (since - timedelta(hours=5), since)


@given(
    after_s=st.integers(0, 2**31),
    hours=st.integers(1, 5000),
    each=st.sampled_from(EACHES),
    zone=st.sampled_from([SHANGHAI, NEW_YORK]),
)
def test_pieces_follow_each_other_and_are_the_whole(
    after_s: int, hours: int, each: Each, zone: ZoneInfo
) -> None:
    at = datetime(1990, 1, 2, tzinfo=UTC) + timedelta(seconds=after_s)
    period = period_between(at, at + timedelta(hours=hours), zone)
    pieces = split(period, each, zone)
    assert (pieces[0].since, pieces[-1].before) == (period.since, period.before)
    for earlier, later in pairwise(pieces):
        assert earlier.before == later.since
    assert all(piece_of(*one[:2], zone) == each for one in pieces[1:-1])
    assert all(named_period(one.name, zone)[:2] == one[:2] for one in pieces[1:-1])


@pytest.mark.parametrize(
    "name", ["2025-13", "2025-02-29", "2025-Q5", "2025-W54", "June", "9999", "2025-W00", "0001", ""]
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(InvalidInputError, match="is no period"):
        named_period(name, SHANGHAI)


def test_a_period_is_said_in_one_way_and_with_both_ends() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert read_periods(now, SHANGHAI)[0].name == "2026-05"
    with pytest.raises(InvalidInputError, match="not both"):
        read_periods(now, SHANGHAI, name="2025", since=now)
    with pytest.raises(InvalidInputError, match="two ends"):
        read_periods(now, SHANGHAI, since=now)
    with pytest.raises(InvalidInputError, match="ends before it begins"):
        read_periods(now, SHANGHAI, since=now, before=now)
    with pytest.raises(InvalidInputError, match="1900 to 2199"):
        read_periods(now, SHANGHAI, since=datetime(1, 1, 1, tzinfo=UTC), before=now)
    with pytest.raises(InvalidInputError, match="more than 400 days"):
        read_periods(
            now, SHANGHAI, name=None, since=now - timedelta(days=500), before=now, each="day"
        )
    # Of what has not begun nothing is known.
    assert len(read_periods(now, SHANGHAI, name="2026", each="month")) == 5
