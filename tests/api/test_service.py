"""The service itself: its health, its description, its gate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest

from gridgis.store.engine import Store
from gridgis_api.app import create_app
from gridgis_api.dependencies import read_actor
from gridgis_api.problems import PROBLEMS
from tests.api.conftest import assert_problem, served

if TYPE_CHECKING:
    import httpx

    from gridgis_api.service import Service

API = "/api/v1"


def test_health_names_the_versions_and_counts_the_grids(client: httpx.Client) -> None:
    told = client.get(f"{API}/health").json()
    assert (told["status"], told["layers"], told["grids"], told["demo"]) == ("ok", 2, 9, False)
    assert told["postgis"].startswith("3.")
    assert told["schema"] >= "0001"


def test_layers_come_with_levels_and_the_edition_in_force(client: httpx.Client) -> None:
    campus, base = client.get(f"{API}/layers").json()["layers"]
    assert (campus["code"], campus["complete"], campus["priority"]) == ("campus", False, 10)
    assert [(level["code"], level["is_grid"]) for level in base["levels"]] == [
        ("city", False),
        ("grid", True),
    ]
    assert base["edition"]["valid_from"] is None


def test_categories_come_with_their_skills_and_layer(client: httpx.Client) -> None:
    told = {one["code"]: one for one in client.get(f"{API}/categories").json()["categories"]}
    assert told["gas"]["skills"] == ["gas"]
    assert told["lecture"]["layer"] == "campus"


def test_every_route_is_described_with_its_problems(client: httpx.Client) -> None:
    told = client.get("/openapi.json").json()
    routes = [route for path in told["paths"].values() for route in path.values()]
    assert len(routes) >= 13
    ids = [route["operationId"] for route in routes]
    assert len(set(ids)) == len(ids)
    for route in routes:
        assert route["summary"]
        assert route["description"]
        refusals = [key for key in route["responses"] if key >= "400"]
        assert refusals, route["operationId"]
        for key in refusals:
            assert "application/problem+json" in route["responses"][key]["content"]
    assert "HTTPValidationError" not in told["components"]["schemas"]


def test_problem_types_are_told_apart() -> None:
    slugs = [row.slug for row in PROBLEMS.values()]
    assert len(set(slugs)) == len(slugs)


def test_unknown_addresses_and_methods_are_problems_too(empty_service: httpx.Client) -> None:
    assert "/api/v1/grids" in assert_problem(
        empty_service.get(f"{API}/grids"), 404, "RouteNotFoundError"
    )
    wrong = empty_service.delete(f"{API}/reports")
    assert "GET" in assert_problem(wrong, 405, "MethodNotAllowedError")
    assert wrong.headers["allow"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "10.0.0.1:8000", "["])
def test_another_name_of_the_machine_is_refused(empty_service: httpx.Client, host: str) -> None:
    response = empty_service.get(f"{API}/layers", headers={"Host": host})
    assert_problem(response, 421, "HostRefusedError")


@pytest.mark.parametrize("host", ["localhost", "localhost:1234", "127.0.0.1", "[::1]:8000"])
def test_this_machines_names_are_fine(empty_service: httpx.Client, host: str) -> None:
    assert empty_service.get(f"{API}/layers", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_a_page_of_another_site_may_not_write(empty_service: httpx.Client, origin: str) -> None:
    response = empty_service.post(
        f"{API}/reports", json={"description": "x"}, headers={"Origin": origin}
    )
    assert_problem(response, 403, "OriginRefusedError")


def test_our_own_page_may_write(client: httpx.Client) -> None:
    origin = str(client.base_url).rstrip("/")
    body = {"description": "x", "id": str(uuid4())}
    assert client.post(f"{API}/reports", json=body, headers={"Origin": origin}).status_code == 201


def test_what_breaks_inside_has_a_number_that_the_log_has_too(
    service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    app = create_app(service)

    @app.get("/broken")
    def broken() -> None:
        msg = "secret detail"
        raise RuntimeError(msg)

    with served(app) as client:
        response = client.get("/broken")
    assert "secret" not in assert_problem(response, 500, "UnexpectedError")
    assert response.json()["id"] in caplog.text


def test_the_actor_is_believed_on_this_machine_only(client: httpx.Client) -> None:
    who = {"Gridgis-Actor": "Wang%20Wei;role=dispatcher"}
    body = {"description": "x"}

    def recorded(**headers: str) -> tuple[str, str]:
        number = UUID(
            client.post(f"{API}/reports", json=body, headers=headers).json()["report"]["id"]
        )
        event = client.get(f"{API}/reports/{number}").json()["events"][0]
        return event["actor"], event["role"]

    assert recorded(**who) == ("Wang Wei", "dispatcher")
    assert recorded(**who, **{"X-Forwarded-For": "10.0.0.9"}) == ("anonymous", "resident")
    assert recorded() == ("anonymous", "resident")


@pytest.mark.parametrize("header", ["", ";role=x", "%FF", "a;boss=1", "a;role", "%00", "a" * 200])
def test_an_actor_that_cannot_be_read_is_refused(empty_service: httpx.Client, header: str) -> None:
    response = empty_service.post(
        f"{API}/reports", json={"description": "x"}, headers={"Gridgis-Actor": header}
    )
    assert_problem(response, 422, "InvalidInputError")


def test_an_actor_may_say_the_area_it_acts_for() -> None:
    assert read_actor("Li;role=dispatcher;area=6201").area == "6201"


def test_a_database_that_is_gone_is_a_problem_with_a_next_step(town: Service) -> None:
    nowhere = Store("postgresql://nobody@/nothing?host=/nowhere")
    with served(create_app(replace(town, store=nowhere))) as client:
        for question in ("health", "locate?lon=104&lat=30", "reports"):
            response = client.get(f"{API}/{question}")
            assert "cannot be reached" in assert_problem(response, 503, "StoreUnavailableError")
