"""The demo district: loaded into an empty database, tried, and taken out before real data."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pandas as pd
import pytest

from gridgis.clock import SystemClock
from gridgis.errors import AlreadyThereError, InUseError
from gridgis.model import Location, NewReport
from gridgis.store import landcover, removal, roads
from gridgis.store.months import Months
from gridgis_api import demo as demo_module
from gridgis_api.app import create_app
from gridgis_api.demo import Demo
from gridgis_api.service import Service
from tests.api.conftest import served
from tests.demos import demo_district

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.demo import DemoDistrict
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

pytestmark = pytest.mark.slow

FEW = 600


@pytest.fixture(scope="module")
def district() -> DemoDistrict:
    """The whole district with a few of its reports and buildings: loading all takes a while."""
    made = demo_district()
    places = made.places.head(FEW)
    there = made.visits["place"].isin(places["code"])
    return replace(
        made,
        reports=made.reports.tail(FEW),
        cells=made.cells.head(FEW),
        places=places,
        visits=made.visits[there],
    )


@pytest.fixture
def demo(
    store: Store,
    actor: Actor,
    settings: Settings,
    district: DemoDistrict,
    monkeypatch: pytest.MonkeyPatch,
) -> Demo:
    monkeypatch.setattr(demo_module, "make", lambda _seed, **_: district)
    return Demo(store, actor, SystemClock(), settings)


@pytest.fixture
def smell_of_gas() -> NewReport:
    return NewReport(
        uuid4(), None, "gas-smell", "Smell of gas at block 11", Location(104.63, 38.10, 15)
    )


def test_a_newcomer_tries_it_and_takes_it_out_again(
    demo: Demo, store: Store, actor: Actor, settings: Settings, smell_of_gas: NewReport
) -> None:
    said: list[str] = []
    demo.load_when_empty(tell=said.append)
    assert any("579 grids" in sentence for sentence in said)

    service = Service(store, Months(store), SystemClock(), settings)
    service.roads.refresh()
    receipt = service.intake.receive(smell_of_gas, actor)
    assert [one.layer for one in receipt.assignments] == ["base", "campus", "hospital"]
    assert len(receipt.assignments[0].parents) == 3
    assert receipt.nearby.by == "road"
    assert receipt.nearby.responders[0].skills == ["fire", "gas"]
    assert 0 < receipt.nearby.responders[0].travel_s < 300

    with store.begin() as connection:
        (brought,) = roads.sources(connection)
        ground = {one.kind: one.areas for one in landcover.sources(connection)}
    assert brought.edges > 6_000
    assert brought.found["counts"] == {}
    assert ground["water"] == 1
    assert ground["green"] > 20

    with pytest.raises(AlreadyThereError, match="empty database only"):
        demo.load(tell=said.append)
    with pytest.raises(InUseError, match=r"1 reports .* --with-reports"):
        demo.remove()
    removed = demo.remove(with_reports=True)
    assert (removed.reports, removed.areas) == (FEW + 1, 666)
    with store.begin() as connection:
        assert removal.is_empty(connection)
        assert roads.sources(connection) == []
        assert landcover.sources(connection) == []
        assert roads.network(connection).edges.empty


def test_a_planner_is_shown_where_to_split_and_prints_the_papers(
    demo: Demo, store: Store, settings: Settings, district: DemoDistrict, tmp_path: Path
) -> None:
    demo.load_when_empty(tell=_say_nothing)
    service = Service(store, Months(store), SystemClock(), settings)
    homes = district.cells.groupby("grid_code")["households"].sum()
    code = str(homes.idxmax())
    with served(create_app(service)) as client:
        headers = {"Gridgis-Actor": "Li%20Na;role=planner"}

        def post(path: str, **body: object) -> dict[str, object]:
            answer = client.post(f"/api/v1/plans{path}", json=body, headers=headers, timeout=60)
            assert answer.status_code in {200, 201}, answer.text
            return dict(answer.json())

        number = post("", name="2027", document="(2026) 12")["id"]
        asked = {"area": code}
        found = client.get(f"/api/v1/plans/{number}/proposals", params=asked, timeout=60).json()
        best = found["proposals"][0]
        new = [{"code": "next", "name": "新网格"}]
        split = {"op": "split", "area": code, "line": best["line"], "new": new}
        touched = post(f"/{number}/edits", operations=[split])["touched"]
        fresh = next(one for one in touched if one not in set(district.areas["code"]))
        edges = client.get(f"/api/v1/plans/{number}/edges", timeout=60).json()["features"]
        why = Counter(edge["properties"]["reason"] for edge in edges)
        assert why["road"] > 300
        assert why["parent border"] > 300
        border = next(
            edge["geometry"]["coordinates"]
            for edge in edges
            if edge["properties"]["reason"] == "road" and not edge["properties"]["locked"]
        )
        snapped = {"op": "reshape_edge", "line": [border[0], border[-1]], "along": "roads"}
        assert post(f"/{number}/edits", operations=[snapped])["version"] == 2
        notices = client.get(f"/api/v1/plans/{number}/notices.html", timeout=60)
        assert "default-src 'none'" in notices.headers["Content-Security-Policy"]
        assert all(one in notices.text for one in (code, fresh))
        assert "(2026) 12" in notices.text
        approval = client.get(
            f"/api/v1/plans/{number}/approval.xlsx", params={"lang": "en"}, timeout=60
        )
    file = tmp_path / "approval.xlsx"
    file.write_bytes(approval.content)
    sheets = pd.read_excel(file, sheet_name=None, engine="openpyxl")
    assert len(sheets) == 6
    assert all(len(table) for name, table in sheets.items() if "find" not in name.lower())


def test_starting_again_with_a_demo_changes_nothing(demo: Demo) -> None:
    demo.load_when_empty(tell=_say_nothing)
    said: list[str] = []
    demo.load_when_empty(tell=said.append)
    assert said == []


def test_an_interrupted_load_is_begun_again(demo: Demo, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(Demo, "_load_rows", _interrupted)
        with pytest.raises(KeyboardInterrupt):
            demo.load_when_empty(tell=_say_nothing)
    said: list[str] = []
    demo.load_when_empty(tell=said.append)
    assert "interrupted" in said[0]
    assert said[-1].endswith("visit-plans")


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def _say_nothing(_sentence: str) -> None:
    return
