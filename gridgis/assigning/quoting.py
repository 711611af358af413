"""Is delimited text well quoted? Judged as strictly as Python's csv module does, but compiled."""

from __future__ import annotations

import codecs
from io import RawIOBase
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from gridgis.compiling import kernel
from gridgis.errors import UnreadableFileError

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

_ROW, _FIELD, _INSIDE, _QUOTED, _CLOSED = range(5)
_MODE, _ROWS, _LINE, _AFTER_CR, _BROKEN = range(5)
_QUOTE, _LF, _CR = 34, 10, 13
_BLOCK = 1 << 20


@kernel
def judge(block: NDArray[np.uint8], delimiter: int, state: NDArray[np.int64]) -> NDArray[np.int64]:
    """Go on judging text, and return the numbers of the blank rows in it; the first row is 1.

    `state` (mode, rows begun, line, whether a CR was last, whether text follows a closed quotation)
    is five zeros at the start.
    """
    blank, count = np.empty(16, np.int64), 0
    mode = state[_MODE]
    for place in range(len(block)):
        byte = block[place]
        if byte == _LF and state[_AFTER_CR] and mode == _ROW:
            state[_AFTER_CR] = 0
            continue
        state[_AFTER_CR] = byte == _CR
        ends = byte in (_LF, _CR)
        state[_LINE] += ends
        if mode == _ROW:
            state[_ROWS] += 1
            if ends:
                if count == len(blank):
                    blank = np.append(blank, blank)
                blank[count] = state[_ROWS]
                count += 1
                continue
            mode = _FIELD
        mode = _after(mode, byte, delimiter, ends)
        if mode < 0:
            state[_BROKEN] = 1
            break
    state[_MODE] = mode
    return blank[:count].copy()


@kernel
def _after(mode: int, byte: int, delimiter: int, ends: bool) -> int:
    """Return the mode after a byte; -1 where text follows a closed quotation."""
    if mode == _QUOTED:
        return _CLOSED if byte == _QUOTE else _QUOTED
    if mode == _CLOSED and byte == _QUOTE:
        return _QUOTED
    if byte == delimiter:
        return _FIELD
    if ends:
        return _ROW
    if mode == _CLOSED:
        return -1
    return _QUOTED if mode == _FIELD and byte == _QUOTE else _INSIDE


class JudgedText(RawIOBase):
    """A file of delimited text as UTF-8 without a mark, judged while it is read.

    `blank` are the numbers of its blank rows so far.
    """

    def __init__(self, file: BinaryIO, path: Path, encoding: str, delimiter: str) -> None:
        self.blank: list[int] = []
        self._file = file
        self._path = path
        plain = encoding in {"utf-8", "utf-8-sig"}
        self._decoder = None if plain else codecs.getincrementaldecoder(encoding)("strict")
        self._delimiter = ord(delimiter)
        self._state = np.zeros(5, np.int64)
        self._begun = False
        self._waiting = b""

    def readable(self) -> bool:
        """Return True: it can be read."""
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        """Fill the buffer as far as there is text.

        Raises
        ------
        UnreadableFileError
            A quotation mark is not closed, or text follows one that is.
        """
        if not self._waiting:
            self._waiting = self._next()
        taken = self._waiting[: len(buffer)]
        buffer[: len(taken)] = taken
        self._waiting = self._waiting[len(taken) :]
        return len(taken)

    def close(self) -> None:
        """Close the file."""
        self._file.close()
        super().close()

    def _next(self) -> bytes:
        try:
            block = self._file.read(_BLOCK)
        except (OSError, EOFError) as error:
            msg = f"{self._path}: cannot be read further ({error})"
            raise UnreadableFileError(msg) from error
        ended = not block
        if self._decoder is not None:
            block = self._decoder.decode(block, final=ended).encode()
        if not self._begun:
            block = block.removeprefix(codecs.BOM_UTF8)
            self._begun = True
        found = judge(np.frombuffer(block, np.uint8), self._delimiter, self._state)
        self.blank += found.tolist()
        if self._state[_BROKEN] or (ended and self._state[_MODE] == _QUOTED):
            what = "text follows a quotation" if self._state[_BROKEN] else "a quotation never ends"
            msg = (
                f"{self._path}: line {self._state[_LINE] + 1:,}: {what}; "
                "look for a quotation mark that is not closed"
            )
            raise UnreadableFileError(msg)
        return block if block or ended else self._next()
