"""In which encoding is a text file? Tried strictly on all of it, never guessed silently."""

from __future__ import annotations

import codecs
import gzip
from typing import TYPE_CHECKING, BinaryIO, cast

from gridgis.errors import UnreadableFileError

if TYPE_CHECKING:
    from pathlib import Path

_BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Everyday Chinese lies in GB 2312, where both bytes are high. Latin and Big5 texts that GB18030 can
# read all the same put many second bytes below.
_EVERYDAY = 0.9


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading; .gz is unpacked on the way."""
    if path.suffix.lower() == ".gz":
        return cast("BinaryIO", gzip.open(path, "rb"))
    return path.open("rb")


def find_encoding(path: Path, said: str | None = None) -> str:
    """Return the encoding in which the whole file is valid: the one said, else UTF-8, else GB18030.

    Raises
    ------
    UnreadableFileError
        The file is in none of them, or not in the one that was said; the message shows where.
    """
    if said is not None:
        try:
            name = codecs.lookup(said).name
        except LookupError as error:
            msg = f"encoding {said!r} is unknown; write it like utf-8, gb18030 or big5"
            raise UnreadableFileError(msg) from error
        if (trouble := _trouble(path, name)) is not None:
            msg = f"{path} is not {said}: {trouble}"
            raise UnreadableFileError(msg)
        return "utf-8-sig" if name == "utf-8" else name
    not_utf8 = _trouble(path, "utf-8")
    for bom, name in _BOMS:
        if _head(path).startswith(bom):
            return find_encoding(path, name)
    if not_utf8 is None:
        return "utf-8"
    if _trouble(path, "gb18030") is None and _reads_like_chinese(path):
        return "gb18030"
    msg = f"{path} is neither UTF-8 ({not_utf8}) nor GB18030; say its encoding with --encoding"
    raise UnreadableFileError(msg)


def _head(path: Path) -> bytes:
    with open_bytes(path) as file:
        return file.read(4)


def _trouble(path: Path, encoding: str) -> str | None:
    """Say where the file cannot be decoded, or None."""
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    line = 1
    with open_bytes(path) as file:
        try:
            while block := file.read(_BLOCK):
                line += decoder.decode(block).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            line += error.object[: error.start].count(b"\n")
            sample = error.object[max(0, error.start - 20) : error.end + 20]
            return f"line {line}: {sample!r}"
        except (OSError, EOFError) as error:
            msg = f"{path}: not a gzip file, or a damaged one ({error})"
            raise UnreadableFileError(msg) from error
    return None


def _reads_like_chinese(path: Path) -> bool:
    """Return whether the double bytes at the file's head are everyday Chinese."""
    with open_bytes(path) as file:
        text = codecs.getincrementaldecoder("gb18030")("strict").decode(file.read(_BLOCK))
    double = [char.encode("gb18030") for char in text if ord(char) > 127]  # noqa: PLR2004 - ASCII
    everyday = sum(len(char) == 2 and char[0] >= 0xA1 and char[1] >= 0xA1 for char in double)  # noqa: PLR2004 - GB 2312
    return everyday >= _EVERYDAY * len(double)
