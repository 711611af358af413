"""The keeper: a small process that keeps PostgreSQL running while somebody uses it.

It is PostgreSQL's parent. When PostgreSQL is killed the keeper starts it again; when the last
user's lock is freed, by leaving or by dying, the keeper stops PostgreSQL and ends. It runs in a
session of its own, so that Ctrl-C at a service's terminal does not reach it, and under the
unprivileged account. It tells its starter how it goes, one line each: ``progress ...``, then
``ready`` or ``failed ...``.

Everything is imported before the account is taken on: root's Python may be closed to it.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
import time
from datetime import UTC, datetime
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING

from gridgis.errors import ClusterError
from gridgis.store.embedded.account import account_for, become
from gridgis.store.embedded.binaries import find_binaries
from gridgis.store.embedded.building import build
from gridgis.store.embedded.folder import Folder, write_whole
from gridgis.store.embedded.locks import open_lock, try_lock
from gridgis.store.embedded.processes import Signals
from gridgis.store.embedded.server import Server

if TYPE_CHECKING:
    from gridgis.store.embedded.account import Account

LOOK_EVERY_S = 0.1
FIRST_TRIES = 3
LONGEST_PAUSE_S = 5.0


class Outcome(Enum):
    """How a run of the server, or a wait for it, went."""

    READY = auto()
    DIED = auto()
    ENOUGH = auto()


class Keeper:
    """Keeps one folder's server; the caller holds the keeper's lock."""

    def __init__(self, folder: Folder, account: Account) -> None:
        self._folder = folder
        self._account = account
        self._users = open_lock(folder.users_lock, account)
        self._signals = Signals()
        self._told = False
        self._deaths = 0

    def run(self) -> None:
        """Keep the server until nobody needs it any more.

        Raises
        ------
        ClusterError
            The server cannot be made or started.
        """
        self._note("starting")
        binaries = find_binaries(self._folder.major())
        if not self._folder.postgresql.exists():
            build(self._folder, binaries, lambda what: tell(f"progress {what}"))
        server = Server(self._folder, binaries, self._account, self._signals)
        try:
            self._serve(server)
        finally:
            self._note("stopping", server.pid)
            server.stop()
        self._note("stopped")

    def _serve(self, server: Server) -> None:
        while not self._nobody_left():  # making it took a while
            server.launch()
            outcome = self._watch(server, until_ready=True)
            if outcome is Outcome.READY:
                self._deaths = 0
                self._note("ready", server.pid)
                self._tell_ready()
                outcome = self._watch(server, until_ready=False)
            if outcome is Outcome.ENOUGH:
                return
            self._note("starting")
            log(f"PostgreSQL ended by itself with {server.ended()}; starting it again")
            self._pause(server)

    def _watch(self, server: Server, *, until_ready: bool) -> Outcome:
        """Wait until the server is ready (if asked), has died, or is not needed any more."""
        while True:
            self._signals.wait(0.01 if until_ready else LOOK_EVERY_S)
            if self._signals.asked_to_stop or self._nobody_left():
                return Outcome.ENOUGH
            if server.ended() is not None:
                return Outcome.DIED
            if until_ready and server.is_ready():
                return Outcome.READY

    def _nobody_left(self) -> bool:
        # Once taken, the lock is kept: whoever comes now waits until this server has stopped.
        return not self._folder.stay.exists() and try_lock(self._users, fcntl.LOCK_EX)

    def _pause(self, server: Server) -> None:
        """Do not turn in circles when the server dies again and again before it is ready."""
        self._deaths += 1
        if not self._told and self._deaths >= FIRST_TRIES:
            msg = f"PostgreSQL does not start: {server.last_words()}; see {self._folder.log}"
            raise ClusterError(msg)
        if self._deaths > 1:
            self._signals.wait(min(0.1 * 2**self._deaths, LONGEST_PAUSE_S))

    def _note(self, state: str, postmaster: int = 0) -> None:
        said = {"state": state, "keeper": os.getpid(), "postmaster": postmaster}
        write_whole(self._folder.state_file, json.dumps(said) + "\n")

    def _tell_ready(self) -> None:
        if not self._told:
            tell("ready")
            with Path(os.devnull).open("w") as nowhere:
                os.dup2(nowhere.fileno(), sys.stdout.fileno())
            self._told = True


def tell(line: str) -> None:
    """Say a line to the starter, who may be gone."""
    with contextlib.suppress(BrokenPipeError):
        os.write(sys.stdout.fileno(), (" ".join(line.split()) + "\n").encode())


def log(what: str) -> None:
    """Write a line into the keeper's log."""
    moment = datetime.now(UTC).isoformat(timespec="milliseconds")
    print(f"{moment} [{os.getpid()}] {what}", file=sys.stderr, flush=True)  # noqa: T201 - its log


def main() -> int:
    """Keep the server of the folder that is the one argument; return the exit status."""
    folder = Folder.at(Path(sys.argv[1]))
    account = account_for(folder.path)
    # The starter shall not have to bury a child that outlives its interest.
    if os.fork():
        os._exit(0)
    become(account)
    os.umask(0o077)
    # Never closed: whoever finds the lock free must find this process gone as well.
    lock = open_lock(folder.keeper_lock, account)
    fcntl.flock(lock, fcntl.LOCK_EX)
    os.truncate(lock, 0)
    os.pwrite(lock, str(os.getpid()).encode(), 0)
    started = time.monotonic()
    try:
        Keeper(folder, account).run()
    except (ClusterError, OSError) as error:
        log(f"failed: {error}")
        tell(f"failed {error}")
        return 1
    log(f"done after {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
