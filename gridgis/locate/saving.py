"""Named arrays in one file, which any number of processes map into their memory and share."""

from __future__ import annotations

import json
import mmap
import os
from typing import TYPE_CHECKING, Any

import numpy as np

from gridgis.errors import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_MAGIC = b"gridgis index 1\n"
# A line of the processor's cache: the widest step of any kernel.
_ALIGNED = 64


def save_arrays(
    path: Path, arrays: Mapping[str, NDArray[np.generic]], facts: Mapping[str, Any]
) -> None:
    """Write arrays and facts (as JSON) to a file; it takes its place in one step.

    Raises
    ------
    OSError
        The file cannot be written; one that was there is as it was.
    """
    directory: dict[str, Any] = {}
    offset = 0
    for name, array in arrays.items():
        offset += -offset % _ALIGNED
        directory[name] = [array.dtype.str, list(array.shape), offset]
        offset += array.nbytes
    head = json.dumps({"arrays": directory, "facts": facts, "bytes": offset}).encode()
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(_MAGIC + len(head).to_bytes(8, "little") + head)
            file.write(bytes(-file.tell() % _ALIGNED))
            for array in arrays.values():
                file.write(bytes(-file.tell() % _ALIGNED))
                file.write(np.ascontiguousarray(array).data.cast("B") if array.size else b"")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load_arrays(path: Path) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]]:
    """Return the arrays and facts of a file; the arrays are mapped, and read when they are needed.

    Raises
    ------
    UnreadableFileError
        There is no such file, or it is none of this version's, or not whole.
    """
    try:
        with path.open("rb") as file:
            mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read as an index: {error}"
        raise UnreadableFileError(msg) from error
    start = len(_MAGIC) + 8
    if bytes(mapped[: len(_MAGIC)]) != _MAGIC or len(mapped) < start:
        msg = f"{path} is no index of this version of gridgis; build it again"
        raise UnreadableFileError(msg)
    length = int.from_bytes(mapped[len(_MAGIC) : start], "little")
    try:
        head = json.loads(bytes(mapped[start : start + length]))
    except ValueError as error:
        msg = f"{path} is damaged; build it again"
        raise UnreadableFileError(msg) from error
    first = start + length
    first += -first % _ALIGNED
    if len(mapped) - first < head["bytes"]:
        msg = f"{path} is not whole: {len(mapped):,} bytes; build it again"
        raise UnreadableFileError(msg)
    arrays = {
        name: np.frombuffer(mapped, np.dtype(kind), int(np.prod(shape)), first + offset).reshape(
            shape
        )
        for name, (kind, shape, offset) in head["arrays"].items()
    }
    return arrays, head["facts"]
