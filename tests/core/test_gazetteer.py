"""The state of all places has a mark; what a search is built from comes in parts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from select import select as wait_for
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from psycopg2.extensions import ISOLATION_LEVEL_AUTOCOMMIT
from sqlalchemy import create_engine, func, select, text

from gridgis.imports import Importer, ImportOptions
from gridgis.store import gazetteer
from tests.cities import NINE, boxes, draw

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

NOON = datetime(2026, 5, 1, 4, tzinfo=UTC)


@pytest.fixture
def importer(store: Store, actor: Actor, clock: FixedClock) -> Importer:
    return Importer(store, actor, clock)


def bring(importer: Importer, update: str | None = None, **columns: list[object]) -> None:
    frame = gpd.GeoDataFrame(
        {"code": ["1", "2", "3"], "kind": "compound", "name": ["甲", "乙", "丙"], **columns},
        geometry=[boxes("A")["A"], shapely.Point(104.005, 30.015), None],
        crs="EPSG:4326",
    )
    options = ImportOptions(source="town", update=update)
    assert importer.frame("places", frame, options, "p").refusals == []


def mark(store: Store) -> UUID:
    with store.begin() as connection:
        return gazetteer.mark(connection)


def change(store: Store, statement: str) -> bool:
    """Whether a statement gives the places another mark."""
    before = mark(store)
    with store.begin() as connection:
        connection.execute(text(statement))
    return mark(store) != before


def test_whatever_changes_places_changes_their_mark(store: Store, importer: Importer) -> None:
    marks = [mark(store)]
    bring(importer)
    marks.append(mark(store))
    bring(importer, "new names", name=["甲", "乙", "丁"])
    marks.append(mark(store))
    assert len(set(marks)) == 3
    assert change(store, "UPDATE place SET retired_at = '2026-05-01Z' WHERE code = '3'")
    assert change(store, "DELETE FROM place WHERE code = '3'")
    assert change(store, "TRUNCATE place CASCADE")


def test_whatever_changes_no_place_leaves_the_mark(store: Store, importer: Importer) -> None:
    bring(importer)
    before = mark(store)
    bring(importer)
    assert mark(store) == before, "the same file again"
    assert not change(store, "UPDATE place SET name = 'x' WHERE code = 'none'")
    assert not change(store, "DELETE FROM place WHERE code = 'none'")
    assert not change(store, "INSERT INTO place_use SELECT id, 1, '2026-05-01Z' FROM place")


def told_until(driver: Any, store: Store, last: str) -> list[str]:
    """What a connection hears on the channel before the last word; they come in order."""
    with store.begin() as connection:
        connection.execute(select(func.pg_notify(gazetteer.CHANNEL, last)))
    while not driver.notifies or driver.notifies[-1].payload != last:
        assert wait_for([driver], [], [], 60)[0], "nothing was heard for a minute"
        driver.poll()
    return [note.payload for note in driver.notifies[:-1]]


def test_the_services_are_told_of_the_new_mark_once_and_only_at_commit(
    store: Store, importer: Importer, database_url: str
) -> None:
    engine = create_engine(database_url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        driver.set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)
        driver.cursor().execute(f"LISTEN {gazetteer.CHANNEL}")
        bring(importer)
        heard = told_until(driver, store, "all")
    engine.dispose()
    assert heard == [str(mark(store))]


def test_places_in_use_come_with_a_point_and_how_often_they_were_the_answer(
    store: Store, importer: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(importer, aliases=[["甲甲", "a;b"], [], None], households=[40, None, None])
    with store.begin() as connection:
        connection.execute(
            text(
                "UPDATE place SET former_names = '{老甲}', parts = '{\"road\": \"建兰路\"}'"
                " WHERE code = '1'"
            )
        )
        for minutes in (0, 5, 3):
            gazetteer.used(connection, {1: 1}, NOON + timedelta(minutes=minutes))
        last = connection.execute(text("SELECT times, last_at FROM place_use")).one()
        assert tuple(last) == (3, NOON + timedelta(minutes=5))
        monkeypatch.setattr(gazetteer, "PART_ROWS", 2)
        parts = list(gazetteer.places(connection))
    assert [len(part) for part in parts] == [2, 1]
    table = pd.concat(parts, ignore_index=True)
    assert table.iloc[0][["code", "source", "name", "kind"]].tolist() == [
        *("1", "town", "甲", "compound")
    ]
    assert table["aliases"].tolist() == [["甲甲", "a;b"], [], []]
    assert table["former_names"].tolist() == [["老甲"], [], []]
    assert table["parts"].tolist() == [{"road": "建兰路"}, {}, {}]
    assert table["times_used"].tolist() == [3, 0, 0]
    assert table["households"].tolist() == [40, pd.NA, pd.NA]
    assert boxes("A")["A"].contains(shapely.Point(table["lon"][0], table["lat"][0]))
    assert table["lon"].tolist()[1] == 104.005
    assert table["lon"].isna().tolist() == [False, False, True]


def test_retired_places_are_left_out_and_none_at_all_is_one_empty_part(
    store: Store, importer: Importer
) -> None:
    bring(importer)
    with store.begin() as connection:
        connection.execute(text("UPDATE place SET retired_at = '2026-05-01Z' WHERE code <> '2'"))
        assert [part["code"].tolist() for part in gazetteer.places(connection)] == [["2"]]
        connection.execute(text("UPDATE place SET retired_at = '2026-05-01Z'"))
        (nothing,) = gazetteer.places(connection)
    assert (len(nothing), nothing["lon"].dtype) == (0, "float64")


def test_a_place_that_goes_takes_its_count_along(store: Store, importer: Importer) -> None:
    bring(importer)
    with store.begin() as connection:
        gazetteer.used(connection, {7: 1, 2: 3, 1: 1}, NOON)
        assert connection.execute(text("SELECT count(*) FROM place_use")).scalar_one() == 2
        connection.execute(text("DELETE FROM place"))
        assert connection.execute(text("SELECT count(*) FROM place_use")).scalar_one() == 0


def test_the_areas_of_complete_layers_come_from_the_top_to_the_grids(
    store: Store, clock: FixedClock
) -> None:
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        draw(connection, ". X", name="campus", priority=10, made_at=clock.now())
        connection.execute(text("UPDATE layer SET complete = FALSE WHERE code = 'campus'"))
        known = gazetteer.areas(connection, clock.now())
    assert [one.code for one in known] == ["base-city", *"ABCDEFGHI"]
    city, first = known[:2]
    assert (city.level, city.rank, city.is_grid, city.parent_code) == ("city", 0, False, None)
    assert (first.level, first.rank, first.is_grid, first.name) == ("grid", 1, True, "Grid A")
    assert (first.parent_code, first.layer) == ("base-city", "base")
    shapes = boxes(NINE)
    assert all(shapes[one.code].contains(shapely.Point(one.lon, one.lat)) for one in known[1:])
