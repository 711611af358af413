"""Which share of the households lives within which distance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence


def share_by_band(
    distance_m: pd.Series[float], households: pd.Series[float], bands_m: Sequence[float]
) -> pd.DataFrame:
    """Return how many places and households lie in each band of distance.

    A place lies in the band with ``from_m < distance <= to_m``; the first band holds 0 as well,
    the last has no end. A place without a distance stands in a row of its own at the end, with
    ``from_m`` NaN. A place with unknown households (NaN) counts as a place only.

    Parameters
    ----------
    distance_m
        Metres to the nearest responder, >= 0; NaN when there is none.
    households
        Same index; households of each place, >= 0; NaN when unknown.
    bands_m
        Upper ends of the bands in metres, > 0 and rising.

    Returns
    -------
    pd.DataFrame
        One row a band, index 0, 1, ...; columns `from_m`, `to_m`, `places`, `unknown` (places
        whose households are unknown), `households` and `share` (0 to 1, of all known households;
        NaN when there are none).

    Raises
    ------
    InvalidInputError
        The bands do not rise from above zero.

    Examples
    --------
    >>> homes = pd.Series([100.0, 300.0, float("nan")])
    >>> share_by_band(pd.Series([0.0, 500.0, 900.0]), homes, [500])
       from_m   to_m  places  unknown  households  share
    0     0.0  500.0       2        0       400.0    1.0
    1   500.0    inf       1        1         0.0    0.0
    2     NaN    NaN       0        0         0.0    0.0
    """
    ends = np.append(checked_bands_m(bands_m), np.inf)
    band = band_of(distance_m, bands_m).replace(-1, len(ends))
    known = households.astype("float64")
    places = band.groupby(band).size()
    rows = pd.DataFrame(index=pd.RangeIndex(len(ends) + 1))
    rows["from_m"] = np.append(np.append(0.0, ends[:-1]), np.nan)
    rows["to_m"] = np.append(ends, np.nan)
    rows["places"] = places.reindex(rows.index, fill_value=0)
    rows["unknown"] = known.isna().groupby(band).sum().reindex(rows.index, fill_value=0)
    rows["households"] = known.groupby(band).sum().reindex(rows.index, fill_value=0.0)
    total = float(rows["households"].sum())
    rows["share"] = rows["households"] / (total or np.nan)
    return rows


def band_of(distance_m: pd.Series[float], bands_m: Sequence[float]) -> pd.Series[int]:
    """Return the number of each distance's band, counted from 0; -1 without a distance.

    >>> band_of(pd.Series([0.0, 500.0, 500.1, float("nan")]), [500, 1000]).tolist()
    [0, 0, 1, -1]
    """
    metres = distance_m.to_numpy("float64")
    band = np.searchsorted(checked_bands_m(bands_m), metres, side="left")
    return pd.Series(np.where(np.isnan(metres), -1, band), index=distance_m.index, dtype="int64")


def checked_bands_m(bands_m: Sequence[float]) -> list[float]:
    """Return the bands' upper ends in metres.

    Raises
    ------
    InvalidInputError
        There is none, or they do not rise from above zero.
    """
    ends = [float(end) for end in bands_m]
    rising = all(low < high for low, high in zip([0.0, *ends], ends, strict=False))
    if not ends or not rising or not np.isfinite(ends).all():
        msg = f"bands_m: {list(bands_m)} must be metres above zero, each more than the one before"
        raise InvalidInputError(msg)
    return ends


def median_distance_m(distance_m: pd.Series[float], weight: pd.Series[float]) -> float:
    """Return the least distance within which half of the whole weight lies.

    Places without a distance weigh too, as infinitely far; unknown weights (NaN) do not. NaN when
    nothing weighs, infinite when most of the weight has no distance.

    >>> median_distance_m(pd.Series([100.0, 200.0, 900.0]), pd.Series([1.0, 1.0, 5.0]))
    900.0
    """
    weights = weight.fillna(0.0).to_numpy("float64")
    if weights.sum() <= 0:
        return float("nan")
    metres = distance_m.fillna(np.inf).to_numpy("float64")
    order = np.argsort(metres, kind="stable")
    half = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2, side="left")
    return float(metres[order][half])
