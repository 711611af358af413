"""Who works in a grid, or in any area."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.nearest.line import moment_of
from gridgis.store import responders

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.model import BoundResponder
    from gridgis.settings import Settings
    from gridgis.store.areas import CodedArea
    from gridgis.store.connection import Connection

ROLES = ("chief", "full-time", "part-time", "police", "building-head")
"""The roles of people, as an area lists them."""


def responders_of(
    connection: Connection,
    area: CodedArea,
    at: datetime,
    settings: Settings,
    role: str | None = None,
) -> list[BoundResponder]:
    """Return those bound to an area, and whether they are on duty at that time.

    By role: chief, full-time, part-time, police, building-head, those without one; then by name,
    ties by id. Where they are is judged as for the nearest.
    """
    found = responders.of_area(connection, area, moment_of(at, settings), role)
    return sorted(found, key=_place)


def _place(one: BoundResponder) -> tuple[int, str, str]:
    return ROLES.index(one.role) if one.role in ROLES else len(ROLES), one.name, str(one.id)
