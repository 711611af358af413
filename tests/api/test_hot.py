"""The short way answers as the routes behind it do, and leaves to them what it cannot take."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from gridgis_api import app as apps
from gridgis_api.app import create_app
from gridgis_api.hot import Hot
from tests.api.conftest import served

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

    from gridgis_api.service import Service

LOCATE, REPORTS = "/api/v1/locate", "/api/v1/reports"
JSON = {"Content-Type": "application/json"}
LI_NA = {**JSON, "Gridgis-Actor": "%E6%9D%8E%E5%A8%9C;role=dispatcher"}
LEADER = {"Gridgis-Actor": "Chen;role=leader"}
PLACE = {"lon": 104.005, "lat": 30.005, "accuracy_m": 12}
GAS = {
    "captured_at": "2026-05-01T08:55:00+08:00",
    "category": "gas",
    "description": "燃气味",
    "location": PLACE,
}


@pytest.fixture(scope="module")
def slow(town: Service) -> Iterator[httpx.Client]:
    """The same service with its routes alone."""

    class PassedOn(Hot):
        async def __call__(self, scope, receive, send) -> None:
            await self._app(scope, receive, send)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(apps, "Hot", PassedOn)
        routes = create_app(town)
    with served(routes) as client:
        yield client


def told(response: httpx.Response) -> tuple[int, dict[str, str], object]:
    headers = {name: value for name, value in response.headers.items() if name != "date"}
    return response.status_code, headers, response.json()


@pytest.mark.parametrize(
    "asked",
    [
        {"lon": 104.005, "lat": 30.005},
        {"lon": 104.0099, "lat": 30.005, "accuracy_m": 30, "layer": "base"},
        {"lon": 104.005, "lat": 30.005, "at": "2026-05-01T00:00:00Z", "datum": "gcj02"},
        {"lon": 104.005, "lat": 30.005, "layer": "nowhere"},
        {"lon": 204.005, "lat": 30.005},
        {"lon": 104.005},
        {"lon": "east", "lat": 30.005, "more": 1},
    ],
)
def test_a_place_is_told_alike(
    client: httpx.Client, slow: httpx.Client, asked: dict[str, object]
) -> None:
    assert told(client.get(LOCATE, params=asked)) == told(slow.get(LOCATE, params=asked))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"location": None},
        {"location": None, "address": "建兰丽苑11号楼E单元楼下有煤气味"},
        {"location": None, "address": "幸福小区"},
        {"location": None, "description": "金星花园1号楼漏水"},
        {"location": {**PLACE, "datum": "gcj02"}},
        {"source": "hotline", "number": "A-1"},
        {"attributes": {"floor": 3, "列": [1, None]}, "reporter": {"name": "陈"}},
        {"category": "unknown"},
        {"description": ""},
        {"location": {"lon": 204.0, "lat": 30.0}},
        {"captured_at": "2026-05-01T08:55:00"},
        {"number": "A-1"},
        {"colour": "red"},
    ],
)
@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("headers", [JSON, LI_NA, {**JSON, "Gridgis-Actor": "%FF"}])
def test_a_report_is_received_alike(
    client: httpx.Client, slow: httpx.Client, changes: dict[str, object], headers: dict[str, str]
) -> None:
    bodies = [{"id": str(uuid4()), **GAS, **changes} for _ in range(2)]
    if "source" in changes:
        bodies[1]["number"] = "A-2"
    fast = told(client.post(REPORTS, content=json.dumps(bodies[0]), headers=headers))
    # Else the second one would be told that it stands beside the first.
    client.post(f"{REPORTS}/{bodies[0]['id']}/retire", json={"reason": "test"}, headers=LEADER)
    by_route = told(slow.post(REPORTS, content=json.dumps(bodies[1]), headers=headers))
    renamed = json.loads(json.dumps(by_route).replace(bodies[1]["id"], bodies[0]["id"]))
    assert json.loads(json.dumps(fast)) == json.loads(json.dumps(renamed).replace('"A-2"', '"A-1"'))


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"null", b"\xff", b'{"description": NaN}', b"[" * 100_000]
)
def test_what_is_no_report_is_refused_alike(
    client: httpx.Client, slow: httpx.Client, content: bytes
) -> None:
    fast, by_route = (
        told(one.post(REPORTS, content=content, headers=JSON)) for one in (client, slow)
    )
    assert fast == by_route
    assert 400 <= fast[0] < 500
