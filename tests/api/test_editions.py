"""A town that was redrawn: what changed, counts on both editions, and every route of either."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import text

from gridgis.clock import FixedClock
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api.app import create_app
from gridgis_api.service import Service
from tests.api.conftest import NINE_O_CLOCK, assert_problem, served
from tests.cities import draw, staff
from tests.conftest import clone_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

V1 = "/api/v1"

BEFORE = """
G H H
D E E
A B B
"""
AFTER = """
G G H
D D H
A A H
"""
REDRAWN_AT = datetime(2026, 4, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def town(server_url: str, template: str, index_dir: Path) -> Iterator[tuple[httpx.Client, Store]]:
    """Edition 1 until April, 2 since; B and E were given away; five reports."""
    clock = FixedClock(NINE_O_CLOCK)
    with clone_of(server_url, template) as url:
        store = Store(url, pool_size=8)
        with store.begin() as connection:
            before, after = "(,2026-04-01 00:00+00)", "[2026-04-01 00:00+00,)"
            drawn = draw(connection, BEFORE, valid=before, made_at=clock.now())
            draw(connection, AFTER, valid=after, made_at=clock.now(), names={"H": "Hill"})
            staff(connection, "Wang", 104.005, 30.005, area_id=drawn.ids["A"])
        settings = Settings(timezone="Asia/Shanghai", index_dir=index_dir)
        with served(create_app(Service(store, Months(store), clock, settings))) as client:
            for number, (month, lon, lat) in enumerate(
                [
                    ("03", 104.015, 30.005),
                    ("03", 104.025, 30.005),
                    ("03", 104.005, 30.005),
                    ("03", 105.0, 31.0),
                    ("05", 104.025, 30.015),
                ]
            ):
                body = {
                    "captured_at": f"2026-{month}-01T00:00:00Z",
                    "description": "a lamp is broken",
                    "location": {"lon": lon, "lat": lat},
                    "source": "test",
                    "number": str(number),
                }
                assert client.post(f"{V1}/reports", json=body).status_code == 201
            yield client, store
        store.close()


@pytest.fixture
def client(town: tuple[httpx.Client, Store]) -> httpx.Client:
    return town[0]


@pytest.fixture
def editions(client: httpx.Client) -> tuple[int, int]:
    before, after = client.get(f"{V1}/editions", params={"layer": "base"}).json()["editions"]
    assert (before["valid_to"], after["valid_to"]) == ("2026-04-01T00:00:00Z", None)
    return before["id"], after["id"]


def counted(client: httpx.Client, **asked: object) -> dict[str, int]:
    told = client.get(f"{V1}/reports/counts", params=asked).json()
    assert told["total"] == sum(one["reports"] for one in told["counts"])
    return {one["code"]: one["reports"] for one in told["counts"]}


def test_what_changed_between_two_editions(client: httpx.Client, editions: tuple[int, int]) -> None:
    before, after = editions
    told = client.get(f"{V1}/editions/{before}/changes/{after}").json()
    kinds = {(one["from_code"], one["to_code"]): one["kind"] for one in told["pieces"]}
    assert kinds == {
        ("A", "A"): "keep",
        ("B", "A"): "merge",
        ("B", "H"): "merge",
        ("D", "D"): "keep",
        ("E", "D"): "merge",
        ("E", "H"): "merge",
        ("G", "G"): "keep",
        ("H", "G"): "transfer",
        ("H", "H"): "keep",
    }
    assert told["pieces"][1]["share"] == pytest.approx(0.5, abs=1e-4)
    assert [(one["before"], one["after"]) for one in told["renamed"]] == [("Grid H", "Hill")]
    assert told["recoded"] == []
    detail = client.get(f"{V1}/editions/{after}").json()
    assert (detail["grids"], detail["accepted"]) == (4, [])
    assert_problem(client.get(f"{V1}/editions/99"), 404, "EditionNotFoundError")
    assert_problem(client.get(f"{V1}/editions/{before}/changes/99"), 404, "EditionNotFoundError")


def test_a_crosswalk_adds_up(client: httpx.Client, editions: tuple[int, int]) -> None:
    before, after = editions
    rows = client.get(f"{V1}/editions/{before}/crosswalk/{after}").json()["rows"]
    of_b = {row["to_code"]: row["weight"] for row in rows if row["from_code"] == "B"}
    assert sum(of_b.values()) == 1.0
    # A has 400 households on two squares, H as many on three.
    assert of_b["A"] == pytest.approx(0.6, abs=1e-4)


def test_counts_as_reported_and_restated(client: httpx.Client, editions: tuple[int, int]) -> None:
    """March's reports went to A and B; on the new grids B's two are A's and H's."""
    before, after = editions
    assert counted(client, **{"as": "reported"}) == {"A": 1, "B": 2, "outside": 1, "H": 1}
    assert counted(client, **{"as": "reported", "edition": after}) == {"H": 1}
    assert counted(client) == {"A": 2, "D": 0, "G": 0, "H": 2, "outside": 1}
    old = {"A": 1, "B": 2, "D": 0, "E": 1, "G": 0, "H": 0, "outside": 1}
    assert counted(client, edition=before) == old
    assert counted(client, at="2026-03-15T00:00:00Z") == old
    march = counted(client, **{"to": "2026-04-01T00:00:00Z"})
    assert march == {"A": 2, "D": 0, "G": 0, "H": 1, "outside": 1}


def test_a_report_whose_point_was_lost_counts_by_its_cell_or_is_shared(
    town: tuple[httpx.Client, Store],
) -> None:
    """Of B's two reports one names a place in the compound JL, whose tower stands in H now."""
    client, store = town
    with store.begin() as connection:
        for statement in (
            "INSERT INTO cell (source, code, parent_code, name, kind, households, geom) VALUES"
            " ('town', 'JL', NULL, 'JL', 'compound', NULL, 'SRID=4326;POINT(104 30)'),"
            " ('town', 'JL1', 'JL', '1', 'building', 40, 'SRID=4326;POINT(104.025 30.005)')",
            "INSERT INTO place (source, code, kind, name, cell_code)"
            " VALUES ('town', 'P', 'compound', '建兰丽苑', 'JL')",
            "CREATE TABLE saved AS SELECT id, location FROM report WHERE number IN ('0', '1')",
            "UPDATE report SET location = NULL WHERE number IN ('0', '1')",
            """UPDATE report SET located = '{"place": "town:P"}' WHERE number = '0'""",
        ):
            connection.execute(text(statement))
    told: dict[str, Any] = client.get(f"{V1}/reports/counts").json()
    with store.begin() as connection:
        for statement in (
            "UPDATE report SET location = saved.location, located = NULL FROM saved"
            " WHERE saved.id = report.id",
            "DROP TABLE saved",
            "TRUNCATE place, cell CASCADE",
        ):
            connection.execute(text(statement))
    ways = {one["code"]: (one["by_cell"], one["by_grid"], one["shared"]) for one in told["counts"]}
    assert told["total"] == 5
    # All of B's households that are known live in H now.
    assert ways == {
        "A": (0, 0, 0),
        "D": (0, 0, 0),
        "G": (0, 0, 0),
        "H": (1, 1, 0),
        "outside": (0, 0, 0),
    }


