"""How evenly households and work are spread over the grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis_boundaries.rules.standards import Band


def deviation(households: pd.Series[float]) -> pd.Series[float]:
    r"""Return how far each grid is from the mean, as a share of the mean.

    .. math:: (h_i - \bar h) / \bar h

    Grids with unknown households have NaN and do not count in the mean; with a mean of 0 all have
    NaN.

    >>> deviation(pd.Series([300.0, 400.0, 500.0])).tolist()
    [-0.25, 0.0, 0.25]
    """
    known = households.astype(float)
    mean = known.mean()
    return ((known - mean) / (mean if mean > 0 else np.nan)).rename("deviation")


def spread(households: pd.Series[float]) -> Mapping[str, float]:
    r"""Return how unequal the grids are, by three figures.

    `deviation_max` is the largest share by which a grid lies off the mean, up or down;
    `deviation_range` from top to bottom, :math:`(\max h - \min h)/\bar h`; `deviation_cv` the
    coefficient of variation, :math:`\sigma/\bar h` with the standard deviation of all grids (they
    are no sample). Both former as the courts of the United States compare districts: Hebert et al.,
    "The Realist's Guide to Redistricting" (2010), chapter 1. Unknown households do not count; with
    none known, or a mean of 0, all are NaN.

    >>> {name: round(share, 4) for name, share in spread(pd.Series([300.0, 400.0, 500.0])).items()}
    {'deviation_max': 0.25, 'deviation_range': 0.5, 'deviation_cv': 0.2041}
    """
    off = deviation(households)
    return {
        "deviation_max": float(off.abs().max()),
        "deviation_range": float(off.max() - off.min()),
        "deviation_cv": float(off.std(ddof=0)),
    }


def band_excess(households: pd.Series[float], band: Band) -> pd.Series[float]:
    r"""Return the households by which each grid misses the band: 0 inside it, NaN unknown.

    .. math:: \max(a - h_i,\; h_i - b,\; 0)

    with a and b the ends of the band (:class:`~gridgis_boundaries.rules.Band`), which is the city's
    own standard.
    """
    known = households.to_numpy(dtype=np.float64, na_value=np.nan)
    missing = np.maximum(np.maximum(band.fewest - known, known - band.most), 0.0)
    return pd.Series(missing, index=households.index, name="band_excess")
