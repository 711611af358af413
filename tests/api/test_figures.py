"""Figures over HTTP: JSON with definitions, CSV, GeoJSON."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from gridgis.figures import DEFINITIONS
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

URL = "/api/v1/figures"


@pytest.fixture
def reported(client: httpx.Client) -> httpx.Client:
    """Two smells of gas in the south-west, one lamp outside, this morning."""
    for category, lon, lat in (("gas", 104.005, 30.005), ("gas", 104.006, 30.005), ("road", 9, 9)):
        body = {"category": category, "description": "x", "location": {"lon": lon, "lat": lat}}
        assert client.post("/api/v1/reports", json=body).status_code == 201
    return client


def test_a_leader_reads_the_figures_of_this_month(reported: httpx.Client) -> None:
    told = reported.get(URL, params={"period": "2026-05", "level": "grid"}).json()
    rows = {row["code"]: row for row in told["rows"]}
    assert {code: row["received"] for code, row in rows.items() if row["received"]} == {
        "A": 2,
        "outside": 1,
    }
    assert rows["A"]["on_time_share"] is None, "nothing was closed"
    assert (rows["A"]["open"], rows["B"]["silent_grids"]) == (2, 1)
    assert [one["column"] for one in told["definitions"]] == [one.column for one in DEFINITIONS]
    assert any("2026-05 is not over" in note for note in told["notes"])
    by = reported.get(URL, params={"by": "category", "compare": "before"}).json()
    assert by["edition"] is None
    assert {row["code"]: row["received_before_change"] for row in by["rows"]} == {
        "gas": 2,
        "road": 1,
    }
    each = {"by": "none", "from": "2026-04-29T16:00:00Z", "to": "2026-05-01T16:00:00Z"}
    days = reported.get(URL, params={**each, "each": "day"}).json()["rows"]
    assert [(row["period"], row["received"]) for row in days] == [
        ("2026-04-30", 0),
        ("2026-05-01", 3),
    ]


def test_an_analyst_takes_a_table_or_shapes(reported: httpx.Client) -> None:
    answer = reported.get(URL, headers={"Accept": "text/csv"})
    assert answer.headers["content-type"].startswith("text/csv")
    table = pd.read_csv(io.BytesIO(answer.content))
    assert table["received"].sum() == 3
    assert "geometry" not in table
    answer = reported.get(URL, params={"format": "geojson", "as": "reported"})
    assert answer.headers["content-type"] == "application/geo+json"
    features = answer.json()["features"]
    shaped = {one["properties"]["code"]: one["geometry"] for one in features}
    assert shaped["A"]["type"] == "MultiPolygon"
    assert shaped["outside"] is None


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"period": "June"}, 422, "InvalidInputError"),
        ({"period": "2030"}, 422, "InvalidInputError"),
        ({"from": "2026-05-01T00:00:00Z"}, 422, "InvalidInputError"),
        ({"from": "2026-05-01T00:00:00Z", "to": "2026-04-01T00:00:00Z"}, 422, "InvalidInputError"),
        ({"by": "unit", "format": "geojson"}, 422, "InvalidInputError"),
        ({"by": "colour"}, 422, "InvalidInputError"),
        ({"area": "Z"}, 404, "AreaNotFoundError"),
        ({"level": "street"}, 404, "LevelNotFoundError"),
        ({"layer": "fire"}, 404, "LayerNotFoundError"),
        ({"edition": "99"}, 404, "EditionNotFoundError"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    client: httpx.Client, asked: dict[str, str], status: int, code: str
) -> None:
    assert_problem(client.get(URL, params=asked), status, code)
