"""Use the embedded server: hold it while needed, start and stop it, ask how it is.

Users share a lock on a file. A keeper process runs PostgreSQL as long as anybody holds that lock;
so a user that is killed counts as gone at once, and nobody has to count.
"""

from __future__ import annotations

import os
import signal
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gridgis.errors import ClusterError, InUseError
from gridgis.store.embedded.account import account_for, require_open_parents
from gridgis.store.embedded.binaries import find_binaries
from gridgis.store.embedded.folder import Folder
from gridgis.store.embedded.locks import exclusive, is_held, open_lock
from gridgis.store.embedded.processes import server_processes
from gridgis.store.embedded.starting import Guard, claim, ensure_running
from gridgis.store.embedded.user import User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOOK_EVERY_S = 0.02


@dataclass(frozen=True)
class ClusterStatus:
    """How the embedded server is."""

    state: str
    """absent, stopped, starting, ready or stopping"""
    folder: Path
    url: str
    version: str | None = None
    """PostgreSQL's version, such as 15.18; the major version alone when it is not installed"""
    users: tuple[int, ...] = ()
    """process ids"""
    stays: bool = False
    """whether it stays up without users"""
    keeper: int | None = None
    postmaster: int | None = None
    size_bytes: int = 0


@contextmanager
def lease(data_dir: Path, *, progress: Callable[[str], None] | None = None) -> Iterator[str]:
    """Use the embedded server inside the block, which gets its address in SQLAlchemy's form.

    The server is made and started when needed. The last user's block ends only after the server
    has stopped, unless it was told to stay.

    Raises
    ------
    ClusterError
        The server cannot be used; the message says why and what to do.
    """
    say = progress or _say_nothing
    folder = Folder.at(data_dir)
    with _plain_errors(folder):
        account = account_for(folder.path)
        folder.require_ours()
        require_open_parents(folder.path, account)
        claim(folder, account)
    user = User(folder, account)
    try:
        with _plain_errors(folder), exclusive(folder.start_lock, account):
            user.enter(say)
            ensure_running(folder, account, say)
        with Guard(folder, account):
            yield folder.url(account)
    finally:
        user.leave()
        _await_end(folder)


def status(data_dir: Path) -> ClusterStatus:
    """Return how the server of this data folder is, without starting anything.

    Raises
    ------
    ClusterError
        The folder is not one of gridgis, or belongs to another account.
    """
    folder = Folder.at(data_dir)
    with _plain_errors(folder):
        account = account_for(folder.path)
        folder.require_ours()
        major = folder.major()
        if major is None:
            return ClusterStatus("absent", folder.path, folder.url(account))
        keeper = folder.keeper_pid()
        said = folder.state()
        if said.get("keeper") != keeper:  # left by an earlier keeper
            said = {}
        return ClusterStatus(
            state=str(said.get("state", "starting" if keeper else "stopped")),
            folder=folder.path,
            url=folder.url(account),
            version=_version(major),
            users=tuple(folder.user_pids()),
            stays=folder.stay.exists(),
            keeper=keeper,
            postmaster=int(said.get("postmaster", 0)) or None,
            size_bytes=_size_bytes(folder.postgresql),
        )


def start(data_dir: Path, *, progress: Callable[[str], None] | None = None) -> ClusterStatus:
    """Start the server and have it stay up, without users too, until :func:`stop`.

    Raises
    ------
    ClusterError
        The server cannot be used; the message says why and what to do.
    """
    with lease(data_dir, progress=progress):
        folder = Folder.at(data_dir)
        os.close(open_lock(folder.stay, account_for(folder.path)))
    return status(data_dir)


def stop(data_dir: Path, force: bool = False) -> bool:
    """Stop the server; return whether there was one to stop.

    With `force` it stops although somebody uses it.

    Raises
    ------
    InUseError
        Somebody uses the server; the message names the processes.
    ClusterError
        The folder is not one of gridgis, or belongs to another account.
    """
    folder = Folder.at(data_dir)
    with _plain_errors(folder):
        account = account_for(folder.path)
        folder.require_ours()
        if folder.major() is None:
            return False
        with exclusive(folder.start_lock, account):
            pids = folder.user_pids()
            if pids and not force:
                named = ", ".join(str(pid) for pid in pids)
                msg = f"the database is in use by process {named}; end it first, or use --force"
                raise InUseError(msg)
            folder.stay.unlink(missing_ok=True)
            return _stop_keeper(folder)


def _stop_keeper(folder: Folder) -> bool:
    told = None
    while is_held(folder.keeper_lock):
        if told is None and (told := folder.keeper_pid()) is not None:
            with suppress(ProcessLookupError):
                os.kill(told, signal.SIGTERM)
        time.sleep(LOOK_EVERY_S)
    return told is not None


def _await_end(folder: Folder) -> None:
    """Wait until the keeper and its server have ended, unless somebody still needs them."""
    while not folder.stay.exists() and not folder.user_pids():
        # A server whose keeper was killed ends by itself, a little later.
        if not is_held(folder.keeper_lock) and not server_processes(folder.postgresql):
            break
        time.sleep(LOOK_EVERY_S)


def _version(major: int) -> str:
    try:
        return find_binaries(major).version()
    except ClusterError:  # its programs were removed; the folder still says what it is
        return str(major)


def _size_bytes(path: Path) -> int:
    total = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                total += (Path(folder) / name).lstat().st_size
            except FileNotFoundError:  # PostgreSQL removes files while we look
                continue
    return total


@contextmanager
def _plain_errors(folder: Folder) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        where = error.filename or folder.path
        msg = f"the data folder {folder.path} cannot be used: {where}: {error.strerror or error}"
        raise ClusterError(msg) from error


def _say_nothing(_what: str) -> None:
    pass
