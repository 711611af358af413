"""What every noun that comes from files by rows must say of itself."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol

import pandas as pd
import shapely

from gridgis.errors import InvalidInputError
from gridgis.exports.shaping import FORMULA_MARKS
from gridgis.files.points import points
from gridgis.imports import values
from gridgis.imports.attributes import EXPORTED, attributes
from gridgis.imports.options import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gridgis.imports.columns import Headers
    from gridgis.imports.locations import Placing
    from gridgis.imports.options import Session
    from gridgis.imports.refusals import Judging
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store


OF_EXPORTS = frozenset(
    {
        *("source", "id", "retired_at", "state", "received_at", "flags", "import_row"),
        *("grid_code", "rule", "boundary_distance_m", "edition", "location_precision"),
    }
)
"""Columns that an export adds to a row: when it is imported again they say nothing new."""

LISTS = frozenset({"aliases", "former_names", "skills"})
"""Fields of several words."""

MARKS = "；、,"
"""What people part words by, besides semicolons."""


class Outcome(NamedTuple):
    """What became of a chunk's good rows; refused are those that clash with stored ones.

    `located` is how many got their location from words. `notes` are sentences for the person who
    imports.
    """

    added: int = 0
    updated: int = 0
    same: int = 0
    without_location: int = 0
    located: int = 0
    refused: tuple[tuple[int, str], ...] = ()
    notes: tuple[str, ...] = ()


def joined(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome of several parts together.

    >>> joined([Outcome(added=2, notes=("a",)), Outcome(added=1, notes=("a", "b"))])[0::6]
    (3, ('a', 'b'))
    """
    return Outcome(
        added=sum(one.added for one in outcomes),
        updated=sum(one.updated for one in outcomes),
        same=sum(one.same for one in outcomes),
        without_location=sum(one.without_location for one in outcomes),
        located=sum(one.located for one in outcomes),
        refused=tuple(chain.from_iterable(one.refused for one in outcomes)),
        notes=tuple(dict.fromkeys(chain.from_iterable(one.notes for one in outcomes))),
    )


@dataclass(slots=True)
class Chunk:
    """Some rows of a file, and all that is needed to read them: field -> column in `columns`."""

    rows: pd.DataFrame
    columns: dict[str, str]
    geometry: str | None
    placing: Placing
    judging: Judging
    session: Session

    def column(self, name: str) -> pd.Series:
        """Return a field's column as it stands in the file, else the value said for all rows."""
        if name in self.columns:
            return self.rows[self.columns[name]]
        value = self.session.options.constants.get(name)
        return pd.Series([value] * len(self.rows), index=self.rows.index, dtype=object)

    def texts(self, name: str) -> pd.Series:
        """Return a field as text."""
        return values.texts(self._unguarded(name), name, self.judging)

    def _unguarded(self, name: str) -> pd.Series:
        column = self.column(name)
        return column.map(_unguarded) if EXPORTED in self.rows.columns else column

    def codes(self, name: str) -> pd.Series:
        """Return a field as official numbers."""
        return values.codes(self.column(name), name, self.judging)

    def numbers(self, name: str) -> pd.Series:
        """Return a field as doubles."""
        return values.numbers(self.column(name), name, self.judging)

    def counts(self, name: str) -> pd.Series:
        """Return a field as whole numbers from 0."""
        return values.counts(self.column(name), name, self.judging)

    def points(self) -> pd.DataFrame:
        """Return columns `lon` and `lat` in EPSG:4326 degrees, NaN without a location."""
        if self.geometry is not None and "lon" not in self.columns:
            return self.placing.points_of(self.rows[self.geometry], self.judging)
        return self.placing.points(self.column("lon"), self.column("lat"), self.judging)

    def shapes(self) -> pd.Series:
        """Return shapes in EPSG:4326, invalid ones made valid; points where only degrees are."""
        if "geometry" in self.columns:
            written = self.read("geometry", _shape)
            missing = written.isna()
            return self._placed(written.mask(missing, self.shapes_of_points()[missing]))
        if self.geometry is not None and "lon" not in self.columns:
            return self._placed(self.rows[self.geometry])
        return self.shapes_of_points()

    def _placed(self, shapes: pd.Series) -> pd.Series:
        return self.judging.repaired(self.placing.shapes(shapes, self.judging))

    def shapes_of_points(self) -> pd.Series:
        """Return :meth:`points` as shapes, None without a location."""
        degrees = self.points()
        shapes = points(degrees["lon"], degrees["lat"])
        return pd.Series(shapes, index=degrees.index, dtype=object)

    def attributes(self) -> list[str]:
        """Return the columns that have no field, as canonical JSON."""
        taken = {*self.columns.values(), self.geometry}
        if EXPORTED in self.rows.columns:
            taken |= OF_EXPORTS
        free = [name for name in self.rows.columns if name not in taken]
        return attributes(self.rows, free, self.judging)

    def need(self, column: pd.Series, name: str) -> None:
        """Hold a missing value against its row."""
        for row in column.index[column.isna()]:
            self.judging.refuse(row, f"{name} is missing")

    def split(self, name: str) -> pd.Series:
        """Return a field of several words, parted by semicolons, as an array's text."""
        # An export parts words by semicolons only: a name may have a comma of its own.
        marks = "" if EXPORTED in self.rows.columns else MARKS
        return self._unguarded(name).map(lambda value: words(value, marks)).map(array_text)

    def read(self, name: str, reader: Callable[[str], object]) -> pd.Series:
        """Return a field read by a function that raises InvalidInputError."""
        return values.each(self.texts(name), self.judging, lambda text: reader(str(text)))


