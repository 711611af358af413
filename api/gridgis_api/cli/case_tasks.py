"""``gridgis case``: what those who were sent say of their task."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.cases import commands as c
from gridgis.cases.words import REASON_KINDS
from gridgis.errors import InvalidInputError
from gridgis_api.cli import naming
from gridgis_api.cli.doing import (
    ADMINISTRATOR,
    As,
    At,
    How,
    Lat,
    Lon,
    Note,
    Number,
    Reason,
    Report,
    acting,
    do_task,
    stand,
    the_task,
)

if TYPE_CHECKING:
    from gridgis.cases.words import ReasonKind

Kind = Annotated[str, typer.Option(help=f"Of reason: {', '.join(REASON_KINDS)}.")]


def accept(
    report: Report, task: Number = None, note: Note = None, as_: As = ADMINISTRATOR, at: At = None
) -> None:
    """Take a task."""
    do_task(report, How(as_, at), task, lambda one: c.Accept(task=one, note=note), "accepted")


def give_back(
    report: Report,
    reason: Reason,
    kind: Kind = "other",
    task: Number = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Give a task back to the dispatcher; not_ours is a wrong dispatch."""
    make = partial(c.Return, reason=reason, kind=_kind(kind))
    do_task(report, How(as_, at), task, lambda one: make(task=one), "given back")


def recall(
    report: Report, reason: Reason, task: Number = None, as_: As = ADMINISTRATOR, at: At = None
) -> None:
    """Call a task off."""
    do_task(report, How(as_, at), task, lambda one: c.Recall(task=one, reason=reason), "recalled")


def arrive(  # noqa: PLR0913, PLR0917 - one parameter an option
    report: Report,
    lon: Lon = None,
    lat: Lat = None,
    datum: naming.Datum = "wgs84",
    task: Number = None,
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Be there; the position is kept as evidence."""
    make = partial(c.Arrive, location=stand(lon, lat, datum), note=note)
    do_task(report, How(as_, at), task, lambda one: make(task=one), "has arrived")


def begin(
    report: Report, task: Number = None, note: Note = None, as_: As = ADMINISTRATOR, at: At = None
) -> None:
    """Begin to work."""
    do_task(report, How(as_, at), task, lambda one: c.Begin(task=one, note=note), "begun")


def done(  # noqa: PLR0913, PLR0917 - one parameter an option
    report: Report,
    lon: Lon = None,
    lat: Lat = None,
    datum: naming.Datum = "wgs84",
    task: Number = None,
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Be done; with a position whoever had not arrived yet says both."""
    here = stand(lon, lat, datum)
    with acting(report, How(as_, at)) as one:
        meant = the_task(one.case, task)
        if here is not None and meant.arrived_at is None:
            one.give(c.Arrive(task=meant.number, location=here))
        finished = one.give(c.Finish(task=meant.number, note=note))
        one.tell(finished.case, f"task {meant.number} done")


def cannot(
    report: Report,
    reason: Reason,
    kind: Kind = "no_means",
    task: Number = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Say that a task cannot be done."""
    make = partial(c.Cannot, reason=reason, kind=_kind(kind))
    do_task(report, How(as_, at), task, lambda one: make(task=one), "cannot be done")


def rate_task(
    report: Report,
    rating: Annotated[int, typer.Argument(min=1, max=5, help="5 is best.")],
    task: Number = None,
    note: Note = None,
    as_: As = ADMINISTRATOR,
    at: At = None,
) -> None:
    """Rate a department that was whistled for."""
    with acting(report, How(as_, at)) as one:
        meant = the_task(one.case, task, whistled=True)
        rated = one.give(c.RateTask(task=meant.number, rating=rating, note=note))
        one.tell(rated.case, f"task {meant.number} rated {rating}")


def _kind(said: str) -> ReasonKind:
    if said not in REASON_KINDS:
        msg = f"--kind {said}: it is one of {', '.join(REASON_KINDS)}"
        raise InvalidInputError(msg)
    return said


COMMANDS = {
    "accept": accept,
    "return": give_back,
    "recall": recall,
    "arrive": arrive,
    "begin": begin,
    "done": done,
    "cannot": cannot,
    "rate-task": rate_task,
}
"""The first word after ``gridgis case``, and what does it."""
