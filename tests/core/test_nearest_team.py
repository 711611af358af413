"""Several needs at once, many points at once, and nothing that is compiled while people wait."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from gridgis.errors import InvalidGeometryError, InvalidInputError
from gridgis.model import Location
from gridgis.nearest import Need, Wish
from gridgis.nearest.crowd import Crowd
from gridgis.nearest.frames import nearest_by_road
from gridgis.nearest.kernels.byline import nearest_by_line
from gridgis.nearest.kernels.byroad import nearest, trace
from gridgis.nearest.kernels.standing import folded, move
from gridgis.nearest.line import by_line
from gridgis.nearest.needs import asked_of
from gridgis.nearest.standing import Standing
from gridgis.nearest.team import make_team
from gridgis.roads.kernels.changing import retime
from gridgis.roads.kernels.snapping import snap, snap_many
from gridgis.roads.kernels.sweeping import sweep
from gridgis.roads.modes import ALL, Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import Change, TravelTimes
from tests.towns import draw_town

if TYPE_CHECKING:
    from pathlib import Path

from tests.core.crowds import (
    MONDAY_NOON,
    NOON,
    SETTINGS,
    SIDE,
    SKILLS,
    a_crowd,
    ask,
    person,
    somewhere,
    times_of,
)


def test_nothing_that_people_ask_is_compiled_anew(tmp_path: Path) -> None:
    """Columns or numbers of another type would get kernels of their own, in a running service."""
    for count in (0, 1, 30):
        rng = np.random.default_rng(count)
        edges, bans = draw_town(rng, 5, bans=min(count, 4))
        built = RoadNetwork.of(edges, bans)
        built.save(tmp_path / f"{count}.roads")
        for network in (built, RoadNetwork.load(tmp_path / f"{count}.roads")):
            times = TravelTimes.of(network, Mode.CAR, read_speeds().pace(Mode.CAR, NOON))
            slow = times.changed([Change(np.array([1]), 0.5, ALL)])
            crowd = a_crowd(rng, count)
            for standing in (Standing(times, crowd), Standing(slow, crowd, Standing(times, crowd))):
                for need in (Need(), Need(k=1, within_s=60), Need(kinds=("worker",), area_id=7)):
                    for wish in (Wish(), Wish(explain=True, routes=True)):
                        ask(standing, Location(104.602, 38.102), need, wish=wish)
                    question = asked_of(need, MONDAY_NOON, crowd, SETTINGS)
                    by_line(crowd, Location(104, 30), need, question, explain=True)
    for kernel in (nearest, snap, snap_many, move, trace, retime, nearest_by_line, sweep):
        assert len(kernel.signatures) <= 1, kernel.__name__


@how(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_team_is_complete_as_soon_as_any_choice_could_be(seed: int) -> None:
    """Held against all choices: first the last arrival, then the sum."""
    rng = np.random.default_rng(seed)
    edges, bans = draw_town(rng, 6, bans=8)
    people = [
        person(n + 1, tuple(p), *SKILLS[1:][rng.integers(4)])
        for n, p in enumerate(somewhere(rng, 7, 6).tolist())
    ]
    standing = Standing(times_of(edges, bans), Crowd(people))
    here = Location(*somewhere(rng, 1, 6)[0].tolist())
    needs = [Need(k=2, skills=("fire",)), Need(k=1, skills=("gas",)), Need(k=1, skills=("police",))]
    team = make_team(needs, lambda need: ask(standing, here, need))
    took = {one.id: one.travel_s for one in ask(standing, here, Need(k=7)).responders}
    slots = ["fire", "fire", "gas", "police"]
    choices = [
        chosen
        for chosen in itertools.permutations([None, None, None, None, *people], 4)
        if all(
            one is None or (skill in one.skills and one.id in took)
            for one, skill in zip(chosen, slots, strict=True)
        )
    ]
    best = min(
        (
            sum(one is None for one in c),
            max((took[o.id] for o in c if o), default=0),
            sum(took[o.id] for o in c if o),
        )
        for c in choices
    )
    members = [one.responder for one in team.members]
    assert len({one.id for one in members}) == len(members)
    assert sum(team.missing) == best[0]
    assert (team.last_s or 0) == best[1]
    assert sum(one.travel_s for one in members) == pytest.approx(best[2])


def test_a_team_of_nobody_is_no_question() -> None:
    with pytest.raises(InvalidInputError, match="name 1 to 20"):
        make_team([], list)
    with pytest.raises(InvalidInputError, match="at most 200"):
        make_team([Need(k=150), Need(k=51)], list)


def test_for_frames_each_point_has_its_own_first_ones() -> None:
    rng = np.random.default_rng(11)
    edges, bans = draw_town(rng, SIDE)
    times = times_of(edges, bans)
    homes, here = somewhere(rng, 30), somewhere(rng, 20)
    skills = [SKILLS[n % len(SKILLS)] for n in range(30)]
    who = gpd.GeoDataFrame(
        {"skills": skills},
        index=[f"P{n}" for n in range(30)],
        geometry=gpd.points_from_xy(*homes.T),
        crs=4326,
    )
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*here.T), crs=4326).to_crs(3857)
    found = nearest_by_road(points, who, times, Need(k=3, skills=("gas",)))
    took = times.table(times.snap(*homes.T), times.snap(*here.T)) / 1000
    able = [n for n in range(30) if "gas" in skills[n]]
    for point, rows in found.groupby("point"):
        first = sorted(able, key=lambda n, p=point: (took[n, p], n))[:3]
        assert rows["responder"].tolist() == [f"P{n}" for n in first]
        assert rows["travel_s"].tolist() == pytest.approx(took[first, point].tolist(), abs=0.002)
    assert found["rank"].max() == 3
    assert nearest_by_road(points, who, times, Need(skills=("dancing",))).empty
    with pytest.raises(InvalidGeometryError, match="row 0 is not a point"):
        nearest_by_road(points.buffer(1).to_frame("geometry"), who, times)
    with pytest.raises(InvalidGeometryError, match="say their CRS"):
        nearest_by_road(points, who.set_crs(None, allow_override=True), times)


@given(have=st.integers(0, 2**64 - 1), need=st.integers(0, 2**64 - 1))
def test_law_no_road_is_passed_by_where_somebody_has_all_that_is_needed(
    have: int, need: int
) -> None:
    """Of 64 skills seven bits are noted of a road: they may say too much, and never too little."""
    noted, asked = (
        folded(int(np.array(mask, np.uint64).view(np.int64))) for mask in (have, have & need)
    )
    assert noted & asked == asked
    assert noted & 128
