"""``OUT.review.csv``: the rows that need a person, with all that could be meant."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Self

import pyarrow as pa
import pyarrow.compute as pc

from gridgis.assigning.writing import csv_lines
from gridgis.geocoding.answering import CANDIDATE, MOST_OTHERS, REASON

if TYPE_CHECKING:
    from collections.abc import Sequence
    from io import BufferedWriter
    from pathlib import Path
    from types import TracebackType

    import numpy as np
    from numpy.typing import NDArray

CHOICE = "choice"
"""The column that is left empty, for the number of the answer that a person chooses."""

_OF_ANSWERS = [
    (f"{name}_{number}", name if number == 1 else f"{name}_{number}")
    for number in range(1, MOST_OTHERS + 2)
    for name in CANDIDATE
]


def review_name(out: Path) -> Path:
    """Return where the rows are listed that need a person: beside the result."""
    return out.with_name(f"{out.name}.review.csv")


class ReviewFile:
    """The list under way; it is made with the first row that is not sure."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows = 0
        self._file: BufferedWriter | None = None

    def __enter__(self) -> Self:
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()

    def add(
        self, rows: NDArray[np.int64], addresses: Sequence[str | None], answers: pa.Table
    ) -> None:
        """Append those of these rows that are not sure."""
        unsure = pc.is_valid(answers[REASON])
        table = pa.table({"row": rows, "address": pa.array(addresses, pa.string())})
        table = table.append_column(REASON, answers[REASON])
        table = table.append_column(CHOICE, pa.nulls(len(table), pa.string()))
        for name, column in _OF_ANSWERS:
            table = table.append_column(name, answers[column])
        listed = table.filter(unsure).combine_chunks()
        if not len(listed):
            return
        if self._file is None:
            self._file = self.path.open("wb")
            # With a BOM, so that a spreadsheet reads Chinese.
            names = [pa.array([name]) for name in listed.schema.names]
            self._file.write(codecs.BOM_UTF8 + csv_lines(names))
        self._file.write(csv_lines(listed.columns))
        self.rows += len(listed)

    def keep(self, final: Path) -> Path | None:
        """Put the list into its place; without any row, an older one goes."""
        if not self.rows:
            final.unlink(missing_ok=True)
            return None
        self.path.replace(final)
        return final
