"""Tables of control points: the same spots in a city's own system and in degrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.door import location
from gridgis.errors import InvalidInputError
from gridgis.files.rows import Reading
from gridgis.files.tables import open_rows

if TYPE_CHECKING:
    from pathlib import Path

COLUMNS = ("x", "y", "lon", "lat")


def read_control_points(path: Path) -> pd.DataFrame:
    """Return the points of a table with the columns x, y, lon, lat; index: the point's name.

    The name is in a column `name`, else it is the row's number in the file.

    Raises
    ------
    UnreadableFileError
        The file cannot be read.
    InvalidInputError
        A column is missing, or a value is no number or no place.
    """
    rows = open_rows(path, Reading())
    if missing := [column for column in COLUMNS if column not in rows.columns]:
        msg = f"{path.name}: column {missing[0]!r} is missing; control points have x, y, lon, lat"
        raise InvalidInputError(msg)
    table = pd.concat(rows.chunks)
    names = table["name"].astype(str) if "name" in table else table.index.astype(str)
    values: pd.DataFrame = table[list(COLUMNS)].apply(pd.to_numeric, errors="coerce")
    for name, row in zip(names, values.to_numpy("float64").tolist(), strict=True):
        if not np.isfinite(row).all():
            msg = f"{path.name}: control point {name} has a value that is no number"
            raise InvalidInputError(msg)
        try:
            location(row[2], row[3])
        except InvalidInputError as error:
            msg = f"{path.name}: control point {name}: {error}"
            raise InvalidInputError(msg) from error
    values.index = pd.Index(names)
    return values
