"""What is wrong with a list of places: the same one twice, an address that names another area.

Pure functions on frames. `places` have the columns of :func:`gridgis.store.gazetteer.places`.
"""

from __future__ import annotations

from functools import cache
from itertools import combinations
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from pyproj import Geod

from gridgis.places.kinds import POI, kind_of
from gridgis.places.writing import composed, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]
    Row = Mapping[Any, Any]

NEAR_M = 100.0
"""Places of one name that are no farther apart may be the same."""

_WITHOUT_AREA_M = 500.0
"""So far apart at most are places of one address that does not say in which town it is."""

ADDRESS, NAME, COMPOUND = "same address", "same name nearby", "same name in the same compound"

DUPLICATE_COLUMNS = (
    *("group", "keep", "source", "code", "kind", "name", "standard_address"),
    *("reason", "distance_m", "lon", "lat", "id"),
)

_ROUND = Geod(ellps="WGS84")
# The shortest degree of latitude, at the equator.
_LEAST_M_PER_DEGREE = 110_574.0
# All pairs of so many places of one address; of more, each with the first.
_MANY = 30
_HOUSED = {"compound": "compound", "village": "compound", "building": "building"} | {
    "number": "building",
    "unit": "unit",
    "entrance": "entrance",
}
_SERVICE = "service"
_TOWN = ("province", "city", "district")
_LOCAL = ("number", "compound", "building", "unit")


class _Place(NamedTuple):
    """What is compared of a place; `side` is compound, building, unit, entrance or service."""

    side: str
    kind: str
    name: str
    names: frozenset[str]
    parts: Mapping[str, str]
    is_named: bool


class _Pair(NamedTuple):
    """Two places, by position, that are the same for a reason."""

    one: int
    other: int
    reason: str


def duplicates(places: pd.DataFrame, near_m: float = NEAR_M) -> pd.DataFrame:
    """Return the places that seem to be stored several times, in groups.

    Two are the same when they are of one kind and have one address, or one name (an alias or a
    former name of the other counts) and are no more than `near_m` metres apart or in one compound.
    A compound and its own building are of different kinds. Two shops of one address are the same
    only by their name. Nothing is the same whose addresses contradict each other.

    Returns
    -------
    Columns group (from 1), keep (True for the one of the group that is known best), source, code,
    kind, name, standard_address, reason, distance_m (on the ellipsoid to the kept one; NaN when one
    is not known where), lon, lat, id; the kept one first.
    """
    rows = places.reset_index(drop=True)
    known = [_compared(row) for row in rows.to_dict("records")]
    at = rows[["lon", "lat"]].to_numpy(np.float64)
    pairs = [pair for pair in _candidates(known, at, near_m) if _may_be_same(known, at, pair)]
    if not pairs:
        return pd.DataFrame(columns=list(DUPLICATE_COLUMNS))
    return _grouped(rows, at, pairs)


def _compared(row: Row) -> _Place:
    parts = {name: _plain(text) for name, text in (row["parts"] or {}).items()}
    name = _plain(row["name"])
    address = " ".join(parts[part] for part in ("road", "number") if part in parts)
    return _Place(
        side=_HOUSED.get(row["kind"], _SERVICE),
        kind=kind_of(row["kind"]).code,
        name=name,
        names=frozenset({name, *map(_plain, [*row["aliases"], *row["former_names"]])}),
        parts=parts,
        is_named=name not in {"", address},
    )


@cache
def _plain(text: object) -> str:
    """Return a text by its tokens: one way of writing for all."""
    return " ".join(token.text for token in tokens(composed(str(text or ""))))


def _candidates(known: list[_Place], at: Doubles, near_m: float) -> Iterator[_Pair]:
    for group in _by(known, _address_keys):
        for one, other in _pairs_of(group):
            yield _Pair(one, other, ADDRESS)
    for group in _by(known, _name_keys):
        for one, other in _near(group, at, near_m):
            yield _Pair(one, other, NAME)
    for group in _by(known, _compound_keys):
        for one, other in _pairs_of(group):
            yield _Pair(one, other, COMPOUND)


def _by(known: list[_Place], keys: Callable[[_Place], Iterator[Hashable]]) -> Iterator[list[int]]:
    groups: dict[Hashable, list[int]] = {}
    for position, place in enumerate(known):
        for key in keys(place):
            groups.setdefault(key, []).append(position)
    return (group for group in groups.values() if len(group) > 1)


def _address_keys(place: _Place) -> Iterator[tuple[object, ...]]:
    parts = place.parts
    if place.side in {_SERVICE, "entrance"}:
        return
    inside = (place.side, parts.get("building"), parts.get("unit"))
    if "road" in parts and "number" in parts:
        for road in {parts["road"], parts.get("road_former", parts["road"])}:
            yield (*inside, road, parts["number"])
    elif "compound" in parts and place.side != "compound":
        yield (*inside, parts["compound"])


