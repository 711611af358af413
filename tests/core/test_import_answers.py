"""Reports that come in by the thousand get the answers that PostGIS gives one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from gridgis.imports import Importer, ImportOptions
from gridgis.model import Location
from gridgis.store import assignments
from tests.cities import draw, file_under, scattered
from tests.core.test_import_reports import ask, bring

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store


def test_many_points_get_the_answers_of_single_ones(
    store: Store, actor: Actor, clock: FixedClock
) -> None:
    campus = ". . .\n. X .\n. . ."
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        exclusive = draw(connection, campus, name="campus", priority=5, made_at=clock.now())
        draw(connection, ". Y", name="gas", priority=-1, made_at=clock.now())
        file_under(connection, "study", layer_id=exclusive.layer_id)
    points = scattered(400, seed=7)
    # Corners and edges of the grids, and just outside.
    points[:9] = [(104 + 0.01 * (n % 3), 30 + 0.01 * (n // 3)) for n in range(9)]
    points[9:12] = [(103.9999, 30.005), (104.015, 30.01), (104.0301, 30.0301)]
    frame = pd.DataFrame(points, columns=["lon", "lat"]).assign(
        number=[str(number) for number in range(400)],
        captured_at=pd.Timestamp("2026-04-30T00:00:00Z"),
        accuracy_m=[None, 20.0, 500.0, 0.0] * 100,
        category=["study", "road"] * 200,
    )
    Importer(store, actor, clock).frame("reports", frame, ImportOptions(source="many"), "points")
    single = []
    with store.begin() as connection:
        for row in frame.itertuples():
            place = Location(row.lon, row.lat, row.accuracy_m)
            at = row.captured_at.to_pydatetime()
            found = assignments.locate(connection, place, at, near_tolerance_m=30)
            single += [
                (
                    row.number,
                    one.layer,
                    one.edition_id,
                    one.area_id,
                    one.rule,
                    one.boundary_distance_m,
                    one.runner_up,
                )
                for one in found
            ]
    bulk = ask(
        store,
        "SELECT report.number, layer.code, edition_id, area_id, rule, boundary_distance_m,"
        " runner_up FROM report JOIN assignment ON report_id = report.id"
        " JOIN layer ON layer.id = layer_id ORDER BY 1, 2",
    )
    assert len(bulk) == 1200
    assert {row[4] for row in bulk} == {"covers", "near", "outside"}
    assert any(row[6] for row in bulk)
    judged = sorted(single, key=lambda answer: answer[:2])
    assert [row[:5] for row in bulk] == [row[:5] for row in judged]
    # The engine and PostGIS measure by the same formula, each in its own order of steps.
    for told, asked in zip(bulk, judged, strict=True):
        assert told[5] == pytest.approx(asked[5], abs=1e-6)
        assert [one["area_id"] for one in told[6]] == [one["area_id"] for one in asked[6]]
        far = [one["distance_m"] for one in asked[6]]
        assert [one["distance_m"] for one in told[6]] == pytest.approx(far, abs=1e-6)
    held = dict(ask(store, "SELECT number, layer_id FROM report JOIN holder ON report_id = id"))
    study = set(frame["number"][frame["category"] == "study"])
    single.sort(key=lambda a: (a[0] not in study or a[1] != "campus", a[4] != "covers"))
    first = {answer[0]: answer[1] for answer in reversed(single) if answer[3] is not None}
    names = dict(ask(store, "SELECT id, code FROM layer"))
    assert {number: names.get(layer) for number, layer in held.items()} == {
        number: first.get(number) for number in held
    }


def test_the_layer_of_the_category_is_responsible_before_others(
    store: Store, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        draw(connection, ". . .\n. X .\n. . .", name="campus", priority=5, made_at=clock.now())
        gas = draw(connection, ". . .\n. Y .\n. . .", name="gas", priority=-1, made_at=clock.now())
        file_under(connection, "leak", layer_id=gas.layer_id)
    importer = Importer(store, actor, clock)
    bring(
        importer,
        tmp_path / "r.csv",
        "1,104.015,30.015,2026-04-30,leak,,\n2,104.015,30.015,2026-04-30,road,,\n"
        "3,104.005,30.005,2026-04-30,leak,,\n",
    )
    held = ask(
        store,
        "SELECT number, code FROM report JOIN holder ON report_id = report.id"
        " JOIN layer ON layer.id = layer_id ORDER BY 1",
    )
    assert held == [("1", "gas"), ("2", "campus"), ("3", "base")]
