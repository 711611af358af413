"""A calendar that is brought in moves what runs by it, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from gridgis.actor import Actor
from gridgis.cases.ruling import Ruling
from gridgis.clocks.calendar_files import add_days
from gridgis.clocks.known import china
from gridgis.clocks.recounting import recount
from gridgis.clocks.sweeping import sweep
from gridgis.store import clocks
from gridgis.store.tables import casefile
from tests.clocked import filed

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.store.clocks import KeptClock
    from gridgis.store.engine import Store

START = datetime.fromisoformat("2026-12-30T10:00:00+08:00")
"""A Wednesday; nobody has announced the holidays of 2027 yet."""

FRIDAY = datetime.fromisoformat("2027-01-01T18:00:00+08:00")
TUESDAY = datetime.fromisoformat("2027-01-05T18:00:00+08:00")

ANNOUNCED = add_days(china(), "date,to,kind\n2027-01-01,2027-01-03,holiday\n")
"""As if New Year's Day with the weekend after it were off: a day more than without the table."""


def ruling(calendar: object = ANNOUNCED) -> Ruling:
    return Ruling(china(), calendars={"city": calendar})


def two_days(store: Store, stage: str = "handle", case: UUID | None = None, **more: object) -> UUID:
    """Two working days by the calendar city, reckoned when the table was not there."""
    facts = {
        **{"started_at": START, "spec": "2 working days", "calendar": "city"},
        **{"due_at": FRIDAY, "warn_at": FRIDAY, "next_at": FRIDAY},
    }
    return filed(store, stage, case, **facts | more)


def kept(store: Store, number: UUID) -> list[KeptClock]:
    with store.begin() as connection:
        return clocks.of_report(connection, number)


def test_the_announced_holidays_move_what_runs(store: Store) -> None:
    number = two_days(store, "close")
    assert recount(store, ruling(), "city") == 1
    (clock,) = kept(store, number)
    # Thursday, then Monday.
    assert clock.due_at == TUESDAY - timedelta(days=1)
    assert clock.warn_at is not None
    assert clock.warn_at < clock.due_at
    with store.begin() as connection:
        case = connection.execute(select(casefile.c.due_at, casefile.c.version)).one()
    assert case == (clock.due_at, 3)
    assert recount(store, ruling(), "city") == 0
    # Nobody is told on New Year's Day.
    assert sweep(store, Actor("gridgis", "service"), FRIDAY).clocks == 0
    assert sweep(store, Actor("gridgis", "service"), TUESDAY).escalated == 1


def test_others_stay_as_they_are(store: Store) -> None:
    elsewhere = two_days(store, calendar="office")
    stopped = two_days(store, stopped_at=START + timedelta(hours=1), next_at=None)
    paused = two_days(
        store, pauses=[[START.isoformat(), None]], due_at=None, warn_at=None, next_at=None
    )
    assert recount(store, ruling(), "city") == 0
    assert [kept(store, one)[0].due_at for one in (elsewhere, stopped, paused)] == [
        *(FRIDAY, FRIDAY, None),
    ]


def test_what_was_escalated_is_not_taken_back(store: Store) -> None:
    number = two_days(store)
    sweep(store, Actor("gridgis", "service"), FRIDAY)
    assert recount(store, ruling(), "city") == 1
    assert sweep(store, Actor("gridgis", "service"), TUESDAY).clocks == 0
    assert kept(store, number)[0].escalated_at == FRIDAY


def test_all_are_reached_in_batches(store: Store) -> None:
    numbers = [two_days(store) for _ in range(25)]
    two_days(store, "close", numbers[0])
    assert recount(store, ruling(), "city", batch=4) == 26
    assert {one.due_at for number in numbers for one in kept(store, number)} == {
        TUESDAY - timedelta(days=1)
    }


def test_a_day_that_is_taken_back_moves_them_back(store: Store) -> None:
    number = two_days(store)
    recount(store, ruling(), "city")
    fewer = {day: known for day, known in ANNOUNCED.days.items() if day < date(2027, 1, 1)}
    assert recount(store, ruling(replace(ANNOUNCED, days=fewer)), "city") == 1
    assert kept(store, number)[0].due_at == FRIDAY
