"""Points from two columns of degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray


def points(lon: pd.Series, lat: pd.Series) -> NDArray[np.object_]:
    """Return points with longitude first, None where a degree is missing.

    >>> import pandas as pd
    >>> points(pd.Series([104.0, None]), pd.Series([30.0, 31.0])).tolist()
    [<POINT (104 30)>, None]
    """
    x, y = lon.to_numpy("float64"), lat.to_numpy("float64")
    there = ~(np.isnan(x) | np.isnan(y))
    found = np.full(len(x), None, dtype=object)
    found[there] = shapely.points(x[there], y[there])
    return found
