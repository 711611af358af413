"""Those who answer: this process, or several that map the same index, in the file's order."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from itertools import chain
from multiprocessing import get_context, parent_process
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gridgis.errors import PartsUnfinishedError
from gridgis.geocoding.answering import Answerer
from gridgis.places.grammar import adopt, adopted
from gridgis.places.index import PlaceIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future

    import pyarrow as pa

    from gridgis.assigning.chunks import Chunk
    from gridgis.geocoding.options import Asked

ROWS_WORTH_PROCESSES = 20_000
"""From so many rows on other processes are started: each takes a second or two to begin."""

_WAITING = 2


class Step(NamedTuple):
    """A chunk of the file with its addresses, and its answers if an earlier run has found them."""

    number: int
    chunk: Chunk
    addresses: list[str | None]
    kept: pa.Table | None


class Crew:
    """Answers the chunks of a file.

    Parameters
    ----------
    index, asked
        What is asked, in this process.
    file
        Gives the file from which other processes map the same index; called when they are needed.
    processes
        How many may work.
    """

    def __init__(
        self, index: PlaceIndex, asked: Asked, file: Callable[[], Path], processes: int
    ) -> None:
        self._asked = asked
        self._answerer = Answerer(index, asked)
        self._file = file
        self._processes = processes

    def answered(self, steps: Iterator[Step]) -> Iterator[tuple[Step, pa.Table]]:
        """Yield each step with its answers, in the order of the steps.

        Raises
        ------
        PartsUnfinishedError
            A process that answers has ended.
        """
        first = _beginning(steps)
        rows = sum(len(step.addresses) for step in first)
        every = chain(first, steps)
        if self._processes == 1 or len(first) == 1 or rows < ROWS_WORTH_PROCESSES:
            for step in every:
                kept = step.kept
                yield step, self._answerer.answer(step.addresses) if kept is None else kept
            return
        with self._pool() as pool:
            waiting: deque[tuple[Step, Future[pa.Table] | None]] = deque()
            for step in every:
                kept = step.kept is not None
                task = None if kept else _begun(pool, step)
                waiting.append((step, task))
                if len(waiting) > _WAITING * self._processes:
                    yield _answer_of(*waiting.popleft())
            while waiting:
                yield _answer_of(*waiting.popleft())

    @contextmanager
    def _pool(self) -> Iterator[ProcessPoolExecutor]:
        # Not forked: compiled code and open threads do not survive it.
        pool = ProcessPoolExecutor(
            self._processes,
            mp_context=get_context("spawn"),
            initializer=_begin,
            initargs=(str(self._file()), self._asked, adopted()),
        )
        try:
            yield pool
        finally:
            pool.shutdown(cancel_futures=True)


def _beginning(steps: Iterator[Step]) -> list[Step]:
    """Return the first steps, until it is clear whether other processes are worth their start."""
    first: list[Step] = []
    rows = 0
    while rows < ROWS_WORTH_PROCESSES or len(first) == 1:
        step = next(steps, None)
        if step is None:
            break
        first.append(step)
        rows += len(step.addresses)
    return first


def _answer_of(step: Step, task: Future[pa.Table] | None) -> tuple[Step, pa.Table]:
    if task is None:
        return step, step.kept
    try:
        return step, task.result()
    except BrokenProcessPool as error:
        raise _ended(step, error) from error


def _begun(pool: ProcessPoolExecutor, step: Step) -> Future[pa.Table]:
    """Give a step to a process; one that has ended meanwhile is told here already."""
    try:
        return pool.submit(_answer, step.addresses)
    except BrokenProcessPool as error:
        raise _ended(step, error) from error


def _ended(step: Step, error: BrokenProcessPool) -> PartsUnfinishedError:
    rows = step.chunk.rows
    name = f"rows {rows[0]:,} to {rows[-1]:,}" if len(rows) else "no rows"
    msg = (
        "a process that answers has ended, perhaps for want of memory; what is done is kept: "
        "run the same command again, with --processes 1 if need be"
    )
    return PartsUnfinishedError(msg, [(name, str(error))])


# --- in the other processes ---------------------------------------------------------------------

_MINE: list[Answerer] = []


def _begin(file: str, asked: Asked, grammar: Path | None) -> None:
    """Prepare a process: it maps the index, and ends with the one that started it."""
    # An interruption is the first process's business.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    adopt(grammar)
    _MINE.append(Answerer(PlaceIndex.load(Path(file)), asked))


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        # One that was killed could not say so, and its work is of no use.
        os._exit(1)


def _answer(addresses: Sequence[str | None]) -> pa.Table:
    return _MINE[0].answer(addresses)
