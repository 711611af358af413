"""Laws of the search: an address finds itself, an alias takes nothing away, all processes agree."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridgis.errors import UnreadableFileError
from gridgis.places.finding import search
from gridgis.places.grammar import PARTS
from gridgis.places.index import MOST_FOUND, PlaceIndex
from gridgis.places.writing import composed, fold, tokens
from tests.addresses import LIST, demo_places, listed
from tests.conftest import PROVE
from tests.disturbing import KINDS, Spoken

if TYPE_CHECKING:
    from pathlib import Path

    from tests.addresses import DemoPlaces

SAMPLE = 5_000 if PROVE else 500


@pytest.fixture(scope="module")
def demo() -> DemoPlaces:
    return demo_places()


def test_a_standard_address_finds_itself_first_and_surely(demo: DemoPlaces) -> None:
    """By looking it up when it is all, and by searching while somebody types."""
    rows = demo.rows.sample(SAMPLE, random_state=11)
    for code, address in zip(rows["code"], rows["standard_address"], strict=True):
        for typing in (False, True):
            found = search(demo.index, address, 2, typing=typing, explained=False)
            assert found[0].place == f"demo:{code}", address
            assert found[0].score == 1.0, address


def test_what_is_typed_so_far_shows_where_it_leads(demo: DemoPlaces) -> None:
    """From its own name on, every beginning of an address shows the place or what it lies in."""
    rows = demo.rows[demo.rows["compound"] != ""].sample(SAMPLE // 10, random_state=12)
    for row in rows.itertuples():
        begin = row.standard_address.index(row.compound) + min(3, len(row.compound))
        for end in range(begin, len(row.standard_address) + 1):
            shown = {c.address for c in search(demo.index, row.standard_address[:end], 10)}
            leading = any(row.standard_address.startswith(address) for address in shown)
            assert leading, row.standard_address[:end]
        assert row.standard_address in shown


def test_who_is_left_out_early_would_not_have_been_among_the_best(demo: DemoPlaces) -> None:
    """With room for two thousand nodes next to nothing is left out; the best are the same."""
    rng = np.random.default_rng(13)
    ways = list(KINDS.values())
    for place in demo.rows.sample(SAMPLE, random_state=13).to_dict("records"):
        parts = {name: place[name] for name in PARTS if place[name]}
        spoken = Spoken(parts, place["name"], tuple(place["former_names"]))
        words = ways[rng.integers(len(ways))](spoken, rng) or place["name"]
        for typing in (False, True):
            few, many = (
                demo.index.ranked(words, typing=typing, most=most).found
                for most in (18, MOST_FOUND)
            )
            best = sorted((-row.order, row.node) for row in many)[:18]
            assert sorted((-row.order, row.node) for row in few) == best, words


NAMES = st.text("建兰丽苑松庄新村小区12号楼abn ", min_size=1, max_size=8)


@settings(max_examples=300 if PROVE else 40, deadline=None)
@given(row=st.integers(0, len(LIST) - 1), alias=NAMES)
def test_an_alias_never_loses_what_was_found_before(row: int, alias: str) -> None:
    rows = [dict(one) for one in LIST]
    rows[row]["aliases"] = [*rows[row]["aliases"], alias]
    index = listed(rows)
    for number, one in enumerate(LIST):
        for words in (one["standard_address"], one["name"]):
            found = search(index, words, 5, typing=False)
            assert f"list:{number}" in {c.place for c in found}, (words, alias)


@settings(max_examples=500 if PROVE else 100, deadline=None)
@given(text=st.text(max_size=40))
def test_tokens_lie_in_the_text_one_after_the_other(text: str) -> None:
    text = composed(text)
    assert len(fold(text)) == len(text)
    end = 0
    for token in tokens(text):
        assert end <= token.start < token.end <= len(text)
        end = token.end


@settings(max_examples=200 if PROVE else 40, deadline=None)
@given(text=st.text("建兰丽苑松庄11号楼栋单元路仁轩社区 abN12-#，", max_size=30))
def test_any_words_get_an_answer_in_order_with_scores_from_0_to_1(text: str) -> None:
    found = search(_small(), text)
    assert all(0.0 <= c.score <= 1.0 for c in found)
    for candidate in found:
        assert candidate.name
        assert candidate.address
        for match in candidate.matched:
            assert composed(text)[match.start : match.end] == match.words


def _small() -> PlaceIndex:
    if not _SMALL:
        _SMALL.append(listed())
    return _SMALL[0]


_SMALL: list[PlaceIndex] = []

ASK = """
import json, sys
from pathlib import Path
from gridgis.places.finding import search
from gridgis.places.grammar import PARTS
from gridgis.places.index import MOST_FOUND, PlaceIndex
index = PlaceIndex.load(Path(sys.argv[1]))
print([search(index, words, 8) for words in json.load(sys.stdin)])
"""


@pytest.mark.slow
def test_two_processes_give_the_same_answers(demo: DemoPlaces, tmp_path: Path) -> None:
    file = tmp_path / "demo.places"
    demo.index.save(file)
    rng = np.random.default_rng(5)
    names = demo.rows["name"].sample(60, random_state=5)
    words = [name[: rng.integers(2, len(name) + 1)] for name in names] + ["jlly1", "jianlan"]
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(file)],
        input=json.dumps(words),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == repr([search(demo.index, one, 8) for one in words])


def test_a_damaged_file_is_told_and_not_read(tmp_path: Path) -> None:
    file = tmp_path / "list.places"
    listed().save(file)
    written = bytearray(file.read_bytes())
    written[len(written) // 2] ^= 0xFF
    file.write_bytes(written)
    with pytest.raises(UnreadableFileError, match="damaged"):
        PlaceIndex.load(file)
