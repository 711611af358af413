"""One import from its first row to its last: chunk by chunk, each in transactions of its own.

Whatever ends it in the middle, the chunks before are in, and the same command goes on from there:
rows that are in already count as the same.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError, StoreError
from gridgis.imports.ahead import ahead
from gridgis.imports.columns import find_columns
from gridgis.imports.locations import Placing
from gridgis.imports.nouns import Chunk, without_example
from gridgis.imports.options import MOST_REFUSALS, Session
from gridgis.imports.refusals import Judging, Refusal
from gridgis.imports.writing import Judged, writing
from gridgis.store import imports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.files import Rows
    from gridgis.imports.nouns import Noun, Outcome
    from gridgis.imports.options import ImportOptions, Summary
    from gridgis.imports.refusals import RefusedFile
    from gridgis.store.engine import Store


class Import:
    """Brings the rows of one file in.

    Raises
    ------
    InvalidInputError
        A column that is needed, or was named, is not there.
    UnsupportedCrsError
        The coordinates' system is unknown.
    """

    def __init__(
        self, store: Store, noun: Noun, rows: Rows, options: ImportOptions, summary: Summary
    ) -> None:
        self._store = store
        self._noun = noun
        self._rows = rows
        self._options = options
        self._placing = Placing(rows, options.reading)
        self._columns = find_columns(rows.columns, noun.headers, options.columns)
        self.summary = summary
        summary.total = rows.total
        summary.notes += rows.notes
        for name in noun.needed:
            if name not in self._columns and name not in options.constants:
                names = ", ".join(noun.headers[name][:3])
                msg = (
                    f"{summary.file}: no column for {name} ({names}); "
                    f"name it by an option. The file has {', '.join(rows.columns)}"
                )
                raise InvalidInputError(msg)

    def run(
        self,
        actor: Actor,
        clock: Clock,
        refused: RefusedFile,
        progress: Callable[[Summary], None],
    ) -> Summary:
        """Read, judge and store all rows.

        Raises
        ------
        UnreadableFileError
            The file is damaged in the middle.
        StoreError
            The database went away or is full; the message says how many rows are in.
        """
        session = self._start(actor, clock)
        progress(self.summary)
        with self._says_how_far(), writing(self._store, self._noun, session) as write:
            for judged in ahead(self._judged(session)):
                outcome = write(judged)
                refusals = judged.refusals + _clashes(judged.rows, outcome)
                refused.add(refusals)
                self._sum(judged, outcome, refusals)
                progress(self.summary)
        self._finish(session, clock)
        return self.summary

    def _start(self, actor: Actor, clock: Clock) -> Session:
        now = clock.now()
        session = Session(None, self._options, actor, now)
        with self._store.begin() as connection:
            self._noun.require(connection, session)
            if not self._options.dry_run:
                self.summary.import_id = imports.start(
                    connection,
                    imports.NewRun(
                        self._noun.name, self._options.source, self.summary.file, actor.name, now
                    ),
                )
        return replace(session, import_id=self.summary.import_id)

    def _finish(self, session: Session, clock: Clock) -> None:
        if session.import_id is not None:
            with self._store.begin() as connection:
                imports.finish(connection, session.import_id, clock.now())

    def _judged(self, session: Session) -> Iterator[Judged]:
        """Read and judge chunk by chunk; nothing is stored here, so it may run ahead."""
        for chunk in self._rows.chunks:
            rows = without_example(chunk, self._columns)
            judging = Judging(rows)
            given = Chunk(rows, self._columns, self._rows.geometry, self._placing, judging, session)
            good = judging.good(self._noun.judge(given))
            yield Judged(rows, good, judging.refusals() + self._broken(), judging.repairs)

    def _broken(self) -> list[Refusal]:
        broken = [Refusal(*row, broken=True) for row in self._rows.broken]
        self._rows.broken.clear()
        return broken

    @contextmanager
    def _says_how_far(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            if self._options.dry_run:
                raise
            said = str(error).replace("nothing was written", "the rest was not written").rstrip(".")
            msg = f"{said}. {self.summary.how_far()}"
            raise type(error)(msg) from error

    def _sum(self, judged: Judged, outcome: Outcome, refusals: list[Refusal]) -> None:
        total = self.summary
        total.read += len(judged.good) + len(judged.refusals)
        total.added += outcome.added
        total.updated += outcome.updated
        total.same += outcome.same
        total.refused += len(refusals)
        total.repaired += judged.repairs
        total.without_location += outcome.without_location
        total.located += outcome.located
        total.notes += [note for note in outcome.notes if note not in total.notes]
        total.refusals += refusals[: MOST_REFUSALS - len(total.refusals)]


def _clashes(rows: pd.DataFrame, outcome: Outcome) -> list[Refusal]:
    judging = Judging(rows)
    for row, reason in outcome.refused:
        judging.refuse(row, reason)
    return judging.refusals()