def _name_keys(place: _Place) -> Iterator[tuple[str, str]]:
    return ((place.side, name) for name in place.names if name)


def _compound_keys(place: _Place) -> Iterator[tuple[str, str, str]]:
    compound = place.parts.get("compound")
    if compound and compound != place.name and place.side != "compound":
        yield place.side, compound, place.name


def _pairs_of(group: list[int]) -> Iterable[tuple[int, int]]:
    if len(group) <= _MANY:
        return combinations(group, 2)
    return ((group[0], other) for other in group[1:])


def _near(group: list[int], at: Doubles, near_m: float) -> Iterator[tuple[int, int]]:
    """Sweep from south to north: only those in a narrow band are measured."""
    placed = [position for position in group if not np.isnan(at[position]).any()]
    placed.sort(key=lambda position: float(at[position, 1]))
    band = near_m / _LEAST_M_PER_DEGREE
    for here, one in enumerate(placed):
        for other in placed[here + 1 :]:
            if at[other, 1] - at[one, 1] > band:
                break
            if _distance_m(at[one], at[other]) <= near_m:
                yield one, other


def _distance_m(one: Doubles, other: Doubles) -> float:
    if np.isnan([*one, *other]).any():
        return float("nan")
    return float(_ROUND.inv(*one, *other)[2])


def _may_be_same(known: list[_Place], at: Doubles, pair: _Pair) -> bool:
    one, other = known[pair.one], known[pair.other]
    if one.side == _SERVICE and len({one.kind, other.kind, POI.code}) > 2:  # noqa: PLR2004 - a pair
        return False
    if pair.reason == ADDRESS:
        # Two names at one house number: a building each, unless a number tells the buildings.
        numbered = {"building", "unit"} & one.parts.keys()
        named = one.is_named and other.is_named and one.name != other.name
        if one.side == "building" and named and not numbered:
            return False
    elif not (one.name in other.names or other.name in one.names):
        return False
    return not _contradict(one, other) and (_says_town(one, other) or _is_close(at, pair))


def _contradict(one: _Place, other: _Place) -> bool:
    # The compound in the address of a service may be its own name.
    local = _LOCAL if one.side != _SERVICE else ("number",)
    told = [name for name in (*_TOWN, *local) if name in one.parts and name in other.parts]
    if one.side == "compound":
        told = [name for name in told if name != "compound"]
    if any(one.parts[name] != other.parts[name] for name in told):
        return True
    roads = [
        {place.parts[name] for name in ("road", "road_former") if name in place.parts}
        for place in (one, other)
    ]
    return all(roads) and not roads[0] & roads[1]


def _says_town(one: _Place, other: _Place) -> bool:
    return any(name in one.parts and name in other.parts for name in (*_TOWN, "street"))


def _is_close(at: Doubles, pair: _Pair) -> bool:
    away_m = _distance_m(at[pair.one], at[pair.other])
    return bool(np.isnan(away_m) or away_m <= _WITHOUT_AREA_M)


def _grouped(rows: pd.DataFrame, at: Doubles, pairs: list[_Pair]) -> pd.DataFrame:
    reasons: dict[int, str] = {}
    for pair in pairs:
        for position in (pair.one, pair.other):
            reasons.setdefault(position, pair.reason)
    said = rows.to_dict("records")
    found = []
    for number, group in enumerate(_joined(pairs), 1):
        best = max(group, key=lambda position: _known_best(said[position]))
        for position in sorted(group, key=lambda position: (position != best, position)):
            told = {
                "group": number,
                "keep": position == best,
                "reason": reasons[position],
                "distance_m": _distance_m(at[position], at[best]),
            }
            found.append(said[position] | told)
    return pd.DataFrame(found, columns=list(DUPLICATE_COLUMNS))


def _joined(pairs: list[_Pair]) -> list[list[int]]:
    """Return the groups that pairs make, each in order, by their first."""
    leader: dict[int, int] = {}

    def lead(position: int) -> int:
        while leader.setdefault(position, position) != position:
            position = leader[position]
        return position

    for pair in pairs:
        first, second = sorted((lead(pair.one), lead(pair.other)))
        leader[second] = first
    groups: dict[int, list[int]] = {}
    for position in sorted(leader):
        groups.setdefault(lead(position), []).append(position)
    return list(groups.values())


def _known_best(row: Row) -> tuple[object, ...]:
    """Return what the best known of several places has most of."""
    return (
        not np.isnan(row["lon"]),
        pd.notna(row["standard_address"]),
        row["kind"] not in {"number", POI.code},
        row["times_used"],
        row["households"] is not pd.NA,
        len(row["aliases"]) + len(row["former_names"]),
        -row["id"],
    )
