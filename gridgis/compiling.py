"""Compile the hot loops once for each machine and version, and keep what was compiled."""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba

if TYPE_CHECKING:
    from collections.abc import Callable

    Kernel = TypeVar("Kernel", bound=Callable[..., Any])


_PACKAGE = Path(__file__).parent.name
_IMPORTED = re.compile(r"^ *from gridgis\.([\w.]+) import", re.MULTILINE)
_HAS_KERNELS = "from gridgis.compiling import"


def kernel(function: Kernel) -> Kernel:
    """Return the function as machine code that runs beside Python's lock.

    Floating point stays as written: no reordering and no fused steps, since the exact predicates
    count on each rounding.
    """
    return _compiled(function)


def bare(function: Kernel) -> Kernel:
    """Return a kernel that makes no array, and becomes a part of the kernels that call it.

    It need not count who holds the arrays it is given; numba's own option for that has an
    underscore. And columns of dozens of arrays are hundreds of arguments to a call: handing them
    on takes longer than what a small kernel does with them.
    """
    return _compiled(function, _nrt=False, forceinline=True)


def _compiled(function: Kernel, **options: Any) -> Kernel:  # noqa: ANN401 - numba's own
    settings: Any = numba.config
    others = settings.CACHE_DIR
    settings.CACHE_DIR = str(compiled_folder(Path(function.__code__.co_filename).parent))
    wanted: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", **options}
    try:
        compiled = numba.njit(**wanted)(function)
    finally:
        settings.CACHE_DIR = others
    return cast("Kernel", compiled)


@cache
def compiled_folder(sources: Path) -> Path:
    """Return where a folder's compiled code is kept: another one for each version of its sources.

    numba itself looks at one file's time only, and would go on with code compiled from an older
    neighbour, or from kernels of another folder that became part of it. Beside the sources, or
    where these are closed, in a folder of the account's own.
    """
    version = hashlib.sha256()
    for path in (Path(__file__), *_with_kernels_of_others(sources)):
        version.update(path.read_bytes())
    return _writable(sources) / version.hexdigest()[:16]


def _with_kernels_of_others(sources: Path) -> list[Path]:
    """Return a folder's files, and those with kernels that they import, and that these import."""
    # The package that the folder is in, which need not be the one that runs.
    top = next((one for one in (sources, *sources.parents) if one.name == _PACKAGE), sources)
    found = sorted(sources.glob("*.py"))
    for path in found:
        for module in _IMPORTED.findall(path.read_text(encoding="utf-8")):
            other = top.joinpath(*module.split(".")).with_suffix(".py")
            if other not in found and other.exists() and _HAS_KERNELS in other.read_text("utf-8"):
                found.append(other)
    return found


def is_whole(sources: Path) -> bool:
    """Say whether all of a folder's kernels were compiled on this machine before."""
    return (compiled_folder(sources) / "whole").exists()


def note_whole(sources: Path) -> None:
    """Note that all of a folder's kernels are compiled."""
    folder = compiled_folder(sources)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "whole").touch()


def _writable(sources: Path) -> Path:
    beside = sources / "__pycache__"
    if os.access(beside if beside.exists() else sources, os.W_OK):
        return beside
    folder = Path(tempfile.gettempdir()) / f"gridgis-compiled-{os.getuid()}"
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    found = folder.lstat()
    # Where everybody may write, somebody else's code could be waiting under our name.
    if stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid() and not found.st_mode & 0o022:
        return folder
    return Path(tempfile.mkdtemp(prefix="gridgis-compiled-"))
