"""Where each row is, fast for what is plain; the rest is judged as an import judges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely

from gridgis.assigning.chunks import require_column
from gridgis.errors import InvalidInputError
from gridgis.files import Rows
from gridgis.imports.columns import REPORTS, find_columns
from gridgis.imports.locations import Placing
from gridgis.imports.refusals import Judging, Refusal
from gridgis.imports.values import moments, numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.assigning.chunks import Chunk, Points
    from gridgis.assigning.options import Asked

    Doubles = NDArray[np.float64]
    Marks = NDArray[np.bool_]

_PLAIN = r"^-?[0-9]+(\.[0-9]+)?$"


class Positions(NamedTuple):
    """Where the rows of a chunk are: degrees in EPSG:4326, NaN without a location.

    `at` and `accuracy_m` are there when they were asked for; `refused` rows have no location.
    """

    lon: Doubles
    lat: Doubles
    at: pd.Series | None
    accuracy_m: Doubles | None
    refused: list[Refusal]


class Finder:
    """Finds the positions of one file.

    Raises
    ------
    InvalidInputError
        The file has no coordinates, or not the columns that were named; the datum is unknown.
    UnsupportedCrsError
        The system of the file's coordinates is unknown.
    """

    def __init__(self, points: Points, asked: Asked) -> None:
        self._asked = asked
        self._columns = [name for name in points.schema.names if name != points.geometry]
        self._geometry = points.geometry if asked.lon is None and asked.lat is None else None
        self._lon, self._lat = "", ""
        if self._geometry is None:
            self._lon, self._lat = _columns_of_degrees(self._columns, asked, points.name)
        for option, column in (("--accuracy", asked.accuracy), ("--at-column", asked.at_column)):
            if isinstance(column, str):
                require_column(points, column, option)
        told = Rows(self._columns, iter(()), geometry=self._geometry, crs=points.crs)
        self._placing = Placing(told, asked.reading)

    def find(self, chunk: Chunk) -> Positions:
        """Return where the rows of a chunk are."""
        judged = _Judged(chunk)
        lon, lat = self._of_shapes(judged) if self._geometry else self._of_columns(judged)
        accuracy_m = self._accuracy(judged, len(lon))
        at = self._moments(judged, ~np.isnan(lon))
        for place in judged.refused:
            lon[place] = lat[place] = np.nan
        return Positions(lon, lat, at, accuracy_m, judged.refusals(self._columns))

    def _of_columns(self, judged: _Judged) -> tuple[Doubles, Doubles]:
        x, odd_x = _plain_numbers(judged.chunk.table[self._lon])
        y, odd_y = _plain_numbers(judged.chunk.table[self._lat])
        odd = odd_x | odd_y | (np.isnan(x) != np.isnan(y))
        x[odd] = y[odd] = np.nan
        lon, lat = self._moved(x, y, odd, of_shapes=False)
        if (places := np.flatnonzero(odd)).size:
            frame = judged.frame([self._lon, self._lat], places)
            judging = Judging(frame)
            found = self._placing.points(frame[self._lon], frame[self._lat], judging)
            judged.take(judging)
            lon[places], lat[places] = found["lon"], found["lat"]
        return lon, lat

    def _of_shapes(self, judged: _Judged) -> tuple[Doubles, Doubles]:
        wkb = judged.chunk.table[self._geometry].to_numpy(zero_copy_only=False)
        shapes = shapely.from_wkb(wkb, on_invalid="ignore")
        for place in np.flatnonzero(shapely.is_missing(shapes) & pd.notna(wkb)):
            judged.refused[int(place)] = "its shape cannot be read"
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        point = there & (shapely.get_type_id(shapes) == shapely.GeometryType.POINT)
        x, y = np.full(len(wkb), np.nan), np.full(len(wkb), np.nan)
        x[point], y[point] = shapely.get_x(shapes[point]), shapely.get_y(shapes[point])
        odd = there & ~(np.isfinite(x) & np.isfinite(y))
        lon, lat = self._moved(x, y, odd, of_shapes=True)
        if (places := np.flatnonzero(odd)).size:
            series = pd.Series(shapes[places], index=places)
            judging = Judging(pd.DataFrame(index=places))
            found = self._placing.points_of(series, judging)
            judged.take(judging)
            lon[places], lat[places] = found["lon"], found["lat"]
        return lon, lat

    def _moved(
        self, x: Doubles, y: Doubles, odd: Marks, *, of_shapes: bool
    ) -> tuple[Doubles, Doubles]:
        """Return degrees, and mark as odd what is off the earth."""
        lon, lat = self._placing.degrees(x, y, of_shapes=of_shapes)
        odd |= ~np.isnan(x) & ~((np.abs(lon) <= 180) & (np.abs(lat) <= 90))  # noqa: PLR2004 - degrees
        nowhere = odd | np.isnan(x)
        return np.where(nowhere, np.nan, lon), np.where(nowhere, np.nan, lat)

    def _accuracy(self, judged: _Judged, count: int) -> Doubles | None:
        said = self._asked.accuracy
        if said is None:
            return None
        if not isinstance(said, str):
            return np.full(count, said)
        found, odd = _plain_numbers(judged.chunk.table[said])
        odd |= found < 0
        if (places := np.flatnonzero(odd)).size:
            frame = judged.frame([said], places)
            judging = Judging(frame)
            read = numbers(frame[said], said, judging)
            for place in read.index[read < 0]:
                judging.refuse(place, f"{said} is {read[place]:g}; it is a distance, 0 or more")
            judged.take(judging)
            found[places] = read
        return found

    def _moments(self, judged: _Judged, placed: Marks) -> pd.Series | None:
        name = self._asked.at_column
        if name is None:
            return None
        frame = judged.frame([name], np.arange(len(placed)))
        judging = Judging(frame)
        found = moments(frame[name], name, judging, self._asked.zone, self._asked.time_format)
        for place in found.index[found.isna() & placed]:
            judging.refuse(place, f"{name} is missing, and it picks the edition")
        judged.take(judging)
        return found


class _Judged:
    """A chunk, and what stands against its rows, by their places in it."""

    def __init__(self, chunk: Chunk) -> None:
        self.chunk = chunk
        self.refused: dict[int, str] = {}

    def frame(self, names: list[str], places: NDArray[np.int64]) -> pd.DataFrame:
        """Return columns of some rows; whole numbers stay whole beside missing ones."""
        some = self.chunk.table.select(names).take(pa.array(places))
        frame: pd.DataFrame = some.to_pandas(integer_object_nulls=True, ignore_metadata=True)
        frame.index = pd.Index(places)
        return frame

    def take(self, judging: Judging) -> None:
        """Take over what stands against rows; an earlier reason stays."""
        for place, reason in judging.reasons.items():
            self.refused.setdefault(int(place), reason)

    def refusals(self, columns: list[str]) -> list[Refusal]:
        """Return the refused rows with what stood in them."""
        places = sorted(self.refused)
        if not places:
            return []
        held = self.chunk.table.select(columns).take(pa.array(places)).to_pylist()
        return [
            Refusal(int(self.chunk.rows[place]), self.refused[place], values)
            for place, values in zip(places, held, strict=True)
        ]


def _columns_of_degrees(columns: list[str], asked: Asked, file: str) -> tuple[str, str]:
    headers = {name: REPORTS[name] for name in ("lon", "lat")}
    found = find_columns(columns, headers, {"lon": asked.lon, "lat": asked.lat})
    if set(found) != {"lon", "lat"}:
        lacking = " and ".join(f"--{name}" for name in ("lon", "lat") if name not in found)
        msg = f"{file} says nowhere where its rows are; name the columns with {lacking}: " + (
            ", ".join(columns)
        )
        raise InvalidInputError(msg)
    return found["lon"], found["lat"]


def _plain_numbers(column: pa.ChunkedArray) -> tuple[Doubles, Marks]:
    """Return a column as doubles, NaN where nothing stands; and which cells need a closer look."""
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
        found = _doubles(column.cast(pa.float64(), safe=False))
        return found, np.isinf(found)
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        there = column.is_valid().to_numpy()
        return np.full(len(column), np.nan), there
    trimmed = pc.utf8_trim_whitespace(column)
    plain = pc.match_substring_regex(trimmed, _PLAIN)
    blank = pc.equal(trimmed, "").fill_null(True).to_numpy()
    found = _doubles(pc.if_else(plain, trimmed, None).cast(pa.float64()))
    return found, np.isnan(found) & ~blank


def _doubles(column: pa.ChunkedArray) -> Doubles:
    filled = column.fill_null(float("nan"))
    return np.array(filled.to_numpy(), dtype=np.float64)
