"""Classes of roads, OpenStreetMap's words, and who may use each unless a road says otherwise."""

from __future__ import annotations

from gridgis.roads.modes import ALL, Mode, mask_of

_MOTOR = mask_of([Mode.CAR, Mode.FIRE])
_WALK = Mode.FOOT.bit
_RIDE = mask_of([Mode.BICYCLE, Mode.FOOT])

USERS = {
    "motorway": _MOTOR,
    "trunk": ALL,
    "primary": ALL,
    "secondary": ALL,
    "tertiary": ALL,
    "unclassified": ALL,
    "residential": ALL,
    "living_street": ALL,
    "service": ALL,
    "track": ALL,
    # A fire engine reaches a house in a pedestrian street.
    "pedestrian": _WALK | Mode.FIRE.bit,
    "footway": _WALK,
    "path": _RIDE,
    "cycleway": _RIDE,
    "steps": _WALK,
    "bridleway": _WALK,
}
"""The classes from the widest down, and the mask of the modes that use them."""

OTHERWISE = "unclassified"
"""The class of a road that does not say one."""


def plain(word: str) -> str | None:
    """Return the class that a word means; None when it means none.

    >>> plain("Motorway_Link"), plain("road"), plain("corridor")
    ('motorway', 'unclassified', None)
    """
    found = word.strip().lower().removesuffix("_link")
    if found == "road":
        return OTHERWISE
    return found if found in USERS else None
