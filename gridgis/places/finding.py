"""Words in, candidates out: every answer says what it was found by, how exactly, how surely."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from gridgis.errors import AreaNotFoundError, InvalidInputError
from gridgis.places.asking import MOST_SPELLINGS, Letters, read, spelling
from gridgis.places.explaining import (
    Explained,
    Standing,
    candidate,
    line_of,
    place_of,
    word_for_word,
)
from gridgis.places.index import MOST_FOUND
from gridgis.places.listed import find_listed
from gridgis.places.tree import NOWHERE
from gridgis.places.writing import composed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.model import Location
    from gridgis.places.answers import Candidate
    from gridgis.places.index import PlaceIndex, Ranked

LONGEST_QUESTION = 500
"""Characters of a question; in longer texts :func:`gridgis.places.mentions.find_in` looks."""

SURE = 0.85
"""A score from which on an answer may be taken without asking a person."""

_RIVAL, _RIVAL_M = 0.12, 60.0
_METRES_A_DEGREE = 111_000.0


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
        The text may still go on, as under somebody's fingers; else it is all, and a whole standard
        address has one answer.
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
    if not typing:
        place = find_listed(index, asked)
        if place != NOWHERE and is_within(index, index.place_node.item(place), within):
            return [word_for_word(index, place, asked)]
    # Twice as many: a node may be found in several ways.
    most = min(2 * k + 8, MOST_FOUND)
    readings = [
        index.ranked(
            asked, typing=typing, letters=letters, within=within, near=hint.near, most=most
        )
        for letters in _readings(index, asked)
    ]
    return _chosen(index, readings, k, explained=explained)


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


def is_within(index: PlaceIndex, node: int, area: int) -> bool:
    """Say whether a node's address lies in an area; everything does in NOWHERE."""
    return area == NOWHERE or area in line_of(index, node)[0]


def _readings(index: PlaceIndex, text: str) -> list[Letters]:
    """Return the ways to read Latin letters that make a difference."""
    words = [token.text for token in read(text).tokens if token.kind == "word"]
    if not words:
        return ["words"]
    known = any(index.vocabulary.like(word, growing=True) for word in words)
    found: list[Letters] = ["words"] if known or not index.has_sounds else []
    if not index.has_sounds:
        return found
    seen: list[list[list[str] | None]] = []
    other: tuple[Letters, ...] = (0, "initials", *range(1, MOST_SPELLINGS))
    for letters in other:
        pieces = [spelling(word, letters) for word in words]
        if any(pieces) and pieces not in seen:
            seen.append(pieces)
            found.append(letters)
    return found or ["words"]


def _chosen(
    index: PlaceIndex, readings: Sequence[Ranked], k: int, *, explained: bool
) -> list[Candidate]:
    """Return the best answers of all readings, each node once; scores know their rivals."""
    rows = [Explained.of(reading, row, row.score) for reading in readings for row in reading.found]
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


class _Spot(NamedTuple):
    """Where an answer is: its node, all nodes above it, degrees."""

    node: int
    above: frozenset[int]
    lon: float
    lat: float


def standing(index: PlaceIndex, rows: Sequence[Explained]) -> list[Standing]:
    """Return each row's score, lowered where another spot explains nearly as much."""
    spots = [_spot(index, row.node) for row in rows]
    by_score = sorted(range(len(rows)), key=lambda number: -rows[number].score)
    final = []
    for number, row in enumerate(rows):
        # The first rival is the strongest; those that are too far behind change nothing.
        rival = -1.0
        for other in by_score:
            if rows[other].score <= row.score - _RIVAL:
                break
            if other != number and _are_rivals(spots[number], spots[other]):
                rival = rows[other].score
                break
        lead = row.score - rival
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
