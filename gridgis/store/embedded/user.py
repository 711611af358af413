"""One user of the server, as the locks that it holds."""

from __future__ import annotations

import fcntl
import os
import secrets
from typing import TYPE_CHECKING

from gridgis.store.embedded.locks import is_held, open_lock, try_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.store.embedded.account import Account
    from gridgis.store.embedded.folder import Folder


class User:
    """Holds the shared lock that keeps the server up, and a file that says who holds it.

    The locks belong to the open files: processes forked from this one share them and keep the
    server up until they end too; programs started from it do not.
    """

    def __init__(self, folder: Folder, account: Account) -> None:
        self._folder = folder
        self._account = account
        self._name = folder.users / f"{os.getpid()}-{secrets.token_hex(4)}"
        self._held: list[int] = []

    def enter(self, say: Callable[[str], None]) -> None:
        """Take the locks; waits for a server that is just stopping. Hold the start lock."""
        self._bury_the_dead()
        shared = open_lock(self._folder.users_lock, self._account)
        self._held.append(shared)
        if not try_lock(shared, fcntl.LOCK_SH):
            say("Waiting for the database to stop before it starts again")
            fcntl.flock(shared, fcntl.LOCK_SH)
        own = open_lock(self._name, self._account)
        self._held.append(own)
        fcntl.flock(own, fcntl.LOCK_EX)

    def leave(self) -> None:
        """Free the locks, as far as this process holds them."""
        while self._held:
            os.close(self._held.pop())
        # Forked processes may still hold it.
        if not is_held(self._name):
            self._name.unlink(missing_ok=True)

    def _bury_the_dead(self) -> None:
        for name in self._folder.users.iterdir():
            if not is_held(name):
                name.unlink(missing_ok=True)
