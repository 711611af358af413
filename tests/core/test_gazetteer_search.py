"""The places of the database in memory: whoever changes them is searched a moment later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gridgis.imports import Importer, ImportOptions
from gridgis.imports.correcting import Change, correct, retire
from gridgis.imports.places import Places
from gridgis.places.finding import search
from gridgis.places.gazetteer import Gazetteer
from gridgis.store import gazetteer as stored
from tests.addresses import LIST, places
from tests.cities import draw

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store


@pytest.fixture
def town(store: Store, actor: Actor, clock: FixedClock) -> Store:
    """Nine grids, and a list of places."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    Importer(store, actor, clock).frame("places", places(), ImportOptions(source="list"), "list")
    return store


def names(gazetteer: Gazetteer, words: str) -> list[str]:
    return [one.name for one in search(gazetteer.current(), words, 3)]


def test_what_was_imported_is_found(town: Store, tmp_path: Path) -> None:
    gazetteer = Gazetteer(town, tmp_path)
    assert names(gazetteer, "jlly11")[0] == "建兰丽苑11号楼"
    assert len(gazetteer.current()) == len(LIST)
    # The areas in force are known as well.
    assert set("ABCDEFGHI") <= set(gazetteer.current().areas)


def test_a_place_that_is_retired_is_not_found_any_more(
    town: Store, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    gazetteer = Gazetteer(town, tmp_path)
    assert "望河小学" in names(gazetteer, "望河小学")
    code = str([one["name"] for one in LIST].index("望河小学"))
    with town.begin() as connection:
        retire(connection, "places", f"list:{code}", Change("closed", actor, clock.now()))
    gazetteer.refresh()
    assert "望河小学" not in names(gazetteer, "望河小学")


def test_two_processes_share_one_file(town: Store, tmp_path: Path) -> None:
    one, other = Gazetteer(town, tmp_path), Gazetteer(town, tmp_path)
    first = search(one.current(), "松庄2号楼", 5)
    assert len(list(tmp_path.glob("*.places"))) == 1
    assert search(other.current(), "松庄2号楼", 5) == first
    assert len(list(tmp_path.glob("*.places"))) == 1


def test_it_hears_of_changes_by_itself(
    town: Store, actor: Actor, clock: FixedClock, tmp_path: Path
) -> None:
    gazetteer = Gazetteer(town, tmp_path)
    gazetteer.current()
    gazetteer.listen()
    try:
        with town.begin() as connection:
            change = Change("people say so", actor, clock.now())
            correct(connection, Places(), "list:0", {"aliases": ["七里香"]}, change)
        for _ in range(200):
            if names(gazetteer, "七里香"):
                break
            gazetteer._ended.wait(0.1)
        assert names(gazetteer, "七里香") == ["建兰丽苑"]
    finally:
        gazetteer.close()


def test_an_address_that_was_used_goes_first(
    town: Store, clock: FixedClock, tmp_path: Path
) -> None:
    assert names(Gazetteer(town, tmp_path), "松庄2号楼")[0] == "松庄小区2号楼"
    found = search(Gazetteer(town, tmp_path).current(), "松庄新村2号楼", 1)[0]
    assert found.place_id is not None
    with town.begin() as connection:
        stored.used(connection, {found.place_id: 1}, clock.now())
    assert names(Gazetteer(town, tmp_path), "松庄2号楼")[0] == "松庄新村2号楼"


def test_without_any_place_there_is_an_empty_answer(store: Store, tmp_path: Path) -> None:
    assert names(Gazetteer(store, tmp_path), "建兰丽苑") == []
