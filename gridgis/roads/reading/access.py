"""OpenStreetMap's tags of access as masks: who may go along a way, against it, past a barrier.

A tag for a mode goes before one for all vehicles, and that before ``access``. A way that is private
or closed to cars by law is open to a fire engine, unless ``emergency=no``; where a car could not
drive at all, on a path or steps, it must be said (``emergency=yes``, ``motor_vehicle=yes``).
``access`` and ``vehicle`` may only close what the class leaves open, or a tag of the mode opens.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.roads.classes import USERS
from gridgis.roads.modes import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

_OPEN = frozenset(
    {"yes", "permissive", "designated", "official", "destination", "customers", "delivery"}
    | {"permit", "residents", "public", "1", "true"}
)
_CLOSED = frozenset(
    {"no", "private", "agricultural", "forestry", "agricultural;forestry", "military", "restricted"}
    | {"emergency", "psv", "bus", "use_sidepath", "dismount", "0", "false"}
)
# From the mode's own tag to the widest; what comes after the bar may only close.
_OPENING = {
    Mode.CAR: ("motorcar", "motor_vehicle"),
    Mode.BICYCLE: ("bicycle",),
    Mode.FOOT: ("foot",),
}
_CLOSING = {
    Mode.CAR: ("vehicle", "access"),
    Mode.BICYCLE: ("vehicle", "access"),
    Mode.FOOT: ("access",),
}
_ALONG = frozenset({"yes", "true", "1"})
_AGAINST = frozenset({"-1", "reverse"})
_ROUND = frozenset({"roundabout", "circular"})
# A barrier that has no tags of access: whom it stops.
_CAR = Mode.CAR.bit
_ENGINE = Mode.CAR.bit | Mode.FIRE.bit
_RIDER = _ENGINE | Mode.BICYCLE.bit
_STOPS = {
    # A fire engine carries the key, or the saw.
    "bollard": _CAR,
    "chain": _CAR,
    "bus_trap": _CAR,
    "sump_buster": _CAR,
    "bump_gate": _CAR,
    "block": _ENGINE,
    "jersey_barrier": _ENGINE,
    "planter": _ENGINE,
    "log": _ENGINE,
    "rock": _ENGINE,
    "boulder": _ENGINE,
    "debris": _ENGINE,
    "cycle_barrier": _ENGINE,
    "motorcycle_barrier": _ENGINE,
    "height_restrictor": Mode.FIRE.bit,
    "horse_stile": _ENGINE,
    "stile": _RIDER,
    "kissing_gate": _RIDER,
    "turnstile": _RIDER,
    "full-height_turnstile": _RIDER,
    "wicket_gate": _ENGINE,
}


class Masks(NamedTuple):
    """Modes that may go along a way's line, and against it."""

    forward: int
    backward: int


def masks(road: str, tags: Mapping[str, str]) -> Masks:
    """Return who may use a way of a class in each direction.

    >>> masks("residential", {"oneway": "yes", "oneway:bicycle": "no"})
    Masks(forward=15, backward=12)
    """
    forward = _allowed(road, tags, "forward")
    backward = _allowed(road, tags, "backward")
    said = direction(tags)
    for mode in Mode:
        one = _own_direction(mode, tags, said)
        if one > 0:
            backward &= ~mode.bit
        elif one < 0:
            forward &= ~mode.bit
    return Masks(forward, backward)


def stopped(tags: Mapping[str, str]) -> int:
    """Return the modes that a node with a barrier stops.

    >>> stopped({"barrier": "bollard"}), stopped({"barrier": "gate", "access": "private"})
    (1, 13)
    """
    stops = _STOPS.get(tags["barrier"], 0)
    for mode, own in _OPENING.items():
        said = _first(tags, (*own, *_CLOSING[mode]), "")
        if said in _CLOSED:
            stops |= mode.bit
        elif said in _OPEN:
            stops &= ~mode.bit
    if tags.get("emergency") in _OPEN:
        stops &= ~Mode.FIRE.bit
    elif tags.get("emergency") in _CLOSED:
        stops |= Mode.FIRE.bit
    return stops


def direction(tags: Mapping[str, str]) -> int:
    """Return 1 for one-way along the line, -1 against it, 0 both; motorways' links must say it."""
    said = tags.get("oneway", "")
    if said in _ALONG:
        return 1
    if said in _AGAINST:
        return -1
    implied = tags.get("junction") in _ROUND or tags.get("highway") == "motorway"
    return 1 if implied and said != "no" else 0


def _allowed(road: str, tags: Mapping[str, str], way: str) -> int:
    mask = 0
    for mode, own in _OPENING.items():
        is_open = bool(USERS[road] & mode.bit)
        if mode is not Mode.CAR and tags.get("motorroad") == "yes":
            is_open = False
        said = _first(tags, own, way)
        if said in _OPEN:
            is_open = True
        elif said in _CLOSED or (said is None and _first(tags, _CLOSING[mode], way) in _CLOSED):
            is_open = False
        mask |= mode.bit if is_open else 0
    return mask | (Mode.FIRE.bit if _fire(road, tags, mask) else 0)


def _fire(road: str, tags: Mapping[str, str], mask: int) -> bool:
    said = tags.get("emergency")
    if said in _CLOSED:
        return False
    if said in _OPEN or tags.get("service") == "emergency_access":
        return True
    return bool(USERS[road] & Mode.FIRE.bit or mask & Mode.CAR.bit)


def _first(tags: Mapping[str, str], keys: tuple[str, ...], way: str) -> str | None:
    for key in keys:
        said = tags.get(f"{key}:{way}") or tags.get(key)
        # Other words, such as unknown, say nothing.
        if said in _OPEN or said in _CLOSED:
            return said
    return None


def _own_direction(mode: Mode, tags: Mapping[str, str], said: int) -> int:
    if mode is Mode.FOOT:
        return 1 if tags.get("oneway:foot") == "yes" else 0
    if mode is Mode.BICYCLE:
        own = tags.get("oneway:bicycle")
        if own is not None:
            return 1 if own in _ALONG else -1 if own in _AGAINST else 0
        sides = (tags.get(key, "") for key in ("cycleway", "cycleway:left", "cycleway:right"))
        if any(side.startswith("opposite") for side in sides):
            return 0
    return said
