"""Where the next page begins, as one opaque word."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from gridgis.clock import aware
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Callable

_NOTHING = "-"


def write_cursor(captured_at: datetime, report_id: UUID) -> str:
    """Return the cursor of the reports after this one."""
    return write_parts(captured_at, report_id)


def read_cursor(cursor: str) -> tuple[datetime, UUID]:
    """Return (captured_at, id) of the report before the page.

    Raises
    ------
    InvalidInputError
        It is not a cursor that was given out.

    Examples
    --------
    >>> at = datetime(2026, 5, 1, tzinfo=UTC)
    >>> read_cursor(write_cursor(at, UUID(int=7))) == (at, UUID(int=7))
    True
    """
    captured_at, report_id = read_parts(cursor, moment_of, UUID)
    return captured_at, report_id


def write_parts(*parts: datetime | UUID | int | None) -> str:
    """Return a cursor of several parts."""
    text = "~".join(_written(part) for part in parts)
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_parts(cursor: str, *kinds: Callable[[str], Any]) -> list[Any]:
    """Return the parts of a cursor, each read by its kind.

    Raises
    ------
    InvalidInputError
        It is not a cursor that was given out.
    """
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        parts = text.split("~")
        return [kind(part) for kind, part in zip(kinds, parts, strict=True)]
    except (ValueError, OverflowError, binascii.Error, InvalidInputError) as error:
        msg = "cursor is not one that was given out; begin without it"
        raise InvalidInputError(msg) from error


def _written(part: datetime | UUID | int | None) -> str:
    if isinstance(part, datetime):
        return part.astimezone(UTC).isoformat()
    return _NOTHING if part is None else str(part)


def moment_or_none(text: str) -> datetime | None:
    """Read a time in a cursor that may be missing."""
    return None if text == _NOTHING else moment_of(text)


def moment_of(text: str) -> datetime:
    """Read a time in a cursor."""
    return aware(datetime.fromisoformat(text), "cursor")
