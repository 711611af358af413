"""Reports from a file: judged row by row, stored by chunks."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol

import numpy as np
import pandas as pd

from gridgis.body import body_hashes, report_ids
from gridgis.clock import FUTURE_ALLOWED
from gridgis.errors import ReportBodyDiffersError
from gridgis.imports import columns, values
from gridgis.imports.nouns import Outcome
from gridgis.imports.storing import stored_tables
from gridgis.imports.words import located
from gridgis.intake import IN_THE_FUTURE
from gridgis.locate.territories import Territories
from gridgis.store import categories, gazetteer, staging
from gridgis.store.months import Months

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridgis.imports.columns import Headers
    from gridgis.imports.nouns import Chunk
    from gridgis.imports.options import Session
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

WORTH_TWO_CONNECTIONS = 2_000
"""Rows that are stored by two connections at once."""


class Histories(Protocol):
    """What became of reports before they came here."""

    def tables(self, ids: Sequence[str]) -> Mapping[str, pd.DataFrame]:
        """Return the rows of casefile, event, task, clock and rating of some reports."""
        ...


class Reports:
    """How reports are judged and stored; see :class:`gridgis.imports.nouns.Noun`."""

    name: ClassVar[str] = "reports"
    headers: ClassVar[Headers] = columns.REPORTS
    needed: ClassVar[tuple[str, ...]] = ("number", "captured_at")

    def __init__(
        self, territories: Territories | None = None, histories: Histories | None = None
    ) -> None:
        self._territories = territories
        self._histories = histories
        self._months: Months | None = None

    def judge(self, chunk: Chunk) -> pd.DataFrame:
        """Return the chunk as :func:`gridgis.imports.storing.stored_tables` takes it."""
        options = chunk.session.options
        number = chunk.codes("number")
        self._need_names(chunk, number)
        captured_at = values.moments(
            chunk.column("captured_at"), "time", chunk.judging, options.zone, options.time_format
        )
        chunk.need(captured_at, "time")
        points = chunk.points()
        judged = pd.DataFrame(
            {
                "captured_at": captured_at,
                "id": self._ids(chunk, number),
                "number": number,
                "category": chunk.codes("category"),
                "description": chunk.texts("description").fillna(""),
                "address": chunk.texts("address"),
                "reporter_name": chunk.texts("reporter_name"),
                "reporter_contact": chunk.texts("reporter_contact"),
                "lon": points["lon"],
                "lat": points["lat"],
                "accuracy_m": _accuracy(chunk),
                "source": options.source,
                "attributes": chunk.attributes(),
            },
            index=chunk.rows.index,
        )
        return finished(chunk.judging.good(judged), chunk.session)

    def _need_names(self, chunk: Chunk, number: pd.Series) -> None:
        chunk.need(number, "number")

    def _ids(self, chunk: Chunk, number: pd.Series) -> pd.Series:
        numbered = number.dropna()
        made = report_ids(chunk.session.options.source, numbered.tolist())
        return pd.Series(made, index=numbered.index, dtype=object).reindex(number.index)

    def require(self, connection: Connection, session: Session) -> None:
        """Nothing must be there before an import begins."""

    def prepare(self, store: Store, good: pd.DataFrame) -> None:
        """Make the months of these reports: inside the transaction they would lock the table."""
        if self._months is None:
            self._months = Months(store)
        if self._territories is None:
            self._territories = Territories(store, None)
        firsts = good["captured_at"].dt.strftime("%Y-%m-01T00:00:00+00:00").unique()
        self._months.make([pd.Timestamp(first).to_pydatetime() for first in firsts])

    def parts(self, good: pd.DataFrame) -> list[pd.DataFrame]:
        """Return two halves: most of the time is the database's, which has a process for each.

        A report and those that repeat its id come into the same half, so that the first is stored.
        """
        if len(good) < WORTH_TWO_CONNECTIONS:
            return [good]
        low = good["id"].str[-1] < "8"
        return [good[low], good[~low]]

    def open(self, connection: Connection) -> None:
        """Make the stage."""
        staging.open_stage(connection)

    def write(self, connection: Connection, good: pd.DataFrame, session: Session) -> Outcome:
        """Store the reports with their grids, holders and first events."""
        staging.stage(connection, good)
        leftovers = staging.claim(connection, session.import_id)
        taken = tuple(
            (row.import_row, str(ReportBodyDiffersError())) for row in leftovers if not row.same
        )
        left = {row.import_row for row in leftovers}
        new = good.drop(index=list(left))
        layers = categories.layers_of_all(connection)
        if session.import_id is None:
            staging.clear(connection)
        elif len(new) and self._territories is not None:
            territory = self._territories.held(connection)
            tables = stored_tables(new, territory, layers, session)
            if self._histories is not None:
                tables = told(tables, self._histories)
            staging.store(connection, tables)
            _count(connection, new, session)
        unknown = sorted(set(good["category"].dropna()) - set(layers))
        return Outcome(
            added=len(new),
            same=len(leftovers) - len(taken),
            without_location=int(new["lon"].isna().sum()),
            located=int(new["located"].notna().sum()),
            refused=taken,
            notes=tuple(
                f"category {code!r} is in no catalogue: nobody's skills are asked for it; "
                "see `gridgis categories import`"
                for code in unknown
            ),
        )


def told(tables: Mapping[str, pd.DataFrame], histories: Histories) -> dict[str, pd.DataFrame]:
    """Return the tables of new reports with what became of them, in place of mere beginnings."""
    history = histories.tables(tables["report"]["id"].tolist())
    received_at = history["casefile"].set_index("report_id")["received_at"]
    report = tables["report"].assign(received_at=tables["report"]["id"].map(received_at))
    return {**tables, **history, "report": report}


def _count(connection: Connection, new: pd.DataFrame, session: Session) -> None:
    """Count the places that located reports as used."""
    times = new["place_id"].value_counts()
    if len(times):
        places = zip(times.index.tolist(), times.tolist(), strict=True)
        gazetteer.used(connection, dict(places), session.received_at)


def _accuracy(chunk: Chunk) -> pd.Series:
    found = chunk.numbers("accuracy_m")
    for row in found.index[found < 0]:
        chunk.judging.refuse(
            row, f"accuracy is {found[row]:g}; it is a distance in metres, 0 or more"
        )
    return found


def finished(good: pd.DataFrame, session: Session) -> pd.DataFrame:
    """Add what follows from the rest: hashes, flags, the time that picks the edition.

    Rows without a location are located by their words, when the options say so.
    """
    received_at = pd.Timestamp(session.received_at).tz_convert("UTC")
    ahead = good["captured_at"] > received_at + FUTURE_ALLOWED
    judged = good.assign(
        body_hash=["\\x" + body.hex() for body in body_hashes(good)],
        effective_at=good["captured_at"].mask(ahead, received_at),
        flags=np.where(ahead, "{" + IN_THE_FUTURE + "}", "{}"),
        import_row=good.index,
    )
    return located(judged, session.options.seeker)
