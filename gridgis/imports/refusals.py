"""Rows that cannot be used: which, why, and what stood in them."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple, Self

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from types import TracebackType
    from typing import TextIO

    import pandas as pd


# Half characters stay visible.
_ERRORS = "backslashreplace"


class Refusal(NamedTuple):
    """A row of a file, numbered as in a spreadsheet (see :mod:`gridgis.files`), and its reason.

    A broken one could not even be split into columns.
    """

    row: int
    reason: str
    values: Mapping[str, object]
    broken: bool = False


class Judging:
    """The verdicts over one chunk: the first reason against a row counts.

    >>> import pandas as pd
    >>> judging = Judging(pd.DataFrame({"lon": ["x", "1"]}, index=[2, 3]))
    >>> judging.refuse(2, "lon is no number")
    >>> judging.refusals()
    [Refusal(row=2, reason='lon is no number', values={'lon': 'x'}, broken=False)]
    """

    def __init__(self, chunk: pd.DataFrame) -> None:
        self.chunk = chunk
        self.reasons: dict[int, str] = {}
        self.repairs = 0

    def refuse(self, row: int, reason: str) -> None:
        """Hold a reason against a row; an earlier one stays."""
        self.reasons.setdefault(row, reason)

    def good(self, judged: pd.DataFrame) -> pd.DataFrame:
        """Return the rows against which nothing is held."""
        return judged.drop(index=list(self.reasons), errors="ignore") if self.reasons else judged

    def repaired(self, shapes: pd.Series) -> pd.Series:
        """Return shapes with the invalid ones made valid; `repairs` counts them."""
        broken = shapes.map(lambda shape: shape is not None and not shape.is_valid).astype(bool)
        self.repairs += int(broken.sum())
        return (
            shapes.mask(broken, shapes[broken].map(shapely.make_valid)) if broken.any() else shapes
        )

    def refusals(self) -> list[Refusal]:
        """Return the refused rows with what stood in them, in the chunk's order."""
        rows = sorted(self.reasons)
        values = self.chunk.loc[rows].to_dict("records") if rows else []
        return [
            Refusal(row, self.reasons[row], {str(key): value for key, value in held.items()})
            for row, held in zip(rows, values, strict=True)
        ]


class RefusedFile:
    """``FILE.refused.csv``: made with the first refused row, removed when a new run has none."""

    def __init__(self, path: Path | None, columns: Sequence[str]) -> None:
        self.path = path
        self.rows = 0
        self._columns = list(columns)
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        if self.path is not None:
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

    def add(self, refusals: Iterable[Refusal]) -> None:
        """Append rows: their number, the reason, the original columns."""
        for refusal in refusals:
            self.rows += 1
            if self.path is not None:
                self._write(refusal)

    def _write(self, refusal: Refusal) -> None:
        if self._file is None and self.path is not None:
            with self.path.open("wb") as file:
                file.write(header_of_refused(self._columns))
            self._file = self.path.open("a", encoding="utf-8", errors=_ERRORS, newline="")
        values = [_shown(refusal.values.get(name)) for name in self._columns]
        csv.writer(self._file).writerow([refusal.row, refusal.reason, *values])  # type: ignore[arg-type]


def header_of_refused(columns: Sequence[str]) -> bytes:
    r"""Return how a list of refused rows with these columns begins.

    >>> header_of_refused(["lon", "lat"])
    b'\xef\xbb\xbfrow,reason,lon,lat\r\n'
    """
    header = StringIO()
    csv.writer(header).writerow(["row", "reason", *columns])
    # With a BOM, so that a spreadsheet reads Chinese.
    return header.getvalue().encode("utf-8-sig", errors=_ERRORS)


def _shown(value: object) -> object:
    return "" if value is None or value != value else value  # noqa: PLR0124 - NaN and NaT are not themselves
