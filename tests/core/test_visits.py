"""Visits are recorded as they were, once; what was missed is told by grid."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pyproj
import pytest
from sqlalchemy import insert, text

from gridgis.door import location
from gridgis.errors import (
    AreaNotFoundError,
    ConflictError,
    InvalidInputError,
    LevelNotFoundError,
    PlaceNotFoundError,
    ResponderNotFoundError,
    VisitBodyDiffersError,
)
from gridgis.locate.territories import Territories
from gridgis.rounds.figures import AreaFigures, Asked, figures
from gridgis.rounds.visits import NewVisit, record, record_all
from gridgis.store import visit_plans, visits
from gridgis.store.tables import visit_plan
from tests.cities import draw, settle, staff

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.locate.territory import Territory
    from gridgis.rounds.visits import VisitReceipt
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

NOW = datetime(2026, 5, 1, 1, tzinfo=UTC)
"""Friday, 1 May 2026, 09:00 in the city."""

DOOR = (104.0155, 30.0155)
"""Where town:JL11 stands, in grid E."""


@pytest.fixture
def wang(store: Store, clock: FixedClock) -> UUID:
    """A worker of grid E, in a town of nine grids and ten places."""
    with store.begin() as connection:
        drawn = draw(connection, made_at=clock.now())
        settle(connection)
        return staff(
            connection, "Wang", 104.0151, 30.0151, "patrol", area_id=drawn.ids["E"], kind="worker"
        )


@pytest.fixture
def territory(store: Store, wang: UUID) -> Territory:  # noqa: ARG001 - the town is there
    return Territories(store, None).current()


def visit(who: UUID, place: str = "town:JL11", **more: object) -> NewVisit:
    usual = {"kind": "visit", "at": NOW, "result": "done", "location": location(*DOOR, 10.0)}
    return NewVisit(**{"id": uuid4(), "responder_id": who, "place": place, **usual, **more})


@pytest.fixture
def keep(store: Store, territory: Territory, actor: Actor, settings: Settings) -> object:
    def kept(new: NewVisit, now: datetime = NOW) -> VisitReceipt:
        with store.begin() as connection:
            return record(connection, new, actor, now, territory, settings)

    return kept


def plan_of(store: Store, code: str, place: str, **more: object) -> None:
    with store.begin() as connection:
        place_id = visit_plans.place_ids(connection, [place])[place]
        usual = {"kind": "visit", "name": "独居老人走访", "every_days": 7, "service_s": 600}
        row = {"source": "town", "code": code, "place_id": place_id, "priority": 0, **usual, **more}
        connection.execute(insert(visit_plan).values(**row))


def told(
    store: Store, territory: Territory, settings: Settings, **asked: object
) -> dict[str, AreaFigures]:
    with store.begin() as connection:
        found = figures(connection, Asked(**{"at": NOW, **asked}), territory, settings)
    return {one.area.code: one for one in found.areas}


def test_a_visit_keeps_who_where_when_and_the_grid(keep: object, wang: UUID) -> None:
    receipt = keep(visit(wang, note="锁已修好"))
    stored = receipt.visit
    assert receipt.fresh
    assert (stored.responder_id, stored.responder_name) == (wang, "Wang")
    assert (stored.place, stored.kind, stored.at, stored.note) == (
        "town:JL11",
        "visit",
        NOW,
        "锁已修好",
    )
    assert stored.grid is not None
    assert stored.grid.code == "E"
    assert (stored.distance_m, stored.far, stored.accuracy_m) == (
        pytest.approx(0, abs=0.01),
        False,
        10,
    )
    assert stored.actor == "Li Na"


def test_the_same_visit_again_is_the_same_and_another_under_its_number_is_refused(
    keep: object, wang: UUID
) -> None:
    first = visit(wang)
    stored = keep(first)
    again = keep(first, NOW + timedelta(hours=2))
    assert (again.fresh, again.visit) == (False, stored.visit)
    for changed in (
        replace(first, result="nobody home"),
        replace(first, at=NOW - timedelta(seconds=1)),
        replace(first, location=None),
        replace(first, place="town:JL12"),
    ):
        with pytest.raises(VisitBodyDiffersError, match=str(first.id)):
            keep(changed)


@pytest.mark.parametrize(
    ("metres", "accuracy_m", "far"),
    [(99, None, False), (101, None, True), (109, 10, False), (111, 10, True), (3000, 5, True)],
)
def test_a_phone_too_far_away_is_flagged_and_not_hidden(
    keep: object, wang: UUID, metres: float, accuracy_m: float | None, far: bool
) -> None:
    lon, lat, _ = pyproj.Geod(ellps="WGS84").fwd(*DOOR, 70, metres)
    stored = keep(visit(wang, location=location(lon, lat, accuracy_m))).visit
    assert stored.distance_m == pytest.approx(metres, abs=0.01)
    assert stored.far is far


def test_without_a_position_nobody_says_that_it_was_near(keep: object, wang: UUID) -> None:
    stored = keep(visit(wang, location=None)).visit
    assert (stored.location, stored.distance_m, stored.far) == (None, None, None)
    nowhere = keep(visit(wang, "town:NO")).visit
    assert (nowhere.distance_m, nowhere.far, nowhere.grid) == (None, None, None)


@pytest.mark.parametrize(
    ("changed", "error", "sentence"),
    [
        ({"at": NOW + timedelta(minutes=6)}, InvalidInputError, "ahead"),
        ({"at": datetime(2026, 5, 1)}, InvalidInputError, "no time zone"),  # noqa: DTZ001 - meant
        ({"place": "town:XX"}, PlaceNotFoundError, "town:XX"),
        ({"place": "JL11"}, PlaceNotFoundError, "JL11"),
        ({"responder_id": UUID(int=5)}, ResponderNotFoundError, "no responder"),
        ({"result": "  "}, InvalidInputError, "result"),
        ({"result": "x" * 201}, InvalidInputError, "at most 200"),
        ({"note": "\x00"}, InvalidInputError, "NUL"),
    ],
)
def test_what_cannot_be_recorded_is_refused(
    keep: object, wang: UUID, changed: dict[str, object], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error, match=sentence):
        keep(replace(visit(wang), **changed))


def test_a_visit_stays_as_it_was_written(keep: object, wang: UUID, store: Store) -> None:
    keep(visit(wang))
    for change in ("UPDATE visit SET far = FALSE", "DELETE FROM visit"):
        with pytest.raises(ConflictError, match="append-only"), store.begin() as connection:
            connection.execute(text(change))


def test_visits_are_read_page_by_page_the_newest_first(
    keep: object, wang: UUID, store: Store
) -> None:
    ids = [keep(visit(wang, at=NOW - timedelta(days=days // 2))).visit.id for days in range(9)]
    keep(visit(wang, "town:JX", kind="patrol", at=NOW - timedelta(days=9)))
    seen, after = [], None
    with store.begin() as connection:
        place = visit_plans.place_ids(connection, ["town:JL11"])["town:JL11"]
        which = visits.Filter(responder_id=wang, place_id=place)
        while page := visits.page(connection, which, after=after, limit=4):
            seen += page
            after = (page[-1].at, page[-1].id)
        everything = visits.page(connection, visits.Filter(), after=None, limit=50)
        patrols = visits.page(connection, visits.Filter(kind="patrol"), after=None, limit=50)
    assert {one.id for one in seen} == set(ids)
    assert [(one.at, one.id) for one in seen] == sorted(
        ((one.at, one.id) for one in seen), reverse=True
    )
    assert (len(seen), len(everything), len(patrols)) == (9, 10, 1)


def test_many_are_recorded_at_once_as_each_by_itself(
    keep: object, wang: UUID, store: Store, territory: Territory, actor: Actor, settings: Settings
) -> None:
    single = visit(wang)
    first = keep(single).visit
    twin = replace(single, id=uuid4())
    with store.begin() as connection:
        more = [single, twin, visit(wang, "town:JX", location=None)]
        assert record_all(connection, more, actor, NOW, territory, settings) == 2
        stored = visits.one(connection, twin.id)
    assert stored is not None
    assert stored._replace(id=first.id) == first


def test_figures_say_what_was_made_in_time_and_what_was_missed(
    keep: object, wang: UUID, store: Store, territory: Territory, settings: Settings
) -> None:
    plan_of(store, "1", "town:JL11")
    plan_of(store, "2", "town:JL12")
    plan_of(store, "3", "town:JL", kind="patrol", every_days=1, name="夜巡")
    plan_of(store, "4", "town:JL11E", kind="patrol", every_days=1, name="夜巡")
    plan_of(store, "5", "town:JX", starts_on=date(2026, 4, 28))
    plan_of(store, "6", "town:NO")
    keep(visit(wang, at=NOW - timedelta(days=7)))
    keep(visit(wang, "town:JL12", at=NOW - timedelta(days=8), location=location(104.1, 30.1)))
    keep(visit(wang, "town:JL", kind="patrol", at=NOW - timedelta(days=2), location=None))
    keep(visit(wang, "town:JL", at=NOW - timedelta(days=40)))
    grids = told(store, territory, settings)
    assert sorted(grids) == list("ABCDEFGHI"), "those without any plan are listed too"
    here = grids["E"]
    assert (here.plans, here.visited, here.share, here.never) == (4, 1, 0.25, 1)
    assert (here.days_since_max, here.days_since_median) == (8, 7)
    missed = [(one.place, one.days_since) for one in here.missed_patrol_points]
    assert missed == [("town:JL11E", None), ("town:JL", 2)]
    assert (here.visits, here.far, here.without_position) == (3, 1, 1)
    assert (grids["A"].plans, grids["A"].visited, grids["A"].never) == (1, 1, 1), "not yet due"
    assert (grids["B"].plans, grids["B"].share, grids["B"].days_since_max) == (0, None, None)
    city = told(store, territory, settings, level="city")["base-city"]
    assert (city.plans, city.visited) == (5, 2)
    with store.begin() as connection:
        lost = figures(connection, Asked(NOW), territory, settings).without_grid
    assert lost == 1
    assert list(told(store, territory, settings, area="E")) == ["E"]
    assert len(told(store, territory, settings, area="base-city")) == 9


def test_figures_of_the_past_know_only_what_was_then(
    keep: object, wang: UUID, store: Store, territory: Territory, settings: Settings
) -> None:
    plan_of(store, "1", "town:JL11", starts_on=date(2026, 4, 20))
    keep(visit(wang, at=NOW - timedelta(days=3)))
    before = told(store, territory, settings, at=NOW - timedelta(days=4))["E"]
    assert (before.plans, before.visited, before.never, before.visits) == (1, 1, 1, 0)
    assert told(store, territory, settings, at=NOW - timedelta(days=20))["E"].plans == 0


def test_days_are_those_of_the_city_and_not_of_greenwich(
    keep: object, wang: UUID, store: Store, territory: Territory, settings: Settings
) -> None:
    plan_of(store, "1", "town:JL11", every_days=1)
    # 23:30 and 00:30 in the city are one day in Greenwich, and two in the city.
    keep(visit(wang, at=datetime(2026, 4, 29, 15, 30, tzinfo=UTC)))
    later = datetime(2026, 4, 29, 16, 30, tzinfo=UTC)
    assert told(store, territory, settings, at=later)["E"].days_since_max == 1


def test_a_redrawn_city_counts_by_the_grids_in_force(
    keep: object, wang: UUID, store: Store, settings: Settings, clock: FixedClock
) -> None:
    plan_of(store, "1", "town:JL11")
    keep(visit(wang, at=NOW - timedelta(days=1)))
    with store.begin() as connection:
        connection.execute(
            text("UPDATE edition SET valid = tstzrange(NULL, '2026-04-30 12:00+00')")
        )
        draw(
            connection,
            "N N N\nN N N\nA B C",
            valid="[2026-04-30 12:00+00,)",
            made_at=clock.now(),
        )
    redrawn = Territories(store, None).current()
    now = told(store, redrawn, settings)
    assert (now["N"].plans, now["N"].visits) == (1, 1)
    then = told(store, redrawn, settings, at=datetime(2026, 4, 30, 11, tzinfo=UTC))
    assert (then["E"].plans, then["E"].visits) == (1, 1)


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"since": NOW}, InvalidInputError),
        ({"level": "street"}, LevelNotFoundError),
        ({"area": "Z"}, AreaNotFoundError),
        ({"area": "E", "level": "city"}, InvalidInputError),
    ],
)
def test_figures_of_nothing_are_refused(
    store: Store,
    territory: Territory,
    settings: Settings,
    asked: dict[str, object],
    error: type[Exception],
) -> None:
    with pytest.raises(error):
        told(store, territory, settings, **asked)
