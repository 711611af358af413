"""Two plans side by side: labels, people who move, and how far apart they are."""

from __future__ import annotations

from itertools import permutations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import entropy

from gridgis_boundaries.compare import (
    affected_reports,
    affected_responders,
    beside,
    compare,
    match,
    variation_of_information,
)
from gridgis_boundaries.history import overlay
from gridgis_boundaries.sizes import area_m2
from tests.boundaries.test_overlay import AFTER, BEFORE, city, spots
from tests.cities import NINE

MIDDLES = [(east + 0.5, north + 0.5) for north in range(3) for east in range(3)]
HOMES = spots(*MIDDLES, households=100)
"""A tower of 100 households in the middle of each square, C0 in the south-west."""


def test_other_names_are_no_move() -> None:
    old, new = city(NINE), city(NINE)
    new["code"] = [f"N{code}" for code in new["code"][::-1]]
    found = compare(old, new, HOMES)
    assert (found.moved_households, found.moved_share, found.variation_bits) == (0, 0, 0)
    assert found.moves.empty
    assert set(found.pieces["kind"]) == {"keep"}
    assert found.matches["left"].eq(0).all()


def test_who_moves_from_where_to_where() -> None:
    """Six grids become four: A, D, G and H go on; the households of the middle column move.

    Also of B and E, which are no more, the east goes to H. H itself keeps its eastern square.
    """
    found = compare(city(BEFORE), city(AFTER), HOMES)
    pairs = found.matches.set_index("before")["after"].where(lambda code: code.notna(), None)
    assert pairs.to_dict() == {"A": "A", "B": None, "D": "D", "E": None, "G": "G", "H": "H"}
    moves = {row.code: (row.from_code, row.to_code) for row in found.moves.itertuples()}
    assert moves == {
        "C1": ("B", "A"),
        "C2": ("B", "H"),
        "C4": ("E", "D"),
        "C5": ("E", "H"),
        "C7": ("H", "G"),
    }
    assert found.moved_households == 500
    assert found.moved_share == pytest.approx(5 / 9)
    of_h = found.matches.set_index("before").loc["H"]
    assert (of_h["households_before"], of_h["households_after"]) == (200, 300)
    assert (of_h["kept"], of_h["left"], of_h["arrived"]) == (100, 100, 200)
    # Three single squares go whole (0 bits), three pairs are halved: 6/9 of a bit of the new grid
    # is unknown; of the old one, that of four pairs and triples.
    hand = 6 / 9 + (6 / 9 * 1 + 3 / 9 * np.log2(3))
    assert found.variation_bits == pytest.approx(hand)


def test_the_map_has_all_ground_once() -> None:
    old, new = city("A B C"), city(". A A D")
    pieces = compare(old, new, spots((1.3, 0.5), (1.7, 0.5), (2.5, 0.5))).pieces
    kinds = {(row.from_code, row.to_code): row.kind for row in pieces.itertuples()}
    assert kinds == {
        ("A", None): "gone",
        ("B", "A"): "keep",
        ("C", "A"): "moved",
        (None, "D"): "new",
    }
    assert area_m2(pieces.geometry) == pytest.approx(pieces["area_m2"].to_numpy(), rel=1e-6)
    assert pieces.geometry.is_valid.all()


def test_open_cases_and_workers() -> None:
    old, new = city(BEFORE), city(AFTER)
    found = compare(old, new, HOMES)
    reports = gpd.GeoDataFrame(
        {"id": ["stays", "moves", "nowhere", "beside"]},
        geometry=[*spots((0.5, 0.5), (1.5, 0.5)).geometry, None, *spots((9, 9)).geometry],
        crs=4326,
    )
    cases = affected_reports(reports, old, new, found.matches)
    assert cases.to_numpy().tolist() == [["moves", "B", "A"]]
    workers = pd.DataFrame(
        {"id": [1, 2, 3], "name": ["Wang", "Li", "Zhao"], "area_code": ["A", "B", "X"]}
    )
    told = affected_responders(workers, found.matches)
    assert told["name"].tolist() == ["Wang", "Li"]
    assert told["arrived"].tolist() == [100, 0]
    assert told["to_code"].isna().tolist() == [False, True]


def test_every_measure_beside_every_measure() -> None:
    matches = compare(city("A A B"), city("A B B C"), spots((0.5, 0.5), (2.5, 0.5))).matches
    before = pd.DataFrame({"households": [10, 20]}, index=["A", "B"])
    after = pd.DataFrame({"households": [15, 15, 0], "reock": [0.5, 0.6, 0.7]}, index=list("ABC"))
    table = beside(before, after, matches)
    assert len(table) == 2 * len(matches)
    row = table[(table["before_code"] == "A") & (table["measure"] == "households")].iloc[0]
    assert (row["after_code"], row["before"], row["after"], row["change"]) == ("A", 10, 15, 5)
    assert table[table["measure"] == "reock"]["before"].isna().all()


labels = st.lists(st.integers(0, 4), min_size=12, max_size=12)
weights = st.lists(st.floats(0, 1000), min_size=12, max_size=12)


@given(labels, labels, weights)
def test_variation_by_entropies(old: list[int], new: list[int], weight: list[float]) -> None:
    """VI = 2 H(X, Y) - H(X) - H(Y), by scipy; symmetric."""
    amount = np.array(weight) + 1e-3
    both = pd.Series(amount).groupby([old, new]).sum()
    judged = 2 * entropy(both, base=2)
    judged -= entropy(both.groupby(level=0).sum(), base=2)
    judged -= entropy(both.groupby(level=1).sum(), base=2)
    found = variation_of_information(old, new, amount)
    assert found == pytest.approx(judged, abs=1e-9)
    assert found == pytest.approx(variation_of_information(new, old, amount), abs=1e-12)


@given(labels, labels, labels)
def test_variation_is_a_metric(one: list[int], two: list[int], three: list[int]) -> None:
    def apart(first: list[int], second: list[int]) -> float:
        return variation_of_information(first, second, np.ones(12))

    assert apart(one, three) <= apart(one, two) + apart(two, three) + 1e-9
    pairs = set(zip(one, two, strict=True))
    same = len(pairs) == len(set(one)) == len(set(two))
    assert (apart(one, two) < 1e-9) == same
    assert variation_of_information([], [], []) == 0


@settings(max_examples=40)
@given(st.integers(1, 4), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_no_pairing_keeps_more(olds: int, news: int, seed: int) -> None:
    shared = np.random.default_rng(seed).integers(0, 5, (olds, news))
    old, new = np.nonzero(shared)
    ground = pd.DataFrame({"old": old, "new": new, "households": shared[old, new], "area_m2": 1.0})
    found = match(ground, olds, news)
    kept = sum(shared[at, to] for at, to in enumerate(found) if to >= 0)
    size = max(olds, news)
    square = np.zeros((size, size))
    square[:olds, :news] = shared
    best = max(
        sum(square[at, to] for at, to in enumerate(order)) for order in permutations(range(size))
    )
    assert kept == best
    taken = [to for to in found if to >= 0]
    assert len(taken) == len(set(taken))


def test_a_tie_goes_to_the_most_ground() -> None:
    old, new = city("A A A"), city("B B C")
    found = match(overlay(old.assign(households=0), new), 1, 2)
    assert found.tolist() == [0]
