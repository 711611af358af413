"""Areas as files of shapes, or as a workbook for those who need only the table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.body import canonical_json
from gridgis.exports.shaping import GEOMETRY
from gridgis.exports.writing import require_table_name, writing
from gridgis.files.vector_writing import require_writable, write_vector

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

SHEET = ".xlsx"


def require_area_file(path: Path) -> None:
    """Refuse a path to which no areas can be written.

    Raises
    ------
    InvalidInputError
        The ending is unknown, or the folder is not there.
    """
    if path.suffix.lower() == SHEET:
        require_table_name(path, SHEET)
    else:
        require_writable(path)


def write_areas(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write areas, EPSG:4326, as the kind of file that its ending names; whole or not at all.

    A workbook has codes as text and no shapes: most do not fit into a cell.

    Raises
    ------
    InvalidInputError
        The ending is unknown, or the folder is not there.
    StoreFullError
        The workbook cannot be written.
    """
    require_area_file(path)
    if path.suffix.lower() != SHEET:
        write_vector(frame, path, layer=layer)
        return
    table = pd.DataFrame(frame.drop(columns=GEOMETRY))
    table["attributes"] = table["attributes"].map(canonical_json)
    with writing(path, layer) as sheet:
        sheet.add(table)
