"""From addresses to the columns that go out, and those that a person looks at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from gridgis.places.finding import LONGEST_QUESTION, SURE, Hint, area_node, is_sure, search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.geocoding.options import Asked
    from gridgis.places.answers import Candidate
    from gridgis.places.index import PlaceIndex

MOST_OTHERS = 3
"""Other answers that a row can have beside the best one."""

FIELDS = (
    pa.field("match", pa.string()),
    pa.field("place", pa.string()),
    pa.field("precision", pa.string()),
    pa.field("score", pa.float64()),
    pa.field("lon", pa.float64()),
    pa.field("lat", pa.float64()),
    pa.field("sure", pa.bool_()),
    pa.field("candidates", pa.string()),
)
"""The columns that are added to a file; lon and lat in EPSG:4326."""

CANDIDATE = ("match", "place", "precision", "score", "lon", "lat")
"""What is told of each answer."""

REASON = "reason"
"""Why a person is needed; missing where none is, and without an address."""

ANSWERS = pa.schema(
    [
        *FIELDS,
        pa.field(REASON, pa.string()),
        *(
            pa.field(f"{one.name}_{number}", one.type)
            for number in range(2, MOST_OTHERS + 2)
            for one in FIELDS
            if one.name in CANDIDATE
        ),
    ]
)
"""All that is kept of a row's answer; ``match_2`` and so on are the other answers."""

_ABOUT_AS_WELL = 0.9
_NOTHING = (None,) * len(CANDIDATE)


class Answerer:
    """Asks one index about many addresses.

    Raises
    ------
    AreaNotFoundError
        No area of the index has the code.
    """

    def __init__(self, index: PlaceIndex, asked: Asked) -> None:
        self._index = index
        self._hint = Hint(asked.near, asked.area)
        if asked.area is not None:
            area_node(index, asked.area)

    def answer(self, addresses: Sequence[str | None]) -> pa.Table:
        """Return a row of :data:`ANSWERS` for each address; the same address is asked once."""
        distinct = dict.fromkeys(address for address in addresses if address is not None)
        place_of = {address: place for place, address in enumerate(distinct)}
        rows = [self._row(address) for address in distinct]
        columns = zip(*rows, strict=True) if rows else [()] * len(ANSWERS)
        table = pa.table(
            [pa.array(column, one.type) for column, one in zip(columns, ANSWERS, strict=True)],
            schema=ANSWERS,
        )
        places = [None if address is None else place_of[address] for address in addresses]
        return table.take(pa.array(places, pa.int64())).combine_chunks()

    def _row(self, address: str) -> tuple[object, ...]:
        if len(address) > LONGEST_QUESTION:
            reason = f"the address has {len(address):,} characters, at most {LONGEST_QUESTION}"
            return (*_NOTHING, False, None, reason, *_NOTHING * MOST_OTHERS)
        found = search(
            self._index, address, MOST_OTHERS + 1, self._hint, typing=False, explained=False
        )
        told = [_told(one) for one in found]
        told += [_NOTHING] * (MOST_OTHERS + 1 - len(told))
        first, *others = told
        short = " | ".join(f"{one.address} ({one.score:.2f})" for one in found[1:]) or None
        more = (value for one in others for value in one)
        return (*first, is_sure(found), short, _reason(found), *more)


def _told(one: Candidate) -> tuple[object, ...]:
    lon, lat = (None, None) if one.location is None else (one.location.lon, one.location.lat)
    return one.address or one.name, one.place, one.precision, one.score, lon, lat


def _reason(found: Sequence[Candidate]) -> str | None:
    """Return why a person is needed, or None."""
    if is_sure(found):
        return None
    if not found:
        return "nothing is called so"
    best, *others = found
    if any(one.score >= _ABOUT_AS_WELL * best.score for one in others):
        return "several places fit about as well"
    if best.score < SURE:
        return "only a part of the words fits"
    return "nobody knows where it is"
