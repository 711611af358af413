"""On intake, cases that may be the same matter are suggested, with a score and its reasons."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol
from uuid import UUID, uuid4

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from scipy.spatial import cKDTree
from sqlalchemy import text, update

from gridgis.duplicates.likeness import address_likeness, likeness
from gridgis.duplicates.scoring import Around, Told, score
from gridgis.duplicates.similar import Similar, similar
from gridgis.model import Location, NewReport
from gridgis.settings import Settings
from gridgis.store import reports
from gridgis.store.tables import category
from tests.cities import draw, file_under

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.intake import Intake
    from gridgis.store.engine import Store

SPOT = (104.015, 30.015)
GEOD = Geod(ellps="WGS84")
BLOCK_11 = "建兰路12号建兰丽苑11号楼"
CLOSE = """
WITH happened AS (
    INSERT INTO event (report_id, captured_at, kind, at, recorded_at, actor, role, facts)
    SELECT report_id, captured_at, :state, CAST(:at AS timestamptz), CAST(:at AS timestamptz),
        'Li Na', 'dispatcher', '{"version": 1}'
    FROM casefile WHERE report_id = :id
)
UPDATE casefile SET state = :state, version = 1, closed_at = :at WHERE report_id = :id
"""


class Hand(Protocol):
    """Hand a report in: so many metres east of the spot, minutes after nine."""

    def __call__(
        self, words: str, east_m: float | None = 0, minutes: float = 0, **more: object
    ) -> UUID: ...


@pytest.fixture
def hand_in(store: Store, intake: Intake, clock: FixedClock, actor: Actor) -> Hand:
    nine = clock.now()
    with store.begin() as connection:
        draw(connection, made_at=nine)
        for code in ("gas", "fire", "noise"):
            file_under(connection, code)
        family = update(category).where(category.c.code.in_(["gas", "fire"]))
        connection.execute(family.values(family="safety"))

    def handed(words: str, east_m: float | None = 0, minutes: float = 0, **more: object) -> UUID:
        clock.at = nine + timedelta(minutes=minutes)
        where = None
        if east_m is not None:
            lon, lat, _ = GEOD.fwd(*SPOT, 90, east_m)
            where = Location(lon, lat, more.pop("accuracy_m", 10.0))
        new = NewReport(uuid4(), None, more.pop("what", "gas"), words, where, **more)
        return intake.receive(new, actor).report.id

    return handed


def found(store: Store, report_id: UUID, **settings: object) -> list[Similar]:
    with store.begin() as connection:
        report = reports.one(connection, report_id)
        return similar(connection, report, Settings(**settings))


def test_the_neighbour_who_smells_the_same_gas_is_suggested_with_reasons(
    store: Store, hand_in: Hand
) -> None:
    first = hand_in("建兰丽苑11号楼楼道有煤气味", 0, 0, address=BLOCK_11, number="A-1")
    second = hand_in("11号樓樓道有煤氣味，请快来", 20, 12, address=BLOCK_11)
    (one,) = found(store, second)
    assert (one.report_id, one.number, one.state) == (first, "A-1", "reported")
    assert one.distance_m == pytest.approx(20, abs=0.01)
    assert one.minutes == 12
    assert one.same_category
    assert 0.7 < one.score <= 1
    assert one.score == pytest.approx(math.prod(reason.value for reason in one.reasons))
    assert [(reason.part, reason.sentence) for reason in one.reasons][:4] == [
        ("near", "20 m apart, where one spot is told within 31 m"),
        ("address", "the same address"),
        ("soon", "12 minutes earlier"),
        ("kind", "the same category, gas"),
    ]
    (back,) = found(store, first)
    assert (back.report_id, back.minutes) == (second, -12)
    assert back.score == pytest.approx(one.score)


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"east_m": 200}, "too far"),
        ({"minutes": 8 * 24 * 60}, "too long ago"),
        ({"what": "noise", "words": "夜里有人唱歌"}, "another matter"),
        ({"address": "建兰路12号建兰丽苑3号楼"}, "another house"),
        ({"east_m": 90}, "too far to be one spot, as exactly as both are known"),
    ],
)
def test_what_is_not_suggested(store: Store, hand_in: Hand, what: dict, why: str) -> None:
    hand_in("楼道有煤气味", address=BLOCK_11)
    usual = {"words": "楼道有煤气味", "east_m": 10, "minutes": 5, "address": BLOCK_11}
    assert found(store, hand_in(**{**usual, **what})) == [], why
    assert len(found(store, hand_in(**{**usual, "minutes": 6}))) >= 1


def test_a_position_that_is_poorly_known_may_be_farther_away_and_says_less(
    store: Store, hand_in: Hand
) -> None:
    hand_in("楼道有煤气味", 0, 0, accuracy_m=80)
    (poor,) = found(store, hand_in("楼道有煤气味", 60, 5, accuracy_m=80))
    assert poor.distance_m == pytest.approx(60, abs=0.01)
    here, there = (
        Told(datetime(2026, 5, 1, tzinfo=UTC), "gas", None, "", None, a) for a in (9, 900)
    )
    around = Around(150, 168)
    exact, vague = score(here, here, 0, around, 0.1).near, score(here, there, 0, around, 0.1).near
    assert exact == 1
    assert vague < 0.15


def test_open_cases_count_and_those_closed_a_moment_ago(store: Store, hand_in: Hand) -> None:
    ids = [hand_in("楼道有煤气味", n, n) for n in range(5)]
    new = hand_in("楼道有煤气味", 0, 30 * 60)
    states = [("closed", 2), ("closed", 10), ("merged", 10), ("rejected", 10)]
    with store.begin() as connection:
        at = reports.one(connection, ids[0]).captured_at
        for one, (state, hours) in zip(ids, states, strict=False):
            told = {"id": one, "state": state, "at": at + timedelta(hours=hours)}
            connection.execute(text(CLOSE), told)
    assert {(one.report_id, one.state) for one in found(store, new)} == {
        (ids[1], "closed"),
        (ids[4], "reported"),
    }


def test_reports_without_a_location_are_compared_by_their_addresses(
    store: Store, hand_in: Hand
) -> None:
    first = hand_in("楼道有煤气味", None, 0, address=BLOCK_11)
    hand_in("楼道有煤气味", None, 1, address="建兰路12号建兰丽苑12号楼")
    hand_in("楼道有煤气味", None, 2)
    hand_in("楼道有煤气味", None, 3, address=BLOCK_11, what="noise")
    located = hand_in("有煤气味", 500, 4, address=BLOCK_11)
    new = hand_in("楼道煤气味很重", None, 10, address="建兰丽苑11號樓")
    suggested = found(store, new)
    assert {one.report_id for one in suggested} == {first, located}
    assert {one.distance_m for one in suggested} == {None}
    assert suggested[0].reasons[0].sentence.startswith("no location to compare; the addresses:")
    assert {one.report_id for one in found(store, located)} == {first, new}


def test_the_likeliest_come_first_and_only_so_many(store: Store, hand_in: Hand) -> None:
    for metre in (40, 5, 25, 15, 30, 10):
        hand_in("楼道有煤气味", metre, metre / 10)
    new = hand_in("楼道有煤气味", 0, 10)
    suggested = found(store, new)
    assert [round(one.distance_m) for one in suggested] == [5, 10, 15, 25, 30]
    assert len(found(store, new, similar_most=2)) == 2
    assert found(store, new, similar_score=0.999) == []


def test_odd_words_are_compared_all_the_same(store: Store, hand_in: Hand) -> None:
    for words in ("", "。。。", "💥" * 3_000, "煤" * 20_000, "a" * 20_000):
        hand_in(words, 0, 0, address="号" * 3_000)
    assert len(found(store, hand_in("煤" * 20_000, 0, 1, address="号" * 3_000))) == 5


words = st.text("煤气味楼道有人建兰丽苑号123abc，。 麗", max_size=30)


@given(words, words, st.lists(words, max_size=2))
def test_likeness_is_between_0_and_1_and_the_same_both_ways(
    one: str, other: str, addresses: list[str]
) -> None:
    alike = likeness(one, other, addresses)
    assert alike == likeness(other, one, addresses)
    assert alike is None or 0 <= alike <= 1
    itself = likeness(one, one, addresses)
    assert itself is None or itself == pytest.approx(1)
    assert 0 <= address_likeness(one, other) <= 1


@given(
    st.floats(0, 500),
    st.floats(0, 500),
    st.floats(0, 1000),
    st.tuples(st.floats(0, 300), st.floats(0, 300)),
)
def test_farther_or_later_is_never_likelier(
    near_m: float, far_m: float, hours: float, off_m: tuple[float, float]
) -> None:
    at = datetime(2026, 5, 1, tzinfo=UTC)
    one = Told(at, "gas", None, "煤气味", None, off_m[0])
    other = one._replace(captured_at=at + timedelta(hours=hours), accuracy_m=off_m[1])
    around = Around(150, 168)
    near, far = sorted((near_m, far_m))
    closest = score(one, other, near, around, 0).total
    assert 0 <= score(one, other, far, around, 0).total <= closest <= 1
    later = other._replace(captured_at=other.captured_at + timedelta(hours=1))
    assert score(one, later, near, around, 0).total <= closest
    # What is below the least is below it, however much of it was read.
    assert (score(one, other, far, around, 0.45).total >= 0.45) == (
        score(one, other, far, around, 0).total >= 0.45
    )


def test_chicago_said_which_requests_were_duplicates(shared: Path) -> None:
    """A year of sanitation complaints; days are all that is known of their times."""
    wanted = Settings()
    table = pd.read_parquet(shared / "data/chicago/reports_311_sanitation.parquet")
    table = table.drop_duplicates("Service_Request_Number").dropna(subset=["Latitude"])
    table = table[table["Creation_Date"].dt.year == 2014].sort_values(
        ["Creation_Date", "Service_Request_Number"], ignore_index=True
    )
    flagged = table["Status"].str.endswith("Dup").to_numpy()
    metres = np.column_stack([table["Longitude"] * 82_900, table["Latitude"] * 111_070])
    pairs = np.sort(cKDTree(metres).query_pairs(wanted.similar_m, output_type="ndarray"))
    day = table["Creation_Date"].to_numpy().astype("datetime64[D]")
    done = table["Completion_Date"].to_numpy().astype("datetime64[D]")
    hours = (day[pairs[:, 1]] - day[pairs[:, 0]]).astype(int) * 24
    over = (done[pairs[:, 0]] < day[pairs[:, 1]]) & ~np.isnat(done[pairs[:, 0]])
    told = [
        Told(at.to_pydatetime().replace(tzinfo=UTC), "sanitation", None, nature, address, 10.0)
        for at, nature, address in zip(
            table["Creation_Date"], table["Nature"], table["Street_Address"], strict=True
        )
    ]
    around = Around.of(wanted)
    best: dict[int, tuple[float, int]] = {}
    for first, second in pairs[(hours <= wanted.similar_hours) & ~over].tolist():
        apart_m = math.dist(metres[first], metres[second])
        one = score(told[second], told[first], apart_m, around, wanted.similar_score).total
        best[second] = max(best.get(second, (0.0, 0)), (one, first))
    suggested = [(n, other) for n, (one, other) in best.items() if one >= wanted.similar_score]
    right = sum(bool(flagged[n] or flagged[other]) for n, other in suggested)
    seen = {n for pair in suggested for n in pair}
    recall = sum(flagged[n] for n in seen) / flagged.sum()
    assert flagged.sum() > 900
    # The city merges by address; either of two may bear the flag.
    assert right / len(suggested) > 0.75
    assert recall > 0.94
