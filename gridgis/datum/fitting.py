"""In which datum are these coordinates? Held against a reference that is known to be right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gridgis.datum.evidence import of_neighbours, of_pairs
from gridgis.datum.ground import Ground, paired, read_ground
from gridgis.datum.residuals import Residual
from gridgis.datum.verdict import DatumFit, clear, judge, outside_china
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import ArrayLike

TOLERANCE_M = 30.0
"""Half of what is compared must lie this close, else nothing fits."""


def fit_datum(
    given: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    reference: ArrayLike | gpd.GeoSeries | gpd.GeoDataFrame,
    *,
    matched: bool = False,
    tolerance_m: float = TOLERANCE_M,
) -> DatumFit:
    """Find the datum in which coordinates lie on a reference, or say why that cannot be decided.

    Each datum is tried: `given` is brought to WGS 84 as if it were in that one, and its distance
    from the reference is measured in metres. The answer lists them all; it names one only when that
    one fits, and clearly better than the others and than chance.

    Points are held against points, or against filled outlines (a point inside is at 0 m); the
    corners of outlines are held against the other outlines' lines.

    Parameters
    ----------
    given
        An array (k, 2) of degrees, longitude first, NaN where one is missing; or a series or frame
        of points, lines or polygons. Its degrees are taken as they stand.
    reference
        The same things, or some that lie where they lie, in WGS 84 degrees.
    matched
        Whether the rows of both are the same things: by their order in arrays, else by the labels
        of the index. Without it, everything is held against whatever is nearest, from the side from
        which it fits best, so that either side may be a part of the other.
    tolerance_m
        Half of what is compared must lie this close, in metres.

    Raises
    ------
    InvalidInputError
        One of both is empty, mixes points and outlines, or does not lie on the earth; or the rows
        cannot be matched.

    Examples
    --------
    >>> from gridgis.datum import from_wgs84
    >>> right = np.array([[104.06, 30.66], [104.07, 30.66], [104.08, 30.67], [104.06, 30.68]])
    >>> shifted = np.column_stack(from_wgs84(right[:, 0], right[:, 1], "gcj02"))
    >>> fit = fit_datum(shifted, right, matched=True)
    >>> fit.datum
    'gcj02'
    >>> [(one.datum, round(one.median_m)) for one in fit.candidates]
    [('gcj02', 0), ('wgs84', 360), ('bd09', 918)]
    >>> fit_datum(right[:2], right[:2], matched=True).sentence
    '2 points or corners are too few; at least 3 are needed'
    """
    ground, right = read_ground(given, "given"), read_ground(reference, "reference")
    return fit_grounds(ground, right, matched=matched, tolerance_m=tolerance_m)


def fit_grounds(
    given: Ground, reference: Ground, *, matched: bool = False, tolerance_m: float = TOLERANCE_M
) -> DatumFit:
    """Find the datum of a ground that was read already; see :func:`fit_datum`."""
    if not tolerance_m > 0:
        msg = f"tolerance_m is {tolerance_m:g}; it is a distance in metres above 0"
        raise InvalidInputError(msg)
    rows = len(given) + given.missing
    if matched:
        given, reference = paired(given, reference)
    left_out = rows - len(given)
    inside = given.in_china()
    if inside.any():
        given, reference = given.only(inside), reference.only(inside) if matched else reference
    found = [of_pairs(given, reference)] if matched else list(of_neighbours(given, reference))
    # The side from which it fits best: the other one may hold much that this one has not.
    fit = min(
        (judge(evidence, tolerance_m) for evidence in found), key=lambda one: one.candidates[0].rank
    )
    if not inside.any():
        fit = outside_china(fit)
    return replace(fit, outside=int(np.sum(~inside)), left_out=left_out)


def lies_on(
    given: gpd.GeoSeries, reference: gpd.GeoSeries, *, tolerance_m: float = TOLERANCE_M
) -> float | None:
    """Return how far outlines lie from a reference when they lie on it, else None; metres.

    Both in WGS 84 degrees, longitude first, anywhere on earth. Half of the corners of one side lie
    within the tolerance of the other's lines, and displacements without meaning do not reach that:
    the same judgement as :func:`fit_datum`, of one datum only.

    Raises
    ------
    InvalidInputError
        One of both is empty, mixes points and outlines, or does not lie on the earth.
    """
    ground, right = read_ground(given, "given"), read_ground(reference, "reference")
    best_m: float | None = None
    for evidence in of_neighbours(ground, right):
        found = Residual.of(evidence.distances_m["wgs84"]).median_m
        proved = evidence.chance is not None and clear(found, evidence.chance.median_m)
        enough = len(evidence.distances_m["wgs84"]) >= evidence.fewest
        if enough and proved and found <= tolerance_m and (best_m is None or found < best_m):
            best_m = found
    return best_m
