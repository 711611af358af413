"""The engine that answers in memory: grids of any layers and editions, from a frame or a file."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pyarrow as pa

from gridgis.errors import InvalidInputError, LayerNotFoundError
from gridgis.locate.edition import EditionIndex
from gridgis.locate.explaining import Answered, InForce, explained
from gridgis.locate.instants import instants_of
from gridgis.locate.saving import load_arrays, save_arrays
from gridgis.locate.sorting import Columns, sorted_grids
from gridgis.locate.tiles import NOBODY

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import ArrayLike, NDArray

    from gridgis.locate.instants import Moments
    from gridgis.locate.lookup import Whole

    Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class GridIndex:
    """Answers which grid a point is in, like PostGIS's ``ST_Covers``, without a database.

    Attributes
    ----------
    grids
        One row a grid: code, layer, edition, and the columns that were kept; index 0..n-1, by
        layer, edition and code.
    editions
        The layers' editions, layers by priority from the highest, then by code; editions by time.
    build_s
        How long the build took, in seconds; 0 when it was loaded.
    notes
        What a person should know, such as shapes that were made valid.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> squares = gpd.GeoDataFrame(
    ...     {"code": ["A", "B"]},
    ...     geometry=[shapely.box(104, 30, 104.01, 30.01), shapely.box(104.01, 30, 104.02, 30.01)],
    ...     crs="EPSG:4326",
    ... )
    >>> index = GridIndex.from_frame(squares)
    >>> index.locate([104.005, 104.01, 104.015, 105.0], [30.005] * 4).tolist()
    ['A', 'A', 'B', nan]
    """

    grids: pd.DataFrame
    editions: tuple[InForce, ...]
    build_s: float = 0.0
    notes: tuple[str, ...] = ()
    _codes: NDArray[np.int32] = field(init=False, repr=False)
    _categories: pd.Index = field(init=False, repr=False)

    def __post_init__(self) -> None:
        codes, categories = pd.factorize(self.grids["code"].astype(object), sort=False)
        object.__setattr__(self, "_codes", np.append(codes, NOBODY).astype(np.int32))
        object.__setattr__(self, "_categories", pd.Index(categories, dtype=object))

    @classmethod
    def from_frame(
        cls,
        grids: gpd.GeoDataFrame,
        code: str = "code",
        *,
        columns: Columns | None = None,
        keep: Sequence[str] = (),
    ) -> GridIndex:
        """Build the engine over grids.

        Parameters
        ----------
        grids
            One row a grid; (multi)polygons in any coordinate system that leads to WGS 84. Overlaps
            and gaps are answered as they are. Invalid shapes are made valid, and noted.
        code
            The column of official codes; on a shared edge the lowest by bytes answers.
        columns
            Where the frame holds several layers or editions: which columns say so.
        keep
            Columns that answers shall carry, such as the parents' codes.

        Raises
        ------
        InvalidInputError
            A column is missing; a code is missing, or stands on two rows of one edition.
        InvalidGeometryError
            A row has no polygon.
        UnsupportedCrsError
            The frame does not say its coordinate system.
        """
        began = time.perf_counter()
        sheets, notes = sorted_grids(grids, code, columns or Columns(), keep)
        tables, editions, first = [], [], 0
        for sheet in sheets:
            tables.append(sheet.grids)
            engine = EditionIndex.of(sheet.shapes)
            editions.append(
                InForce(
                    sheet.layer,
                    sheet.priority,
                    sheet.edition,
                    sheet.since,
                    sheet.until,
                    first,
                    engine,
                )
            )
            first += len(sheet.grids)
        table = pd.concat(tables, ignore_index=True)
        return cls(table, tuple(editions), time.perf_counter() - began, tuple(notes))

    def locate(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        at: Moments = None,
        *,
        layer: str | None = None,
        threads: int | None = None,
    ) -> pd.Categorical:
        """Return the code of the grid that covers each point; missing where none does.

        Parameters
        ----------
        lon, lat
            Shape (n,): degrees in EPSG:4326.
        at
            When: it picks the editions; one moment, or one for each point. None: the newest.
        layer
            Ask this layer only; None: the first that covers the point, by priority.
        threads
            How many processors to use; None: all.
        """
        small = len(self._categories) == len(self.grids) <= np.iinfo(np.int16).max
        # What pandas keeps for so few codes: so it needs no copy.
        rows = self._rows(lon, lat, at, layer, threads, np.int16 if small else np.int32)
        if len(self._categories) < len(self.grids):
            rows = self._codes[rows]
        # Each code's first row: they are in order, and need no check.
        return pd.Categorical.from_codes(rows, self._categories, validate=False)

    def rows_covering(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        at: Moments = None,
        *,
        layer: str | None = None,
        threads: int | None = None,
    ) -> NDArray[np.int32]:
        """Return which row of `grids` covers each point, or -1; parameters as in :meth:`locate`."""
        return self._rows(lon, lat, at, layer, threads, np.int32)

    def _rows(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        at: Moments,
        layer: str | None,
        threads: int | None,
        kind: type[Whole],
    ) -> NDArray[Any]:
        x, y = _degrees(lon, lat)
        asked = list(self._in_force(at, len(x), layer))
        if len(asked) == 1 and asked[0][1] is None and asked[0][0].first == 0:
            # Its grids are counted as the table's rows: no pass over the answers is needed.
            return asked[0][0].engine.covering(x, y, threads, kind)
        found = np.full(len(x), NOBODY, kind)
        for edition, points in asked:
            some = slice(None) if points is None else points
            here = edition.engine.covering(x[some], y[some], threads)
            rows = np.where(here == NOBODY, NOBODY, here + edition.first)
            found[some] = np.where(found[some] == NOBODY, rows, found[some])
        return found

    def explain(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        accuracy_m: ArrayLike | None = None,
        at: Moments = None,
        *,
        near_tolerance_m: float = 0.0,
        layer: str | None = None,
    ) -> pd.DataFrame:
        """Return every layer's answer for each point with its reason.

        Columns: point (which of the points), grid_code (missing without a grid), layer, edition,
        rule (covers, near, outside, no_location), boundary_distance_m (to the grid's own boundary;
        without a grid, to the nearest one; NaN without a location on the earth), the columns that
        the index keeps, and with `accuracy_m` runner_up: tuples of (code, metres) of the other
        grids that the position may be in, nearest first.
        Rows: by point, the responsible layer first: one that covers before one that is near, then
        by priority. A layer without an edition at that time has none.

        Parameters
        ----------
        accuracy_m
            How far the positions may be off, in metres: one number or one for each point.
        near_tolerance_m
            How far a grid may be from a point that none covers, in metres.
        at, layer
            As in :meth:`locate`.
        """
        given = self.answers(
            lon, lat, accuracy_m, at, near_tolerance_m=near_tolerance_m, layer=layer
        )
        return explained(self.grids, given, with_runners_up=accuracy_m is not None)

    def answers(
        self,
        lon: ArrayLike,
        lat: ArrayLike,
        accuracy_m: ArrayLike | None = None,
        at: Moments = None,
        *,
        near_tolerance_m: float = 0.0,
        layer: str | None = None,
    ) -> list[Answered]:
        """Return the answers of each edition as arrays; parameters as in :meth:`explain`."""
        x, y = _degrees(lon, lat)
        far = None
        if accuracy_m is not None:
            far = np.nan_to_num(np.broadcast_to(np.asarray(accuracy_m, np.float64), x.shape))
        found = []
        for edition, points in self._in_force(at, len(x), layer):
            some = slice(None) if points is None else points
            here_x, here_y = x[some], y[some]
            answers = edition.engine.answers(here_x, here_y, near_tolerance_m)
            others = None
            if far is not None:
                others = edition.engine.runners_up(here_x, here_y, far[some], answers)
            places = np.arange(len(x)) if points is None else points
            found.append(Answered(edition, places, answers, others))
        return found

    @property
    def nbytes(self) -> int:
        """How many bytes the engines take; the table of names comes on top."""
        return sum(edition.engine.nbytes for edition in self.editions)

    def save(self, path: Path, facts: Mapping[str, Any] | None = None) -> None:
        """Write the index to a file that any number of processes map into their memory.

        `facts`: what else is to be remembered, as JSON knows it.

        Raises
        ------
        OSError
            The file cannot be written; an older one is as it was.
        """
        sink = pa.BufferOutputStream()
        table = pa.Table.from_pandas(self.grids, preserve_index=False)
        with pa.ipc.new_stream(sink, table.schema) as writer:
            writer.write_table(table)
        arrays: dict[str, NDArray[Any]] = {"grids": np.frombuffer(sink.getvalue(), np.uint8).copy()}
        for place, edition in enumerate(self.editions):
            for name, array in edition.engine.arrays().items():
                arrays[f"{place}.{name}"] = array
        told = [edition[:-1] for edition in self.editions]
        save_arrays(path, arrays, {**(facts or {}), "editions": told, "notes": self.notes})

    @classmethod
    def load(cls, path: Path, *, check: bool = False) -> GridIndex:
        """Return the index of a file; its arrays are mapped: nothing is read before it is needed.

        Parameters
        ----------
        check
            Read all of it now and compare it with its checksums; else only its head and its table
            are, and damage elsewhere is not seen.

        Raises
        ------
        UnreadableFileError
            There is no such file, or it is not an index of this version, or not whole, or damaged.
        """
        return cls.load_with_facts(path, check=check)[0]

    @classmethod
    def load_with_facts(
        cls, path: Path, *, check: bool = False
    ) -> tuple[GridIndex, dict[str, Any]]:
        """Return the index of a file and the facts that were saved with it; as :meth:`load`."""
        arrays, facts = load_arrays(path, checked=None if check else ("grids",))
        with pa.ipc.open_stream(pa.py_buffer(arrays["grids"])) as stream:
            grids = stream.read_all().to_pandas()
        editions = []
        for place, told in enumerate(facts["editions"]):
            mark = f"{place}."
            own = {
                name.removeprefix(mark): part
                for name, part in arrays.items()
                if name.startswith(mark)
            }
            editions.append(InForce._make([*told, EditionIndex.from_arrays(own)]))
        return cls(grids, tuple(editions), notes=tuple(facts["notes"])), facts

    def _in_force(
        self, at: Moments, count: int, layer: str | None
    ) -> Iterator[tuple[InForce, NDArray[np.int64] | None]]:
        """Yield the editions with the points that each answers (None: all), layer by layer."""
        layers = dict.fromkeys(one.layer for one in self.editions)
        if layer is not None and layer not in layers:
            msg = f"there is no layer {layer!r} in the index; it has {', '.join(layers)}"
            raise LayerNotFoundError(msg)
        moments = None if at is None else instants_of(at, count)
        for name in layers if layer is None else [layer]:
            of_layer = [one for one in self.editions if one.layer == name]
            if moments is None:
                yield of_layer[-1], None
                continue
            for one in of_layer:
                here = (one.since <= moments) & (moments < one.until)
                if np.all(here):
                    yield one, None
                elif np.any(here):
                    yield one, np.flatnonzero(np.broadcast_to(here, count))


def _degrees(lon: ArrayLike, lat: ArrayLike) -> tuple[Doubles, Doubles]:
    x, y = (np.ascontiguousarray(np.atleast_1d(given), dtype=np.float64) for given in (lon, lat))
    if x.shape != y.shape or x.ndim != 1:
        msg = f"lon and lat differ in shape: {x.shape} and {y.shape}"
        raise InvalidInputError(msg)
    return x, y
