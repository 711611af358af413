"""Places that are the same become one: its names are theirs, they go out of use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy import text

from gridgis.errors import (
    ConflictError,
    InvalidInputError,
    RowNotFoundError,
    UnreadableFileError,
)
from gridgis.imports import Importer, ImportOptions
from gridgis.imports.correcting import Change
from gridgis.imports.merging import Merge, merge, read_list
from gridgis.store import gazetteer

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store


@pytest.fixture
def why(actor: Actor, clock: FixedClock) -> Change:
    return Change("twice", actor, clock.now())


@pytest.fixture
def town(store: Store, actor: Actor, clock: FixedClock) -> Store:
    frame = pd.DataFrame(
        {
            "code": ["1", "2", "3"],
            "kind": "compound",
            "name": ["建兰丽苑", "建兰丽苑小区", "Court, East"],
            "aliases": [["建兰"], ["丽苑", "建兰丽苑"], ["A, B"]],
            "former_names": [[], ["棉纺厂家属院"], []],
        }
    )
    Importer(store, actor, clock).frame("places", frame, ImportOptions(source="town"), "p")
    with store.begin() as connection:
        for place_id in (1, 2, 2, 3):
            gazetteer.used(connection, place_id, clock.now())
    return store


def stored(store: Store, question: str) -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


def test_the_kept_one_has_all_names_and_the_others_are_out_of_use(town: Store, why: Change) -> None:
    with town.begin() as connection:
        taken = merge(connection, Merge("town:1", ["2", "3"]), why)
    assert taken == ["建兰丽苑小区", "丽苑", "Court, East", "A, B", "棉纺厂家属院"]
    rows = stored(town, "SELECT name, aliases, former_names, retired_at FROM place ORDER BY id")
    aliases = ["建兰", "建兰丽苑小区", "丽苑", "Court, East", "A, B"]
    assert rows[0] == ("建兰丽苑", aliases, ["棉纺厂家属院"], None)
    assert [row[3] for row in rows[1:]] == [why.at, why.at]
    assert stored(town, "SELECT place_id, times FROM place_use") == [(1, 4)]
    kept = stored(town, "SELECT key, reason, before ->> 'name' FROM correction ORDER BY id")
    assert kept == [
        ("1", "twice", "建兰丽苑"),
        ("2", "twice (merged into town:1)", "建兰丽苑小区"),
        ("3", "twice (merged into town:1)", "Court, East"),
    ]


def test_a_place_of_the_same_names_is_merged_without_a_change(town: Store, why: Change) -> None:
    with town.begin() as connection:
        connection.execute(text("UPDATE place SET name = '建兰', aliases = '{}' WHERE code = '3'"))
        assert merge(connection, Merge("1", ["3"]), why) == []
    assert stored(town, "SELECT key FROM correction") == [("3",)]


@pytest.mark.parametrize(
    ("asked", "error", "reason"),
    [
        (Merge("1", ["9"]), RowNotFoundError, "no row 9 among the places"),
        (Merge("1", ["town:1"]), InvalidInputError, "the same place is named twice"),
        (Merge("1", ["2", "town:2"]), InvalidInputError, "the same place is named twice"),
    ],
)
def test_what_cannot_be_merged_is_refused(
    town: Store, why: Change, asked: Merge, error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason), town.begin() as connection:
        merge(connection, asked, why)
    assert stored(town, "SELECT count(*) FROM correction") == [(0,)]


def test_a_retired_place_is_not_merged_again(town: Store, why: Change) -> None:
    with town.begin() as connection:
        merge(connection, Merge("1", ["2"]), why)
    with pytest.raises(ConflictError, match="place 2 is retired"), town.begin() as connection:
        merge(connection, Merge("3", ["2"]), why)


LIST = """finding,group,keep,source,code
duplicate,1,yes,town,1
duplicate,1,,town,2
duplicate,2,no,town,3
duplicate,2,no,town,4
duplicate,3,是,town,5
disagreement,,,town,6
duplicate,4,,osm,n1
duplicate,4,x,osm,w1
duplicate,4,,osm,n2
"""


def test_an_edited_list_says_what_to_merge(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    # Nobody is kept of the second group, and the third has lost its other row.
    assert read_list(path) == [
        Merge("town:1", ["town:2"]),
        Merge("osm:w1", ["osm:n1", "osm:n2"]),
    ]


@pytest.mark.parametrize(
    ("old", "new", "error", "reason"),
    [
        ("1,,town,2", "1,yes,town,2", InvalidInputError, "group 1 keeps town:1 and town:2"),
        ("1,,town,2", "1,maybe,town,2", InvalidInputError, "keep is 'maybe'; write yes"),
        ("finding,group", "finding,set", UnreadableFileError, "no column 'group'"),
    ],
)
def test_a_list_that_says_nothing_clear_is_refused(
    tmp_path: Path, old: str, new: str, error: type[Exception], reason: str
) -> None:
    path = tmp_path / "list.csv"
    path.write_text(LIST.replace(old, new), encoding="utf-8")
    with pytest.raises(error, match=reason):
        read_list(path)
