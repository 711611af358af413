"""Points of several datums in one file: each row says its own."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from gridgis.assigning.chunks import require_column
from gridgis.assigning.positions import Finder, Positions
from gridgis.datum import DATUMS
from gridgis.imports.refusals import Refusal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.assigning.chunks import Chunk, Points
    from gridgis.assigning.options import Asked


class _Some(NamedTuple):
    """Positions of some rows of a chunk, at these places."""

    places: NDArray[np.int64]
    positions: Positions


class FinderByDatum:
    """Finds positions whose rows name their datum; one that is empty has the file's.

    Raises as :class:`gridgis.assigning.positions.Finder`.
    """

    def __init__(self, points: Points, asked: Asked, column: str) -> None:
        require_column(points, column, "--datum-column")
        self._column = column
        self._columns = [name for name in points.schema.names if name != points.geometry]
        self._own = Finder(points, asked)
        self._of = {
            datum: Finder(points, replace(asked, reading=replace(asked.reading, datum=datum)))
            for datum in DATUMS
        }

    def find(self, chunk: Chunk) -> Positions:
        """Return where the rows of a chunk are."""
        said = pd.Series(chunk.table[self._column].to_pylist(), dtype=object)
        said = said.where(said.notna(), "").astype(str).str.strip().str.lower()
        found = [
            self._part(chunk, np.flatnonzero(said == value), str(value)) for value in said.unique()
        ]
        return _together(found, len(said))

    def _part(self, chunk: Chunk, places: NDArray[np.int64], datum: str) -> _Some:
        rows = chunk.rows[places]
        table = chunk.table.take(pa.array(places))
        some = chunk._replace(table=table, rows=rows)
        if datum == "" or datum in self._of:
            finder = self._of[datum] if datum else self._own
            return _Some(places, finder.find(some))
        nowhere = np.full(len(places), np.nan)
        reason = f"datum {datum!r} is unknown; it is one of {', '.join(DATUMS)}"
        held = table.select(self._columns).to_pylist()
        refused = [
            Refusal(int(row), reason, values) for row, values in zip(rows, held, strict=True)
        ]
        found = self._own.find(some)
        return _Some(places, found._replace(lon=nowhere, lat=nowhere.copy(), refused=refused))


def _together(found: list[_Some], count: int) -> Positions:
    if not found:
        nothing = np.empty(0)
        return Positions(nothing, nothing, None, None, [])
    places = np.concatenate([some.places for some in found])
    order = np.argsort(places)
    of = [some.positions for some in found]
    moments = [one.at for one in of if one.at is not None]
    accuracies = [one.accuracy_m for one in of if one.accuracy_m is not None]
    at = pd.concat(moments).iloc[order].set_axis(range(count)) if moments else None
    return Positions(
        np.concatenate([one.lon for one in of])[order],
        np.concatenate([one.lat for one in of])[order],
        at,
        np.concatenate(accuracies)[order] if accuracies else None,
        sorted((refusal for one in of for refusal in one.refused), key=lambda one: one.row),
    )
