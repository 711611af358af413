"""What is asked for, and what somebody else says to it."""

from __future__ import annotations

from datetime import date  # noqa: TC003 - read at run time
from typing import Literal

from pydantic import Field

from gridgis_api.shapes.cases import CommandBody, LimitText, ReasonedBody, Words

Askable = Literal["extension", "deferral", "parking", "void"]


class AskBody(ReasonedBody):
    """What is asked for: an extension says `by`, a rest `until`, a parked case its `plan` too."""

    wish: Askable
    by: LimitText | None = Field(None, examples=["2 working days"])
    until: date | None = None
    plan: Words | None = None


class GrantBody(CommandBody):
    """What is granted, by its number."""

    wish: int = Field(strict=True, ge=1, le=32_767)


class RefuseBody(ReasonedBody):
    """What is refused, by its number."""

    wish: int = Field(strict=True, ge=1, le=32_767)
