"""Which grid am I in? Asked over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.datum import from_wgs84
from gridgis_api.shapes.ground import Located
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

LOCATE = "/api/v1/locate"
IN_THE_CAMPUS = {"lon": 104.015, "lat": 30.015}


def test_the_exclusive_layer_answers_first_and_base_is_always_listed(client: httpx.Client) -> None:
    told = client.get(LOCATE, params=IN_THE_CAMPUS).json()
    assert told["location"] == IN_THE_CAMPUS
    assert told["at"] == "2026-05-01T01:00:00Z"
    first, base = told["assignments"]
    assert (first["layer"], first["grid"]["code"], first["rule"]) == ("campus", "X", "covers")
    assert (base["layer"], base["grid"]["code"]) == ("base", "E")
    assert base["parents"] == [{"level": "city", "code": "base-city", "name": "Toytown"}]
    assert 479 < base["boundary_distance_m"] < 484


def test_a_shaky_position_names_the_runner_up(client: httpx.Client) -> None:
    asked = {"lon": 104.0099, "lat": 30.005, "accuracy_m": 30, "layer": "base"}
    (told,) = client.get(LOCATE, params=asked).json()["assignments"]
    assert told["grid"]["code"] == "A"
    assert [other["code"] for other in told["runner_up"]] == ["B"]
    assert told["runner_up"][0]["distance_m"] < 10


def test_a_point_of_a_map_app_is_moved_back_by_hundreds_of_metres(client: httpx.Client) -> None:
    lon, lat = from_wgs84(104.0001, 30.005, "gcj02")
    shown = {"lon": float(lon), "lat": float(lat), "datum": "gcj02", "layer": "base"}
    told = client.get(LOCATE, params=shown).json()
    assert abs(told["location"]["lon"] - 104.0001) < 1e-8
    assert told["assignments"][0]["grid"]["code"] == "A"
    assert told["assignments"][0]["boundary_distance_m"] < 10


def test_outside_is_an_answer_and_not_an_error(client: httpx.Client) -> None:
    response = client.get(LOCATE, params={"lon": 100, "lat": 30, "layer": "base"})
    assert response.status_code == 200
    (told,) = response.json()["assignments"]
    assert (told["rule"], told["grid"], told["parents"]) == ("outside", None, [])


def test_swapped_axes_are_seen(client: httpx.Client) -> None:
    response = client.get(LOCATE, params={"lon": 30.6, "lat": 104.1})
    assert "look swapped" in assert_problem(response, 422, "InvalidInputError")


def test_a_layer_that_does_not_exist_is_named(client: httpx.Client) -> None:
    response = client.get(LOCATE, params={**IN_THE_CAMPUS, "layer": "fire"})
    assert "'fire'" in assert_problem(response, 404, "LayerNotFoundError")


def test_the_answer_has_exactly_the_described_shape(client: httpx.Client) -> None:
    asked = {**IN_THE_CAMPUS, "accuracy_m": 600, "at": "2026-05-01T08:00:00.123+08:00"}
    response = client.get(LOCATE, params=asked)
    assert (
        response.content.decode() == Located.model_validate_json(response.content).model_dump_json()
    )
    assert response.json()["assignments"][0]["runner_up"] == []
    assert len(response.json()["assignments"][1]["runner_up"]) > 2


def test_a_question_with_a_word_that_nobody_knows_is_refused(client: httpx.Client) -> None:
    response = client.get(LOCATE, params={**IN_THE_CAMPUS, "colour": "red"})
    assert "colour is unknown here" in assert_problem(response, 422, "InvalidInputError")
