"""How a file of roads is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError
from gridgis.roads.classes import USERS

if TYPE_CHECKING:
    from collections.abc import Mapping

SNAP_M = 1.0
"""Dangling ends that lie so close to another road are meant to meet it, unless told otherwise."""

FURTHEST_SNAP_M = 50.0
FIELDS = ("code", "class", "name", "oneway", "speed", "bridge", "level", "modes")
"""What a column of a line file may say."""


@dataclass(frozen=True)
class RoadOptions:
    """What a person says of a file.

    Attributes
    ----------
    columns
        Of a line file: the column of each of :data:`FIELDS`, where its name does not say it.
    classes
        The class that a word of the class column means.
    snap_m
        Metres within which a dangling end meets another road of its level; 0: never.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    classes: Mapping[str, str] = field(default_factory=dict)
    snap_m: float = SNAP_M
    crs: str | None = None
    datum: str = "wgs84"
    encoding: str | None = None

    def __post_init__(self) -> None:
        for name in self.columns:
            if name not in FIELDS:
                msg = f"{name!r} is no field of roads; they are {', '.join(FIELDS)}"
                raise InvalidInputError(msg)
        for word, road in self.classes.items():
            if road not in USERS:
                msg = f"class {word}={road}: {road!r} is no class; they are {', '.join(USERS)}"
                raise InvalidInputError(msg)
        if not 0 <= self.snap_m <= FURTHEST_SNAP_M:
            msg = f"snap: {self.snap_m:g} m is not within 0 and {FURTHEST_SNAP_M:g} m"
            raise InvalidInputError(msg)
