"""Cases that may be one matter, closed ones that are looked at again, and the link to rate."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import pytest

from tests.api.conftest import assert_problem
from tests.closing import work_off

if TYPE_CHECKING:
    import httpx

    from gridgis_api.service import Service

REPORTS, SAMPLES = "/api/v1/reports", "/api/v1/cases/samples"
DESK = {"Gridgis-Actor": "Li%20Na;role=dispatcher"}
HERE = {"lon": 104.015, "lat": 30.015, "accuracy_m": 10}


def reported(client: httpx.Client, words: str) -> UUID:
    body = {"category": "gas", "description": words, "location": HERE}
    return UUID(client.post(REPORTS, json=body, timeout=60).json()["report"]["id"])


def test_the_second_call_is_set_beside_the_first_and_merged_into_it(
    client: httpx.Client,
) -> None:
    first = reported(client, "11号楼有煤气味")
    second = reported(client, "11号楼楼道里煤气味很大")
    (found,) = client.get(f"{REPORTS}/{second}/similar").json()["similar"]
    assert found["report_id"] == str(first)
    assert found["same_category"]
    assert found["score"] > 0.45
    assert {reason["part"] for reason in found["reasons"]} >= {"near", "soon", "kind", "words"}

    body = {"into": str(first), "reason": "the same leak"}
    merged = client.post(f"{REPORTS}/{second}/merge", json=body, headers=DESK)
    assert (merged.status_code, merged.json()["state"]) == (200, "merged")
    assert client.get(f"{REPORTS}/{first}/similar").json()["similar"] == []


def test_the_desk_is_told_where_the_resident_can_rate(
    client: httpx.Client, service: Service
) -> None:
    report = reported(client, "煤气味")
    address = f"{REPORTS}/{report}/rating-link"
    assert_problem(client.get(address, headers=DESK), 409, "CaseRefusedError")
    work_off(service.workflow, report)
    assert_problem(client.get(address), 409, "CaseRefusedError")
    path = client.get(address, headers=DESK).json()["path"]
    assert client.get(path).status_code == 200, "the page of the three questions"
    assert_problem(
        client.get(f"{REPORTS}/{UUID(int=1)}/rating-link", headers=DESK), 404, "ReportNotFoundError"
    )


def test_some_closed_cases_are_drawn_by_a_seed_and_looked_at(
    client: httpx.Client, service: Service
) -> None:
    closed = [reported(client, f"煤气味 {number}") for number in range(6)]
    for one in closed:
        work_off(service.workflow, one)
    asked = {
        "seed": "2026-W18",
        "since": "2026-05-01T00:00:00+08:00",
        "before": "2026-05-02T00:00:00+08:00",
        "share": 0.3,
    }
    drawn = client.post(SAMPLES, json=asked, headers=DESK).json()["cases"]
    assert len(drawn) == 2
    assert all(one["fresh"] for one in drawn)
    again = client.post(SAMPLES, json=asked, headers=DESK).json()["cases"]
    assert [one["report_id"] for one in again] == [one["report_id"] for one in drawn]
    assert not any(one["fresh"] for one in again)
    assert_problem(client.post(SAMPLES, json=asked), 409, "CaseRefusedError")

    said = {"result": "not_solved", "reason": "it still smells"}
    checked = f"{REPORTS}/{drawn[0]['report_id']}/check"
    assert client.post(checked, json=said, headers=DESK).json()["result"] == "not_solved"
    assert_problem(client.post(checked, json=said, headers=DESK), 409, "ConflictError")
    left = next(str(one) for one in closed if str(one) not in {r["report_id"] for r in drawn})
    undrawn = client.post(f"{REPORTS}/{left}/check", json=said, headers=DESK)
    assert_problem(undrawn, 409, "ConflictError")


@pytest.mark.parametrize(
    "wrong",
    [
        {"share": None},
        {"share": 0.1, "count": 2},
        {"share": 1.5},
        {"before": "2026-04-01T00:00:00+08:00"},
        {"by": ["moon"]},
        {"seed": ""},
    ],
)
def test_a_sample_that_is_none_is_refused(client: httpx.Client, wrong: dict[str, object]) -> None:
    asked = {
        "seed": "a",
        "since": "2026-05-01T00:00:00+08:00",
        "before": "2026-05-02T00:00:00+08:00",
        "share": 0.3,
    }
    assert_problem(
        client.post(SAMPLES, json={**asked, **wrong}, headers=DESK), 422, "InvalidInputError"
    )
