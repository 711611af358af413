"""Find PostgreSQL's server programs, with PostGIS beside them."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from gridgis.errors import ClusterError

OLDEST_MAJOR = 14
DEBIAN_VERSIONS = Path("/usr/lib/postgresql")


@dataclass(frozen=True)
class Binaries:
    """The folder of one PostgreSQL's programs, its major version and its extensions' folder."""

    folder: Path
    major: int
    extensions: Path

    def program(self, name: str) -> str:
        """Return the path of a program such as ``initdb``."""
        return str(self.folder / name)

    def has_extension(self, name: str) -> bool:
        """Say whether `CREATE EXTENSION name` can work."""
        return (self.extensions / f"{name}.control").exists()

    def version(self) -> str:
        """Return the whole version, such as ``15.18``."""
        words = _output(self.program("postgres"), "--version").split()
        return words[2] if len(words) > 2 else str(self.major)  # noqa: PLR2004 - "postgres (PostgreSQL) 15.18"


def find_binaries(major: int | None = None, *, versions: Path = DEBIAN_VERSIONS) -> Binaries:
    """Return the newest usable PostgreSQL, or the one of the given major version.

    Debian's folders come first; `pg_config` on the path is asked only when they hold nothing.
    Programs on the path itself are never used: they may be wrappers around Debian's own cluster.

    Raises
    ------
    ClusterError
        Nothing suitable is installed; the message names the packages.
    """
    found = _in_debian(versions) or _from_pg_config()
    recent = [one for one in found if one.major >= OLDEST_MAJOR]
    fitting = [one for one in recent if major in {None, one.major}]
    usable = [one for one in fitting if one.has_extension("postgis")]
    if usable:
        return max(usable, key=lambda one: one.major)
    raise ClusterError(_missing(major, [one.major for one in fitting], [o.major for o in found]))


def _missing(major: int | None, without_postgis: list[int], found: list[int]) -> str:
    if without_postgis:
        newest = max(without_postgis)
        return (
            f"PostgreSQL {newest} is installed without PostGIS; install the package "
            f"postgresql-{newest}-postgis-3"
        )
    if major is not None:
        there = " and ".join(str(one) for one in sorted(found)) or "none"
        return (
            f"PostgreSQL {major} is needed, and this machine has {there}; install the packages "
            f"postgresql-{major} and postgresql-{major}-postgis-3"
        )
    return (
        f"there is no PostgreSQL {OLDEST_MAJOR} or newer on this machine; install the packages "
        f"postgresql and postgresql-NN-postgis-3 (NN: its major version)"
    )


def _in_debian(versions: Path) -> list[Binaries]:
    found = []
    for folder in versions.glob("*/bin"):
        name = folder.parent.name
        if name.isdigit() and _complete(folder):
            extensions = Path("/usr/share/postgresql") / name / "extension"
            found.append(Binaries(folder, int(name), extensions))
    return found


def _from_pg_config() -> list[Binaries]:
    pg_config = shutil.which("pg_config")
    if pg_config is None:
        return []
    folder = Path(_output(pg_config, "--bindir"))
    if not folder.is_absolute() or not _complete(folder):
        return []
    version = re.search(r"\) (\d+)", _output(str(folder / "postgres"), "--version"))
    if version is None:
        return []
    shared = Path(_output(pg_config, "--sharedir"))
    return [Binaries(folder, int(version[1]), shared / "extension")]


def _complete(folder: Path) -> bool:
    return (folder / "postgres").exists() and (folder / "initdb").exists()


def _output(*command: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
            command, capture_output=True, text=True, timeout=10, check=True, cwd="/"
        )
    except (OSError, subprocess.SubprocessError):
        # A program that cannot say where it is counts as not installed; the caller says so.
        return ""
    return done.stdout.strip()
