"""One score for how likely two reports are of one matter, and its parts.

The parts are factors: none can make up for another that says no.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from gridgis.duplicates.likeness import address_likeness, likeness

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.settings import Settings

UNKNOWN_M = 50.0
"""How far a position may be off that does not say."""

APART_SHARE = 0.2
"""Two people who mean the same thing stand so far apart, as a share of the radius."""

SAME_FAMILY, UNKNOWN_CATEGORY, OTHER_CATEGORY = 0.6, 0.7, 0.25

OTHER_ADDRESS = 0.2
"""What addresses without anything in common leave, although the positions are near."""

UNLIKE = 0.55
"""What texts without anything in common leave: many words say one thing."""

SAID_NOTHING = 0.8
"""... and what is left where one of them has no words."""


class Told(NamedTuple):
    """What a report says, as far as it tells whether another one is the same.

    `accuracy_m` is how far its position may be off, None when that is unknown.
    """

    captured_at: datetime
    category: str | None
    family: str | None
    description: str
    address: str | None
    accuracy_m: float | None


class Around(NamedTuple):
    """Within what two reports are compared: metres and hours."""

    within_m: float
    within_hours: float

    @classmethod
    def of(cls, settings: Settings) -> Around:
        """Return what the settings say."""
        return cls(settings.similar_m, settings.similar_hours)


class Score(NamedTuple):
    """The parts of a score, each from 0 to 1; `likeness` of the texts is None without words."""

    near: float
    soon: float
    kind: float
    address: float
    words: float
    likeness: float | None

    @property
    def total(self) -> float:
        """Their product."""
        return self.near * self.soon * self.kind * self.address * self.words


def score(new: Told, other: Told, distance_m: float | None, around: Around, least: float) -> Score:
    r"""Return how likely two reports are of one matter; texts are read if it can still matter.

    With :math:`d` the metres between them, :math:`a_1, a_2` what each position may be off,
    :math:`R` and :math:`H` the radius and the hours within which reports are compared, and
    :math:`A, L` the likeness of their addresses and of their texts,

    .. math::
        \text{near} &= e^{-d^2 / 2\sigma^2} \min(1, R / 3\sigma),\quad
            \sigma^2 = (R/5)^2 + (a_1/2)^2 + (a_2/2)^2 \\
        \text{soon} &= e^{-h / H} \\
        \text{kind} &= 1 \text{ same category, } 0.6 \text{ family, } 0.7 \text{ unknown, }
            0.25 \text{ another} \\
        \text{address} &= 0.4 + 0.6\,A,\quad 1 \text{ where one says none} \\
        \text{words} &= 0.4 + 0.6\,L,\quad 0.8 \text{ where one says nothing}

    A position that may be off farther than the radius says less: the second factor of `near`.
    Without one of the locations the addresses stand for them: `near` is their likeness, 0 without
    those, and `address` is 1.

    Parameters
    ----------
    distance_m
        Between the locations, on the ellipsoid; None: one of them is not known.
    least
        Below it, the texts are not read and their parts left at 1: the score is below it anyhow.

    Examples
    --------
    >>> from datetime import UTC, datetime, timedelta
    >>> gas = Told(datetime(2026, 5, 1, tzinfo=UTC), "gas", "safety", "有煤气味", None, 10.0)
    >>> later = gas._replace(captured_at=gas.captured_at + timedelta(hours=1))
    >>> round(score(later, gas, 20.0, Around(150, 72), 0.4).total, 2)
    0.8
    """
    near = _near(new, other, distance_m, around.within_m)
    hours = abs((new.captured_at - other.captured_at).total_seconds()) / 3600
    known = Score(near, math.exp(-hours / around.within_hours), _kind(new, other), 1.0, 1.0, None)
    if known.total < least:
        return known
    if distance_m is not None and new.address and other.address:
        alike = address_likeness(new.address, other.address)
        known = known._replace(address=OTHER_ADDRESS + (1 - OTHER_ADDRESS) * alike)
        if known.total < least:
            return known
    alike_words = likeness(new.description, other.description, (new.address, other.address))
    words = SAID_NOTHING if alike_words is None else UNLIKE + (1 - UNLIKE) * alike_words
    return known._replace(words=words, likeness=alike_words)


def spread_m(new: Told, other: Told, within_m: float) -> float:
    """Return how far apart two positions of one spot lie, as one standard deviation in metres."""
    off = [UNKNOWN_M if a is None else a for a in (new.accuracy_m, other.accuracy_m)]
    return math.hypot(APART_SHARE * within_m, *(a / 2 for a in off))


def _near(new: Told, other: Told, distance_m: float | None, within_m: float) -> float:
    if distance_m is None:
        if not new.address or not other.address:
            return 0.0
        return address_likeness(new.address, other.address)
    sigma_m = spread_m(new, other, within_m)
    return math.exp(-((distance_m / sigma_m) ** 2) / 2) * min(1.0, within_m / (3 * sigma_m))


def _kind(new: Told, other: Told) -> float:
    if new.category is None or other.category is None:
        return UNKNOWN_CATEGORY
    if new.category == other.category:
        return 1.0
    return SAME_FAMILY if new.family and new.family == other.family else OTHER_CATEGORY