def without_example(rows: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Return the rows but for a template's example, which is known by its number."""
    key = next((columns[name] for name in ("number", "code") if name in columns), None)
    return rows if key is None else rows[rows[key].astype(object) != EXAMPLE]


class Noun(Protocol):
    """How the rows of one noun are judged and stored."""

    name: ClassVar[str]
    headers: ClassVar[Headers]
    needed: ClassVar[tuple[str, ...]]
    """Fields without which no row could be stored: the file must have their columns."""

    def judge(self, chunk: Chunk) -> pd.DataFrame:
        """Return the rows ready for the store, refused ones too; say which are refused."""
        ...

    def require(self, connection: Connection, session: Session) -> None:
        """Refuse, before anything is read, what the options name and does not exist."""
        ...

    def prepare(self, store: Store, good: pd.DataFrame) -> None:
        """Do what must be done before the transaction."""
        ...

    def parts(self, good: pd.DataFrame) -> list[pd.DataFrame]:
        """Return the good rows in parts, one or more, that can be stored at the same time."""
        ...

    def open(self, connection: Connection) -> None:
        """Make the stage, at the beginning of a transaction."""
        ...

    def write(self, connection: Connection, good: pd.DataFrame, session: Session) -> Outcome:
        """Store the good rows; in a dry run only find out what would become of them."""
        ...


def array_text(words: list[str] | None) -> str | None:
    r"""Return words as PostgreSQL writes an array.

    >>> array_text(["gas", 'a "b"'])
    '{"gas","a \\"b\\""}'
    """
    if words is None:
        return None
    quoted = (word.replace("\\", "\\\\").replace('"', '\\"') for word in words)
    return "{" + ",".join(f'"{word}"' for word in quoted) + "}"


def _unguarded(value: object) -> object:
    """Take away the apostrophe by which an export keeps a text from running as a formula."""
    guarded = isinstance(value, str) and value[:1] == "'" and value[1:2] in FORMULA_MARKS
    return value[1:] if guarded and isinstance(value, str) else value


def _shape(text: str) -> shapely.Geometry:
    try:
        return shapely.from_wkt(text)
    except shapely.GEOSException as error:
        msg = f"geometry is {text[:40]!r}, which is no WKT"
        raise InvalidInputError(msg) from error


def words(value: object, marks: str = MARKS) -> list[str]:
    """Return the words of a cell, which semicolons and `marks` part; a list has them already.

    >>> words("东门、east gate；"), words(["Foo, Inc."])
    (['东门', 'east gate'], ['Foo, Inc.'])
    """
    if isinstance(value, str):
        for mark in marks:
            value = value.replace(mark, ";")
        parts = value.split(";")
    elif hasattr(value, "__iter__"):
        parts = [str(part) for part in value]
    else:
        parts = [] if values.missing(value) else [str(value)]
    return list(dict.fromkeys(part.strip() for part in parts if part.strip()))
