"""Rings whose last point is not their first: strict readers see no shape at all in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from gridgis.errors import UnreadableFileError

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

CLOSED = "closed"
"""The key among a frame's `attrs`."""

_NAMED = 5


def closed_rings(
    frame: gpd.GeoDataFrame, closed: NDArray[np.object_], *, close: bool, file: str
) -> gpd.GeoDataFrame:
    """Return the frame with the shapes whose rings had to be closed, when that was asked for.

    What was done is added to ``frame.attrs["notes"]``, the rows' positions are in
    ``frame.attrs["closed"]``.

    Parameters
    ----------
    closed
        The shapes of the same rows, read with every ring closed; None where there is none at all.
    close
        Whether somebody asked for it.
    file
        What the file is called.

    Raises
    ------
    UnreadableFileError
        A ring is open and nobody asked to close it; the message names the rows.
    """
    shapes = np.array(frame.geometry.to_numpy(), dtype=object)
    # An open ring is read as None; one that encloses nothing even when closed stays so.
    open_rows = np.flatnonzero(shapely.is_missing(shapes) & (shapely.area(closed) > 0))
    if not len(open_rows):
        frame.attrs[CLOSED] = []
        return frame
    first = ", ".join(str(at + 1) for at in open_rows[:_NAMED])
    more = f" and {len(open_rows) - _NAMED} more" if len(open_rows) > _NAMED else ""
    if not close:
        msg = (
            f"{file}: a ring is not closed in row {first}{more}: its last point is not its first. "
            "`gridgis boundaries repair` closes such rings and says so"
        )
        raise UnreadableFileError(msg)
    shapes[open_rows] = closed[open_rows]
    whole = frame.set_geometry(shapes, crs=frame.crs)
    whole.attrs["notes"] = [*frame.attrs.get("notes", []), f"ring closed in row {first}{more}"]
    whole.attrs[CLOSED] = open_rows.tolist()
    return whole
