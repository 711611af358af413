"""The newest state of something that is built from the database, kept in memory and in a file.

It is built or mapped once, shared by all processes through its file, and built anew when the
database has another mark.
"""

from __future__ import annotations

import threading
from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from gridgis.errors import StoreError, UnreadableFileError
from gridgis.store.listening import Listener

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

POLL_S = 5.0
"""How often the database is asked for the mark, whether or not it told of a new one."""

_KEPT_FILES = 4

State = TypeVar("State")


class Newest(Generic[State]):
    """Gives the newest state; a file in `folder` is shared by all processes (None: no file)."""

    channels: ClassVar[tuple[str, ...]]
    """Where the database tells that the mark is another one."""

    suffix: ClassVar[str]
    """How the files' names end."""

    settling_s: ClassVar[float] = 0.0
    """How long the mark must stay the same before a listener builds anew, in seconds."""

    def __init__(self, store: Store, folder: Path | None) -> None:
        self._store = store
        self._folder = folder
        # What was last read, None before anybody asked: reading it never waits.
        self.newest: State | None = None
        self._lock = threading.Lock()
        self._listeners: list[Listener] = []
        self._ended = threading.Event()
        self._reading: threading.Thread | None = None
        self._starting = threading.Lock()

    @abstractmethod
    def ask_mark(self, connection: Connection) -> UUID:
        """Return the database's mark."""

    @abstractmethod
    def mark_of(self, state: State) -> UUID:
        """Return the mark that a state was built under."""

    @abstractmethod
    def build(self, connection: Connection) -> State:
        """Build the state from the database."""

    @abstractmethod
    def load(self, path: Path) -> State:
        """Map the state of a file; raises UnreadableFileError when it is none."""

    @abstractmethod
    def save(self, state: State, path: Path) -> None:
        """Write a state to a file."""

    def current(self) -> State:
        """Return the newest state known; the first time it is read.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        return self.newest or self.refresh()

    def soon(self, wait_s: float) -> State | None:
        """Return the newest state known; None when the first is not read within `wait_s` seconds.

        It is read on: who asks later finds it.
        """
        if self.newest is None:
            with self._starting:
                if self._reading is None or not self._reading.is_alive():
                    self._reading = threading.Thread(
                        target=self._heard, name="first reading", daemon=True
                    )
                    self._reading.start()
                reading = self._reading
            reading.join(wait_s)
        return self.newest

    def refresh(self) -> State:
        """Ask the database for its mark and return the state that has it.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        with self._lock:
            mark = self._store.ask(self.ask_mark)
            if self.newest is None or self.mark_of(self.newest) != mark:
                self.newest = self._mapped(mark) or self._read()
            return self.newest

    def held_under(self, connection: Connection, mark: UUID) -> State:
        """Return the state under a mark that the caller keeps from changing."""
        newest = self.newest
        if newest is not None and self.mark_of(newest) == mark:
            return newest
        with self._lock:
            # Who waited finds what somebody else has read.
            if self.newest is None or self.mark_of(self.newest) != mark:
                self.newest = self._mapped(mark) or self.build(connection)
            return self.newest

    def listen(self) -> None:
        """Refresh by itself from now on: when the database tells, and every few seconds."""
        listener = Listener(self._store.url, self.channels, self._heard, poll_s=POLL_S)
        self._listeners.append(listener)
        listener.start()

    def close(self) -> None:
        """Stop listening."""
        self._ended.set()
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()

    def _heard(self) -> None:
        try:
            self._settle()
            self.refresh()
        except StoreError:
            # Whoever asks next is told; the listener tries again by itself.
            return

    def _settle(self) -> None:
        """Wait while an import changes one thing after the other."""
        newest = self.newest
        mark = self._store.ask(self.ask_mark)
        if not self.settling_s or newest is None or self.mark_of(newest) == mark:
            return
        while not self._ended.wait(self.settling_s):
            before, mark = mark, self._store.ask(self.ask_mark)
            if mark == before:
                return

    def _read(self) -> State:
        with self._store.begin() as connection:
            state = self.build(connection)
        path = self._path(self.mark_of(state))
        if path is None:
            return state
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self.save(state, path)
            self._forget_old(path)
        except OSError:
            # A full disk: the engine works from memory of its own.
            return state
        return self._mapped(self.mark_of(state)) or state

    def _mapped(self, mark: UUID) -> State | None:
        path = self._path(mark)
        if path is None or not path.exists():
            return None
        try:
            return self.load(path)
        except UnreadableFileError:
            path.unlink(missing_ok=True)
            return None

    def _path(self, mark: UUID) -> Path | None:
        return None if self._folder is None else self._folder / f"{mark}{self.suffix}"

    def _forget_old(self, newest: Path) -> None:
        """Keep a few files; those that other processes have mapped stay readable for them."""
        files = sorted(newest.parent.glob(f"*{self.suffix}"), key=lambda path: path.stat().st_mtime)
        for old in files[:-_KEPT_FILES]:
            if old != newest:
                old.unlink(missing_ok=True)
