"""Moments as whole microseconds since 1970 in UTC: what a bulk call compares."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.clock import aware
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Moments = datetime | Sequence[datetime] | pd.Series | pd.DatetimeIndex | None
    """One aware moment, or one for each point; None: the newest edition."""

ALWAYS, EVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max
"""Before all moments, and after them."""


def instant(moment: datetime) -> int:
    """Return one aware moment in microseconds.

    >>> from datetime import UTC
    >>> instant(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    at = aware(moment, "at")
    return (at.toordinal() - _EPOCH_DAY) * 86_400_000_000 + (
        (at.hour * 3600 + at.minute * 60 + at.second) * 1_000_000 + at.microsecond
    )


def instants_of(at: Moments, count: int) -> NDArray[np.int64]:
    """Return one moment, or one for each of `count` points, in microseconds.

    Raises
    ------
    InvalidInputError
        The moments have no zone, or are not as many as the points.
    """
    if isinstance(at, datetime) and not isinstance(at, pd.Timestamp):
        return np.array([instant(at)])
    found = instants([at] if isinstance(at, pd.Timestamp) else at)
    if len(found) not in {1, count}:
        msg = f"at: {len(found)} moments for {count} points"
        raise InvalidInputError(msg)
    return found


def instants(moments: object, name: str = "at") -> NDArray[np.int64]:
    """Return many aware moments in microseconds; one that is missing comes after all.

    Raises
    ------
    InvalidInputError
        They have no zone, or are no times.

    Examples
    --------
    >>> instants(pd.Series(pd.to_datetime(["1970-01-01T00:00:01Z", None], utc=True))).tolist()
    [1000000, 9223372036854775807]
    """
    series = pd.Series(moments)
    if series.isna().all():
        return np.full(len(series), EVER)
    if series.dtype == object:
        try:
            series = pd.to_datetime(series.where(series.notna(), None), utc=False)
        except (ValueError, TypeError) as error:
            msg = f"{name}: these are no times with one zone ({error})"
            raise InvalidInputError(msg) from error
    if not isinstance(series.dtype, pd.DatetimeTZDtype):
        msg = f"{name}: these times have no zone; localize them first"
        raise InvalidInputError(msg)
    found: NDArray[np.int64]
    found = series.dt.tz_convert("UTC").dt.as_unit("us").astype("int64").to_numpy(copy=True)
    found[series.isna().to_numpy()] = EVER
    return found


_EPOCH_DAY = datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - a day's number has no zone
