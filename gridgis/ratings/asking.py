"""The resident is asked: a row that waits for the answer, and a link to give it by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.ratings.links import Link, link
from gridgis.store import ratings

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from uuid import UUID

    from gridgis.store.connection import Connection


def ask_for_rating(connection: Connection, report_id: UUID, at: datetime, within: timedelta) -> str:
    """Ask a resident about their closed case and return the token of the link.

    To be called with the closing, in the same transaction. Once a round: asked again, the link is
    the same, and so is its end. Silence is never an answer: the row stays without one.

    Raises
    ------
    ReportNotFoundError
        There is no report with this id.
    """
    expires_at = (at + within).replace(microsecond=0)
    asked = ratings.ask(connection, report_id, at, expires_at)
    return link(connection, Link(report_id, asked.round, asked.expires_at), at)


def newest_link(connection: Connection, report_id: UUID, at: datetime) -> str | None:
    """Return the link by which a report can be rated now; None: nobody asked, or it was answered.

    Whoever tells the resident that the case is closed gives it to them.
    """
    asked = ratings.open_question(connection, report_id, at)
    return None if asked is None else link(connection, Link(report_id, *asked), at)
