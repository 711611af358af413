"""Whatever is sent, the answer is one clear sentence and never a broken service."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

API = "/api/v1"
JSON = {"Content-Type": "application/json"}

QUESTIONS = {
    "nan": "locate?lon=NaN&lat=30",
    "infinite": "locate?lon=104&lat=-inf",
    "off the earth": "locate?lon=181&lat=30",
    "huge": "locate?lon=1e308&lat=30",
    "no number": "locate?lon=abc&lat=30",
    "missing": "locate?lon=104",
    "misspelt": "locate?lon=104&lat=30&datm=gcj02",
    "unknown datum": "locate?lon=104&lat=30&datum=mars",
    "no zone": "locate?lon=104&lat=30&at=2026-05-01T08:00:00",
    "plus eaten by the address": "locate?lon=104&lat=30&at=2026-05-01T08:00:00+08:00",
    "time as a number": "locate?lon=104&lat=30&at=1700000000",
    "time before the calendar": "locate?lon=104&lat=30&at=0001-01-01T00:00:00%2B14:00",
    "negative accuracy": "locate?lon=104&lat=30&accuracy_m=-1",
    "nul in the address": "locate?lon=104&lat=30&layer=a%00b",
    "k of none": "responders/nearest?lon=104&lat=30&k=0",
    "k of all": "responders/nearest?lon=104&lat=30&k=99999999999999999999999999",
    "within nothing": "responders/nearest?lon=104&lat=30&within_m=0",
    "within nan": "responders/nearest?lon=104&lat=30&within_m=nan",
    "near nan": "places/near?lon=104&lat=nan",
    "near no place": "places/near?lon=104&lat=91",
    "near by a way unknown": "places/near?lon=104&lat=30&by=camel",
    "near none": "places/near?lon=104&lat=30&k=0",
    "near all": "places/near?lon=104&lat=30&k=201",
    "near within infinity": "places/near?lon=104&lat=30&within_m=inf",
    "near within less than nothing": "places/near?lon=104&lat=30&within_m=-1",
    "near a kind without a name": "places/near?lon=104&lat=30&kind=",
    "near too many kinds": "places/near?lon=104&lat=30" + "&kind=a" * 21,
    "near a nul": "places/near?lon=104&lat=30&kind=a%00",
    "near where nothing is": "places/near?lon=104&lat=30&kind=school",
    "page too long": "reports?limit=501",
    "queue too long": "reports/unlocated?limit=101",
    "queue of none": "reports/unlocated?limit=0",
    "queue without a cursor": "reports/unlocated?cursor=%E4%B8%AD",
    "queue misspelt": "reports/unlocated?limits=5",
    "no cursor": "reports?cursor=%E4%B8%AD",
    "made up cursor": "reports?cursor=MjAyNi0wNS0wMX5hYmM",
    "box of three": "reports?bbox=1,2,3",
    "box inside out": "reports?bbox=105,30,104,31",
    "box of nan": "reports?bbox=nan,nan,nan,nan",
    "unknown state": "reports?state=done",
    "no uuid": "reports/42",
    "no case": "reports/42/case",
    "no task": "tasks/7f0c9a34-5c1e-4c59-9a55-3d1f8f1f2a11/0",
    "tasks of nobody's number": "tasks?responder=42",
    "tasks in a state unknown": "tasks?state=lazy",
    "tasks by a made up cursor": "tasks?cursor=MjAyNi0wNS0wMX5hYmM",
    "cases of a level unknown": "cases?level=5",
    "cases of a tier unknown": "cases?tier=moon",
    "cases of a nul": "cases?unit=a%00",
    "cases by a made up cursor": "cases?cursor=MjAyNi0wNS0wMX5hYmM",
    "cases late or not": "cases?late=perhaps",
    "coarser than a city": "areas?simplify_m=1e9",
}

BODIES = {
    "nan": '{"description": "x", "location": {"lon": NaN, "lat": 30}}',
    "infinite": '{"description": "x", "location": {"lon": 1e999, "lat": 30}}',
    "text for a number": '{"description": "x", "location": {"lon": "104", "lat": 30}}',
    "true for a number": '{"description": "x", "location": {"lon": true, "lat": 30}}',
    "number for a text": '{"description": 7}',
    "swapped axes": '{"description": "x", "location": {"lon": 30, "lat": 104}}',
    "huge integer": '{"description": "x", "location": {"lon": 1' + "0" * 400 + ', "lat": 30}}',
    "nul in a text": '{"description": "a\\u0000b"}',
    "nul in an attribute": '{"description": "x", "attributes": {"a": [{"b": "\\u0000"}]}}',
    "nul in a name": '{"description": "x", "attributes": {"a\\u0000": 1}}',
    "half a character": '{"description": "\\ud800"}',
    "half a character inside": '{"description": "x", "attributes": {"a": "\\udc00"}}',
    "half a character as a name": '{"description": "x", "attributes": {"\\ud800": 1}}',
    "half a character as a field": '{"description": "x", "\\ud800": 1}',
    "nan in an attribute": '{"description": "x", "attributes": {"a": NaN}}',
    "huge integer inside": '{"description": "x", "attributes": {"a": 99999999999999999999}}',
    "too deep": '{"description": "x", "attributes": {"a": ' + "[" * 50 + "]" * 50 + "}}",
    "unknown field": '{"description": "x", "colour": "red"}',
    "unknown field inside": '{"description": "x", "location": {"lon": 1, "lat": 2, "alt": 3}}',
    "no zone": '{"description": "x", "captured_at": "2026-05-01T08:00:00"}',
    "time as a number": '{"description": "x", "captured_at": 1700000000}',
    "no uuid": '{"description": "x", "id": "42"}',
    "unknown category": '{"description": "x", "category": "ufo"}',
    "too long": '{"description": "' + "x" * 20_001 + '"}',
    "no description": "{}",
    "a list": "[]",
    "null": "null",
}

MALFORMED = {
    "not json": b"description=x",
    "cut off": b'{"description": "x"',
    "not utf-8": b'{"description": "\xff"}',
    "bottomless": b"[" * 100_000,
    "endless integer": b'{"description": ' + b"9" * 5000 + b"}",
}


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS.keys())
def test_a_question_that_makes_no_sense(empty_service: httpx.Client, question: str) -> None:
    assert_clear(assert_problem(empty_service.get(f"{API}/{question}"), 422, "InvalidInputError"))


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_a_report_that_makes_no_sense(empty_service: httpx.Client, body: str) -> None:
    response = empty_service.post(f"{API}/reports", content=body, headers=JSON)
    assert_clear(assert_problem(response, 422, "InvalidInputError"))
    assert empty_service.get(f"{API}/reports").json()["reports"] == []


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_body_that_is_no_json(empty_service: httpx.Client, body: bytes) -> None:
    response = empty_service.post(f"{API}/reports", content=body, headers=JSON)
    assert_clear(assert_problem(response, 400, "MalformedBodyError"))


def test_a_body_of_more_than_a_megabyte(empty_service: httpx.Client) -> None:
    body = json.dumps({"description": "x", "attributes": {"a": "x" * 1_000_000}}).encode()
    declared = empty_service.post(f"{API}/reports", content=body, headers=JSON)
    assert_clear(assert_problem(declared, 413, "BodyTooLargeError"))
    undeclared = empty_service.post(
        f"{API}/reports", content=iter([body[:600_000], body[600_000:]]), headers=JSON
    )
    assert_clear(assert_problem(undeclared, 413, "BodyTooLargeError"))


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_a_body_of_another_kind(empty_service: httpx.Client, kind: str) -> None:
    response = empty_service.post(
        f"{API}/reports", content=b'{"description": "x"}', headers={"Content-Type": kind}
    )
    assert_clear(assert_problem(response, 415, "WrongContentTypeError"))


def test_a_nul_in_the_path(empty_service: httpx.Client) -> None:
    response = empty_service.get(f"{API}/areas/a%00b")
    assert "NUL" in assert_problem(response, 422, "InvalidInputError")


def assert_clear(sentence: str) -> None:
    """One sentence that says what is wrong, without the inside of the program."""
    assert 10 < len(sentence) < 200
    assert "\n" not in sentence
    assert not any(word in sentence for word in ("Traceback", "psycopg2", "pydantic", "Error"))
