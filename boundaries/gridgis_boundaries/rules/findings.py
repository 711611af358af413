"""What stands against publishing an edition."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One breach of one rule.

    `rule` names it; `place` is a (lon, lat) on the spot in degrees, EPSG:4326, None when it has
    no place; `areas` are the codes concerned; `amount_m2` says how much ground is concerned.
    """

    rule: str
    place: tuple[float, float] | None
    areas: tuple[str, ...]
    amount_m2: float
    sentence: str

    @property
    def key(self) -> tuple[str, tuple[str, ...]]:
        """The rule and its areas, whatever the size and the place."""
        return self.rule, tuple(sorted(self.areas))

    def __str__(self) -> str:
        if self.place is None:
            return f"{self.rule}: {self.sentence}"
        lon, lat = self.place
        return f"{self.rule}: {self.sentence}, at {lon:.6f} {lat:.6f}"
