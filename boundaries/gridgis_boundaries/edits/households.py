"""Households go with the ground: what an edit moves from one area to another, nobody loses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis_boundaries.apportioning import apportion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gridgis_boundaries.edits.state import State
    from gridgis_boundaries.topology.parts import Face

    Shapes = NDArray[np.object_]

_FIELDS = ("households", "population")


def counts_after(
    state: State,
    before: Mapping[int, tuple[Face, shapely.Geometry]],
    after: Mapping[int, shapely.Geometry],
) -> dict[int, dict[str, int | None]]:
    """Return the households and the people of faces after an edit.

    Each face's own number is dealt out over the faces that have its ground now: by the households
    of the cells there, by square degrees where it has no cells. Whole numbers stay whole, and their
    sum is what it was. Where a face did not say its number, nobody knows that of its heirs.

    Parameters
    ----------
    before
        The touched faces as they were: facts and ground, EPSG:4326.
    after
        The ground of the touched faces as they are.
    """
    totals: dict[int, dict[str, int | None]] = {
        number: dict.fromkeys(_FIELDS, 0) for number in after
    }
    numbers, grounds = list(after), np.array(list(after.values()), dtype=object)
    for face, ground in before.values():
        heirs, weights = _heirs(state, ground, numbers, grounds)
        for field in _FIELDS:
            own: int | None = getattr(face, field)
            dealt = [None] * len(heirs) if own is None else apportion(own, weights)
            for heir, amount in zip(heirs, dealt, strict=True):
                known = totals[heir][field]
                unknown = known is None or amount is None
                totals[heir][field] = None if unknown else (known or 0) + (amount or 0)
    return totals


def _heirs(
    state: State, ground: shapely.Geometry, numbers: list[int], grounds: Shapes
) -> tuple[list[int], NDArray[np.float64]]:
    meet = np.flatnonzero(shapely.intersects(grounds, ground))
    pieces = shapely.intersection(grounds[meet], ground)
    area = shapely.area(pieces)
    # A corner that was rounded onto the border takes no household along.
    real = area > shapely.area(ground) * 1e-6
    meet, pieces, area = meet[real], pieces[real], area[real]
    weights = _households_on(state, pieces)
    return [numbers[at] for at in meet], weights if weights.sum() > 0 else area


def _households_on(state: State, pieces: Shapes) -> NDArray[np.float64]:
    if state.cells is None or not len(state.cells):
        return np.zeros(len(pieces))
    piece, cell = state.cells.sindex.query(pieces, predicate="intersects")
    shapes = state.cells.geometry.to_numpy()[cell]
    homes = state.cells["households"].fillna(0).to_numpy(dtype=float)[cell]
    whole = shapely.area(shapes)
    inside = shapely.area(shapely.intersection(shapes, pieces[piece]))
    # A point on a shared border counts in equal parts.
    share = np.where(whole > 0, inside / np.where(whole > 0, whole, 1.0), 1.0)
    return np.bincount(piece, homes * share, minlength=len(pieces)).astype(np.float64)
