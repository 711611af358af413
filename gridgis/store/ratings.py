"""What residents were asked after their cases, and what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select, update

from gridgis.store.queries import run
from gridgis.store.tables import rating

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection


class Answer(NamedTuple):
    """What a resident says: contacted, solved, satisfied from 1 (not at all) to 5, in words."""

    contacted: bool
    solved: bool
    satisfaction: int
    words: str | None = None


class Question(NamedTuple):
    """What a resident was asked.

    Attributes
    ----------
    answer, answered_at, returned
        What they said and when, and whether that brought the case back; None, None, False: nothing.
    number, captured_at, category, category_en
        Of the report.
    newest_round
        The last round in which they were asked about it.
    """

    report_id: UUID
    round: int
    asked_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    answer: Answer | None
    returned: bool
    number: str | None
    captured_at: datetime
    category: str | None
    category_en: str | None
    newest_round: int


class Asked(NamedTuple):
    """The round in which somebody was asked, and until when they may answer."""

    round: int
    expires_at: datetime


def open_question(connection: Connection, report_id: UUID, at: datetime) -> Asked | None:
    """Return what the resident was asked last, when they may still answer; None: they may not."""
    asked = (
        select(rating.c.round, rating.c.expires_at, rating.c.answered_at)
        .where(rating.c.report_id == report_id)
        .order_by(rating.c.round.desc())
        .limit(1)
    )
    row = connection.execute(asked).one_or_none()
    if row is None or row.answered_at is not None or row.expires_at < at:
        return None
    return Asked(row.round, row.expires_at)


def question(connection: Connection, report_id: UUID, round_: int) -> Question | None:
    """Return what was asked in a round, and keep others from answering it; None: nothing was."""
    asked = {"report_id": report_id, "round": round_}
    row = run(connection, "rating", asked).one_or_none()
    if row is None:
        return None
    answer = None
    if row.answered_at is not None:
        answer = Answer(row.contacted, row.solved, row.satisfaction, row.words)
    return Question(
        report_id,
        round_,
        row.asked_at,
        row.expires_at,
        row.answered_at,
        answer,
        row.returned,
        row.number,
        row.captured_at,
        row.category_name,
        row.category_name_en,
        row.newest_round,
    )


def answer(
    connection: Connection, asked: Question, said: Answer, at: datetime, *, returned: bool
) -> None:
    """Write what the resident answered."""
    connection.execute(
        update(rating)
        .where(rating.c.report_id == asked.report_id, rating.c.round == asked.round)
        .values(answered_at=at, returned=returned, **said._asdict())
    )
