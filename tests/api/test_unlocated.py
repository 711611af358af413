"""A report without a point over HTTP: located by its address, or waiting for the dispatcher."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

REPORTS, WAITING = "/api/v1/reports", "/api/v1/reports/unlocated"
GAS = {"category": "gas", "description": "有煤气味"}
LI_NA = {"Gridgis-Actor": "%E6%9D%8E%E5%A8%9C;role=dispatcher"}


pytestmark = pytest.mark.usefixtures("places")


def send(client: httpx.Client, **report: object) -> dict[str, object]:
    response = client.post(REPORTS, json={"id": str(uuid4()), **GAS, **report})
    assert response.status_code in {200, 201}, response.text
    told: dict[str, object] = response.json()
    return told


def test_an_address_is_enough(client: httpx.Client) -> None:
    told = send(client, address="建兰丽苑11号楼E单元楼下有煤气味")
    report = told["report"]
    assert report["grid"]["code"] == "X", "the campus lies upon E"
    assert (report["location"], report["accuracy_m"]) == ({"lon": 104.0156, "lat": 30.0155}, 10.0)
    assert report["located"] == {
        "precision": "unit",
        "place": "town:JL11E",
        "name": "11号楼E单元",
        "score": 1.0,
        "words": "建兰丽苑11号楼E单元",
    }
    assert told["candidates"] == []
    assert [one["name"] for one in told["responders"]] == ["Zhao", "Wang"]
    assert client.get(WAITING).json() == {
        "reports": [],
        "next": None,
        "waiting": 0,
        "searched": True,
    }


def test_the_same_report_again_gets_the_same_answer(client: httpx.Client) -> None:
    for address in ("建兰丽苑11号楼", "幸福小区", "我家"):
        number = str(uuid4())
        assert send(client, id=number, address=address) == send(client, id=number, address=address)


def test_the_dispatcher_chooses_among_two_of_one_name(client: httpx.Client) -> None:
    told = send(client, address="幸福小区", captured_at="2026-05-01T08:55:00+08:00")
    assert told["report"]["location"] is None
    offered = {one["place"]: one["grid"]["code"] for one in told["candidates"]}
    assert offered == {"town:XF1": "B", "town:XF2": "H"}
    queue = client.get(WAITING).json()
    assert queue["waiting"] == 1
    [waiting] = queue["reports"]
    assert waiting["report"] == told["report"]
    assert (waiting["candidates"], waiting["sure"]) == (told["candidates"], False)
    number = told["report"]["id"]
    located = client.post(
        f"{REPORTS}/{number}/locate",
        json={"place": "town:XF2", "reason": "caller confirmed"},
        headers=LI_NA,
    )
    assert located.status_code == 200, located.text
    file = located.json()
    assert (file["holder"]["code"], file["report"]["accuracy_m"]) == ("H", 120)
    assert file["report"]["located"]["place"] == "town:XF2"
    assert file["report"]["located"]["words"] == "幸福小区"
    happened = file["events"][-1]
    assert (happened["kind"], happened["actor"], happened["facts"]["reason"]) == (
        *("located", "李娜", "caller confirmed"),
    )
    assert happened["facts"]["score"] == file["report"]["located"]["score"]
    assert client.get(WAITING).json()["waiting"] == 0
    again = client.post(
        f"{REPORTS}/{number}/locate", json={"place": "town:XF1", "reason": "the other one"}
    )
    assert "located already" in assert_problem(again, 409, "ConflictError")


def test_a_point_of_a_map_app_says_where_as_well(client: httpx.Client) -> None:
    number = send(client, address="我家")["report"]["id"]
    where = {"lon": 104.0081, "lat": 30.0033, "datum": "gcj02", "accuracy_m": 15}
    file = client.post(
        f"{REPORTS}/{number}/locate", json={"location": where, "reason": "caller's phone"}
    ).json()
    assert file["holder"]["code"] == "A"
    assert file["report"]["located"] is None
    assert file["events"][-1]["facts"]["location"]["accuracy_m"] == 15


def test_the_queue_is_read_page_by_page(client: httpx.Client) -> None:
    times = [f"2026-05-01T08:{minute:02}:00+08:00" for minute in range(5)]
    sent = [send(client, address="我家", captured_at=at)["report"]["id"] for at in times]
    seen, cursor = [], None
    while True:
        asked = {"limit": 2} if cursor is None else {"limit": 2, "cursor": cursor}
        page = client.get(WAITING, params=asked).json()
        seen += [one["report"]["id"] for one in page["reports"]]
        assert page["waiting"] == 5
        if (cursor := page["next"]) is None:
            break
    assert seen == sent[::-1]


LOCATE_BODIES = {
    "nothing": {"reason": "x"},
    "both": {"place": "town:JL", "location": {"lon": 104, "lat": 30}, "reason": "x"},
    "no reason": {"place": "town:JL"},
    "empty reason": {"place": "town:JL", "reason": ""},
    "blank reason": {"place": "town:JL", "reason": "   "},
    "nul in the place": {"place": "town:\x00", "reason": "x"},
    "half a character": {"place": "town:\ud800", "reason": "x"},
    "number for a place": {"place": 7, "reason": "x"},
    "empty place": {"place": "", "reason": "x"},
    "long place": {"place": "x" * 100_000, "reason": "x"},
    "off the earth": {"location": {"lon": 204, "lat": 30}, "reason": "x"},
    "swapped": {"location": {"lon": 30, "lat": 104}, "reason": "x"},
    "nan": {"location": {"lon": float("nan"), "lat": 30}, "reason": "x"},
    "unknown datum": {"location": {"lon": 104, "lat": 30, "datum": "mars"}, "reason": "x"},
    "unknown field": {"place": "town:JL", "reason": "x", "colour": "red"},
    "unlocated on purpose": {"location": None, "reason": "x"},
    "nobody knows where": {"place": "town:NO", "reason": "x"},
    "a list": [],
    "null": None,
}


@pytest.mark.parametrize("body", LOCATE_BODIES.values(), ids=LOCATE_BODIES.keys())
def test_a_place_that_makes_no_sense(client: httpx.Client, body: object) -> None:
    number = send(client, address="我家")["report"]["id"]
    response = client.post(
        f"{REPORTS}/{number}/locate",
        content=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )
    sentence = assert_problem(response, 422, "InvalidInputError")
    assert 10 < len(sentence) < 200
    assert client.get(f"{REPORTS}/{number}").json()["report"]["location"] is None


def test_what_is_not_there_is_not_found(client: httpx.Client) -> None:
    number = send(client, address="我家")["report"]["id"]
    for place in ("town:NONE", "JL", ":", "demo:JL", "' OR 1=1 --"):
        response = client.post(f"{REPORTS}/{number}/locate", json={"place": place, "reason": "x"})
        assert "gridgis find" in assert_problem(response, 404, "PlaceNotFoundError")
    body = {"place": "town:JL", "reason": "x"}
    response = client.post(f"{REPORTS}/{uuid4()}/locate", json=body)
    assert_problem(response, 404, "ReportNotFoundError")
    assert_problem(client.post(f"{REPORTS}/42/locate", json=body), 422, "InvalidInputError")
    for query in ("limit=0", "limit=101", "cursor=abc", "limit=x", "colour=red", "cursor=%00"):
        assert_problem(client.get(f"{WAITING}?{query}"), 422, "InvalidInputError")


@pytest.mark.parametrize(
    "address",
    [
        "建兰丽苑" * 2500,
        "\u202e建兰丽苑11号楼\u202c",
        "\x01\x07\x1b[31m建兰丽苑\x7f",
        "💥🔥👩‍👩‍👧‍👦" * 100,
        "'; DROP TABLE report; --",
        "%s %(x)s :lon {0}",
        "\ufeff\u200b\u2060",
        "<script>alert(1)</script>建兰丽苑",
        "e\u0301" * 300,
    ],
)
@pytest.mark.parametrize("field", ["address", "description"])
def test_hostile_words_are_stored_with_a_clear_answer(
    client: httpx.Client, field: str, address: str
) -> None:
    told = send(client, **{field: address})
    report = told["report"]
    assert report[field] == address
    assert (report["location"] is None) == (report["located"] is None)
    assert client.get(f"{REPORTS}/{report['id']}").json()["report"] == report
    assert client.get(WAITING).status_code == 200
