"""Judged rows go to the store: for good, or in a transaction that a dry run takes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gridgis.imports.nouns import joined
from gridgis.store import imports
from gridgis.store.imports import Counts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from gridgis.imports.nouns import Noun, Outcome
    from gridgis.imports.options import Session
    from gridgis.imports.refusals import Refusal
    from gridgis.store.engine import Store


class Judged(NamedTuple):
    """A chunk as it was read, its good rows, the others with their reasons, shapes made valid."""

    rows: pd.DataFrame
    good: pd.DataFrame
    refusals: list[Refusal]
    repairs: int


@contextmanager
def writing(store: Store, noun: Noun, session: Session) -> Iterator[Callable[[Judged], Outcome]]:
    """Yield what writes one chunk after the other.

    The parts of a chunk that a noun names are written at the same time, each by a connection and in
    a transaction of its own, which adds to the import's counts as well.
    """
    if session.import_id is not None:
        with ThreadPoolExecutor(thread_name_prefix="write") as pool:
            yield partial(_write, store, noun, session, pool)
        return
    with suppress(_TakenBack), store.begin() as connection:
        noun.open(connection)
        yield lambda judged: noun.write(connection, judged.good, session)
        raise _TakenBack


def _write(
    store: Store, noun: Noun, session: Session, pool: ThreadPoolExecutor, judged: Judged
) -> Outcome:
    noun.prepare(store, judged.good)
    parts = noun.parts(judged.good)
    # Rows that nobody writes are counted with the first part.
    refused = [len(judged.refusals)] + [0] * (len(parts) - 1)
    return joined(list(pool.map(partial(_write_part, store, noun, session), parts, refused)))


def _write_part(
    store: Store, noun: Noun, session: Session, part: pd.DataFrame, refused: int
) -> Outcome:
    with store.begin() as connection:
        noun.open(connection)
        outcome = noun.write(connection, part, session)
        if session.import_id is not None:
            imports.count(connection, session.import_id, _counts(len(part), outcome, refused))
    return outcome


def _counts(good: int, outcome: Outcome, refused: int) -> Counts:
    return Counts(
        read=good + refused,
        added=outcome.added + outcome.updated,
        same=outcome.same,
        refused=len(outcome.refused) + refused,
    )


class _TakenBack(Exception):  # noqa: N818 - no error: it ends a dry run's transaction
    """Nothing of a dry run stays."""
