"""The newest territory of a process: built or mapped once, and told when it is outdated."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from gridgis.errors import StoreError, UnreadableFileError
from gridgis.locate.territory import Territory, read_territory
from gridgis.store import territory as store_territory
from gridgis.store.listening import Listener

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

POLL_S = 5.0
"""How often the database is asked for the mark, whether or not it told of a new one."""

_KEPT_FILES = 4


class Territories:
    """Gives the newest territory; a file in `folder` is shared by all processes (None: no file)."""

    def __init__(self, store: Store, folder: Path | None) -> None:
        self._store = store
        self._folder = folder
        self.newest: Territory | None = None
        self._lock = threading.Lock()
        self._listener: Listener | None = None

    # `newest` is what was last read, None before anybody asked: reading it never waits.

    def current(self) -> Territory:
        """Return the newest territory known; the first time it is read.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        return self.newest or self.refresh()

    def refresh(self) -> Territory:
        """Ask the database for its mark and return the territory that has it.

        Raises
        ------
        StoreError
            The database cannot be reached.
        """
        with self._lock:
            mark = self._store.ask(store_territory.mark)
            if self.newest is None or self.newest.mark != mark:
                self.newest = self._mapped(mark) or self._read()
            return self.newest

    def held(self, connection: Connection) -> Territory:
        """Keep every layer as it is until the transaction ends, and return their territory."""
        mark = store_territory.hold(connection)
        newest = self.newest
        if newest is not None and newest.mark == mark:
            return newest
        with self._lock:
            # Who waited finds what somebody else has read.
            if self.newest is None or self.newest.mark != mark:
                self.newest = self._mapped(mark) or read_territory(connection, self.newest)
            return self.newest

    def listen(self) -> None:
        """Refresh by itself from now on: when the database tells, and every few seconds."""
        channel = store_territory.CHANNEL
        self._listener = Listener(self._store.url, channel, self._heard, poll_s=POLL_S)
        self._listener.start()

    def close(self) -> None:
        """Stop listening."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    def _heard(self) -> None:
        try:
            self.refresh()
        except StoreError:
            # Whoever asks next is told; the listener tries again by itself.
            return

    def _read(self) -> Territory:
        with self._store.begin() as connection:
            territory = read_territory(connection, self.newest)
        path = self._path(territory.mark)
        if path is None:
            return territory
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            territory.save(path)
            self._forget_old(path)
        except OSError:
            # A full disk: the engine works from memory of its own.
            return territory
        return self._mapped(territory.mark) or territory

    def _mapped(self, mark: UUID) -> Territory | None:
        path = self._path(mark)
        if path is None or not path.exists():
            return None
        try:
            return Territory.load(path)
        except UnreadableFileError:
            path.unlink(missing_ok=True)
            return None

    def _path(self, mark: UUID) -> Path | None:
        return None if self._folder is None else self._folder / f"{mark}.gridgis"

    def _forget_old(self, newest: Path) -> None:
        """Keep a few files; those that other processes have mapped stay readable for them."""
        files = sorted(newest.parent.glob("*.gridgis"), key=lambda path: path.stat().st_mtime)
        for old in files[:-_KEPT_FILES]:
            if old != newest:
                old.unlink(missing_ok=True)
