"""Single rows of the registers corrected and retired over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from geoalchemy2.shape import from_shape
from shapely import Point
from sqlalchemy import delete, insert

from gridgis.store.tables import category, cell, correction, place, responder
from tests.api.conftest import assert_problem
from tests.cities import file_under, staff

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from gridgis_api.service import Service

API = "/api/v1"
LI_NA = {"Gridgis-Actor": "Li%20Na;role=planner"}
NEAREST = {"lon": 104.028, "lat": 30.028, "k": 1}


@pytest.fixture(autouse=True)
def registers(service: Service) -> Iterator[None]:
    """One more worker and category, a building as cell, its entrance as place."""
    where = from_shape(Point(104.028, 30.028), srid=4326)
    with service.store.begin() as connection:
        staff(connection, "Sun", 104.028, 30.028, "gas")
        file_under(connection, "noise", "patrol")
        connection.execute(
            insert(cell).values(
                source="test", code="B1", name="Block 1", kind="building", households=40, geom=where
            )
        )
        connection.execute(
            insert(place).values(
                source="test", code="B1-1", name="Entrance 1", kind="entrance", geom=where
            )
        )
    service.live.refresh()
    yield
    with service.store.begin() as connection:
        for table in (cell, place, correction):
            connection.execute(delete(table))
        connection.execute(delete(responder).where(responder.c.number == "Sun"))
        connection.execute(delete(category).where(category.c.code == "noise"))
    service.live.refresh()


def test_a_responder_is_corrected_and_the_old_row_stays_readable(client: httpx.Client) -> None:
    changes = {
        "name": "Sun Wu",
        "skills": ["gas", "fire"],
        "area": "I",
        "role": "full-time",
        "duty": "24/7",
        "lon": 104.001,
        "lat": 30.001,
        "reason": "moved house",
    }
    response = client.patch(f"{API}/responders/Sun", json=changes, headers=LI_NA)
    assert response.status_code == 200, response.text
    (made,) = response.json()["corrections"]
    assert (made["actor"], made["reason"]) == ("Li Na", "moved house")
    assert (made["before"]["name"], made["after"]["name"]) == ("Sun", "Sun Wu")
    assert made["before"]["home"] == "SRID=4326;POINT(104.028 30.028)"
    assert client.get(f"{API}/responders/Sun/corrections").json() == response.json()
    asked = {"lon": 104.001, "lat": 30.001, "k": 1}
    (found,) = client.get(f"{API}/responders/nearest", params=asked).json()["responders"]
    assert (found["name"], found["skills"], found["area"]["code"]) == (
        "Sun Wu",
        ["gas", "fire"],
        "I",
    )
    assert found["distance_m"] == pytest.approx(0, abs=0.01)


def test_a_retired_responder_is_not_found_any_more(client: httpx.Client) -> None:
    def first() -> str:
        told = client.get(f"{API}/responders/nearest", params=NEAREST).json()
        return str(told["responders"][0]["name"])

    assert first() == "Sun"
    response = client.post(f"{API}/responders/Sun/retire", json={"reason": "left"}, headers=LI_NA)
    assert response.json()["retired_at"] == "2026-05-01T01:00:00Z"
    assert first() != "Sun"
    again = client.post(f"{API}/responders/Sun/retire", json={"reason": "left"})
    assert_problem(again, 409, "ConflictError")


def test_cells_and_places_are_corrected_by_their_code(client: httpx.Client) -> None:
    counted = client.patch(f"{API}/cells/B1", json={"households": 42, "reason": "counted again"})
    assert counted.status_code == 200, counted.text
    assert counted.json()["corrections"][0]["after"]["households"] == 42
    named = client.patch(
        f"{API}/places/test:B1-1",
        json={
            "aliases": ["North gate"],
            "former_names": ["Mill gate"],
            "road": "建兰路",
            "house_number": "12",
            "reason": "what people say",
        },
    )
    after = named.json()["corrections"][0]["after"]
    assert (after["aliases"], after["former_names"]) == (["North gate"], ["Mill gate"])
    assert (after["parts"]["road"], after["standard_address"]) == ("建兰路", "建兰路12号")
    assert client.post(f"{API}/cells/B1/retire", json={"reason": "torn down"}).status_code == 200
    assert client.post(f"{API}/places/B1-1/retire", json={"reason": "torn down"}).status_code == 200


def test_a_category_is_corrected_and_goes_out_of_use(client: httpx.Client) -> None:
    where = f"{API}/categories/noise"
    changes = {"name_en": "Din", "layer": "base", "skills": ["gas"], "reason": "as people say"}
    corrected = client.patch(where, json=changes, headers=LI_NA)
    assert corrected.status_code == 200, corrected.text
    assert corrected.json()["corrections"][0]["after"]["name_en"] == "Din"
    misplaced = client.patch(where, json={"lon": 104, "lat": 30, "reason": "x"})
    assert_problem(misplaced, 422, "InvalidInputError")
    assert client.post(f"{where}/retire", json={"reason": "nobody uses it"}).status_code == 200
    listed = client.get(f"{API}/categories").json()["categories"]
    assert {one["code"] for one in listed} == {"gas", "lecture", "road"}
    assert len(client.get(f"{where}/corrections").json()["corrections"]) == 2


def test_what_cannot_be_corrected_is_refused(client: httpx.Client) -> None:
    def refused(path: str, status: int, code: str, **changes: object) -> str:
        body = {"reason": "x", **changes}
        return assert_problem(client.patch(f"{API}/{path}", json=body), status, code)

    assert "area Z" in refused("responders/Sun", 422, "InvalidInputError", area="Z")
    assert "nothing would change" in refused("cells/B1", 422, "InvalidInputError", name="Block 1")
    assert "lon and lat" in refused("cells/B1", 422, "InvalidInputError", lon=104)
    assert "number" in refused("responders/Sun", 422, "InvalidInputError", number="7")
    assert "Monday" in refused("responders/Sun", 422, "InvalidInputError", duty="Monday")
    assert "B9" in refused("cells/B9", 404, "RowNotFoundError", name="x")
