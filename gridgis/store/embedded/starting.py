"""Bring the server up: take the folder, start a keeper, and watch that there is one."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

import gridgis
from gridgis.errors import ClusterError
from gridgis.store.embedded.binaries import find_binaries
from gridgis.store.embedded.folder import KEEPER_MODULE, MARKER, write_whole
from gridgis.store.embedded.locks import exclusive, is_held, open_lock

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.store.embedded.account import Account
    from gridgis.store.embedded.folder import Folder

LOOK_EVERY_S = 0.02
GUARD_EVERY_S = 0.5
GUARD_PAUSE_S = 5.0
TRIES = 3
PATIENCE_S = 2.0

_log = logging.getLogger(__name__)


def claim(folder: Folder, account: Account) -> None:
    """Make the data folder if needed and mark it as gridgis's.

    Raises
    ------
    ClusterError
        The folder belongs to a PostgreSQL that is not installed, or none is.
    """
    find_binaries(folder.major())
    _make_folders(folder.path, account)
    with exclusive(folder.start_lock, account):
        if folder.major() is None:
            marker = folder.path / MARKER
            write_whole(marker, json.dumps({"postgresql": find_binaries().major}) + "\n")
            _give(marker, account)
        folder.users.mkdir(mode=0o700, exist_ok=True)
        _give(folder.users, account)


def ensure_running(folder: Folder, account: Account, say: Callable[[str], None]) -> None:
    """Return when the server takes connections; the caller holds the start lock.

    Raises
    ------
    ClusterError
        The server does not start; the message says why.
    """
    for _ in range(TRIES):
        if not is_held(folder.keeper_lock):
            _start_keeper(folder, account, say)
        if _await_ready(folder, say):
            return
    msg = f"the database's keeper ended again and again; see {folder.keeper_log}"
    raise ClusterError(msg)


class Guard:
    """A thread that starts a new keeper when the old one was killed, while the block lasts."""

    def __init__(self, folder: Folder, account: Account) -> None:
        self._folder = folder
        self._account = account
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="database-guard", daemon=True)

    def __enter__(self) -> Self:
        """Begin to watch."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no longer."""
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(GUARD_EVERY_S):
            if is_held(self._folder.keeper_lock):
                continue
            if self._folder.state().get("state") == "stopped":
                continue  # somebody stopped it on purpose; who starts it again is theirs to say
            _log.warning("the database's keeper was killed; starting another")
            try:
                with exclusive(self._folder.start_lock, self._account):
                    ensure_running(self._folder, self._account, _log.info)
            except (ClusterError, OSError):
                _log.exception("the database does not start again; trying on")
                self._over.wait(GUARD_PAUSE_S)


def _start_keeper(folder: Folder, account: Account, say: Callable[[str], None]) -> None:
    log = open_lock(folder.keeper_log, account)
    try:
        os.lseek(log, 0, os.SEEK_END)
        keeper = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-m", KEEPER_MODULE, str(folder.path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd="/",
            env=os.environ | {"PYTHONPATH": _import_path()},
            start_new_session=True,
            text=True,
        )
    finally:
        os.close(log)
    with keeper:
        _listen(keeper, folder, say)


def _listen(keeper: subprocess.Popen[str], folder: Folder, say: Callable[[str], None]) -> None:
    for line in keeper.stdout or ():
        word, _, rest = line.strip().partition(" ")
        if word == "failed":
            raise ClusterError(rest)
        if word == "progress":
            say(rest)
        if word == "ready":
            return
    msg = f"the database's keeper ended before the database was ready; see {folder.keeper_log}"
    raise ClusterError(msg)


def _await_ready(folder: Folder, say: Callable[[str], None]) -> bool:
    """Wait for a living keeper's server; False when that keeper ended."""
    patience_ends = time.monotonic() + PATIENCE_S
    while (keeper := folder.keeper_pid()) is not None:
        said = folder.state()
        if said.get("keeper") == keeper and said.get("state") == "ready":
            return True
        if patience_ends and time.monotonic() > patience_ends:
            say("Waiting for the database to recover")
            patience_ends = 0.0
        time.sleep(LOOK_EVERY_S)
    return False


def _import_path() -> str:
    # The keeper shall be of the very code that starts it, installed or not.
    own = str(Path(gridgis.__file__).parents[1])
    given = os.environ.get("PYTHONPATH")
    return own + os.pathsep + given if given else own


def _make_folders(path: Path, account: Account) -> None:
    missing = [one for one in (path, *path.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=0o700 if one == path else 0o755, exist_ok=True)
        if os.geteuid() == 0 and one != path:
            one.chmod(0o755)
    _give(path, account)


def _give(path: Path, account: Account) -> None:
    if os.geteuid() == 0:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
