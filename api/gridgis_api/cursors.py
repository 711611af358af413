"""Where the next page begins, as one opaque word."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

from gridgis.clock import aware
from gridgis.errors import InvalidInputError


def write_cursor(captured_at: datetime, report_id: UUID) -> str:
    """Return the cursor of the reports after this one."""
    text = f"{captured_at.astimezone(UTC).isoformat()}~{report_id}"
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


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
    try:
        text = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
        captured_at, _, report_id = text.partition("~")
        return aware(datetime.fromisoformat(captured_at), "cursor"), UUID(report_id)
    except (ValueError, OverflowError, binascii.Error, InvalidInputError) as error:
        msg = "cursor is not one that was given out; begin without it"
        raise InvalidInputError(msg) from error
