"""QR codes, as squares that any page can draw."""

from __future__ import annotations

import segno

from gridgis.errors import InvalidInputError

MOST_BYTES = 800
"""More would make squares that a telephone cannot tell apart on paper."""


def squares_of(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the squares of a text's QR code row by row, True a dark one, without a quiet zone.

    A seventh of the code may be unreadable (level M).

    Raises
    ------
    InvalidInputError
        The text is empty, or too long for a code on paper.

    Examples
    --------
    >>> squares = squares_of("https://example.org/g/1")
    >>> len(squares), len(squares[0]), squares[0][:8]
    (25, 25, (True, True, True, True, True, True, True, False))
    """
    if not 0 < len(text.encode()) <= MOST_BYTES:
        msg = f"QR code: the text has {len(text.encode())} bytes; 1 to {MOST_BYTES} fit on paper"
        raise InvalidInputError(msg)
    code = segno.make(text, error="m", boost_error=False, micro=False)
    return tuple(tuple(bool(square) for square in row) for row in code.matrix)
