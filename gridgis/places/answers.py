"""What a search answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from gridgis.model import Location

Precision = Literal["unit", "building", "compound", "interpolated", "street", "area"]

PRECISIONS: tuple[Precision, ...] = (
    "unit", "building", "compound", "interpolated", "street", "area",
)  # fmt: skip
"""How exactly words say where, the most exact first; interpolated: between known house numbers."""

ACCURACY_M: dict[Precision, float] = {
    "unit": 10.0, "building": 20.0, "compound": 120.0, "interpolated": 50.0, "street": 500.0,
    "area": 1000.0,
}  # fmt: skip
"""About how far a spot may be off that is said so exactly, in metres."""

How = Literal[
    "exact", "begun", "short", "alias", "former", "sound", "spelled", "mistyped", "interpolated",
]  # fmt: skip
"""How words were understood: begun is not typed to the end, spelled is pinyin or initials."""


class Match(NamedTuple):
    """Some words of a question, its characters [start, end), and what they were taken for."""

    start: int
    end: int
    words: str
    name: str
    part: str
    how: How


class Candidate(NamedTuple):
    """One answer to the question where some words are.

    Attributes
    ----------
    place
        SOURCE:CODE of the place; None for an area, a street, a number between known ones.
    place_id
        Its number in the store, or None.
    kind
        compound, building, school ...; street, number or area where no place stands.
    name, address
        As the list of places has them; the address as far as the answer goes.
    precision
        How exactly the words say where; see :data:`PRECISIONS`.
    score
        From 0 to 1: how much of the question it explains, less where others explain as much.
    location
        EPSG:4326, longitude first; None where nobody knows. Its accuracy is a guess by precision.
    code
        The official code, of an area.
    close
        Another answer, at another spot, explains the question nearly as well.
    """

    place: str | None
    place_id: int | None
    kind: str
    name: str
    address: str
    precision: Precision
    score: float
    location: Location | None
    matched: tuple[Match, ...]
    code: str | None = None
    households: int | None = None
    cell: str | None = None
    distance_m: float | None = None
    close: bool = False


class Mention(NamedTuple):
    """A place that a text mentions, where: its characters [start, end)."""

    start: int
    end: int
    words: str
    candidate: Candidate
