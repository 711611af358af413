"""Which account PostgreSQL runs under.

PostgreSQL refuses to run as root. An ordinary user's server runs as that user; root's server runs
as ``postgres``, or as ``nobody`` where PostgreSQL made no account.
"""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gridgis.errors import ClusterError
from gridgis.store.embedded.folder import MARKER

if TYPE_CHECKING:
    from pathlib import Path

UNPRIVILEGED_NAMES = ("postgres", "nobody")

# Prints the first of the given folders that the caller cannot enter.
_FIRST_CLOSED = 'for f; do test -x "$f" || { printf %s "$f"; exit; }; done'


@dataclass(frozen=True)
class Account:
    """An account of the operating system."""

    name: str
    uid: int
    gid: int


def account_for(folder: Path) -> Account:
    """Return the account under which the server of this data folder runs.

    Raises
    ------
    ClusterError
        The folder belongs to another account, or is no folder.
    """
    possible = _possible_accounts()
    if folder.exists() and not folder.is_dir():
        msg = f"{folder} is not a folder; choose another with GRIDGIS_DATA_DIR"
        raise ClusterError(msg)
    try:
        owner_uid = folder.stat().st_uid
        names = {path.name for path in folder.iterdir()} if owner_uid == 0 else set()
    except FileNotFoundError:
        return possible[0]
    for account in possible:
        if account.uid == owner_uid:
            return account
    if os.geteuid() == 0 == owner_uid and MARKER not in names:
        return possible[0]  # root made it for us, or it is none of ours: the next check says
    msg = (
        f"the data folder {folder} belongs to the account {_name_of(owner_uid)}, and the database "
        f"would run as {possible[0].name}; choose another folder with GRIDGIS_DATA_DIR"
    )
    raise ClusterError(msg)


def require_open_parents(folder: Path, account: Account) -> None:
    """Refuse a folder that the account cannot reach because a parent folder is closed to it.

    Raises
    ------
    ClusterError
        A parent is closed; the message names it.
    """
    if os.geteuid() != 0:
        return
    parents = [str(parent) for parent in reversed(folder.parents) if parent.exists()]
    # The kernel is asked under that account: only it knows groups and access lists.
    answer = subprocess.run(  # noqa: S603 - a fixed program; folders are arguments, not text
        ["/bin/sh", "-c", _FIRST_CLOSED, "sh", *parents],
        user=account.uid,
        group=account.gid,
        extra_groups=os.getgrouplist(account.name, account.gid),
        cwd="/",
        capture_output=True,
        text=True,
        check=True,
    )
    if answer.stdout:
        msg = (
            f"PostgreSQL runs as the account {account.name}, which cannot enter {answer.stdout}; "
            f"choose a data folder outside it with GRIDGIS_DATA_DIR (not {folder}), or open it "
            f"with: chmod o+x {answer.stdout}"
        )
        raise ClusterError(msg)


def become(account: Account) -> None:
    """Turn this process into one of the account, for good; nothing happens unless it is root's."""
    if os.geteuid() != 0:
        return
    os.setgroups(os.getgrouplist(account.name, account.gid))
    os.setgid(account.gid)
    os.setuid(account.uid)


def _possible_accounts() -> list[Account]:
    if os.geteuid() != 0:
        return [_account(pwd.getpwuid(os.geteuid()))]
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    found = [_account(known[name]) for name in UNPRIVILEGED_NAMES if name in known]
    if not found:
        msg = "PostgreSQL cannot run as root, and there is no account postgres or nobody to run as"
        raise ClusterError(msg)
    return found


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"number {uid}"
