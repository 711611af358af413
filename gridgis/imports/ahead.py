"""Prepare the next part while the one before is stored."""

from __future__ import annotations

import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Part = TypeVar("Part")

_WAIT_S = 0.1


def ahead(parts: Iterable[Part]) -> Iterator[Part]:
    """Yield the parts in their order, each made by a thread while the caller works on the last.

    What the parts raise is raised here; when the caller ends early, so does the thread.

    Examples
    --------
    >>> list(ahead(number * number for number in range(4)))
    [0, 1, 4, 9]
    """
    maker = _Maker(parts)
    maker.start()
    try:
        while True:
            made = maker.next()
            if made is None:
                return
            yield made[0]
    finally:
        maker.end()


class _Maker(Generic[Part]):
    """The thread, and the one part that may wait for the caller."""

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = parts
        self._made: queue.Queue[tuple[Part] | BaseException | None] = queue.Queue(maxsize=1)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._make, name="ahead", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def next(self) -> tuple[Part] | None:
        """Return the next part in a tuple, None after the last; raise what making it raised."""
        made = self._made.get()
        if isinstance(made, BaseException):
            raise made
        return made

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _make(self) -> None:
        try:
            for part in self._parts:
                if not self._put((part,)):
                    return
        except BaseException as error:  # noqa: BLE001 - it is raised again, where it is waited for
            self._put(error)
        else:
            self._put(None)

    def _put(self, made: tuple[Part] | BaseException | None) -> bool:
        """Hand a part over; False when nobody waits for it any more."""
        while not self._ended.is_set():
            with suppress(queue.Full):
                self._made.put(made, timeout=_WAIT_S)
                return True
        return False
