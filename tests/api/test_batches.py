"""Another system hands in its reports by the thousand."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

    from gridgis_api.service import Service

BATCH = "/api/v1/reports/batch"
NDJSON = {"Content-Type": "application/x-ndjson"}
CSV = {"Content-Type": "text/csv; charset=utf-8"}


def line(**changes: object) -> dict[str, object]:
    return {
        "id": str(uuid4()),
        "captured_at": "2026-05-01T08:00:00+08:00",
        "category": "gas",
        "description": "Smell of gas",
        "location": {"lon": 104.005, "lat": 30.005, "accuracy_m": 15},
        **changes,
    }


def ndjson(*lines: object) -> bytes:
    return "\n".join(json.dumps(one, ensure_ascii=False) for one in lines).encode()


def test_a_batch_is_stored_with_grids_and_again_changes_nothing(
    client: httpx.Client, service: Service
) -> None:
    body = ndjson(line(), line(location=None), line(location={"lon": 104.015, "lat": 30.015}))
    first = client.post(BATCH, content=body, headers=NDJSON).json()
    assert (first["read"], first["added"], first["refused"]) == (3, 3, 0)
    assert first["without_location"] == 1
    again = client.post(BATCH, content=body, headers=NDJSON).json()
    assert (again["added"], again["same"]) == (0, 3)
    with service.store.begin() as connection:
        rules = connection.execute(
            text("SELECT rule, count(*) FROM assignment GROUP BY rule ORDER BY rule")
        ).all()
        assert rules == [("covers", 3), ("no_location", 2), ("outside", 1)]
        held = connection.execute(text("SELECT count(area_id) FROM holder")).scalar_one()
        assert held == 2


def test_one_report_is_the_same_alone_and_in_a_batch(client: httpx.Client) -> None:
    report = line(
        address="'=11号楼", attributes={"b": 1, "a": "是"}, reporter={"name": "Wu"}, number="7"
    )
    report["source"] = "hotline"
    alone = client.post("/api/v1/reports", json=report)
    assert alone.status_code == 201
    brought = client.post(f"{BATCH}?source=hotline", content=ndjson(report), headers=NDJSON)
    assert (brought.json()["same"], brought.json()["refused"]) == (1, 0)


def test_a_packed_table_comes_in_by_number_or_by_uuid(client: httpx.Client) -> None:
    number = uuid4()
    rows = (
        "uuid,number,time,lon,lat,description\n"
        f"{number},,2026-05-01 08:00,104.005,30.005,a\n"
        ",A-2,2026-05-01 08:01,104.015,30.015,b\n"
        ",,2026-05-01 08:02,104.015,30.015,nameless\n"
        "nonsense,,2026-05-01 08:03,104.015,30.015,c\n"
    )
    told = client.post(
        f"{BATCH}?source=hotline",
        content=gzip.compress(rows.encode()),
        headers={**CSV, "Content-Encoding": "gzip"},
    ).json()
    assert told["added"] == 2
    assert [one["row"] for one in told["refusals"]] == [4, 5]
    assert "stored twice" in told["refusals"][0]["reason"]
    assert "no UUID" in told["refusals"][1]["reason"]
    assert client.get(f"/api/v1/reports/{number}").json()["report"]["grid"]["code"] == "A"


BAD_LINES = {
    "not json": (b"{", "the line is not JSON"),
    "a list": (b"[]", "should be an object"),
    "no description": (ndjson({"id": str(uuid4())}), "description is missing"),
    "no time": (ndjson(line(captured_at=None)), "captured_at is missing"),
    "nameless": (ndjson(line(id=None)), "stored twice"),
    "swapped": (ndjson(line(location={"lon": 30, "lat": 104})), "look swapped"),
    "unknown field": (ndjson(line(colour="red")), "colour is unknown here"),
    "another source": (ndjson(line(source="patrol", number="1")), "send it in another one"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD_LINES.values(), ids=BAD_LINES.keys())
def test_a_bad_line_is_named_and_the_others_go_in(
    client: httpx.Client, bad: bytes, reason: str
) -> None:
    body = b"\n".join([ndjson(line()), bad, b"", ndjson(line())])
    told = client.post(BATCH, content=body, headers=NDJSON).json()
    assert (told["added"], told["refused"]) == (2, 1)
    assert told["refusals"][0]["row"] == 2
    assert reason in told["refusals"][0]["reason"]


def test_the_same_id_with_other_words_is_refused_alone(client: httpx.Client) -> None:
    first = line()
    client.post(BATCH, content=ndjson(first), headers=NDJSON)
    told = client.post(
        BATCH, content=ndjson({**first, "description": "other"}, line()), headers=NDJSON
    ).json()
    assert (told["added"], told["refused"]) == (1, 1)
    assert "content differs" in told["refusals"][0]["reason"]


def test_what_is_no_batch_is_refused_whole(client: httpx.Client) -> None:
    wrong = client.post(BATCH, content=b"{}", headers={"Content-Type": "application/json"})
    assert_problem(wrong, 415, "WrongBatchTypeError")
    packed = client.post(
        BATCH, content=b"no gzip at all", headers={**NDJSON, "Content-Encoding": "gzip"}
    )
    assert "cannot be unpacked" in assert_problem(packed, 400, "MalformedBodyError")
    cut = gzip.compress(ndjson(*[line() for _ in range(50)]))[:-20]
    ended = client.post(BATCH, content=cut, headers={**NDJSON, "Content-Encoding": "gzip"})
    assert "ends in the middle" in assert_problem(ended, 400, "MalformedBodyError")
    timeless = client.post(BATCH, content=b"number,lon\n1,2\n", headers=CSV)
    assert "captured_at" in assert_problem(timeless, 422, "InvalidInputError")
    elsewhere = client.post(
        BATCH, content=ndjson(line()), headers={**NDJSON, "Origin": "http://evil.example"}
    )
    assert_problem(elsewhere, 403, "OriginRefusedError")
    assert client.get("/api/v1/reports").json()["reports"] == []


def test_a_batch_of_more_rows_than_fit_says_what_is_in(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gridgis_api.batches.MOST_ROWS", 2)
    monkeypatch.setattr("gridgis_api.batches.CHUNK_ROWS", 2)
    body = ndjson(*[line() for _ in range(3)])
    refused = client.post(BATCH, content=body, headers=NDJSON)
    assert "those before row 2 are stored" in assert_problem(refused, 413, "BatchTooLargeError")
    assert len(client.get("/api/v1/reports").json()["reports"]) == 2


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("kind", ["ndjson", "csv"])
def test_rows_that_have_an_address_are_located_when_that_is_asked_for(
    client: httpx.Client, kind: str
) -> None:
    addresses = ["建兰丽苑11号楼E单元楼下有煤气味", "幸福小区", "我家"]
    if kind == "ndjson":
        lines = [line(location=None, address=one) for one in addresses]
        body, headers = ndjson(*lines), NDJSON
    else:
        rows = [f"{uuid4()},2026-05-01 08:00,,,{one}" for one in addresses]
        body, headers = "\n".join(["uuid,time,lon,lat,address", *rows]).encode(), CSV
    told = client.post(f"{BATCH}?locate=true", content=body, headers=headers).json()
    assert (told["added"], told["located"], told["without_location"]) == (3, 1, 2)
    again = client.post(BATCH, content=body, headers=headers).json()
    assert (again["same"], again["located"]) == (3, 0)
    found = client.get("/api/v1/reports").json()["reports"]
    assert sorted((one["located"] or {}).get("place", "") for one in found) == [
        *("", "", "town:JL11E"),
    ]
    assert client.get("/api/v1/reports/unlocated").json()["waiting"] == 2
