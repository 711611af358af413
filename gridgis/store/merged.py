"""What became of many reports before they came here: links between them, written at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.store.queries import run

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy import Connection


def name_merged(connection: Connection, merged: Mapping[UUID, UUID]) -> None:
    """Name in the cases of merged reports the one that goes on; their events say so already."""
    pairs = {"report_ids": list(merged), "into_ids": list(merged.values())}
    run(connection, "name_merged", pairs)
