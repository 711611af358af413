"""Roads in the database: what goes in comes out, and whoever listens is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from pandas.testing import assert_frame_equal
from sqlalchemy import text

from gridgis.errors import ConflictError, InvalidInputError, RowNotFoundError, StoreError
from gridgis.roads.closures import Wish, make
from gridgis.roads.modes import Mode
from gridgis.roads.reading.importing import read_roads
from gridgis.roads.reading.recording import record
from gridgis.store import closures, roads
from tests.drawn_roads import line, read

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.roads.reading.importing import Roads
    from gridgis.store.engine import Store

NINE = datetime(2026, 5, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def helsinki(shared: Path) -> Roads:
    return read_roads(shared / "data/roads_helsinki/Helsinki.osm.pbf")


@pytest.fixture(scope="module")
def monaco(shared: Path) -> Roads:
    return read_roads(shared / "data/roads_monaco/monaco.osm.gz")


def test_what_is_stored_comes_back_to_the_last_digit(
    store: Store, helsinki: Roads, actor: Actor, clock: FixedClock
) -> None:
    record(store, helsinki, "osm", "Helsinki.osm.pbf", (actor, clock))
    with store.begin() as connection:
        stored = roads.network(connection)
        (source,) = roads.sources(connection)
    assert_geodataframe_equal(
        stored.edges.drop(columns="source"), helsinki.edges, check_dtype=False
    )
    assert list(stored.edges.columns[:2]) == ["source", "way"]
    assert stored.edges["forward"].dtype == np.int16
    assert_frame_equal(stored.bans, helsinki.bans, check_dtype=False)
    assert source.edges == len(helsinki.edges)
    assert source.found["counts"] == helsinki.counts
    assert source.imported_at == clock.now()


def test_odd_names_come_back_as_they_were(store: Store, actor: Actor, clock: FixedClock) -> None:
    names = ['"Long", Street', "two\nlines", "建兰路", "NULL", "\\N", None]
    lines = {f"w{n}": line((n, 0), (n + 1, 0)) for n in range(len(names))}
    record(store, read(lines, name=names), "own", "a file", (actor, clock))
    with store.begin() as connection:
        stored = roads.network(connection)
    back = stored.edges.sort_values("way")["name"]
    assert back[back.notna()].tolist() == names[:-1]
    assert back.iloc[-1] is None


def test_lengths_are_those_of_postgis(
    store: Store, helsinki: Roads, actor: Actor, clock: FixedClock
) -> None:
    record(store, helsinki, "osm", "Helsinki.osm.pbf", (actor, clock))
    with store.begin() as connection:
        worst = connection.execute(
            text("SELECT max(abs(ST_Length(geom::geography) - length_m)) FROM road")
        ).scalar_one()
    assert worst < 1e-3


def test_two_sources_share_no_node_and_one_is_replaced_alone(
    store: Store, helsinki: Roads, monaco: Roads, actor: Actor, clock: FixedClock
) -> None:
    for roads_of, source in ((helsinki, "fi"), (monaco, "mc"), (helsinki, "fi")):
        record(store, roads_of, source, "a file", (actor, clock))
    with store.begin() as connection:
        stored = roads.network(connection)
    edges = stored.edges
    assert edges["source"].value_counts().to_dict() == {
        "fi": len(helsinki.edges),
        "mc": len(monaco.edges),
    }
    ends = {
        source: set(of[["from_node", "to_node"]].to_numpy().ravel())
        for source, of in edges.groupby("source")
    }
    assert not ends["fi"] & ends["mc"]
    # Each forbidden turn still leads from its road over its node to its road.
    for turn in stored.bans.itertuples():
        for side in (turn.from_edge, turn.to_edge):
            assert turn.via_node in edges.loc[side, ["from_node", "to_node"]].tolist()


def test_the_mark_changes_with_the_roads_and_only_then(
    store: Store, monaco: Roads, actor: Actor, clock: FixedClock
) -> None:
    with store.begin() as connection:
        before = roads.mark(connection)
    record(store, monaco, "mc", "a file", (actor, clock))
    with store.begin() as connection:
        with_roads = roads.mark(connection)
        with pytest.raises(RowNotFoundError, match="no roads of 'xx'"):
            roads.remove(connection, "xx")
        assert roads.mark(connection) == with_roads != before
        assert roads.remove(connection, "mc") == len(monaco.edges)
        assert roads.mark(connection) != with_roads
        assert roads.network(connection).edges.empty
        assert roads.network(connection).bans.empty


def test_a_closure_acts_in_its_time_and_is_kept(
    store: Store, monaco: Roads, actor: Actor, clock: FixedClock
) -> None:
    record(store, monaco, "mc", "a file", (actor, clock))
    way = f"mc:{monaco.edges['way'].iloc[0]}"
    flood = shapely.box(7.41, 43.73, 7.42, 43.74)
    burst = make(Wish("burst pipe", ways=[way]), uuid4(), actor, NINE)
    parade = make(
        Wish(
            "parade",
            0.5,
            Mode.CAR.bit,
            polygon=flood,
            valid_from=NINE + timedelta(hours=3),
            valid_to=NINE + timedelta(hours=5),
        ),
        uuid4(),
        actor,
        NINE,
    )
    with store.begin() as connection:
        before = closures.mark(connection)
        for one in (parade, burst):
            closures.add(connection, one)
        made = closures.mark(connection)
        first, second = closures.standing(connection, NINE)
        closures.end(connection, burst.id, NINE + timedelta(hours=1))
        left = closures.standing(connection, NINE + timedelta(hours=1))
        later = closures.standing(connection, NINE + timedelta(hours=5))
        every = closures.standing(connection, NINE, past=True)
        assert closures.mark(connection) not in {made, before}
        with pytest.raises(ConflictError, match="already"):
            closures.end(connection, burst.id, NINE)
        with pytest.raises(RowNotFoundError):
            closures.end(connection, uuid4(), NINE)
    assert first == burst
    assert second.polygon is not None
    assert second.polygon.equals(flood)
    assert [one.id for one in left] == [parade.id]
    assert later == []
    assert [one.id for one in every] == [burst.id, parade.id]
    assert not every[0].acts(NINE + timedelta(hours=1))
    assert every[0].acts(NINE + timedelta(minutes=59))
    assert not parade.acts(NINE)
    assert parade.acts(NINE + timedelta(hours=4))


@pytest.mark.parametrize(
    "change", ["UPDATE road_closure SET factor = 1", "DELETE FROM road_closure"]
)
def test_a_closure_is_never_rewritten(store: Store, actor: Actor, change: str) -> None:
    closed = make(Wish("flood", polygon=shapely.box(0, 0, 1, 1)), uuid4(), actor, NINE)
    with store.begin() as connection:
        closures.add(connection, closed)
    with pytest.raises(StoreError), store.begin() as connection:
        connection.execute(text(change))


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        (Wish("x", -1, ways=["a:1"]), "factor is -1"),
        (Wish("x", 9, ways=["a:1"]), "factor is 9"),
        (Wish("x", 0.001, ways=["a:1"]), "factor is 0.001"),
        (Wish("x", float("nan"), ways=["a:1"]), "factor is nan"),
        (Wish("x"), "nothing says what to close"),
        (Wish("x", ways=["123"]), "names no road"),
        (Wish(" ", ways=["a:1"]), "say why"),
        (Wish("x", ways=["a:1"], modes=0), "at least one"),
        (Wish("x", ways=["a:1"], valid_to=NINE), "past already"),
    ],
)
def test_an_absurd_closure_is_refused(actor: Actor, wish: Wish, said: str) -> None:
    with pytest.raises(InvalidInputError, match=said):
        make(wish, uuid4(), actor, NINE)


def test_a_closure_of_a_road_that_is_not_there_is_refused(store: Store, actor: Actor) -> None:
    wrong = make(Wish("x", ways=["osm:w1", "osm:w2"]), uuid4(), actor, NINE)
    with pytest.raises(InvalidInputError, match="no roads osm:w1, osm:w2"), store.begin() as c:
        closures.add(c, wrong)
