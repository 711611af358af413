"""Visits over HTTP: recorded once, listed by page, counted by grid, planned for a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, text, update

from gridgis.body import responder_id
from gridgis.store import visit_plans
from gridgis.store.tables import responder, visit_plan
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from gridgis.clock import FixedClock
    from gridgis_api.service import Service

VISITS, ROUNDS = "/api/v1/visits", "/api/v1/rounds"
NINE = "2026-05-01T09:00:00+08:00"
ZHAO = responder_id("test", "Zhao")

pytestmark = pytest.mark.usefixtures("places", "planned")


@pytest.fixture
def planned(service: Service, places: None) -> Iterator[None]:  # noqa: ARG001 - they are there
    """Two dwellings and a patrol point; Wang goes to all of them."""
    wang = responder_id("test", "Wang")
    with service.store.begin() as connection:
        ids = visit_plans.place_ids(connection, ["town:JL11", "town:JX1", "town:SC"])
        usual = {"source": "town", "service_s": 600, "priority": 0, "responder_id": wang}
        connection.execute(
            insert(visit_plan),
            [
                {**usual, "code": "1", "place_id": ids["town:JL11"], **dwelling()},
                {**usual, "code": "2", "place_id": ids["town:JX1"], **dwelling()},
                {**usual, "code": "3", "place_id": ids["town:SC"], **point()},
            ],
        )
    yield
    with service.store.begin() as connection:
        connection.execute(text("TRUNCATE visit, visit_plan"))


def dwelling() -> dict[str, object]:
    return {"kind": "visit", "name": "独居老人走访", "every_days": 7}


def point() -> dict[str, object]:
    return {"kind": "patrol", "name": "夜巡", "every_days": 1}


def body(**more: object) -> dict[str, object]:
    usual = {
        "id": str(uuid4()),
        "responder": str(responder_id("test", "Wang")),
        "place": "town:JL11",
        "kind": "visit",
        "at": NINE,
        "position": {"lon": 104.0155, "lat": 30.0155, "accuracy_m": 8},
        "result": "done",
    }
    return {**usual, **more}


def test_a_phone_may_send_a_visit_again(client: httpx.Client) -> None:
    given = body(note="一切正常")
    first = client.post(VISITS, json=given)
    assert first.status_code == 201, first.text
    again = client.post(VISITS, json=given)
    assert (again.status_code, again.json()) == (200, first.json())
    told = first.json()
    assert told["far"] is False
    assert told["distance_m"] == pytest.approx(0, abs=0.01)
    assert told["grid"]["code"] in {"E", "X"}
    assert told["responder_name"] == "Wang"
    other = client.post(VISITS, json={**given, "result": "nobody home"})
    assert given["id"] in assert_problem(other, 409, "VisitBodyDiffersError")


def test_a_map_datum_is_turned_into_wgs84(client: httpx.Client) -> None:
    # GCJ-02 shows the door some hundreds of metres away.
    shown = {"lon": 104.0155, "lat": 30.0155, "datum": "gcj02"}
    assert client.post(VISITS, json=body(position=shown)).json()["far"] is True
    assert client.post(VISITS, json=body(position=None)).json()["far"] is None


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"responder": str(UUID(int=1))}, 404, "ResponderNotFoundError"),
        ({"place": "town:XX"}, 404, "PlaceNotFoundError"),
        ({"place": "JL11"}, 422, "InvalidInputError"),
        ({"at": "2026-05-01T10:00:00+08:00"}, 422, "InvalidInputError"),
        ({"at": "2026-05-01T09:00:00"}, 422, "InvalidInputError"),
        ({"kind": "tea"}, 422, "InvalidInputError"),
        ({"result": ""}, 422, "InvalidInputError"),
        ({"position": {"lon": 304, "lat": 30}}, 422, "InvalidInputError"),
        ({"resident": "Li"}, 422, "InvalidInputError"),
    ],
)
def test_what_cannot_be_recorded_is_told(
    client: httpx.Client, more: dict[str, object], status: int, code: str
) -> None:
    assert_problem(client.post(VISITS, json=body(**more)), status, code)


def test_a_number_that_is_none_is_refused(client: httpx.Client) -> None:
    raw = '{"id": "%s", "position": {"lon": NaN, "lat": 30}}' % uuid4()  # noqa: UP031 - braces
    response = client.post(VISITS, content=raw, headers={"Content-Type": "application/json"})
    assert response.status_code in {400, 422}


def test_visits_are_listed_page_by_page(client: httpx.Client) -> None:
    for hour in range(5):
        client.post(VISITS, json=body(at=f"2026-05-01T0{hour}:00:00+08:00"))
    client.post(VISITS, json=body(responder=str(ZHAO), position={"lon": 104.1, "lat": 30}))
    seen, cursor = [], None
    while True:
        asked = {"limit": 2, "responder": str(responder_id("test", "Wang"))}
        page = client.get(VISITS, params=asked | ({"cursor": cursor} if cursor else {})).json()
        seen += [one["at"] for one in page["visits"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert len(seen) == 5
    assert seen == sorted(seen, reverse=True)
    far = client.get(VISITS, params={"far": True}).json()["visits"]
    assert [one["responder_name"] for one in far] == ["Zhao"]
    here = client.get(VISITS, params={"place": "town:JX"}).json()
    assert here == {"visits": [], "next": None}
    assert_problem(client.get(VISITS, params={"place": "town:XX"}), 404, "PlaceNotFoundError")
    assert_problem(client.get(VISITS, params={"cursor": "x"}), 422, "InvalidInputError")


def test_figures_by_grid_and_for_the_city(client: httpx.Client, clock: FixedClock) -> None:
    client.post(VISITS, json=body())
    clock.advance(timedelta(days=3))
    told = client.get(f"{VISITS}/figures").json()
    by_code = {one["area"]["code"]: one for one in told["areas"]}
    assert len(by_code) == 9
    assert (by_code["E"]["share"], by_code["E"]["days_since_max"]) == (1.0, 3)
    assert (by_code["A"]["share"], by_code["A"]["never"]) == (0.0, 1)
    assert by_code["B"]["share"] is None
    assert [one["place"] for one in by_code["C"]["missed_patrol_points"]] == ["town:SC"]
    city = client.get(f"{VISITS}/figures", params={"level": "city"}).json()["areas"]
    assert [(one["plans"], one["visited"], one["visits"]) for one in city] == [(3, 1, 1)]
    then = client.get(f"{VISITS}/figures", params={"at": "2026-04-01T00:00:00Z", "area": "E"})
    assert [one["visits"] for one in then.json()["areas"]] == [0]
    assert_problem(client.get(f"{VISITS}/figures", params={"area": "Z"}), 404, "AreaNotFoundError")
    assert_problem(
        client.get(f"{VISITS}/figures", params={"layer": "gas"}), 404, "LayerNotFoundError"
    )


def test_the_round_of_a_day(client: httpx.Client) -> None:
    told = client.post(ROUNDS, json={"responder": "Wang", "date": "2026-05-01"}).json()
    assert (told["name"], told["shift_source"], told["by"]) == ("Wang", "usual", "line")
    assert [leg["place"] for leg in told["legs"]] == ["town:JX1", "town:JL11", "town:SC"]
    assert told["begins"] == "2026-05-01T08:00:00+08:00"
    assert told["unassigned"] == []
    assert told["travel_s"] == sum(leg["travel_s"] for leg in told["legs"])
    client.post(VISITS, json=body())
    again = client.post(ROUNDS, json={"responder": "Wang", "date": "2026-05-01"}).json()
    assert [leg["place"] for leg in again["legs"]] == ["town:JX1", "town:SC"]


def test_a_round_of_given_stops_says_what_is_left_out(client: httpx.Client) -> None:
    told = client.post(
        ROUNDS,
        json={
            "responder": "test:Wang",
            "date": "2026-05-01",
            "start": {"lon": 104.0, "lat": 30.0},
            "shift": {"first": "08:00", "last": "12:00"},
            "returns": True,
            "stops": [
                {"place": "town:JL11", "windows": [{"first": "10:00", "last": "10:30"}]},
                {"id": "spot", "lon": 104.005, "lat": 30.005, "service_s": 300},
                {
                    "id": "late",
                    "lon": 104.0,
                    "lat": 30.0,
                    "windows": [{"first": "13:00", "last": "14:00"}],
                },
                {"place": "town:SC", "skill": ["police"]},
            ],
        },
    ).json()
    starts = {leg["id"]: leg["start"] for leg in told["legs"]}
    assert starts.keys() == {"spot", "town:JL11"}
    assert starts["town:JL11"] == "2026-05-01T10:00:00+08:00"
    assert {one["id"]: one["reason"] for one in told["unassigned"]} == {
        "late": "window",
        "town:SC": "no_skill",
    }
    assert told["ends"] > told["legs"][1]["end"], "the way home"


SPOT = {"id": "a", "lon": 104.0, "lat": 30.0}


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"responder": "nobody"}, 404, "ResponderNotFoundError"),
        ({"date": "yesterday"}, 422, "InvalidInputError"),
        ({"shift": {"first": "12:00", "last": "08:00"}}, 422, "InvalidInputError"),
        ({"shift": {"first": "8", "last": "9"}}, 422, "InvalidInputError"),
        ({"stops": [SPOT, SPOT]}, 422, "InvalidInputError"),
        ({"stops": [{"id": "a"}]}, 422, "InvalidInputError"),
        ({"stops": [{**SPOT, "place": "town:JX"}]}, 422, "InvalidInputError"),
        ({"stops": [{"place": "town:NO"}]}, 422, "InvalidInputError"),
        ({"stops": [{"place": "town:XX"}]}, 404, "PlaceNotFoundError"),
        ({"stops": [{**SPOT, "service_s": -1}]}, 422, "InvalidInputError"),
        ({"stops": [{**SPOT, "id": str(n)} for n in range(10_000)]}, 422, "InvalidInputError"),
    ],
)
def test_a_round_that_cannot_be_planned_is_told(
    client: httpx.Client, more: dict[str, object], status: int, code: str
) -> None:
    asked = {"responder": "Wang", "date": "2026-05-01", **more}
    assert_problem(client.post(ROUNDS, json=asked), status, code)


def test_a_round_without_a_home_needs_a_start(client: httpx.Client, service: Service) -> None:
    with service.store.begin() as connection:
        home = connection.execute(
            text("SELECT home FROM responder WHERE number = 'Wang'")
        ).scalar_one()
        connection.execute(update(responder).where(responder.c.number == "Wang").values(home=None))
    try:
        asked = {"responder": "Wang", "date": "2026-05-01"}
        told = assert_problem(client.post(ROUNDS, json=asked), 422, "InvalidInputError")
        assert "no home point" in told
        asked["start"] = {"lon": 104.0, "lat": 30.0}
        assert client.post(ROUNDS, json=asked).status_code == 200
    finally:
        with service.store.begin() as connection:
            connection.execute(
                update(responder).where(responder.c.number == "Wang").values(home=text(f"'{home}'"))
            )
