"""How well a map says where the next reports come, always beside the simplest one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.density import count_by_grid

if TYPE_CHECKING:
    from datetime import datetime

    from numpy.typing import NDArray

NAIVE_DAYS = 28
FORECAST, NAIVE, HINDSIGHT = "forecast", "last four weeks", "hindsight"


def last_four_weeks(
    grid_codes: pd.Series[str], reports: pd.DataFrame, at: datetime
) -> pd.Series[int]:
    """Return each grid's reports of the 28 days before a moment: the map that any other must beat.

    Parameters
    ----------
    reports
        Columns `captured_at` (aware), `grid_code`.
    at
        Aware; the days are [at - 28 d, at).
    """
    when = pd.to_datetime(reports["captured_at"], utc=True)
    since = at - timedelta(days=NAIVE_DAYS)
    return count_by_grid(grid_codes, reports.loc[(when >= since) & (when < at), "grid_code"])


def prediction_accuracy(
    forecast: pd.Series[float],
    naive: pd.Series[float],
    happened: pd.Series[int],
    area: pd.Series[float],
    *,
    area_share: float = 0.1,
) -> pd.DataFrame:
    """Return how many reports a forecast's hottest share of the area caught, beside the naive map.

    Grids are taken from the highest score for their area down until they cover the asked share;
    the last one, and grids of one score together, count in proportion, so that all maps are judged
    on the very same share and no order among equals matters. ``hit rate = reports in it / all
    reports``; ``PAI = hit rate / area share`` (Chainey et al. 2008,
    doi:10.1057/palgrave.sj.8350066): 1 is what a map without knowledge has. ``PEI = PAI / the PAI
    of hindsight`` (Hunt 2016): 1 is the best that any map of these grids could do.

    Parameters
    ----------
    forecast, naive
        Expected or past reports of each grid, >= 0; an unknown one (NaN) is taken last. `naive` is
        `last_four_weeks`.
    happened
        Same index: reports that came afterwards.
    area
        Same index: m², or households; a grid without (0, NaN) is left out with its reports.
    area_share
        Above 0, up to 1.

    Returns
    -------
    pd.DataFrame
        Index ``forecast``, ``last four weeks``, ``hindsight``; columns `area_share`, `hits`
        (reports caught, in proportion), `n` (reports in all), `hit_rate`, `pai`, `pei`; the rates
        are NaN when nothing happened.

    Raises
    ------
    InvalidInputError
        The share is not above 0 and up to 1.

    Examples
    --------
    >>> came, area = pd.Series([6, 3, 1, 0]), pd.Series([1.0, 1, 1, 1])
    >>> prediction_accuracy(pd.Series([5, 9, 0, 0]), pd.Series([1, 1, 1, 1]), came, area,
    ...     area_share=0.25)[["hits", "pai", "pei"]]
                     hits  pai       pei
    forecast          3.0  1.2  0.500000
    last four weeks   2.5  1.0  0.416667
    hindsight         6.0  2.4  1.000000
    """
    if not 0 < area_share <= 1:
        msg = f"area_share: {area_share} is not above 0 and up to 1"
        raise InvalidInputError(msg)
    size = area.to_numpy("float64")
    known = np.isfinite(size) & (size > 0)
    came, size = np.asarray(happened, dtype="float64")[known], size[known]
    maps = {FORECAST: forecast, NAIVE: naive, HINDSIGHT: happened}
    hits = [
        _hits(np.asarray(score, dtype="float64")[known] / size, came, size, area_share)
        for score in maps.values()
    ]
    caught = np.asarray(hits)
    hit_rate = caught / (came.sum() or np.nan)
    return pd.DataFrame(
        {
            "area_share": area_share,
            "hits": caught,
            "n": int(came.sum()),
            "hit_rate": hit_rate,
            "pai": hit_rate / area_share,
            "pei": hit_rate / hit_rate[-1],
        },
        index=list(maps),
    )


def _hits(
    score: NDArray[np.floating],
    came: NDArray[np.floating],
    size: NDArray[np.floating],
    area_share: float,
) -> float:
    """Return the reports in the hottest share; grids of one score are one piece."""
    _, piece = np.unique(-np.nan_to_num(score, nan=-1.0), return_inverse=True)
    pieces = np.bincount(piece, weights=size)
    before = np.cumsum(pieces) - pieces
    taken = np.clip((area_share * size.sum() - before) / pieces, 0, 1)
    return float(taken @ np.bincount(piece, weights=came))
