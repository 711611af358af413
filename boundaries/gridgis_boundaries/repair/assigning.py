"""Who gets the ground that several areas claim, or none.

A piece that several claim goes to one of them, a gap to a neighbour: so that no area falls into
more parts, then to whom it shares the longest border with, then to the lesser code by bytes. An
area that others claim nearly whole keeps its pieces. What sticks out of the parent is cut.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from gridgis_boundaries.repair.faces import Faces

# An area keeps what others claim of it when less than this share of its ground is its alone.
_OWN_SHARE = 0.1

NOBODY = -1
"""The label of ground that no area at hand has: outside, other areas, and what stays empty."""


@dataclass
class Holding:
    """Faces and their labels on the way: who has which, and what borders on what."""

    faces: Faces
    label: list[int]
    around: dict[int, dict[int, float]] = field(default_factory=dict)
    held: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))

    def give(self, face: int, area: int) -> None:
        """Give a face to an area."""
        self.label[face] = area
        self.held[area].add(face)

    def border_m(self, face: int, area: int) -> float:
        """Return the metres of border between a face and what an area has."""
        return sum(
            metres for other, metres in self.around[face].items() if self.label[other] == area
        )

    def parts(self, area: int, also: Iterable[int] = ()) -> int:
        """Return in how many parts an area's faces lie, with more."""
        left = self.held[area] | set(also)
        count = 0
        while left:
            count += 1
            reached = [left.pop()]
            while reached:
                near = left.intersection(self.around[reached.pop()])
                left -= near
                reached.extend(near)
        return count


def assign(faces: Faces, filled: set[int], codes: Sequence[bytes], parent: int | None) -> list[int]:
    """Return the area that gets each face, or :data:`NOBODY`.

    Parameters
    ----------
    filled
        Faces that no area claims, and that are to be given to a neighbour.
    codes
        Of each area, in bytes.
    parent
        The area that stands for all ground outside the parent; it gets what it claims.
    """
    holding = Holding(faces, [NOBODY] * (faces.outside + 1), _around(faces))
    disputed = []
    for face, claims in enumerate(faces.claims):
        if parent is not None and parent in claims:
            holding.give(face, parent)
        elif len(claims) == 1:
            holding.give(face, next(iter(claims)))
        elif claims:
            disputed.append(face)
    homeless = _homeless(holding, disputed)
    for face in disputed:
        if keepers := faces.claims[face] & homeless:
            holding.give(face, min(keepers, key=lambda area: (codes[area], area)))
    waiting = [face for face in disputed if holding.label[face] == NOBODY]
    _settle(holding, waiting, lambda face: faces.claims[face], codes)
    banned = {NOBODY, parent}
    _settle(
        holding,
        sorted(filled),
        lambda face: {holding.label[other] for other in holding.around[face]} - banned,
        codes,
    )
    return holding.label


def _homeless(holding: Holding, disputed: list[int]) -> set[int]:
    sizes = shapely.area(holding.faces.shapes)
    claimed: dict[int, float] = defaultdict(float)
    for face in disputed:
        for area in holding.faces.claims[face]:
            claimed[area] += float(sizes[face])
    own = {area: float(sizes[list(holding.held[area])].sum()) for area in claimed}
    return {area for area in claimed if own[area] < _OWN_SHARE * (own[area] + claimed[area])}


def _settle(
    holding: Holding,
    waiting: list[int],
    who: Callable[[int], Iterable[int]],
    codes: Sequence[bytes],
) -> None:
    """Give each face to the best of those who may have it, those first that have one."""
    while waiting:
        later = []
        for face in waiting:
            may = {area for area in who(face) if holding.border_m(face, area) > 0}
            if may:
                holding.give(face, _best(holding, face, may, who(face), codes))
            else:
                later.append(face)
        if len(later) == len(waiting):
            for face in later:
                if claims := holding.faces.claims[face]:
                    holding.give(face, min(claims, key=lambda area: (codes[area], area)))
            return
        waiting = later


def _best(
    holding: Holding, face: int, may: set[int], claims: Iterable[int], codes: Sequence[bytes]
) -> int:
    if len(may) == 1:
        return next(iter(may))
    # How many more parts an area falls into when it does not get the piece that it claims.
    claimed = holding.faces.claims[face]
    loss = {
        area: holding.parts(area) - holding.parts(area, [face]) if area in claimed else 0
        for area in claims
    }
    border = {area: round(holding.border_m(face, area), 3) for area in may}
    return min(may, key=lambda area: (-loss[area], -border[area], codes[area], area))


def _around(faces: Faces) -> dict[int, dict[int, float]]:
    around: dict[int, dict[int, float]] = {face: {} for face in range(faces.outside + 1)}
    size = faces.outside + 1
    keys = faces.sides.min(axis=1) * size + faces.sides.max(axis=1)
    unique, inverse = np.unique(keys, return_inverse=True)
    metres = np.bincount(inverse.ravel(), weights=faces.length_m, minlength=len(unique))
    for key, length_m in zip(unique.tolist(), metres.tolist(), strict=True):
        low, high = divmod(key, size)
        around[low][high] = length_m
        around[high][low] = length_m
    return around
