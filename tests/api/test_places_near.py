"""What is near? Asked over HTTP, and at the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from gridgis.errors import InvalidInputError
from gridgis_api.cli.near import near
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from gridgis.store.engine import Store
    from gridgis_api.service import Service

NEAR = "/api/v1/places/near"
GAS_LEAK = {"lon": 104.005, "lat": 30.005}

PLACES = """
    INSERT INTO place (source, code, kind, name, standard_address, households, cell_code, geom)
    VALUES
        ('cadastre', 'S1', 'school', 'First School', '1 Long Street', NULL, NULL,
            ST_SetSRID(ST_MakePoint(104.008, 30.005), 4326)),
        ('cadastre', 'S2', 'school', 'Second School', NULL, NULL, NULL,
            ST_SetSRID(ST_MakePoint(104.015, 30.005), 4326)),
        ('cadastre', 'H1', 'hospital', 'Hospital', '9 Long Street', NULL, NULL,
            ST_SetSRID(ST_MakePoint(104.005, 30.009), 4326)),
        ('cadastre', 'C1', 'compound', 'Garden Court', '3 Long Street', 120, 'C1',
            ST_MakeEnvelope(104.004, 30.004, 104.006, 30.006, 4326)),
        ('cadastre', 'D1', 'door', 'East gate', NULL, NULL, NULL, NULL)
"""


@pytest.fixture
def asking(client: httpx.Client, service: Service) -> Iterator[httpx.Client]:
    """The town with two schools, a hospital, a compound, and a gate that is nowhere."""
    with service.store.begin() as connection:
        connection.execute(text(PLACES))
    yield client
    with service.store.begin() as connection:
        connection.execute(text("TRUNCATE place CASCADE"))


def codes(client: httpx.Client, **asked: object) -> list[str]:
    told = client.get(NEAR, params={**GAS_LEAK, **asked}).json()
    return [place["place"] for place in told["places"]]


def test_schools_and_hospitals_within_500_metres_of_a_gas_leak(asking: httpx.Client) -> None:
    told = asking.get(
        NEAR, params={**GAS_LEAK, "kind": ["school", "hospital"], "within_m": 500}
    ).json()
    assert told == {
        "places": [
            {
                "place": "cadastre:S1",
                "kind": "school",
                "name": "First School",
                "standard_address": "1 Long Street",
                "distance_m": pytest.approx(289.5, abs=0.1),
                "location": {"lon": 104.008, "lat": 30.005},
                "households": None,
                "cell_code": None,
            },
            {
                "place": "cadastre:H1",
                "kind": "hospital",
                "name": "Hospital",
                "standard_address": "9 Long Street",
                "distance_m": pytest.approx(443.4, abs=0.1),
                "location": {"lon": 104.005, "lat": 30.009},
                "households": None,
                "cell_code": None,
            },
        ]
    }


def test_who_stands_in_a_compound_is_at_no_distance_from_it(asking: httpx.Client) -> None:
    first = asking.get(NEAR, params={**GAS_LEAK, "by": "line"}).json()["places"][0]
    assert (first["place"], first["distance_m"], first["households"]) == ("cadastre:C1", 0, 120)
    assert codes(asking) == ["cadastre:C1", "cadastre:S1", "cadastre:H1", "cadastre:S2"]
    assert codes(asking, k=1, kind="school") == ["cadastre:S1"]
    assert codes(asking, within_m=1) == ["cadastre:C1"]


def test_a_point_from_a_map_app_is_moved_first(asking: httpx.Client) -> None:
    there = asking.get(NEAR, params={**GAS_LEAK, "datum": "gcj02", "kind": "school"}).json()
    assert there["places"][0]["distance_m"] > 400


def test_a_kind_that_no_place_is_of_is_said_with_those_in_use(asking: httpx.Client) -> None:
    response = asking.get(NEAR, params={**GAS_LEAK, "kind": "skool"})
    assert assert_problem(response, 422, "InvalidInputError") == (
        "no place is of kind 'skool'; in use are compound, hospital, school"
    )
    # The gate has no location: it cannot be near.
    response = asking.get(NEAR, params={**GAS_LEAK, "kind": ["school", "door"]})
    assert "'door'" in assert_problem(response, 422, "InvalidInputError")


def test_swapped_axes_are_recognised(asking: httpx.Client) -> None:
    response = asking.get(NEAR, params={"lon": 30.005, "lat": 104.005})
    assert "look swapped" in assert_problem(response, 422, "InvalidInputError")


app = typer.Typer()
app.command(context_settings={"ignore_unknown_options": True})(near)


def said(*words: str) -> str:
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


def test_the_same_at_the_terminal(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", store.url)
    with store.begin() as connection:
        connection.execute(text(PLACES))
    told = said("104.005", "30.005", "--kind", "school", "--kind", "hospital", "--within", "500")
    assert "289 m school First School 1 Long Street cadastre:S1" in told
    assert "Second School" not in told
    assert "0 m compound Garden Court 3 Long Street 120 cadastre:C1" in said("104.005", "30.005")
    assert said("104", "30", "--within", "5") == "nothing within 5 m"
    # West of Greenwich, south of the equator.
    assert "km" in said("-75.37", "-30.1", "-k", "1")
    for words, sentence in {
        ("104", "30", "--kind", "skool"): "in use are compound, hospital, school",
        ("30", "104"): "look swapped",
        ("nan", "30"): "not a place on the earth",
        ("104", "30", "-k", "0"): "ask for 1 to 200 places",
        ("104", "30", "--within", "-5"): "metres above 0",
        ("104", "30", "--datum", "mars"): "'mars' is unknown",
    }.items():
        with pytest.raises(InvalidInputError, match=sentence):
            said(*words)
