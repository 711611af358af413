"""A thousand addresses of the demo as people write them: right first, and never surely wrong."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pytest

from gridgis.places.finding import SURE, search
from gridgis.places.grammar import PARTS
from tests.addresses import demo_places
from tests.conftest import PROVE
from tests.disturbing import KINDS, Spoken

if TYPE_CHECKING:
    from tests.addresses import DemoPlaces

ADDRESSES = 1_000
SEEDS = range(1, 11) if PROVE else [1]
FORMER = "a former name"


class Asked(NamedTuple):
    """One disturbed address: the place that is meant, and what came of it."""

    kind: str
    words: str
    first: bool
    within_five: bool
    surely_wrong: bool


@pytest.fixture(scope="module", params=SEEDS)
def asked(request: pytest.FixtureRequest) -> list[Asked]:
    demo = demo_places()
    rng = np.random.default_rng(request.param)
    known = set(demo.rows["standard_address"])
    return [_ask(demo, known, kind, rng) for kind in _kinds(ADDRESSES)]


def _kinds(count: int) -> list[str]:
    return [kind for _ in range(count // len(KINDS) + 1) for kind in KINDS][:count]


def _ask(demo: DemoPlaces, known: set[str], kind: str, rng: np.random.Generator) -> Asked:
    """Disturb an address of the demo until something is disturbed, and search for it."""
    renamed = _former_names(demo)
    words = None
    while words is None or (words in known and kind != "untouched"):
        row = demo.rows.iloc[int(rng.integers(len(demo.rows)))]
        here = (row["community"], row["compound"])
        if kind == FORMER and here not in renamed:
            continue
        parts = {name: row[name] for name in PARTS if row[name]}
        words = KINDS[kind](Spoken(parts, row["name"], renamed.get(here, ())), rng)
    found = search(demo.index, words, 5, typing=False, explained=False)
    places = [candidate.place for candidate in found]
    right = f"demo:{row['code']}"
    wrong = places[:1] != [right]
    return Asked(
        kind,
        words,
        first=not wrong,
        within_five=right in places,
        surely_wrong=wrong and bool(found) and found[0].score >= SURE,
    )


def _former_names(demo: DemoPlaces) -> dict[tuple[str, str], tuple[str, ...]]:
    if not _FORMER:
        named = demo.rows[(demo.rows["kind"] == "compound") & demo.rows["former_names"].map(bool)]
        columns = (named["community"], named["compound"], named["former_names"])
        _FORMER.update({(a, c): tuple(f) for a, c, f in zip(*columns, strict=True)})
    return _FORMER


_FORMER: dict[tuple[str, str], tuple[str, ...]] = {}


def table(asked: list[Asked]) -> str:
    """How many of each kind were right first, within five, and surely wrong."""
    counts = {kind: Counter[str]() for kind in KINDS}
    for one in asked:
        counts[one.kind].update(
            {"n": 1, "first": one.first, "five": one.within_five, "wrong": one.surely_wrong}
        )
    return "\n".join(
        f"{kind:24} {c['n']:4} {c['first']:4} {c['five']:4} {c['wrong']:4}"
        for kind, c in counts.items()
    )


@pytest.mark.slow
def test_the_right_place_comes_first(asked: list[Asked]) -> None:
    assert np.mean([one.first for one in asked]) >= 0.95, table(asked)
    assert np.mean([one.within_five for one in asked]) >= 0.99, table(asked)


def test_no_kind_of_disturbance_is_lost(asked: list[Asked]) -> None:
    for kind in KINDS:
        right = [one.first for one in asked if one.kind == kind]
        # Initials are shared by many: some are told apart by one word more.
        assert np.mean(right) >= (0.75 if kind == "initials" else 0.9), f"{kind}\n{table(asked)}"


def test_what_is_wrong_is_not_answered_as_sure(asked: list[Asked]) -> None:
    wrong = [one.words for one in asked if one.surely_wrong]
    assert len(wrong) <= 0.005 * ADDRESSES, wrong
