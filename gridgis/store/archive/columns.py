"""From a table's columns to those of Parquet and back, so that not a bit changes.

They follow from the declared table: a column that a later migration adds is archived as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    DateTime,
    Float,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    cast,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gridgis.files.parquet import geo_metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, Table

# JSON as its text: PostgreSQL reads back the same numbers, which Parquet could not keep.
_TYPES: dict[type, Any] = {
    Geometry: pa.binary(),
    ARRAY: pa.list_(pa.string()),
    JSONB: pa.string(),
    Uuid: pa.string(),
    DateTime: pa.timestamp("us", tz="UTC"),
    # The narrow ones first: each is an Integer as well.
    SmallInteger: pa.int16(),
    BigInteger: pa.int64(),
    Integer: pa.int32(),
    Boolean: pa.bool_(),
    Float: pa.float64(),
    Text: pa.string(),
}


def schema_of(table: Table) -> Any:  # noqa: ANN401 - pyarrow
    """Return a table's columns as Parquet has them; points as WKB, which makes it GeoParquet."""
    fields = [pa.field(column.name, _arrow_type(column)) for column in table.columns]
    shape = next((c.name for c in table.columns if isinstance(c.type, Geometry)), None)
    return pa.schema(fields, None if shape is None else {b"geo": geo_metadata(shape)})


def selected(table: Table) -> list[ColumnElement[Any]]:
    """Return what to select from a table so that :func:`part_of` can take it."""
    return [_selected(column).label(column.name) for column in table.columns]


def part_of(rows: Sequence[Sequence[object]], schema: Any) -> Any:  # noqa: ANN401 - pyarrow
    """Return rows of :func:`selected` as an Arrow table."""
    columns = zip(*rows, strict=True)
    return pa.table(
        [
            pa.array([_plain(value) for value in column], kind)
            for column, kind in zip(columns, schema.types, strict=True)
        ],
        schema=schema,
    )


def as_copied(part: Any) -> Any:  # noqa: ANN401 - pyarrow
    """Return an Arrow table's columns as COPY reads them: shapes as hexadecimal, arrays as text."""
    made = {
        name: pa.array([_as_text(value) for value in part[name].to_pylist()], pa.string())
        if pa.types.is_binary(kind) or pa.types.is_list(kind)
        else part[name]
        for name, kind in zip(part.schema.names, part.schema.types, strict=True)
    }
    return pa.table(made)


def _arrow_type(column: ColumnElement[Any]) -> Any:  # noqa: ANN401 - pyarrow
    return next(kind for known, kind in _TYPES.items() if isinstance(column.type, known))


def _selected(column: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(column.type, Geometry):
        return func.ST_AsBinary(column)
    return cast(column, Text) if isinstance(column.type, Uuid | JSONB) else column


def _plain(value: object) -> object:
    return bytes(value) if isinstance(value, memoryview) else value


def _as_text(value: bytes | list[str | None] | None) -> str | None:
    if value is None:
        return None
    if isinstance(value, bytes):
        return value.hex()
    return "{" + ",".join("NULL" if text is None else _quoted(text) for text in value) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
