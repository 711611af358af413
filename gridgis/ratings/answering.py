"""The resident answers: were you contacted, is it solved, are you satisfied.

One answer a round. It is kept with the event that says so; a low one brings the case back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from gridgis.actor import ANONYMOUS
from gridgis.cases.commands import Rate
from gridgis.door import storable
from gridgis.errors import (
    InvalidInputError,
    RatingAnsweredError,
    RatingExpiredError,
    RatingLinkError,
)
from gridgis.ratings.links import opened, require_in_time
from gridgis.store import ratings

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from gridgis.cases.workflow import Workflow
    from gridgis.store.connection import Connection
    from gridgis.store.ratings import Answer, Question

BEST = 5
LONGEST_WORDS = 1_000
"""Characters of what a resident says in words."""


class Changes(Protocol):
    """Write what a resident says of a case into its events; return whether it comes back.

    It does its work in the transaction of the connection.
    """

    def __call__(self, connection: Connection, report_id: UUID, said: Answer, at: datetime) -> bool:
        """Do so; `at` is when it was said."""
        ...


@dataclass(frozen=True, slots=True)
class Rated:
    """An answer as it is kept.

    `returned` says whether it brought the case back to the dispatcher, `fresh` is False when the
    same answer was given before.
    """

    question: Question
    answer: Answer
    returned: bool
    fresh: bool


def through(workflow: Workflow) -> Changes:
    """Return what writes an answer as the workflow does: the event ``rated``, and what follows.

    Of a report that was merged, the case that goes on hears it as well, and comes back.
    """

    def changes(connection: Connection, report_id: UUID, said: Answer, at: datetime) -> bool:
        command = Rate(
            contacted=said.contacted,
            solved=said.solved,
            satisfaction=said.satisfaction,
            note=said.words,
        )
        returned = False
        goes_on: UUID | None = report_id
        while goes_on is not None:
            changed = workflow.change_in(connection, goes_on, command, ANONYMOUS, at=at)
            returned = returned or any(event.kind == "reopened" for event in changed.events)
            goes_on = changed.case.merged_into
        return returned

    return changes


def asked(connection: Connection, token: str, at: datetime) -> Question:
    """Return what a link asks, with the answer if there is one.

    Raises
    ------
    RatingLinkError
        It was not given out so, or the report is gone.
    RatingExpiredError
        It has no answer, and it is too late for one.
    """
    found = _question(connection, token)
    if found.answer is None:
        _require_open(found, at)
    return found


def answer(
    connection: Connection, token: str, said: Answer, at: datetime, changes: Changes
) -> Rated:
    """Keep an answer, with its event, or nothing of it.

    The same answer again changes nothing. Two at one moment are kept one after the other, so the
    second one finds the first.

    Raises
    ------
    RatingLinkError
        It was not given out so, or the report is gone.
    RatingAnsweredError
        Another answer was given before.
    RatingExpiredError
        It is too late, or the case was worked on and closed again since.
    InvalidInputError
        The satisfaction is not 1 to 5, or the words cannot be stored.
    """
    checked = _checked(said)
    found = _question(connection, token)
    if found.answer is not None:
        if found.answer != checked:
            raise RatingAnsweredError
        return Rated(found, checked, found.returned, fresh=False)
    _require_open(found, at)
    returned = changes(connection, found.report_id, checked, at)
    ratings.answer(connection, found, checked, at, returned=returned)
    return Rated(found, checked, returned, fresh=True)


def _question(connection: Connection, token: str) -> Question:
    link = opened(connection, token)
    found = ratings.question(connection, link.report_id, link.round)
    if found is None:
        raise RatingLinkError
    return found


def _require_open(found: Question, at: datetime) -> None:
    require_in_time(found.expires_at, at)
    if found.round < found.newest_round:
        msg = "the case was worked on again since; rate it by the newest link"
        raise RatingExpiredError(msg)


def _checked(said: Answer) -> Answer:
    if not 1 <= said.satisfaction <= BEST:
        msg = f"satisfaction is {said.satisfaction}; it is 1 (not at all) to {BEST}"
        raise InvalidInputError(msg)
    words = storable((said.words or "").strip(), "words", LONGEST_WORDS)
    return said._replace(words=words or None)
