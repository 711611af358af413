"""Who is nearest by road, over HTTP and at the terminal; closures act at once."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from gridgis.model import Location
from gridgis.nearest import Need, Wish, finder
from gridgis.roads.networks import Networks
from gridgis.roads.reading.recording import record
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api.cli import context
from gridgis_api.cli.nearest import nearest
from gridgis_api.service import Service
from gridgis_api.shapes.nearby import NearestQuery, tell_nearby
from tests.api.conftest import assert_problem
from tests.cities import staff
from tests.drawn_roads import line, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from sqlalchemy import Connection

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.roads.network import RoadNetwork

NEAREST = "/api/v1/responders/nearest"
TEAM = "/api/v1/responders/team"
CLOSURES = "/api/v1/roads/closures"

# Wang is 917 m west of here by line, Zhao 1,013 m east. But a canal lies between, and its bridge is
# far in the north: by road Zhao is here first.
HERE = {"lon": 104.0145, "lat": 30.0050}
STREETS = {
    "west bank": line((400, 554), (400, 2900)),
    "east bank": line((1500, 554), (1500, 2900)),
    "bridge": line((400, 2900), (1500, 2900)),
    "south road": line((1500, 554), (2412, 554)),
}


@pytest.fixture
def roads(service: Service, actor: Actor, clock: FixedClock) -> Iterator[Service]:
    """Streets on both banks of a canal, and one bridge."""
    record(service.store, read(STREETS), "town", "streets.gpkg", (actor, clock))
    service.roads.refresh()
    yield service
    with service.store.begin() as connection:
        connection.execute(text("TRUNCATE road, road_ban, road_source, road_closure"))
    service.roads.refresh()


@pytest.fixture
def driving(roads: Service, client: httpx.Client) -> httpx.Client:  # noqa: ARG001 - they are there
    """Somebody who asks a town with roads."""
    return client


def asked(client: httpx.Client, **more: object) -> dict:
    response = client.get(NEAREST, params={**HERE, "skill": "gas", **more})
    assert response.status_code == 200, response.text
    return response.json()


def names(told: dict, what: str = "responders") -> list[str]:
    return [one["name"] for one in told[what]]


def test_without_roads_the_answer_is_by_line_and_says_so(client: httpx.Client) -> None:
    told = asked(client)
    assert (told["by"], names(told)) == ("line", ["Wang", "Zhao"])
    assert told["by_line_because"].startswith("there are no roads")
    assert told["responders"][0]["travel_s"] is None
    assert asked(client, by="line")["by_line_because"] is None


def test_the_right_people_are_not_the_closest_dots(driving: httpx.Client) -> None:
    told = asked(driving, routes=True)
    assert (told["by"], told["by_line_because"]) == ("road", None)
    first, second = told["responders"]
    assert (first["name"], second["name"]) == ("Zhao", "Wang")
    assert first["distance_m"] == pytest.approx(1013, abs=3)
    assert second["distance_m"] > 5_000
    assert first["travel_s"] < second["travel_s"]
    assert first["why"].startswith("1st by road: ")
    assert first["why"].endswith("can do gas; on duty and free; at the duty point")
    assert first["route"][0] == [first["location"]["lon"], first["location"]["lat"]]
    assert first["route"][-1] == [HERE["lon"], HERE["lat"]]
    assert names(asked(driving, by="line")) == ["Wang", "Zhao"]
    # A report gets the same people.
    report = {"category": "gas", "description": "smell of gas", "location": HERE}
    received = driving.post("/api/v1/reports", json=report).json()
    assert (received["responders_by"], names(received)) == ("road", ["Zhao", "Wang"])


def test_a_closed_road_is_closed_for_the_next_question_and_opens_again(
    driving: httpx.Client,
) -> None:
    closure = {"reason": "burst pipe", "ways": ["town:bridge"], "modes": ["car"]}
    made = driving.post(CLOSURES, json=closure).json()
    told = asked(driving, explain=True)
    assert names(told) == ["Zhao"]
    assert [(one["name"], one["why"]) for one in told["unreachable"]] == [
        ("Wang", "no way leads from there to here")
    ]
    # On foot one still comes over.
    assert names(asked(driving, mode="foot")) == ["Zhao", "Wang"]
    driving.delete(f"{CLOSURES}/{made['id']}")
    assert names(asked(driving)) == ["Zhao", "Wang"]


def test_one_of_whom_nobody_knows_where_is_named_without_a_place(
    roads: Service, driving: httpx.Client
) -> None:
    with roads.store.begin() as connection:
        staff(connection, "Lost", 104.0, 30.0, "gas")
        connection.execute(text("UPDATE responder SET home = NULL WHERE number = 'Lost'"))
    roads.live.refresh()
    (lost,) = asked(driving)["unreachable"]
    with roads.store.begin() as connection:
        connection.execute(text("DELETE FROM responder WHERE number = 'Lost'"))
    roads.live.refresh()
    assert (lost["name"], lost["reason"]) == ("Lost", "no_place")
    assert (lost["location"], lost["distance_m"], lost["travel_s"]) == (None, None, None)


def test_a_closure_acts_in_its_time_only(driving: httpx.Client) -> None:
    driving.post(
        CLOSURES,
        json={
            "reason": "market",
            "ways": ["town:bridge"],
            "valid_from": "2026-05-02T06:00:00+08:00",
            "valid_to": "2026-05-02T12:00:00+08:00",
        },
    )
    assert len(asked(driving)["responders"]) == 2
    assert len(asked(driving, at="2026-05-02T08:00:00+08:00")["responders"]) == 1
    assert len(asked(driving, at="2026-05-02T12:00:00+08:00")["responders"]) == 2


def test_a_slow_road_takes_longer(driving: httpx.Client) -> None:
    before = asked(driving)["responders"][1]["travel_s"]
    over_the_bridge = {
        "type": "Polygon",
        "coordinates": [[[104.008, 30.02], [104.01, 30.02], [104.01, 30.03], [104.008, 30.02]]],
    }
    driving.post(CLOSURES, json={"reason": "ice", "factor": 0.5, "polygon": over_the_bridge})
    assert asked(driving)["responders"][1]["travel_s"] > 1.1 * before


def test_while_a_large_network_is_read_nobody_waits_for_it(
    roads: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answers after a start are by line, and say so; then they are by road."""
    may_go_on = threading.Event()

    class Large(Networks):
        def build(self, connection: Connection) -> RoadNetwork:
            may_go_on.wait()
            return super().build(connection)

    monkeypatch.setattr(finder, "PATIENCE_S", 0.05)
    large = Large(roads.store, roads.clock, roads.settings)
    monkeypatch.setattr(large, "_folder", None)
    who = finder.Finder(lambda: roads.live.crowd, large, roads.settings)
    here, now = Location(**HERE), roads.clock.now()
    first = who.nearest(here, Need(skills=("gas",)), now)
    assert (first.by, first.by_line_because) == ("line", finder.NOT_READ)
    may_go_on.set()
    large.current()
    assert who.nearest(here, Need(skills=("gas",)), now).by == "road"


