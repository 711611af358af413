"""Words in, candidates out: every answer says what it was found by, how exactly, how surely."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gridgis.errors import AreaNotFoundError, InvalidInputError
from gridgis.places.asking import MOST_SPELLINGS, Letters, spelling
from gridgis.places.explaining import Explained, Standing, candidate, place_of
from gridgis.places.tree import NOWHERE
from gridgis.places.writing import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gridgis.model import Location
    from gridgis.places.answers import Candidate
    from gridgis.places.index import PlaceIndex, Ranked

LONGEST_QUESTION = 500
"""Characters of a question; in longer texts :func:`gridgis.places.mentions.find_in` looks."""

SURE = 0.85
"""A score from which on an answer may be taken without asking a person."""

_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_OWN_SHARE = 0.15
_BOOST, _NEAR, _NEAR_M = 0.02, 0.03, 800.0
_RIVAL, _RIVAL_M = 0.12, 60.0
_METRES_A_DEGREE = 111_000.0
_FEW = 4


@dataclass(frozen=True, slots=True)
class Hint:
    """What else is known: a point that the place is probably near to, an area that it lies in.

    `near` is EPSG:4326, longitude first; `area` an official code.
    """

    near: Location | None = None
    area: str | None = None


NO_HINT = Hint()


def search(
    index: PlaceIndex,
    text: str,
    k: int = 10,
    hint: Hint = NO_HINT,
    *,
    typing: bool = True,
    explained: bool = True,
) -> list[Candidate]:
    """Return the places that a text may mean, the likeliest first.

    Parameters
    ----------
    typing
        The text may still go on, as under somebody's fingers; else it is all.
    explained
        Say for each answer which words it was found by, which takes half of the time.

    Raises
    ------
    InvalidInputError
        The text is longer than :data:`LONGEST_QUESTION` characters.
    AreaNotFoundError
        No area of the index has the code.
    """
    if len(text) > LONGEST_QUESTION:
        msg = f"the question has {len(text):,} characters; at most {LONGEST_QUESTION} are searched"
        raise InvalidInputError(msg)
    asked = composed(text)
    within = NOWHERE if hint.area is None else area_node(index, hint.area)
    readings = [
        index.ranked(asked, typing=typing, letters=letters, within=within)
        for letters in _readings(index, asked)
    ]
    return _chosen(index, readings, k, hint.near, explained=explained)


def is_sure(found: Sequence[Candidate]) -> bool:
    """Judge whether the first answer may be taken without asking a person."""
    return bool(found) and found[0].score >= SURE and found[0].location is not None


def area_node(index: PlaceIndex, code: str) -> int:
    """Return the node of the area with an official code.

    Raises
    ------
    AreaNotFoundError
        There is none.
    """
    found = index.areas.get(code)
    if found is None:
        msg = f"no area that places lie in has the code {code!r}"
        raise AreaNotFoundError(msg)
    return found


def _readings(index: PlaceIndex, text: str) -> list[Letters]:
    """Return the ways to read Latin letters that make a difference."""
    words = [match[0].lower() for match in _LATIN.finditer(text)]
    if not words:
        return ["words"]
    found: list[Letters] = ["words"] if index.vocabulary.words else []
    if not index.has_sounds:
        return found
    seen: list[list[list[str] | None]] = []
    other: tuple[Letters, ...] = (0, "initials", *range(1, MOST_SPELLINGS))
    for letters in other:
        pieces = [spelling(word, letters) for word in words]
        if any(pieces) and pieces not in seen:
            seen.append(pieces)
            found.append(letters)
    return found


def _chosen(
    index: PlaceIndex, readings: Sequence[Ranked], k: int, near: Location | None, *, explained: bool
) -> list[Candidate]:
    """Return the best answers of all readings, each node once; scores know their rivals."""
    rows = [
        Explained(reading, row, float(score), float(order))
        for reading in readings
        for row, score, order in _best(index, reading, k, near)
    ]
    rows.sort(key=lambda row: (-row.order, row.node, row.between))
    once: dict[tuple[int, int], Explained] = {}
    for row in rows:
        once.setdefault((row.node, row.between), row)
    kept = _places_once(index, list(once.values()), max(k, 2))
    standings = standing(index, kept)
    return [
        candidate(index, row, where, explained=explained)
        for row, where in zip(kept[:k], standings, strict=False)
    ]


def _places_once(index: PlaceIndex, rows: Sequence[Explained], most: int) -> list[Explained]:
    """Return the first rows, each place once: a house number may lead to the only place there."""
    kept: list[Explained] = []
    seen: set[int] = set()
    for row in rows:
        place = place_of(index, row.node) if row.between < 0 else NOWHERE
        if place == NOWHERE or place not in seen:
            seen.add(place)
            kept.append(row)
        if len(kept) == most:
            break
    return kept


def _best(
    index: PlaceIndex, reading: Ranked, k: int, near: Location | None
) -> list[tuple[int, float, float]]:
    """Return row, score and order of the best rows of one reading."""
    found = reading.found
    if not reading.count:
        return []
    weight = max(reading.asked.weight, 1e-9)
    # A long line of areas must not make up for a name that is not the one that was said.
    own = (found.gain - found.upper) / np.maximum(weight - found.upper, 1e-9)
    score = found.gain / weight * (0.5 + 0.5 * np.minimum(own, 1.0))
    score = score * ((1.0 - _OWN_SHARE) + _OWN_SHARE * found.quality)
    asked_for = index.nodes.boost[found.node] + index.used_boost[found.node]
    order = score + _BOOST * asked_for
    if near is not None:
        order = order + _NEAR * _nearness(index, found.node, near)
    # Twice as many: a node may be found in several ways.
    best = _first(found.node, np.round(order, 6), 2 * k + 8)
    return list(zip(best.tolist(), score[best].tolist(), order[best].tolist(), strict=True))


def _first(node: NDArray[np.int32], order: NDArray[np.floating], most: int) -> NDArray[np.int64]:
    """Return the rows with the highest orders, those first; of equals the lowest nodes."""
    if len(order) <= _FEW * most:
        return np.lexsort((node, -order))[:most]
    # Sorting all would take longer than finding them.
    rows = np.flatnonzero(order >= np.partition(order, -most)[-most])
    return rows[np.lexsort((node[rows], -order[rows]))][:most]


def _nearness(index: PlaceIndex, node: np.ndarray, near: Location) -> np.ndarray:
    """Return from 1, right here, to 0, far away or unknown where."""
    north = (index.nodes.lat[node] - near.lat) * _METRES_A_DEGREE
    east = (index.nodes.lon[node] - near.lon) * _METRES_A_DEGREE * np.cos(np.radians(near.lat))
    return np.asarray(np.nan_to_num(np.exp(-np.hypot(east, north) / _NEAR_M)))


class _Spot(NamedTuple):
    """Where an answer is: its node, all nodes above it, degrees."""

    node: int
    above: frozenset[int]
    lon: float
    lat: float


def standing(index: PlaceIndex, rows: Sequence[Explained]) -> list[Standing]:
    """Return each row's score, lowered where another spot explains nearly as much."""
    spots = [_spot(index, row.node) for row in rows]
    final = []
    for row, spot in zip(rows, spots, strict=True):
        # Those that are too far behind change nothing, and the first two are often enough.
        least = row.score - _RIVAL
        rivals = [
            other.score
            for other, there in zip(rows, spots, strict=True)
            if other is not row and other.score > least and _are_rivals(spot, there)
        ]
        lead = row.score - max(rivals, default=-1.0)
        closeness = min(1.0, max(0.0, 1.0 - lead / _RIVAL))
        score = max(0.0, min(1.0, row.score * (1.0 - 0.5 * closeness)))
        final.append(Standing(score, close=abs(lead) < _RIVAL))
    return final


def _spot(index: PlaceIndex, node: int) -> _Spot:
    nodes = index.nodes
    above = set()
    for first in (nodes.parent.item(node), nodes.area.item(node)):
        upper = first
        while upper != NOWHERE and upper not in above:
            above.add(upper)
            upper = nodes.parent.item(upper)
    return _Spot(node, frozenset(above), nodes.lon.item(node), nodes.lat.item(node))


def _are_rivals(one: _Spot, other: _Spot) -> bool:
    """Judge whether two answers are two spots, and neither lies within the other."""
    if one.node in other.above or other.node in one.above:
        return False
    north = (one.lat - other.lat) * _METRES_A_DEGREE
    east = (one.lon - other.lon) * _METRES_A_DEGREE * math.cos(math.radians(one.lat))
    return not math.hypot(east, north) <= _RIVAL_M
