"""PostgreSQL itself, as the keeper's child."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import time
from typing import TYPE_CHECKING

from gridgis.errors import ClusterError
from gridgis.store.embedded.building import SUPERUSER
from gridgis.store.embedded.folder import PORT, ROLE, write_whole
from gridgis.store.embedded.processes import (
    bound_child,
    plain_environment,
    server_processes,
)
from gridgis.store.embedded.tuning import settings_text

if TYPE_CHECKING:
    from gridgis.store.embedded.account import Account
    from gridgis.store.embedded.binaries import Binaries
    from gridgis.store.embedded.folder import Folder
    from gridgis.store.embedded.processes import Signals

LOG_BYTES = 16 * 1024 * 1024
STATUS_LINE = 7  # of postmaster.pid, counted from 0

# How long a server may take to write everything down and end, and how long to end at once.
PATIENCE_S = 120.0
SHORT_PATIENCE_S = 5.0
ENDINGS = (
    (signal.SIGINT, PATIENCE_S),
    (signal.SIGQUIT, SHORT_PATIENCE_S),
    (signal.SIGKILL, SHORT_PATIENCE_S),
)


class Server:
    """One run after another of the folder's server; the caller holds the keeper's lock."""

    def __init__(
        self, folder: Folder, binaries: Binaries, account: Account, signals: Signals
    ) -> None:
        self._folder = folder
        self._binaries = binaries
        self._sockets = folder.sockets(account)
        self._account = account
        self._signals = signals
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server's process id; 0 when it never ran."""
        return self._process.pid if self._process else 0

    def launch(self) -> None:
        """Start the server, after whatever an earlier one left is gone; do not wait for it."""
        self._end_leftovers()
        self._prepare_sockets()
        self._release_pid_file()
        self._write_configuration()
        self._turn_log()
        with self._folder.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - PostgreSQL itself
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=plain_environment(),
                preexec_fn=bound_child(signal.SIGINT),  # noqa: PLW1509 - the keeper has one thread
            )

    def ended(self) -> int | None:
        """Return the exit code of a server that has ended."""
        return self._process.poll() if self._process else None

    def is_ready(self) -> bool:
        """Say whether the server takes connections."""
        lines = self._pid_file_lines()
        return lines[:1] == [str(self.pid)] and "ready" in lines[STATUS_LINE : STATUS_LINE + 1]

    def stop(self) -> None:
        """End the server: in order if it can, at once if it must; return when it has ended."""
        for ending, patience_s in ENDINGS:
            if self._process is None or self.ended() is not None:
                break
            self._process.send_signal(ending)
            deadline = time.monotonic() + patience_s
            while self.ended() is None and time.monotonic() < deadline:
                self._signals.wait(0.1)
        # Those of a server that was killed may outlive it.
        self._end_leftovers()
        if self._sockets.parent != self._folder.path:
            with contextlib.suppress(OSError):  # an empty folder in /tmp harms nobody
                self._sockets.rmdir()

    def last_words(self) -> str:
        """Return the last line of PostgreSQL's log that says why it stopped."""
        lines = self._folder.log.read_text(errors="replace").splitlines()[-20:]
        telling = [line for line in lines if "FATAL" in line or "PANIC" in line]
        return (telling or lines or ["it said nothing"])[-1].strip()

    def _command(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": str(self._sockets),
            "unix_socket_permissions": "0700",
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [self._binaries.program("postgres"), "-D", str(self._folder.postgresql), *options]

    def _write_configuration(self) -> None:
        names = [pwd.getpwuid(0).pw_name, self._account.name]
        quoted = ['"' + name.replace('"', '""') + '"' for name in names]
        may_be = [f"gridgis {name} {role}" for name in quoted for role in (ROLE, SUPERUSER)]
        place = self._folder.postgresql
        write_whole(place / "gridgis.conf", settings_text())
        write_whole(place / "pg_hba.conf", "local all all peer map=gridgis\n")
        write_whole(place / "pg_ident.conf", "\n".join(may_be) + "\n")

    def _prepare_sockets(self) -> None:
        self._sockets.mkdir(mode=0o700, exist_ok=True)
        there = self._sockets.lstat()
        if there.st_uid != self._account.uid or self._sockets.is_symlink():
            msg = f"{self._sockets} belongs to another account; remove it, it is the socket's place"
            raise ClusterError(msg)
        self._sockets.chmod(0o700)
        for left in self._sockets.glob(".s.PGSQL.*"):
            left.unlink()

    def _pid_file_lines(self) -> list[str]:
        try:
            text = (self._folder.postgresql / "postmaster.pid").read_text()
        except FileNotFoundError:
            return []
        return [line.strip() for line in text.splitlines()]

    def _release_pid_file(self) -> None:
        # A number left behind by a killed server may now be a stranger's, and PostgreSQL would
        # take that stranger for a rival. It knows that its own parent is none, and it still finds
        # the old server's shared memory by the rest of the file and removes it.
        lines = self._pid_file_lines()
        if lines:
            text = "\n".join([str(os.getpid()), *lines[1:]]) + "\n"
            write_whole(self._folder.postgresql / "postmaster.pid", text)

    def _turn_log(self) -> None:
        log = self._folder.log
        if log.exists() and log.stat().st_size > LOG_BYTES:
            log.replace(log.with_name(log.name + ".1"))

    def _end_leftovers(self) -> None:
        """End the processes of a server that lost its keeper or was killed."""
        place = self._folder.postgresql
        first = self._pid_file_lines()[:1]
        if any([str(pid)] == first for pid in server_processes(place)):
            # A living server ends its own children, in order.
            _signal_all([int(first[0])], signal.SIGINT)
            self._await_none(PATIENCE_S)
        for ending in (signal.SIGQUIT, signal.SIGKILL):
            _signal_all(server_processes(place), ending)
            self._await_none(SHORT_PATIENCE_S)
        left = server_processes(place)
        if left:
            msg = f"processes {left} of an earlier server do not end; the database stays stopped"
            raise ClusterError(msg)

    def _await_none(self, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while server_processes(self._folder.postgresql) and time.monotonic() < deadline:
            self._signals.wait(0.02)


def _signal_all(pids: list[int], which: signal.Signals) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, which)
