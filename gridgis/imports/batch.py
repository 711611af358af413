"""Reports that another system sends in bulk: each has an id of its own, or a number."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import UUID

import numpy as np

from gridgis.errors import InvalidInputError
from gridgis.imports import columns, values
from gridgis.imports.reports import Reports, finished

if TYPE_CHECKING:
    import pandas as pd

    from gridgis.imports.columns import Headers
    from gridgis.imports.nouns import Chunk

MOST_ROWS = 1_000_000
"""Rows of one batch."""

READY_COLUMNS = (
    *("id", "captured_at", "number", "category", "description", "address"),
    *("reporter_name", "reporter_contact", "lon", "lat", "accuracy_m", "attributes"),
)
"""Columns of a frame of :class:`ReadyReports`; `id` as text, None where the number makes it."""


class BatchReports(Reports):
    """Rows of a table: with a column ``uuid``, or a number, or both."""

    headers: ClassVar[Headers] = {**columns.REPORTS, "uuid": ("uuid",)}
    needed: ClassVar[tuple[str, ...]] = ("captured_at",)

    def _need_names(self, chunk: Chunk, number: pd.Series) -> None:
        named = number.notna() | ~values.lacking(chunk.column("uuid"))
        for row in number.index[~named]:
            chunk.judging.refuse(row, _NAMELESS)

    def _ids(self, chunk: Chunk, number: pd.Series) -> pd.Series:
        given = values.each(chunk.column("uuid"), chunk.judging, _uuid)
        made = super()._ids(chunk, number)
        return given.where(given.notna(), made)


class ReadyReports(Reports):
    """Rows that were judged where they came in; :data:`READY_COLUMNS`, degrees in EPSG:4326."""

    needed: ClassVar[tuple[str, ...]] = ()

    def judge(self, chunk: Chunk) -> pd.DataFrame:
        """Return the chunk as :func:`gridgis.imports.storing.stored_tables` takes it."""
        ready = chunk.rows[list(READY_COLUMNS)]
        ids = ready["id"].where(ready["id"].notna(), self._ids(chunk, ready["number"]))
        return finished(
            ready.assign(
                id=ids,
                source=chunk.session.options.source,
                lon=ready["lon"].astype(np.float64),
            ),
            chunk.session,
        )


def require_name(given: UUID | None, number: str | None) -> None:
    """Refuse a report that could not be sent again safely.

    Raises
    ------
    InvalidInputError
        It has neither an id of its own nor a number that makes one.
    """
    if given is None and number is None:
        raise InvalidInputError(_NAMELESS)


_NAMELESS = "neither an id nor a number: sent again, it would be stored twice"


def _uuid(text: object) -> str:
    try:
        return str(UUID(str(text).strip()))
    except ValueError as error:
        msg = f"uuid is {str(text)[:50]!r}, which is no UUID"
        raise InvalidInputError(msg) from error