@pytest.mark.parametrize(
    "route",
    ["areas", "areas/H", "areas/H/responders", "reports", "reports/counts", "maps/coverage.html"],
)
def test_every_route_takes_an_edition(
    client: httpx.Client, editions: tuple[int, int], route: str
) -> None:
    before, _ = editions
    address = f"{V1}/{route}"
    assert client.get(address, params={"edition": before}).status_code == 200
    march = {"edition": before, "at": "2026-03-15T00:00:00Z"}
    assert client.get(address, params=march).status_code == 200
    may = client.get(address, params={"edition": before, "at": "2026-05-01T00:00:00Z"})
    assert f"edition {before} was not in force" in assert_problem(may, 422, "InvalidInputError")
    assert_problem(client.get(address, params={"edition": 99}), 404, "EditionNotFoundError")


def test_areas_of_an_edition_keep_their_tag(
    client: httpx.Client, editions: tuple[int, int]
) -> None:
    before, after = editions
    asked = {"level": "grid", "edition": before}
    first = client.get(f"{V1}/areas", params=asked)
    assert [one["id"] for one in first.json()["features"]] == list("ABDEGH")
    tag = {"If-None-Match": first.headers["etag"]}
    assert client.get(f"{V1}/areas", params=asked, headers=tag).status_code == 304
    then = {"level": "grid", "at": "2026-03-15T00:00:00Z"}
    assert client.get(f"{V1}/areas", params=then, headers=tag).status_code == 304
    now = client.get(f"{V1}/areas", params={**asked, "edition": after}, headers=tag)
    assert [one["id"] for one in now.json()["features"]] == list("ADGH")
    assert client.get(f"{V1}/areas/B", params={"edition": before}).status_code == 200
    assert_problem(client.get(f"{V1}/areas/B"), 404, "AreaNotFoundError")


def test_reports_name_the_grid_of_the_edition(
    client: httpx.Client, editions: tuple[int, int]
) -> None:
    before, after = editions

    def held(**asked: object) -> list[str | None]:
        listed = client.get(f"{V1}/reports", params=asked).json()["reports"]
        return [one["grid"] and one["grid"]["name"] for one in listed]

    assert held() == held(edition=after) == ["Hill", None, "Grid A", "Hill", "Grid A"]
    old = ["Grid H", None, "Grid A", "Grid H", "Grid A"]
    assert held(edition=before) == held(at="2026-03-15T00:00:00Z") == old
    assert held(edition=before, layer="base", area="A") == ["Grid A", "Grid A"]
    assert held(edition=after, layer="base", area="B") == []
    newest = client.get(f"{V1}/reports").json()["reports"][0]["id"]
    one = client.get(f"{V1}/reports/{newest}", params={"edition": before}).json()
    assert one["holder"]["name"] == "Grid H"
    assert client.get(f"{V1}/reports/{newest}").json()["holder"]["name"] == "Hill"
    unknown = client.get(f"{V1}/reports/{newest}", params={"edition": 99})
    assert_problem(unknown, 404, "EditionNotFoundError")
    wrong = client.get(f"{V1}/reports", params={"edition": after, "layer": "fire", "area": "A"})
    assert_problem(wrong, 404, "LayerNotFoundError")


def test_the_map_of_an_edition_counts_where_it_was_seen(
    client: httpx.Client, editions: tuple[int, int]
) -> None:
    for edition in editions:
        page = client.get(f"{V1}/maps/hotspots.html", params={"edition": edition, "lang": "en"})
        assert page.status_code == 200
        assert f"№ {edition}" in page.text
