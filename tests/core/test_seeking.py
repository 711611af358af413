"""Words in place of a point: the one place that is clearly meant, or those to choose from."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gridgis.places.finding import SURE
from gridgis.places.gazetteer import Gazetteer
from gridgis.seeking import Demands, Sought, seek
from gridgis.settings import Settings
from gridgis.store.engine import Store
from tests.cities import draw, settle
from tests.conftest import clone_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridgis.places.index import PlaceIndex

COMPOUND = Demands("compound", SURE)


@pytest.fixture(scope="module")
def index(server_url: str, template: str) -> Iterator[PlaceIndex]:
    with clone_of(server_url, template) as url:
        store = Store(url)
        with store.begin() as connection:
            draw(connection, made_at=datetime(2026, 5, 1, tzinfo=UTC))
            settle(connection)
        yield Gazetteer(store, None).current()
        store.close()


def taken(sought: Sought) -> str | None:
    return None if sought.taken is None else sought.taken.candidate.place


def test_a_score_is_sure_for_the_settings_as_it_is_for_a_search() -> None:
    assert Settings().address_score == SURE


@pytest.mark.parametrize(
    ("address", "description", "place"),
    [
        ("建兰丽苑11号楼E单元", "有煤气味", "town:JL11E"),
        ("建兰丽苑11号楼E单元楼下有煤气味", "", "town:JL11E"),
        ("建兰路12号建兰丽苑11号楼", "", "town:JL11"),
        ("建兰丽苑11栋", "", "town:JL11"),
        ("建兰丽苑门口", "", "town:JL"),
        ("在金星花园,1号楼的电梯困人了", "", "town:JX1"),
        ("滨河小学", "", "town:SC"),
        (None, "建兰丽苑11号楼楼道里有燃气味，快来人", "town:JL11"),
        ("   ", "建兰丽苑11号楼楼道里有燃气味", "town:JL11"),
        ("我家楼下", "建兰丽苑11号楼楼道里有燃气味", "town:JL11"),
        ("建兰丽苑11号楼", "我住金星花园，路过时闻到", "town:JL11"),
        ("建兰路", "建兰丽苑11号楼楼道里有燃气味", "town:JL11"),
        (None, "建兰丽苑11号楼着火了！建兰丽苑11号楼！", "town:JL11"),
    ],
)
def test_clear_words_mean_one_place(
    index: PlaceIndex, address: str | None, description: str, place: str
) -> None:
    sought = seek(index, address, description, COMPOUND)
    assert taken(sought) == place
    assert sought.taken.candidate.location is not None
    assert sought.of(place) is not None


@pytest.mark.parametrize(
    ("address", "description", "offered"),
    [
        # Two roads that cross are no place, and each is long.
        ("建兰路与滨河路交叉口", "", set()),
        ("建兰路", "", set()),
        # Two places.
        ("建兰丽苑11号楼和金星花园1号楼之间", "", {"town:JL11", "town:JX1"}),
        ("建兰丽苑11号楼，或者金星花园1号楼", "", {"town:JL11", "town:JX1"}),
        ("", "从建兰丽苑一直到金星花园的路灯都不亮", {"town:JL", "town:JX"}),
        # Two of one name.
        ("幸福小区", "", {"town:XF1", "town:XF2"}),
        ("", "幸福小区垃圾没人收", {"town:XF1", "town:XF2"}),
        # Not there, but near it: perhaps in the next grid.
        ("建兰丽苑对面", "", {"town:JL"}),
        ("建兰丽苑11号楼往北200米", "", {"town:JL11"}),
        ("建兰丽苑附近有人打架", "", {"town:JL"}),
        ("靠近建兰丽苑", "", {"town:JL"}),
        ("建兰丽苑对面", "建兰丽苑11号楼的人说的", {"town:JL", "town:JL11"}),
        # No such house: perhaps of another compound.
        ("建兰丽苑99号楼", "", {"town:JL"}),
        # The address says one thing, the description another.
        ("幸福小区", "金星花园1号楼漏水", {"town:XF1", "town:XF2", "town:JX1"}),
        # Nobody knows where it is.
        ("无名苑", "", {"town:NO"}),
        # Nothing at all.
        ("我家", "有煤气味", set()),
        ("", "", set()),
        (None, "11号楼有煤气味", set()),
    ],
)
def test_of_unclear_words_a_person_chooses(
    index: PlaceIndex, address: str | None, description: str, offered: set[str]
) -> None:
    sought = seek(index, address, description, COMPOUND)
    assert taken(sought) is None
    assert {one.place for one in sought.candidates if one.place} >= offered


@pytest.mark.parametrize(
    ("precision", "score", "address", "place"),
    [
        ("unit", SURE, "建兰丽苑11号楼", None),
        ("building", SURE, "建兰丽苑11号楼", "town:JL11"),
        ("building", SURE, "建兰丽苑", None),
        ("compound", SURE, "建兰丽苑", "town:JL"),
        ("compound", 0.99, "建蓝丽苑", None),
        ("compound", SURE, "建蓝丽苑", "town:JL"),
    ],
)
def test_the_settings_say_how_exactly_and_how_surely(
    index: PlaceIndex, precision: str, score: float, address: str, place: str | None
) -> None:
    assert taken(seek(index, address, "", Demands(precision, score))) == place


def test_what_was_found_is_kept_in_words(index: PlaceIndex) -> None:
    sought = seek(index, "建兰丽苑11号楼E单元楼下有煤气味", "", COMPOUND)
    assert sought.taken.located == {
        "precision": "unit",
        "place": "town:JL11E",
        "name": "11号楼E单元",
        "score": 1.0,
        "words": "建兰丽苑11号楼E单元",
    }
    assert json.loads(json.dumps(sought.taken.located)) == sought.taken.located


def hostile() -> Iterator[str]:
    """Texts that nobody means well by."""
    yield from (
        "建兰丽苑" * 2500,
        "x" * 20_000,
        "1" * 10_000,
        "11号楼" * 3000,
        "\u202e建兰丽苑11号楼\u202c",
        "\x01\x02\x07\x1b[31m建兰丽苑\x7f",
        "💥🔥👩‍👩‍👧‍👦" * 200,
        "'; DROP TABLE report; --",
        "建兰丽苑' OR '1'='1",
        "%s %(x)s :lon {0} ${7*7}",
        "e\u0301" * 300,
        "\u0e33" * 500,
        "①②③㍿ﷺ",
        "\ufeff\u200b\u200d\u2060",
        "\n\n\t\r\v\f",
        "建\n兰\n丽\n苑",
        "𠮷野家𪚥" * 100,
    )
    rng = np.random.default_rng(7)
    letters = (
        "建兰丽苑金星花园幸福小区滨河路口1234567890号楼栋单元E-#,，。 对面aJ\u202e\x00\U0001f600"
    )
    for _ in range(300):
        yield "".join(rng.choice(list(letters), size=int(rng.integers(1, 120))))


def test_hostile_words_are_read_like_any_other(index: PlaceIndex) -> None:
    for text in hostile():
        for address, description in ((text, ""), (None, text), (text, text)):
            sought = seek(index, address, description, COMPOUND)
            assert len(sought.candidates) <= 5
