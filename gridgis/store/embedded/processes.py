"""What the keeper needs of the operating system to look after its children."""

from __future__ import annotations

import ctypes
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl

STOPPING = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


class Signals:
    """The signals to this process, which come one at a time when asked for, and are not lost."""

    def __init__(self) -> None:
        self.asked_to_stop = False
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING | {signal.SIGCHLD})

    def wait(self, seconds: float) -> None:
        """Wait until a signal comes or a child ends, at most so long."""
        came = signal.sigtimedwait(STOPPING | {signal.SIGCHLD}, seconds)
        if came is not None and came.si_signo in STOPPING:
            self.asked_to_stop = True


def bound_child(when_parent_dies: signal.Signals) -> Callable[[], None]:
    """Return what a child runs before its program, to get this signal when this process dies."""
    parent = os.getpid()

    def prepare() -> None:
        _prctl(_PR_SET_PDEATHSIG, int(when_parent_dies))
        if os.getppid() != parent:  # it died already, before the kernel was told
            os._exit(1)
        # The keeper waits for blocked signals; its children must get theirs.
        signal.pthread_sigmask(signal.SIG_SETMASK, set())

    return prepare


def plain_environment() -> dict[str, str]:
    """Return an environment in which PostgreSQL's programs behave alike for everybody."""
    return {"PATH": os.defpath, "LC_ALL": "C"}


def server_processes(folder: Path) -> list[int]:
    """Return the PostgreSQL processes that work in this folder, whoever their parent is."""
    try:
        wanted = folder.stat()
    except FileNotFoundError:
        return []
    return [
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdigit() and _works_in(process, wanted)
    ]


def _works_in(process: Path, wanted: os.stat_result) -> bool:
    try:
        if (process / "comm").read_text().strip() not in {"postgres", "postmaster"}:
            return False
        there = (process / "cwd").stat()
    except OSError:  # it ended meanwhile, or belongs to another account
        return False
    return os.path.samestat(there, wanted)
