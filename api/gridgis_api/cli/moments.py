"""Days and times on the command line."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from gridgis.errors import InvalidInputError
from gridgis_api.cli import context

At = Annotated[str | None, typer.Option(help="Day or time of the edition; else now.")]
EditionNumber = Annotated[
    int | None, typer.Option("--edition", help="An edition by its number, drafts too.")
]


def moment(text: str | None, option: str) -> datetime | None:
    """Read a day or a time as a moment, told in the city's zone; without a zone it is the city's.

    Raises
    ------
    InvalidInputError
        It is neither; the message names the option.
    """
    if text is None:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        msg = f"{option}: {text!r} is no time; write 2026-05-01 or 2026-05-01T08:00+08:00"
        raise InvalidInputError(msg) from error
    zone = context.settings().zone
    return read.astimezone(zone) if read.tzinfo else read.replace(tzinfo=zone)


def shown(at: datetime | None, otherwise: str) -> str:
    """Return a moment in the city's time as people read it; `otherwise` when there is none."""
    if at is None:
        return otherwise
    return at.astimezone(context.settings().zone).strftime("%Y-%m-%d %H:%M")