def test_who_is_busy_is_passed_over_and_the_answer_says_so(driving: httpx.Client) -> None:
    zhao = asked(driving)["responders"][0]["id"]
    driving.put(f"/api/v1/responders/{zhao}/status", json={"status": "busy"})
    told = asked(driving, explain=True)
    assert names(told) == ["Wang"]
    assert ("Zhao", "is busy") in [(one["name"], one["why"]) for one in told["passed"]]
    assert told["passed"][0]["status"] in {"busy", "free"}


def test_a_team_for_several_needs_takes_nobody_twice(driving: httpx.Client) -> None:
    needs = [{"skills": ["gas"]}, {"skills": ["road"]}, {"skills": ["fire"], "count": 2}]
    team = driving.post(TEAM, json={**HERE, "needs": needs}).json()
    assert [(one["need"], one["name"]) for one in team["members"]] == [
        (0, "Wang"),
        (1, "Zhao"),
        (2, "Station 1"),
    ]
    assert team["missing"] == [0, 0, 1]
    assert team["last_s"] == max(one["travel_s"] for one in team["members"])
    own = {"needs": [{"own_grid": True, "kinds": ["worker"]}], **HERE}
    assert driving.post(TEAM, json=own).json()["missing"] == [1]


def test_another_process_and_one_that_starts_again_answer_the_same(
    roads: Service, client: httpx.Client
) -> None:
    client.post(CLOSURES, json={"reason": "ice", "factor": 0.7, "ways": ["town:bridge"]})
    here = asked(client, routes=True)
    store = Store(roads.store.url)
    other = Service(store, Months(store), roads.clock, roads.settings)
    query = NearestQuery(**HERE, skill=["gas"], routes=True)
    found = other.finder.nearest(
        Location(**HERE), query.need, roads.clock.now(), wish=Wish(routes=True)
    )
    assert json.loads(tell_nearby(found, query.need).model_dump_json()) == here
    store.close()


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"k": 0}, "k"),
        ({"by": "sea"}, "by"),
        ({"mode": "horse"}, "mode"),
        ({"within_m": 100, "by": "road"}, "within_m goes with by=line; by road, say within_s"),
        ({"within_s": 100, "by": "line"}, "within_s goes with by=road; by line, say within_m"),
        ({"within_s": 100, "within_m": 100}, "say one of them"),
        ({"role": "king"}, "role"),
        ({"kind": "dragon"}, "kind"),
        ({"within_s": "nan"}, "within_s"),
    ],
)
def test_questions_that_make_no_sense(client: httpx.Client, more: dict, said: str) -> None:
    response = client.get(NEAREST, params={**HERE, **more})
    assert said in assert_problem(response, 422, "InvalidInputError")


def test_an_incident_in_a_lake_is_answered_by_line_and_says_so(driving: httpx.Client) -> None:
    told = asked(driving, lon=104.6)
    assert told["by"] == "line"
    assert told["by_line_because"] == "no road for car is within 1000 m of the point"
    nobody = asked(driving, skill="dancing")
    assert nobody["responders"] == []
    assert nobody["note"] == "nobody has the skill dancing; in use are fire, gas, road"


def test_at_the_terminal(roads: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    app = typer.Typer()
    app.command()(nearest)
    monkeypatch.setattr(context, "clock", roads.clock)
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", roads.store.url)
    monkeypatch.setenv("GRIDGIS_INDEX_DIR", str(tmp_path / "index"))
    out = tmp_path / "ways.geojson"
    asked = ["104.0145", "30.0050", "--skill", "gas", "--explain", "-o", str(out)]
    result = CliRunner().invoke(app, asked, catch_exceptions=False)
    assert result.exit_code == 0
    lines = [row.split() for row in result.output.splitlines() if "by road" in row]
    assert [row[-1] for row in lines] == ["point", "point"]
    assert result.output.index("Zhao") < result.output.index("Wang")
    ways = json.loads(out.read_text())["features"]
    assert [one["properties"]["name"] for one in ways] == ["Zhao", "Wang"]
