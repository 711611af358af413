"""CSV and its kin: comma, semicolon or tab; plain or .gz."""

from __future__ import annotations

import csv
from io import TextIOWrapper
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from gridgis.errors import UnreadableFileError
from gridgis.files.encodings import find_encoding, open_bytes
from gridgis.files.rows import Rows, named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from gridgis.files.rows import Reading

_DELIMITERS = ",;\t|"
_ASCII_END = 127


class Dialect(NamedTuple):
    """How a file is delimited, what its `columns` are, and in `notes` what to know of it."""

    encoding: str
    delimiter: str
    columns: list[str]
    notes: list[str]


def open_delimited(path: Path, reading: Reading) -> Rows:
    """Open a file of delimited text; its first row names the columns, every value is text."""
    encoding, delimiter, columns, notes = find_dialect(path, reading.encoding)
    rows = Rows(columns=columns, chunks=iter(()), notes=notes)
    rows.chunks = _chunks(path, encoding, delimiter, rows, reading.chunk_rows)
    return rows


def find_dialect(path: Path, said: str | None) -> Dialect:
    """Return how a file is delimited; its encoding is the one said, or found by strict trial.

    Raises
    ------
    UnreadableFileError
        It is in no known encoding, or its first row does not name the columns.
    """
    encoding = find_encoding(path, said)
    with TextIOWrapper(open_bytes(path), encoding, newline="") as file:
        head = file.readline()
    delimiter = max(_DELIMITERS, key=lambda mark: (head.count(mark), -_DELIMITERS.index(mark)))
    with TextIOWrapper(open_bytes(path), encoding, newline="") as file:
        columns = named(_first(csv.reader(file, delimiter=delimiter), path), path.name)
    notes = []
    if encoding not in {"utf-8", "utf-8-sig"}:
        sample = next((line for line in [*columns, head] if _beyond_ascii(line)), "")
        notes.append(
            f"read as {encoding}" + (f", for example {sample.strip()[:40]!r}" if sample else "")
        )
    return Dialect(encoding, delimiter, columns, notes)


def _chunks(
    path: Path, encoding: str, delimiter: str, rows: Rows, size: int
) -> Iterator[pd.DataFrame]:
    kept: list[list[str]] = []
    numbers: list[int] = []
    with TextIOWrapper(open_bytes(path), encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            next(reader)
            for number, row in enumerate(reader, 2):
                if len(row) == len(rows.columns):
                    kept.append(row)
                    numbers.append(number)
                elif row:
                    rows.broken.append(_broken(number, row, rows.columns))
                if len(kept) == size:
                    yield pd.DataFrame(kept, numbers, rows.columns, dtype=object)
                    kept, numbers = [], []
        except csv.Error as error:
            where = f"{path}: line {reader.line_num}: {error}"
            msg = f"{where}; look for a quotation mark that is not closed"
            raise UnreadableFileError(msg) from error
    if kept or rows.broken:
        yield pd.DataFrame(kept, numbers, rows.columns, dtype=object)


def _broken(number: int, row: list[str], columns: list[str]) -> tuple[int, str, dict[str, object]]:
    reason = f"the row has {len(row)} values, the header names {len(columns)} columns"
    return number, reason, dict(zip(columns, row, strict=False))


def _first(reader: Iterator[list[str]], path: Path) -> list[str]:
    try:
        return next(reader)
    except (StopIteration, csv.Error) as error:
        msg = f"{path}: the first row does not name the columns"
        raise UnreadableFileError(msg) from error


def _beyond_ascii(text: str) -> bool:
    return any(ord(char) > _ASCII_END for char in text)
