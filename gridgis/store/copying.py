"""COPY: whole frames into a table and out, without one Python object for each value."""

from __future__ import annotations

from contextlib import closing
from io import BytesIO
from typing import TYPE_CHECKING, Any

import numpy as np
import psycopg2
import pyarrow as pa
from psycopg2 import sql
from pyarrow import csv
from sqlalchemy import exc

from gridgis.store.queries import marked, source

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray
    from sqlalchemy import Connection


# Each piece waits for the interpreter once more, which may be judging the next rows.
_PIECE_BYTES = 1 << 20

# Of binary COPY: the signature, flags and the length of the extension; the mark of the end.
_HEAD_BYTES, _TAIL_BYTES = 19, 2


def copy_rows(connection: Connection, table: str, rows: pd.DataFrame) -> None:
    """Append a frame to a table; its columns are named like the table's.

    Missing values become NULL, an empty text stays one.
    """
    copy_table(connection, table, pa.Table.from_pandas(rows, preserve_index=False))


def copy_table(connection: Connection, table: str, rows: Any) -> None:  # noqa: ANN401 - pyarrow
    """Append an Arrow table to a table; its columns are named like the table's.

    Nulls become NULL, an empty text stays one. Doubles are written with all their digits, so that
    they come back as the same doubles.
    """
    lines = BytesIO()
    csv.write_csv(
        _in_utc(rows), lines, csv.WriteOptions(include_header=False, quoting_style="needed")
    )
    lines.seek(0)
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, rows.column_names))
    )
    try:
        driver: Any = connection.connection.driver_connection
        with closing(driver.cursor()) as cursor:
            cursor.copy_expert(statement.as_string(driver), lines, _PIECE_BYTES)
    except psycopg2.Error as error:
        # COPY goes past SQLAlchemy, which would have wrapped the error for the translation.
        said = f"COPY {table}"
        raise exc.DBAPIError.instance(said, None, error, psycopg2.Error) from error


def read_table(connection: Connection, name: str, types: Mapping[str, Any]) -> Any:  # noqa: ANN401 - pyarrow
    """Return the rows of ``sql/NAME.sql``, which has no parameters, as an Arrow table."""
    statement = f"COPY ({source(name)}) TO STDOUT (FORMAT csv)"
    lines = BytesIO()
    try:
        driver: Any = connection.connection.driver_connection
        with closing(driver.cursor()) as cursor:
            cursor.copy_expert(statement, lines, _PIECE_BYTES)
    except psycopg2.Error as error:
        said = f"COPY {name}"
        raise exc.DBAPIError.instance(said, None, error, psycopg2.Error) from error
    lines.seek(0)
    if not lines.getbuffer().nbytes:
        return pa.table({key: pa.array([], kind) for key, kind in types.items()})
    return csv.read_csv(
        lines,
        csv.ReadOptions(column_names=list(types)),
        csv.ParseOptions(newlines_in_values=True),
        # COPY writes an empty text in quotes, and nothing at all for NULL.
        csv.ConvertOptions(
            column_types=dict(types),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            true_values=["t"],
            false_values=["f"],
        ),
    )


def read_columns(
    connection: Connection,
    name: str,
    parameters: Mapping[str, object],
    columns: Mapping[str, str],
) -> dict[str, NDArray[Any]]:
    """Return the rows of ``sql/NAME.sql`` as an array of native numbers a column.

    Binary COPY writes each value as its length and its bytes. Where nothing is null and every type
    has one length, all rows have one as well, and the bytes are the arrays: no value becomes a text
    or an object. Times are microseconds since 2000-01-01 in UTC; infinity is the largest int64.

    Parameters
    ----------
    columns
        The columns in their order, with their types as numpy calls them, big-endian.
    """
    row = np.dtype(
        [
            ("fields", ">i2"),
            *(one for key, kind in columns.items() for one in ((f"of {key}", ">i4"), (key, kind))),
        ]
    )
    lines = BytesIO()
    try:
        driver: Any = connection.connection.driver_connection
        with closing(driver.cursor()) as cursor:
            body = cursor.mogrify(marked(name), dict(parameters)).decode().strip().rstrip(";")
            cursor.copy_expert(f"COPY ({body}) TO STDOUT (FORMAT binary)", lines, _PIECE_BYTES)
    except psycopg2.Error as error:
        said = f"COPY {name}"
        raise exc.DBAPIError.instance(said, None, error, psycopg2.Error) from error
    whole = lines.getbuffer()[_HEAD_BYTES:-_TAIL_BYTES]
    if len(whole) % row.itemsize:
        msg = f"sql/{name}.sql gives a null, or other types than {dict(columns)}"
        raise ValueError(msg)
    rows = np.frombuffer(whole, row)
    return {key: rows[key].astype(row[key].newbyteorder("=")) for key in columns}


def _in_utc(rows: Any) -> Any:  # noqa: ANN401 - pyarrow
    """Return a table with its aware times without a zone: every session's zone is UTC.

    Arrow looks the zone up for each value that it writes, which takes most of the time.
    """
    plain = [
        field.with_type(pa.timestamp(field.type.unit))
        if pa.types.is_timestamp(field.type) and field.type.tz is not None
        else field
        for field in rows.schema
    ]
    return rows.cast(pa.schema(plain))
