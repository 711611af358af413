"""Workers on Dask: processes of this machine, or a cluster of many. Only here is Dask spoken."""

from __future__ import annotations

import logging
import signal
import threading
import warnings
from contextlib import ExitStack, contextmanager, suppress
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import dask
import pyarrow as pa
from dask.utils import parse_bytes
from distributed import Client, LocalCluster, WorkerPlugin, get_worker

from gridgis.assigning.answering import Answerer
from gridgis.assigning.part import do_part
from gridgis.assigning.parts import counts_of
from gridgis.errors import GridgisError, InvalidInputError, PartsUnfinishedError
from gridgis.locate.index import GridIndex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from distributed import Future, Worker

    from gridgis.assigning.parts import Part, Plan

LOCAL = "local:"
_LOOPBACK_ANY_PORT = "127.0.0.1:0"
_ANSWERS_WITHIN_S = 10
_WORKERS_WITHIN_S = 60
_LOOKS_EACH_S = 1
# So many deaths for each worker without a part finished are no accident.
_DEATHS = 4


class Cluster:
    """Those who do the parts of a data set: a Dask scheduler's workers.

    Parameters
    ----------
    address
        ``tcp://HOST:8786``, or ``local:N`` for N processes of this machine, on loopback only, which
        end with the work.
    memory
        How much memory each local process may take, such as 2GiB; None: a fair share.

    Attributes
    ----------
    died
        How many workers ended while there was work.

    Raises
    ------
    InvalidInputError
        It is no such address, or no such size.
    """

    def __init__(self, address: str, memory: str | None = None) -> None:
        self.address = address
        self.processes = _processes(address)
        self.died = 0
        self._memory = _bytes(memory)

    def each(self, plan: Plan, parts: Sequence[Part]) -> Iterator[tuple[Part, str | None]]:
        """Yield each part when it is done, or with the reason why it cannot be.

        Every worker process maps the index once. A part of a worker that dies is given to another.

        Raises
        ------
        InvalidInputError
            Nobody answers at the address.
        PartsUnfinishedError
            No worker is left, or all die again and again.
        """
        if not parts:
            return
        with _quiet(), self._client() as client:
            holder = _Holder(plan, ours=self.processes is not None)
            work = _Round(client, holder)
            for done in work.each(parts):
                self.died = work.died()
                yield done

    @contextmanager
    def _client(self) -> Iterator[Client]:
        with ExitStack() as stack:
            address = self.address
            if self.processes is not None:
                stack.enter_context(dask.config.set(_LOCAL_SETTINGS))
                address = stack.enter_context(self._local())
            try:
                client = Client(address, timeout=_ANSWERS_WITHIN_S, set_as_default=False)
            except (OSError, ValueError) as error:
                msg = f"--cluster {self.address}: no Dask scheduler answers there ({error})"
                raise InvalidInputError(msg) from error
            yield stack.enter_context(client)

    def _local(self) -> LocalCluster:
        try:
            return LocalProcesses(
                n_workers=self.processes,
                # One each: the processors are shared out already.
                threads_per_worker=1,
                processes=True,
                host="127.0.0.1",
                # Its pages cannot be left out, but nobody else can see them.
                dashboard_address=_LOOPBACK_ANY_PORT,
                worker_dashboard_address=_LOOPBACK_ANY_PORT,
                scheduler_kwargs={"dashboard": False},
                memory_limit=self._memory or "auto",
                silence_logs=logging.CRITICAL,
            )
        except (OSError, RuntimeError) as error:
            msg = f"--cluster {self.address}: the processes cannot be started ({error})"
            raise PartsUnfinishedError(msg) from error


_LOCAL_SETTINGS = {
    # Workers hold nothing that could be put on disk: they work, or they end.
    "distributed.worker.memory.target": False,
    "distributed.worker.memory.spill": False,
    "distributed.worker.memory.pause": False,
    "distributed.worker.memory.terminate": 0.95,
}


class LocalProcesses(LocalCluster):
    """Dask's processes of this machine, of which one may die before it was counted."""

    def _update_worker_status(self, op: str, msg: Any) -> None:  # noqa: ANN401 - Dask's own
        # Dask would fail over its name, but only at the end of all work, instead of ending.
        if op != "remove" or msg in self.scheduler_info["workers"]:
            super()._update_worker_status(op, msg)


class _Holder(WorkerPlugin):
    """Holds what all parts need, once in each worker process, also in one that comes later."""

    def __init__(self, plan: Plan, *, ours: bool) -> None:
        self.name = f"gridgis-{uuid4().hex}"
        self.out = plan.out
        self._index = plan.index
        self._asked = plan.asked
        self._ours = ours
        self._lock = threading.Lock()
        self._answerer: Answerer | None = None

    def setup(self, worker: Worker) -> None:
        """Take as many processors as the worker has threads."""
        pa.set_cpu_count(worker.state.nthreads)
        if self._ours and threading.current_thread() is threading.main_thread():
            # Ctrl-C reaches all processes of a terminal; the one that started them ends them.
            signal.signal(signal.SIGINT, signal.SIG_IGN)

    def answerer(self) -> Answerer:
        """Return what answers; the index is mapped when the first part comes."""
        with self._lock:
            if self._answerer is None:
                self._answerer = Answerer(GridIndex.load(self._index), self._asked)
            return self._answerer

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_lock": None, "_answerer": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=threading.Lock())


