"""Named arrays in one file, which any number of processes map into their memory and share."""

from __future__ import annotations

import json
import mmap
import os
import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from gridgis.errors import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

_MAGIC = b"gridgis index 2\n"
_LENGTH_BYTES, _CHECKSUM_BYTES = 8, 4
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
        directory[name] = [array.dtype.str, list(array.shape), offset, zlib.crc32(_bytes(array))]
        offset += array.nbytes
    head = json.dumps({"arrays": directory, "facts": facts, "bytes": offset}).encode()
    length = len(head).to_bytes(_LENGTH_BYTES, "little")
    checksum = zlib.crc32(head).to_bytes(_CHECKSUM_BYTES, "little")
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.unfinished")
    try:
        with unfinished.open("wb") as file:
            file.write(_MAGIC + length + checksum + head)
            file.write(bytes(-file.tell() % _ALIGNED))
            for array in arrays.values():
                file.write(bytes(-file.tell() % _ALIGNED))
                file.write(_bytes(array))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def load_arrays(
    path: Path, checked: Collection[str] | None = None
) -> tuple[dict[str, NDArray[np.generic]], dict[str, Any]]:
    """Return the arrays and facts of a file; the arrays are mapped, and read when they are needed.

    Parameters
    ----------
    checked
        Arrays that are read now and compared with their checksums; None: all of them.

    Raises
    ------
    UnreadableFileError
        There is no such file, or it is none of this version's, or not whole, or damaged.
    """
    try:
        with path.open("rb") as file:
            mapped = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_COPY))
    except (OSError, ValueError) as error:
        msg = f"{path} cannot be read as an index: {error}"
        raise UnreadableFileError(msg) from error
    head, first = _head(path, mapped)
    if len(mapped) - first < head["bytes"]:
        msg = f"{path} is not whole: {len(mapped):,} bytes; build it again"
        raise UnreadableFileError(msg)
    arrays = {}
    for name, (kind, shape, offset, checksum) in head["arrays"].items():
        count = int(np.prod(shape))
        arrays[name] = np.frombuffer(mapped, np.dtype(kind), count, first + offset).reshape(shape)
        if (checked is None or name in checked) and zlib.crc32(_bytes(arrays[name])) != checksum:
            raise UnreadableFileError(_damaged(path))
    return arrays, head["facts"]


def _head(path: Path, mapped: memoryview) -> tuple[dict[str, Any], int]:
    """Return what a file says of itself, and where its arrays begin."""
    start = len(_MAGIC) + _LENGTH_BYTES + _CHECKSUM_BYTES
    if bytes(mapped[: len(_MAGIC)]) != _MAGIC or len(mapped) < start:
        msg = f"{path} is no index of this version of gridgis; build it again"
        raise UnreadableFileError(msg)
    length = int.from_bytes(mapped[len(_MAGIC) : len(_MAGIC) + _LENGTH_BYTES], "little")
    written = bytes(mapped[start : start + length])
    # A disk that lost its power may leave a head of zeros, whose checksum is right.
    if not written or zlib.crc32(written) != int.from_bytes(
        mapped[start - _CHECKSUM_BYTES : start], "little"
    ):
        raise UnreadableFileError(_damaged(path))
    first = start + length
    return json.loads(written), first + -first % _ALIGNED


def _damaged(path: Path) -> str:
    return f"{path} is damaged; build it again"


def _bytes(array: NDArray[np.generic]) -> memoryview:
    return np.ascontiguousarray(array).reshape(-1).view(np.uint8).data
