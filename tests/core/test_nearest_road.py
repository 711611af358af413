"""Who is nearest by road: the same as asking how long everybody takes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from gridgis.clock import epoch_ms
from gridgis.errors import InvalidInputError
from gridgis.model import Location
from gridgis.nearest import Need, Wish
from gridgis.nearest.crowd import ALWAYS_MS, Crowd, KnownResponder
from gridgis.nearest.line import by_line
from gridgis.nearest.needs import asked_of
from gridgis.nearest.standing import Standing
from gridgis.roads.kernels.shapes import CLOSED_MS
from gridgis.roads.modes import ALL, Mode
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import Change
from tests.core.crowds import (
    INCIDENTS,
    MONDAY_NOON,
    NONE,
    NOON,
    SETTINGS,
    SIDE,
    SKILLS,
    a_crowd,
    able,
    ask,
    person,
    somewhere,
    stir,
    times_of,
)
from tests.core.road_judge import Judge
from tests.towns import draw_town, edges_of

if TYPE_CHECKING:
    import pandas as pd


def test_the_first_five_are_those_whom_asking_everybody_finds() -> None:
    """Random incidents among people who move, become busy, go home; roads with all their quirks."""
    rng = np.random.default_rng(1)
    edges, bans = draw_town(rng, SIDE, bans=20)
    times = times_of(edges, bans, [Change(rng.choice(len(edges), 8, replace=False), 0.0, ALL)])
    crowd = a_crowd(rng, 80)
    standing = Standing(times, crowd)
    here = somewhere(rng, INCIDENTS)
    spots = times.snap(here[:, 0], here[:, 1])
    reached = 0
    for start in range(0, INCIDENTS, 50):
        stir(rng, crowd)
        age_ms = epoch_ms(MONDAY_NOON) - crowd.at_ms
        live = (age_ms <= SETTINGS.position_max_age_s * 1000) & (crowd.at_ms > 0)
        lon = np.where(live, crowd.lon, crowd.home_lon)
        lat = np.where(live, crowd.lat, crowd.home_lat)
        part = slice(start, start + 50)
        took = times.table(times.snap(lon, lat), type(spots)(*(column[part] for column in spots)))
        for number, point in enumerate(here[part].tolist()):
            skills = tuple(SKILLS[rng.integers(len(SKILLS))])
            found = ask(standing, Location(*point), Need(k=5, skills=skills))
            rows = [
                row
                for row in range(len(crowd))
                if took[row, number] < CLOSED_MS and able(crowd, row, skills)
            ]
            first = sorted(rows, key=lambda row: (took[row, number], row))[:5]
            assert [(one.id, one.travel_s) for one in found.responders] == [
                (crowd.people[row].id, took[row, number] / 1000) for row in first
            ]
            reached += len(first)
    assert reached > INCIDENTS * 3


def test_the_way_is_as_long_and_as_quick_as_it_says_and_follows_the_roads() -> None:
    rng = np.random.default_rng(2)
    edges, bans = draw_town(rng, SIDE, bans=20)
    times = times_of(edges, bans)
    judge = Judge(edges, bans, Mode.CAR, read_speeds().pace(Mode.CAR, NOON))
    standing = Standing(
        times, Crowd(person(n + 1, tuple(p)) for n, p in enumerate(somewhere(rng, 40).tolist()))
    )
    geod = pyproj.Geod(ellps="WGS84")
    streets = shapely.union_all(edges.geometry.to_numpy())
    for point in somewhere(rng, 10).tolist():
        found = ask(standing, Location(*point), Need(k=5), wish=Wish(routes=True))
        for one in found.responders:
            route = one.route
            assert route[0].tolist() == [one.location.lon, one.location.lat]
            assert route[-1].tolist() == point
            length_m = geod.line_length(route[:, 0], route[:, 1])
            assert one.distance_m == pytest.approx(length_m, rel=2e-4, abs=0.05)
            driven = shapely.LineString(route[1:-1])
            assert streets.buffer(1e-8).covers(driven)
            start, end = (
                times.snap(np.array([p[0]]), np.array([p[1]])) for p in (route[0], route[-1])
            )
            spots = [(int(s.road[0]), float(s.share[0]), float(s.off_m[0])) for s in (start, end)]
            assert round(one.travel_s * 1000) == judge.times_ms(spots[:1], spots[1:])[0, 0]


@how(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_laws_of_closing_and_of_adding_people(seed: int) -> None:
    """Closing roads brings nobody sooner, one more responder delays nobody.

    Roads on which somebody stands are left open: who stands on a closed one walks to the next, and
    may be better off there, since only the nearest road counts.
    """
    rng = np.random.default_rng(seed)
    edges, bans = draw_town(rng, 6, bans=8)
    people = [person(n + 1, tuple(p)) for n, p in enumerate(somewhere(rng, 20, 6).tolist())]
    here = Location(*somewhere(rng, 1, 6)[0].tolist())

    def seconds(crowd: list[KnownResponder], changes=()) -> list[float]:
        found = ask(Standing(times_of(edges, bans, changes), Crowd(crowd)), here, Need(k=5))
        return [one.travel_s for one in found.responders]

    usual = seconds(people[:-1])
    with_one_more = seconds(people)
    assert all(a <= b for a, b in zip(with_one_more, usual, strict=False))
    assert len(with_one_more) >= len(usual)
    points = np.array([(one.home.lon, one.home.lat) for one in people] + [(here.lon, here.lat)])
    taken = times_of(edges, bans).snap(points[:, 0], points[:, 1]).road
    others = np.setdiff1d(np.arange(len(edges)), taken)
    closed = seconds(people, [Change(rng.choice(others, 4, replace=False), 0.0, ALL)])
    assert all(a >= b for a, b in zip(closed, with_one_more, strict=False))


def test_a_crowd_that_is_taken_over_stands_as_one_that_is_put_there() -> None:
    """For a closure only those on closed roads are moved; some have moved since the last look."""
    rng = np.random.default_rng(9)
    edges, bans = draw_town(rng, SIDE)
    times = times_of(edges, bans)
    crowd = a_crowd(rng, 60)
    usual = Standing(times, crowd)
    stir(rng, crowd)
    closed = times.changed([Change(rng.choice(len(edges), 30, replace=False), 0.0, ALL)])
    taken_over, put_there = Standing(closed, crowd, usual), Standing(closed, crowd)
    for ours, theirs in zip(taken_over.stands.spots, put_there.stands.spots, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for road in range(len(edges)):
        assert _standing_on(taken_over, road) == _standing_on(put_there, road)
        assert taken_over.stands.able[road] == put_there.stands.able[road]
        assert bool(put_there.stands.able[road]) == bool(_standing_on(put_there, road))


def _standing_on(standing: Standing, road: int) -> set[int]:
    found, stand = set(), int(standing.stands.first[road])
    while stand >= 0:
        found.add(stand)
        stand = int(standing.stands.after[stand])
    return found


def two_streets() -> pd.DataFrame:
    """A street of 2 km, and another 600 m north of it that nothing connects."""
    lines = shapely.linestrings(
        [[[104.60, 38.10], [104.62, 38.10]], [[104.60, 38.1054], [104.62, 38.1054]]]
    )
    return edges_of(lines, np.array([[1, 2], [3, 4]]))


def test_who_cannot_come_is_named_with_the_reason() -> None:
    crowd = Crowd(
        [
            person(1, (104.610, 38.1001)),
            person(2, (104.610, 38.1053)),
            person(3, (104.700, 38.2000)),
            person(4, None),
        ]
    )
    standing = Standing(times_of(two_streets(), NONE), crowd)
    found = ask(standing, Location(104.605, 38.1001), Need(k=9))
    assert [one.name for one in found.responders] == ["P1"]
    assert [(one.responder.name, one.reason, one.why) for one in found.unreachable] == [
        ("P2", "no_way", "no way leads from there to here"),
        ("P3", "no_road", "is too far from any road"),
        ("P4", "no_place", "nobody knows where"),
    ]
    assert ask(standing, Location(104.605, 38.1001), Need(k=1)).unreachable == []


def test_who_is_nearer_but_passed_over_is_told_why_in_the_order_of_their_time() -> None:
    at_ms = epoch_ms(MONDAY_NOON)
    crowd = Crowd(
        [
            person(1, (104.6051, 38.1), "gas", duty=((0, 60),)),
            person(2, (104.6060, 38.1), "gas"),
            person(3, (104.6070, 38.1), "fire"),
            person(4, (104.6080, 38.1), "gas", capacity=0),
            person(5, (104.6090, 38.1), "gas"),
            person(6, (104.6100, 38.1), "gas"),
            person(7, (104.6110, 38.1), "gas", duty=((0, 60),)),
        ]
    )
    crowd.set_status(np.array([1, 4]), np.array([1, 3], np.int8), np.array([ALWAYS_MS, at_ms + 1]))
    standing = Standing(times_of(two_streets(), NONE), crowd)
    here = Location(104.605, 38.1)
    found = ask(standing, here, Need(k=1, skills=("gas",)), wish=Wish(explain=True))
    assert [one.name for one in found.responders] == ["P6"]
    told = [(one.responder.name, one.why) for one in found.passed]
    assert told == [
        ("P1", "is not on duty then"),
        ("P2", "is busy"),
        ("P3", "lacks a skill that is needed"),
        ("P4", "has as many tasks as one can hold"),
        ("P5", "is out of reach"),
    ]
    seconds = [one.responder.travel_s for one in found.passed]
    assert seconds == sorted(seconds)
    # By line the same are passed over.
    asked = asked_of(Need(k=1, skills=("gas",)), MONDAY_NOON, crowd, SETTINGS)
    line = by_line(crowd, here, Need(k=1, skills=("gas",)), asked, explain=True)
    assert [(one.responder.name, one.why) for one in line.passed] == told


def test_a_position_that_is_too_old_falls_back_to_the_duty_point_and_says_so() -> None:
    crowd = Crowd([person(1, (104.6190, 38.1)), person(2, (104.6100, 38.1))])
    sent = epoch_ms(MONDAY_NOON - timedelta(minutes=10))
    one = (np.array([104.6051]), np.array([38.1]), np.array([12.0]))
    crowd.put(np.array([0]), *one, np.array([sent]))
    standing = Standing(times_of(two_streets(), NONE), crowd)
    here = Location(104.605, 38.1)
    now = ask(standing, here, Need(k=2)).responders
    later = ask(standing, here, Need(k=2), MONDAY_NOON + timedelta(minutes=10)).responders
    assert [one.name for one in now] == ["P1", "P2"]
    assert (now[0].position.source, now[0].position.age_s) == ("live", 600)
    assert [one.name for one in later] == ["P2", "P1"]
    assert (later[1].position.source, later[1].position.last_at) == ("home", now[0].position.at)


def test_far_from_every_road_there_is_no_answer_by_road() -> None:
    standing = Standing(times_of(two_streets(), NONE), Crowd([person(1, (104.61, 38.1))]))
    assert ask(standing, Location(105.2, 38.1), Need()) is None


def test_within_so_many_seconds() -> None:
    crowd = Crowd([person(1, (104.6060, 38.1)), person(2, (104.6190, 38.1))])
    standing = Standing(times_of(two_streets(), NONE), crowd)
    here = Location(104.605, 38.1)
    assert len(ask(standing, here, Need(k=5)).responders) == 2
    assert [one.name for one in ask(standing, here, Need(k=5, within_s=60)).responders] == ["P1"]
    with pytest.raises(InvalidInputError, match="within_s is -1"):
        Need(within_s=-1)