def _do(part: Part, holder: str) -> str | None:
    """Do one part, in a worker; return a sentence when it could not be done."""
    held = cast("_Holder", get_worker().plugins[holder])
    try:
        # It may have been done by a worker that died before it could say so.
        if counts_of(held.out, part) is None:
            do_part(part, held.answerer(), held.out)
    except (GridgisError, MemoryError) as error:
        return str(error) or "the worker has not enough memory"
    return None


class _Round:
    """Gives parts to workers, to each thread one at a time: a death costs no other part."""

    def __init__(self, client: Client, holder: _Holder) -> None:
        self._client = client
        self._holder = holder
        self._first_deaths = self._deaths = self._dead()
        self._done: SimpleQueue[str] = SimpleQueue()

    def each(self, parts: Sequence[Part]) -> Iterator[tuple[Part, str | None]]:
        """Yield each part when it is done, or with the reason why it cannot be."""
        self._equip()
        try:
            yield from self._done_parts(list(reversed(parts)))
        finally:
            with suppress(OSError):
                self._client.unregister_worker_plugin(self._holder.name)

    def died(self) -> int:
        """Return how many workers have ended since the work began."""
        return self._deaths - self._first_deaths

    def _equip(self) -> None:
        """Give every worker the holder; those that come later get it from the scheduler."""
        while True:
            try:
                self._client.register_plugin(self._holder, name=self._holder.name)
            except OSError:
                # A worker died over it.
                self._require_life()
            else:
                return

    def _done_parts(self, waiting: list[Part]) -> Iterator[tuple[Part, str | None]]:
        running: dict[str, tuple[Part, Future[str | None]]] = {}
        while waiting or running:
            while waiting and len(running) < self._threads():
                part = waiting.pop()
                running[part.out] = part, self._given(part)
            part, future = running.pop(self._finished())
            self._deaths = self._dead()
            yield part, _reason(future)

    def _given(self, part: Part) -> Future[str | None]:
        name = self._holder.name
        future = self._client.submit(_do, part, name, key=f"{name}-{part.out}")
        future.add_done_callback(lambda _: self._done.put(part.out))
        return future

    def _finished(self) -> str:
        while True:
            try:
                return self._done.get(timeout=_LOOKS_EACH_S)
            except Empty:
                self._require_life()

    def _threads(self) -> int:
        """Return how many parts the workers can do at once; waits for the first worker."""
        try:
            self._client.wait_for_workers(1, timeout=_WORKERS_WITHIN_S)
        except TimeoutError as error:
            msg = (
                f"no worker has come within {_WORKERS_WITHIN_S} s: start some, or give each more "
                "memory; finished parts are kept"
            )
            raise PartsUnfinishedError(msg) from error
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def _require_life(self) -> None:
        threads = self._threads()
        if self._dead() - self._deaths > _DEATHS * threads:
            msg = (
                "workers die again and again, and no part gets done: has each enough memory? "
                "Finished parts are kept"
            )
            raise PartsUnfinishedError(msg)

    def _dead(self) -> int:
        events = self._client.get_events("all")
        return sum(event.get("action") == "remove-worker" for _, event in events)


def _reason(future: Future[str | None]) -> str | None:
    """Return why a part could not be done; None when it could."""
    error = future.exception()
    if error is None:
        told: str | None = future.result()
        return told
    if type(error).__name__ == "KilledWorker":
        return "every worker that took it died; has a worker enough memory?"
    return f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else 'no reason'}"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Dask's talk to programmers from a person's terminal."""
    logger = logging.getLogger("distributed")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="distributed")
            yield
    finally:
        logger.setLevel(before)


def _processes(address: str) -> int | None:
    if not address.startswith(LOCAL):
        if "://" not in address:
            msg = f"--cluster {address}: write tcp://HOST:8786, or local:4 for four processes here"
            raise InvalidInputError(msg)
        return None
    text = address.removeprefix(LOCAL)
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1024:  # noqa: PLR2004 - processes of one machine
        msg = f"--cluster {address}: write how many processes, like local:4"
        raise InvalidInputError(msg)
    return int(text)


def _bytes(memory: str | None) -> int | None:
    if memory is None:
        return None
    try:
        found = int(parse_bytes(memory))
    except ValueError as error:
        msg = f"--worker-memory {memory}: write it like 2GiB"
        raise InvalidInputError(msg) from error
    if found <= 0:
        msg = f"--worker-memory {memory}: write it like 2GiB"
        raise InvalidInputError(msg)
    return found
