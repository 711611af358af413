"""The data folder: what lies where, whose it is, and who uses it."""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from gridgis.errors import ClusterError
from gridgis.store.embedded.locks import is_held

if TYPE_CHECKING:
    from gridgis.store.embedded.account import Account

DATABASE = "gridgis"
ROLE = "gridgis"
PORT = "5432"

KEEPER_MODULE = "gridgis.store.embedded.keeper"

MARKER = "gridgis-database.json"
START_LOCK = "start.lock"
# What may lie in a folder that somebody is just making ours; months of another database may have
# been archived into it.
BEFORE_MARKER = {START_LOCK, MARKER + ".new", "lost+found", "archive"}

# The kernel's limit for a socket's path; above it, or when the path would need quoting in
# PostgreSQL's lists of folders, the socket moves to /tmp.
SOCKET_PATH_BYTES = 107
PLAIN_PATH = re.compile(r"[\w./+-]+", re.ASCII)


@dataclass(frozen=True)
class Folder:
    """One data folder, by its absolute path without links."""

    path: Path

    @classmethod
    def at(cls, data_dir: Path) -> Folder:
        """Return the folder at a path as people write it."""
        return cls(data_dir.expanduser().resolve())

    @property
    def postgresql(self) -> Path:
        """PostgreSQL's own folder."""
        return self.path / "postgresql"

    @property
    def start_lock(self) -> Path:
        """Held while somebody starts or stops the server."""
        return self.path / START_LOCK

    @property
    def users_lock(self) -> Path:
        """Shared by all users; the keeper gets it alone when nobody is left."""
        return self.path / "users.lock"

    @property
    def keeper_lock(self) -> Path:
        """Held by the keeper as long as it lives; contains its process id."""
        return self.path / "keeper.lock"

    @property
    def users(self) -> Path:
        """One locked file a user, named after its process id."""
        return self.path / "users"

    @property
    def stay(self) -> Path:
        """Exists while the server shall stay up without users."""
        return self.path / "stay"

    @property
    def log(self) -> Path:
        """What PostgreSQL says."""
        return self.path / "postgresql.log"

    @property
    def keeper_log(self) -> Path:
        """What the keeper says."""
        return self.path / "keeper.log"

    @property
    def state_file(self) -> Path:
        """What the keeper last said about the server."""
        return self.path / "state.json"

    def sockets(self, account: Account) -> Path:
        """Return the folder of the server's socket."""
        run = self.path / "run"
        longest = run / f".s.PGSQL.{PORT}.lock"
        if len(os.fsencode(longest)) <= SOCKET_PATH_BYTES and PLAIN_PATH.fullmatch(str(run)):
            return run
        digest = hashlib.sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path(f"/tmp/gridgis-{account.uid}-{digest}")  # noqa: S108 - its owner is checked

    def url(self, account: Account) -> str:
        """Return the database's address, as SQLAlchemy writes it."""
        address = (
            f"postgresql+psycopg2://{ROLE}@/{DATABASE}?host={quote(str(self.sockets(account)))}"
        )
        # The driver takes the port from PGPORT when the address has none.
        return address if os.environ.get("PGPORT", PORT) == PORT else f"{address}&port={PORT}"

    def names(self) -> set[str]:
        """Return what lies in the folder; nothing when there is none."""
        try:
            return {path.name for path in self.path.iterdir()}
        except FileNotFoundError:
            return set()

    def require_ours(self) -> None:
        """Refuse a folder with something in it that gridgis did not put there.

        Raises
        ------
        ClusterError
            The folder is somebody else's.
        """
        names = self.names()
        if MARKER not in names and names - BEFORE_MARKER:
            msg = (
                f"{self.path} is not empty and not a gridgis data folder ({MARKER} is missing); "
                f"choose another with GRIDGIS_DATA_DIR"
            )
            raise ClusterError(msg)

    def major(self) -> int | None:
        """Return the major version of the PostgreSQL that the folder belongs to, if it has one.

        Raises
        ------
        ClusterError
            The folder's marker cannot be read, or differs from what PostgreSQL itself says.
        """
        marker = self.path / MARKER
        try:
            said = json.loads(marker.read_text())["postgresql"]
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            msg = f"{marker} cannot be read; put it back from a backup"
            raise ClusterError(msg) from error
        own = self.postgresql / "PG_VERSION"
        if own.exists() and own.read_text().strip() != str(said):
            msg = f"{own} says {own.read_text().strip()} and {marker} says {said}; one is wrong"
            raise ClusterError(msg)
        return int(said)

    def state(self) -> dict[str, str | int]:
        """Return what the keeper said last: its `keeper` pid, `state` and `postmaster` pid."""
        try:
            said: dict[str, str | int] = json.loads(self.state_file.read_text())
        except FileNotFoundError:
            return {}
        return said

    def keeper_pid(self) -> int | None:
        """Return the living keeper's process id."""
        if not is_held(self.keeper_lock):
            return None
        text = self.keeper_lock.read_text()
        # The account may write into its folder what it likes; root shall not signal a stranger.
        return int(text) if text.isdigit() and _is_keeper(text) else None

    def user_pids(self) -> list[int]:
        """Return the process ids of those who use the server."""
        if not self.users.exists():
            return []
        return sorted(
            {int(path.name.split("-")[0]) for path in self.users.iterdir() if is_held(path)}
        )


def _is_keeper(pid: str) -> bool:
    try:
        command = (Path("/proc") / pid / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):  # it ended meanwhile
        return False
    return KEEPER_MODULE.encode() in command.split(b"\0")


def write_whole(path: Path, text: str) -> None:
    """Write a file so that readers, and a crash, see the old text or the new one."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
