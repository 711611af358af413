"""What stands against publishing an edition, and what of it somebody has accepted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from gridgis.actor import Actor

Key = tuple[str, tuple[str, ...]]
"""What an exception is stored against: the rule, and the codes of the areas, sorted."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule.

    `rule` names it; `place` is a (lon, lat) on the spot in degrees, EPSG:4326, None when it has
    no place; `areas` are the codes concerned; `amount` says how much, in `unit`: ground in m² for
    most, else what the rule says (m, parts, households).
    """

    rule: str
    place: tuple[float, float] | None
    areas: tuple[str, ...]
    amount: float
    sentence: str
    unit: str = "m²"

    @property
    def key(self) -> Key:
        """The rule and its areas, whatever the size and the place."""
        return self.rule, tuple(sorted(self.areas))

    def __str__(self) -> str:
        if self.place is None:
            return f"{self.rule}: {self.sentence}"
        lon, lat = self.place
        return f"{self.rule}: {self.sentence}, at {lon:.6f} {lat:.6f}"


@dataclass(frozen=True, slots=True)
class Accepted:
    """An exception: somebody takes it upon himself that a rule is broken among these areas."""

    rule: str
    areas: tuple[str, ...]
    reason: str
    actor: Actor
    at: datetime

    @property
    def key(self) -> Key:
        """The key of the findings that this accepts."""
        return self.rule, tuple(sorted(self.areas))


def outstanding(findings: Iterable[Finding], accepted: Iterable[Accepted]) -> list[Finding]:
    """Return the findings that nobody has accepted, in their order.

    An exception accepts its rule among just its areas: the same rule elsewhere, or another rule
    there, stands.
    """
    known = {one.key for one in accepted}
    return [finding for finding in findings if finding.key not in known]
