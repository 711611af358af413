"""The type of an open transaction, for the rooms that only pass it on."""

from __future__ import annotations

from sqlalchemy import Connection

__all__ = ["Connection"]
