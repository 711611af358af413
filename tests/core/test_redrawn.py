"""A redraw builds only the tiles that changed, and answers as if all had been built anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gridgis.locate import raster
from gridgis.locate.edition import EditionIndex
from tests.core.adversarial import hostile_points, target_of
from tests.core.drawn_grids import LAW, as_array, partitions, soups

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True, scope="module")
def small_tiles() -> Iterator[None]:
    """Two grids share a tile, so that a small drawing has many."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(raster, "_TILE_GRIDS", 2)
        yield


def squares(across: int, up: int) -> np.ndarray:
    """Grid 0 in the south-west corner, rows from the south."""
    return as_array(
        [
            shapely.box(104 + x / 100, 30 + y / 100, 104 + (x + 1) / 100, 30 + (y + 1) / 100)
            for y in range(up)
            for x in range(across)
        ]
    )


def redrawn(old: np.ndarray, new: np.ndarray, kept: np.ndarray) -> EditionIndex:
    return EditionIndex.of(old).redrawn(new, kept.astype(np.int32))


def same_answers(one: EditionIndex, other: EditionIndex, shapes: np.ndarray, seed: int) -> None:
    points = hostile_points(target_of(shapes, one.tiles), 500, np.random.default_rng(seed))
    a, b = (engine.covering(points.lon, points.lat) for engine in (one, other))
    assert [points.told(point) for point in np.flatnonzero(a != b)] == []


def test_a_grid_that_is_recoded_past_its_neighbour_gives_up_the_shared_edge() -> None:
    old = squares(2, 1)
    engine = redrawn(old, old[::-1].copy(), np.array([1, 0]))
    assert engine.covering(np.array([104.005, 104.01, 104.015]), np.full(3, 30.005)).tolist() == [
        1,
        0,
        0,
    ]


def test_a_local_change_builds_few_tiles() -> None:
    old = squares(20, 20)
    new = old.copy()
    # The first two grids move their common edge.
    new[0], new[1] = shapely.box(104, 30, 104.005, 30.01), shapely.box(104.005, 30, 104.02, 30.01)
    kept = np.arange(len(old))
    kept[:2] = -1
    engine = redrawn(old, new, kept)
    assert len(engine.tiles.directory) > 190
    assert engine.tiles_built <= 4
    assert redrawn(old, old, np.arange(len(old))).tiles_built == 0
    same_answers(engine, EditionIndex.of(new), new, seed=1)


def test_a_new_first_code_moves_all_places_and_builds_only_its_own_tiles() -> None:
    old = squares(20, 20)
    new = as_array([shapely.box(104.002, 30.002, 104.004, 30.004), *old])
    engine = redrawn(old, new, np.arange(len(old)) + 1)
    assert engine.tiles_built <= 4
    same_answers(engine, EditionIndex.of(new), new, seed=2)


def test_a_grid_beyond_the_old_frame_is_found() -> None:
    old = squares(3, 3)
    engine = EditionIndex.of(old)
    frame = engine.tiles.frame
    east = frame.west + frame.step_lon * (frame.across << 11)
    for end in (east + 1.0, east, np.nextafter(east, 0.0), east - 1e-12):
        new = as_array([*old, shapely.box(104.03, 30, end, 30.01)])
        again = engine.redrawn(new, np.arange(len(old), dtype=np.int32))
        lon = np.array([104.03, end, np.nextafter(end, 0.0)])
        assert again.covering(lon, np.full(3, 30.005)).tolist() == [2, 9, 9]


@LAW
@given(data=st.data(), seed=st.integers(0, 2**32 - 1))
def test_any_redraw_answers_as_if_built_anew(data: st.DataObject, seed: int) -> None:
    old = data.draw(st.one_of(partitions(), soups()), label="old")
    others = data.draw(soups(most=3), label="added")
    fates = data.draw(
        st.lists(st.sampled_from("kkkkdr"), min_size=len(old), max_size=len(old)), label="fates"
    )
    order = np.random.default_rng(seed).permutation
    mixed = data.draw(st.booleans(), label="recoded")
    # What is kept, what is reshaped, and what is new; dropped ones are nowhere.
    places = [place for place, fate in enumerate(fates) if fate != "d"]
    new = [
        old[p] if fates[p] == "k" else shapely.affinity.translate(old[p], 0, 0.3) for p in places
    ]
    new += list(others)
    rank = order(len(new)) if mixed else np.arange(len(new))
    shapes = np.empty(len(new), dtype=object)
    shapes[rank] = as_array(new)
    kept = np.full(len(old), -1, np.int32)
    for at, place in enumerate(places):
        kept[place] = rank[at] if fates[place] == "k" else -1
    engine, anew = EditionIndex.of(old).redrawn(shapes, kept), EditionIndex.of(shapes)
    same_answers(engine, anew, shapes, seed)
    same_answers(anew, engine, shapes, seed + 1)
