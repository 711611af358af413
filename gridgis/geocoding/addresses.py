"""The addresses of a table: the texts of some columns, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from gridgis.assigning.chunks import require_column
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gridgis.assigning.chunks import Points


def require_addresses(file: Points, fields: Sequence[str]) -> None:
    """Refuse columns that hold no addresses.

    Raises
    ------
    InvalidInputError
        There is none of that name, or it holds neither texts nor numbers.
    """
    for name in fields:
        require_column(file, name, "--address")
        kind = _plain(file.schema.field(name).type)
        if not (_is_text(kind) or pa.types.is_integer(kind) or _has_fractions(kind)):
            if pa.types.is_null(kind):
                continue
            msg = f"--address: the column {name!r} of {file.name} holds {kind}, not addresses"
            raise InvalidInputError(msg)


def addresses(table: pa.Table, fields: Sequence[str]) -> list[str | None]:
    """Return each row's address, None where it is empty; a blank stands between two fields.

    >>> addresses(pa.table({"a": ["建兰路", " ", "x"], "b": [12.0, None, None]}), ["a", "b"])
    ['建兰路 12', None, 'x']
    """
    columns = [_texts(table[name]) for name in fields]
    return [" ".join(filter(None, said)) or None for said in zip(*columns, strict=True)]


def _texts(column: pa.ChunkedArray) -> list[str | None]:
    kind = _plain(column.type)
    plain = column.cast(kind)
    if pa.types.is_floating(kind):
        plain = pc.if_else(pc.is_finite(plain), plain, None)
    found: list[str | None] = pc.utf8_trim_whitespace(plain.cast(pa.string())).to_pylist()
    return found


def _plain(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _has_fractions(kind: pa.DataType) -> bool:
    return bool(pa.types.is_floating(kind) or pa.types.is_decimal(kind))
