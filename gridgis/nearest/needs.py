"""What is needed of responders: how many, who can do what, and how near."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridgis.clock import epoch_ms
from gridgis.duty import minute_of_week
from gridgis.errors import InvalidInputError
from gridgis.model import MOST_RESPONDERS, RESPONDER_KINDS, RESPONDER_ROLES
from gridgis.nearest.kernels.ability import Asked

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.nearest.crowd import Crowd
    from gridgis.settings import Settings

FARTHEST_M = 20_100_000.0
"""No two points on the earth are farther apart."""


@dataclass(frozen=True, slots=True)
class Need:
    """What is needed: `k` responders with all `skills`.

    Attributes
    ----------
    kinds, roles
        Only of these kinds and roles; none: of any.
    area_id
        Only those bound to this area.
    within_m
        By line: within so many metres.
    within_s
        By road: within so many seconds.
    """

    k: int = 5
    skills: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    area_id: int | None = None
    within_m: float | None = None
    within_s: float | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.k <= MOST_RESPONDERS:
            msg = f"k is {self.k}; ask for 1 to {MOST_RESPONDERS} responders"
            raise InvalidInputError(msg)
        for name, value, unit in (
            ("within_m", self.within_m, "a distance in metres"),
            ("within_s", self.within_s, "a time in seconds"),
        ):
            if value is not None and not (value > 0 and math.isfinite(value)):
                msg = f"{name} is {value}; it is {unit} above 0"
                raise InvalidInputError(msg)
        for word, known in ((self.kinds, RESPONDER_KINDS), (self.roles, RESPONDER_ROLES)):
            for one in word:
                if one not in known:
                    msg = f"{one!r} is none of {', '.join(known)}"
                    raise InvalidInputError(msg)


def asked_of(need: Need, at: datetime, crowd: Crowd, settings: Settings) -> Asked | None:
    """Return a need at a time as the kernels read it; None: nobody has one of the skills."""
    if not set(need.skills) <= set(crowd.vocabulary):
        return None
    now_ms = epoch_ms(at)
    return Asked(
        skills=np.uint64(crowd.mask(need.skills)),
        kinds=_mask(need.kinds, RESPONDER_KINDS),
        roles=_mask(need.roles, RESPONDER_ROLES),
        area=-1 if need.area_id is None else need.area_id,
        now_ms=now_ms,
        minute_of_week=minute_of_week(at, settings.zone),
        fresh_from_ms=now_ms - round(settings.position_max_age_s * 1000),
        fresh_to_ms=now_ms + round(settings.position_ahead_s * 1000),
    )


def _mask(words: tuple[str, ...], known: tuple[str, ...]) -> int:
    return sum(1 << known.index(word) for word in set(words)) if words else -1
