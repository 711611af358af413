"""Make the database cluster, once: all of it or nothing."""

from __future__ import annotations

import locale
import os
import re
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from gridgis.errors import ClusterError
from gridgis.store.embedded.folder import DATABASE, ROLE
from gridgis.store.embedded.processes import bound_child, plain_environment

if TYPE_CHECKING:
    from collections.abc import Callable

    from gridgis.store.embedded.binaries import Binaries
    from gridgis.store.embedded.folder import Folder

SUPERUSER = "postgres"

REFUSAL = re.compile(r"\b(ERROR|FATAL|PANIC|error):")

CONFIGURATION = """\
# Your own settings go below the include; they win over gridgis's.
include 'gridgis.conf'
"""


def build(folder: Folder, binaries: Binaries, say: Callable[[str], None]) -> None:
    """Make the cluster with the empty database in it, in a folder beside, then move it into place.

    The service's role owns its database and may make others, but is no superuser; the extensions
    are in the template, so that every new database has them.

    Raises
    ------
    ClusterError
        PostgreSQL's own programs refused; the message gives their last line.
    """
    say("Making the database (once)")
    new = folder.postgresql.with_name("postgresql.new")
    if new.exists():
        shutil.rmtree(new)
    _run(_initdb(binaries, new))
    (new / "postgresql.conf").write_text(CONFIGURATION)
    (new / "gridgis.conf").write_text("")
    say("Adding PostGIS to it")
    single = [binaries.program("postgres"), "--single", "-F", "-j", "-D", str(new)]
    _run([*single, "template1"], _first_statements(binaries))
    # Nothing was forced to the disk until here; everything is, before the folder counts.
    _run([binaries.program("initdb"), "--sync-only", "-D", str(new)])
    new.rename(folder.postgresql)
    _sync_folder(folder.path)


def _initdb(binaries: Binaries, new: Path) -> list[str]:
    return [
        binaries.program("initdb"),
        f"--pgdata={new}",
        f"--username={SUPERUSER}",
        "--auth=peer",
        "--encoding=UTF8",
        f"--locale={_utf8_locale()}",
        "--data-checksums",
        "--no-sync",
        "--no-instructions",
    ]


def _first_statements(binaries: Binaries) -> str:
    extensions = ["postgis", "btree_gist"]
    extensions += ["pg_trgm"] if binaries.has_extension("pg_trgm") else []
    statements = [
        f"CREATE ROLE {ROLE} LOGIN CREATEDB;",
        f"GRANT pg_monitor, pg_signal_backend TO {ROLE};",
        *(f"CREATE EXTENSION {extension};" for extension in extensions),
        f"CREATE DATABASE {DATABASE} OWNER {ROLE};",
    ]
    # In single-user mode an empty line ends a statement.
    return "\n\n".join(statements) + "\n\n"


def _utf8_locale() -> str:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def _run(command: list[str], text: str | None = None) -> None:
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        command,
        input=text,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        cwd="/",
        env=plain_environment(),
        preexec_fn=bound_child(signal.SIGKILL),  # the keeper has one thread
    )
    # A single-user server goes on after an error and ends with 0. Its option to end at the first
    # one is of no use: PostGIS's own script counts on catching some.
    refused = [line for line in done.stderr.splitlines() if REFUSAL.search(line)]
    if done.returncode != 0 or refused:
        said = (refused or done.stderr.strip().splitlines() or ["it gave no reason"])[0]
        msg = f"making the database failed: {Path(command[0]).name}: {said.strip()}"
        raise ClusterError(msg)


def _sync_folder(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
