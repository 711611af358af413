"""Figures of any small set of cases are those that a clerk counts by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert

from gridgis.cases.words import CHANNELS, OUTCOMES, REASON_KINDS, STATES, TIERS
from gridgis.coded import When
from gridgis.figures import DEFINITIONS, Asked, Period, figures
from gridgis.settings import Settings
from gridgis.store.tables import category
from tests.cases_made import keep
from tests.cities import NINE, boxes, draw
from tests.conftest import PROVE
from tests.core.figures_judge import ENDED, Told, judge, made_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from gridgis.figures import By
    from gridgis.store.engine import Store
    from tests.cities import Drawn

# The last hours of a year: events fall before, into, after the period, and on both of its ends.
SINCE, BEFORE = datetime(2025, 12, 31, 16, tzinfo=UTC), datetime(2026, 1, 1, 16, tzinfo=UTC)
NOW = datetime(2026, 1, 2, 8, tzinfo=UTC)
PERIOD = Period(SINCE, BEFORE, "2026-01-01")
CITY = Settings(timezone="Asia/Shanghai")
STEPS = [timedelta(), timedelta(microseconds=1), timedelta(hours=1), timedelta(hours=8)]
PEOPLE = [str(UUID(int=number)) for number in (1, 2, 3)]
GRIDS = ["A", "B", "I"]
CENTRES = {code: (shape.centroid.x, shape.centroid.y) for code, shape in boxes(NINE).items()}
GROUPS: dict[By, Callable[[Told], str | None]] = {
    "none": lambda _: None,
    "area": lambda one: one.grids[-1] or "outside" if one.grids else "no_location",
    "category": lambda one: one.file["category"],
    "family": lambda one: FAMILIES.get(one.file["category"]),
    "tier": lambda one: one.file["tier"],
    "channel": lambda one: one.file["channel"],
    "level": lambda one: None if one.file["level"] is None else str(one.file["level"]),
}

BYS: list[By] = list(GROUPS)
FAMILIES = {"lamp": "lights", "gas": "safety"}

instants = st.sampled_from([SINCE + timedelta(hours=8 * step) for step in range(-3, 5)])
steps = st.sampled_from(STEPS)
counts = st.integers(0, 2)


@st.composite
def told(pick: st.DrawFn) -> Told:
    """A case that somebody could have; what happens to it goes on in time."""
    received = pick(instants)
    at = received
    file: dict[str, Any] = {"received_at": received, "version": 1}
    for name in ("filed", "dispatched", "accepted", "arrived", "fed_back"):
        at = at + pick(steps)
        file[f"{name}_at"] = at if at <= NOW and pick(st.booleans()) else None
    state = pick(st.sampled_from(STATES))
    ended = at + pick(steps)
    if ended > NOW and state in ENDED:
        state = "handling"
    file["state"] = state
    file["state_since"] = ended if state in ENDED else received
    file["closed_at"] = ended if state == "closed" else None
    file["outcome"] = pick(st.none() | st.sampled_from(OUTCOMES))
    file["on_the_spot"] = pick(st.booleans())
    file["category"] = pick(st.sampled_from(["lamp", "gas", "noise", None]))
    file["channel"] = pick(st.none() | st.sampled_from(CHANNELS))
    file["tier"] = pick(st.sampled_from(TIERS))
    file["level"] = pick(st.none() | st.integers(1, 4))
    file["unit"] = pick(st.sampled_from(["U1", "U2", None]))
    for name in ("due_at", "external_due_at"):
        file[name] = pick(st.none() | instants)
    for name in ("returns", "failures", "extensions", "deferrals", "urgings", "supervisions"):
        file[name] = pick(counts)
    shut = []
    if state == "reopened" or (state == "closed" and pick(st.booleans())):
        begin = received + pick(steps)
        until = begin + pick(steps)
        if until <= NOW and (state == "reopened" or until <= ended):
            shut = [(begin, until)]
    file["reopenings"] = len(shut)
    return Told(
        pick(st.uuids(version=4)),
        file,
        pick(st.lists(st.none() | st.sampled_from(GRIDS), max_size=2)),
        pick(st.lists(task(received), max_size=2)),
        pick(st.lists(rating(received), max_size=2)),
        [received + pick(steps)] if state not in ENDED and pick(st.booleans()) else [],
        shut,
    )


def task(received: datetime) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "sent_at": st.just(received),
            "unit": st.sampled_from(["U1", "U3"]),
            "responders": st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True),
            "reason_kind": st.none() | st.sampled_from(REASON_KINDS),
        }
    )


@st.composite
def rating(pick: st.DrawFn, received: datetime) -> dict[str, Any]:
    asked = received + pick(steps)
    answered = asked + pick(steps) if pick(st.booleans()) else None
    said = st.none() if answered is None else st.none() | st.booleans()
    return {
        "asked_at": asked,
        "answered_at": answered,
        "contacted": pick(said),
        "solved": pick(said),
        "satisfaction": None if answered is None else pick(st.integers(1, 5)),
    }


def same(row: pd.Series[Any], expected: dict[str, float | None]) -> None:
    for column, value in expected.items():
        got = row[column]
        if value is None:
            assert pd.isna(got), (column, got)
        else:
            assert got == pytest.approx(value, abs=1e-9), (column, got, value)


LAW = settings(
    max_examples=1000 if PROVE else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def town(untouched_store: Store) -> Iterator[tuple[Connection, Drawn]]:
    """Nine grids and two categories, which are gone afterwards."""
    with untouched_store.begin() as connection:
        drawn = draw(connection, made_at=NOW)
        for code, family in FAMILIES.items():
            connection.execute(insert(category).values(code=code, name=code, family=family))
        yield connection, drawn
        connection.rollback()


@LAW
@given(cases=st.lists(told(), max_size=8, unique_by=lambda one: one.id), by=st.sampled_from(BYS))
def test_figures_equal_those_by_hand(
    town: tuple[Connection, Drawn], cases: list[Told], by: By
) -> None:
    connection, drawn = town
    example = connection.begin_nested()
    if cases:
        keep(connection, made_of(cases, drawn, CENTRES))
    asked = Asked((PERIOD,), When(NOW), by, how="reported")
    frame = figures(connection, asked, CITY).frame
    example.rollback()
    groups: dict[str | None, list[Told]] = {}
    for one in cases:
        groups.setdefault(GROUPS[by](one), []).append(one)
    for row in frame.to_dict("records"):
        same(row, judge(groups.pop(row["code"], []), SINCE, BEFORE, NOW))
    # Groups that are not told are those to which nothing happened.
    left = judge([one for those in groups.values() for one in those], SINCE, BEFORE, NOW)
    assert not any(left[name] for name in ("received", "filed", "closed", "open", "answered"))


def test_every_figure_is_judged() -> None:
    judged = judge([], SINCE, BEFORE, NOW)
    assert {one.column for one in DEFINITIONS} - set(judged) == {"grids", "silent_grids"}
