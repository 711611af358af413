"""Reports without a location: which they are, and where somebody says that they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis import door, locating
from gridgis.corrections import Why
from gridgis.errors import InvalidInputError
from gridgis.locate.territories import Territories
from gridgis.locating import Choice
from gridgis.seeking import NOTHING
from gridgis.store import reports
from gridgis_api.cli import context, naming, rows
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.locating import Waiting
    from gridgis.seeking import Sought
    from gridgis.store.engine import Store

_LONGEST_WORDS = 40


def unlocated(
    count: Annotated[int, typer.Option("-k", min=1, max=1000, help="How many at most.")] = 20,
) -> None:
    """List the reports that have no location, newest first, with the place they mean most likely.

    A clear one came before its place did: `gridgis reports locate-clear` locates all of these.
    """
    with context.open_store() as store:
        seeker = rows.seeker(store)
        seeker.read()
        queue = locating.queue(store, seeker, after=None, limit=count)
    if not queue.reports:
        context.say("no report waits for somebody to say where it is")
        return
    zone = context.settings().zone
    print_table(
        ["number", "captured", "words", "best candidate", "address", "precision", "score", "clear"],
        [
            (
                one.report.number or str(one.report.id),
                f"{one.report.captured_at.astimezone(zone):%Y-%m-%d %H:%M}",
                _words(one),
                *_best(one.sought or NOTHING),
            )
            for one in queue.reports
        ],
    )
    more = "at least " if queue.waiting == locating.MOST_COUNTED else ""
    context.say(f"{len(queue.reports)} of {more}{queue.waiting:,} that wait")


def locate(
    number: Annotated[str, typer.Argument(help="The report's number or id.")],
    reason: rows.Reason,
    place: Annotated[
        str | None, typer.Option(metavar="SOURCE:CODE", help="The place where it is.")
    ] = None,
    lon: Annotated[float | None, typer.Option(help="Degrees, WGS 84.")] = None,
    lat: Annotated[float | None, typer.Option(help="Degrees, WGS 84.")] = None,
    accuracy: Annotated[float | None, typer.Option(help="Metres.")] = None,
) -> None:
    """Say where a report is that has no location: at a place, or at a point."""
    if (lon is None) != (lat is None):
        msg = "give both --lon and --lat, or none"
        raise InvalidInputError(msg)
    location = None if lon is None or lat is None else door.location(lon, lat, accuracy)
    settings = context.settings()
    with context.open_store() as store:
        with store.begin() as connection:
            report_id = naming.report_id(connection, number)
        sought = NOTHING if place is None else _sought(store, report_id)
        choice = Choice(place, location, sought)
        territories = Territories(store, settings.index_folder)
        with store.begin() as connection:
            locating.locate(connection, report_id, choice, _why(reason), territories, settings)
            held = reports.one(connection, report_id).held_by
    whose = "no grid covers it" if held is None else f"{held.name} ({held.code}) has it now"
    context.say(f"report {number} is located: {whose}")


def locate_clear(reason: rows.Reason) -> None:
    """Locate all waiting reports whose words are clear by now."""
    settings = context.settings()
    with context.open_store() as store:
        located, seen = locating.locate_clear(
            store,
            rows.seeker(store),
            _why(reason),
            Territories(store, settings.index_folder),
            settings,
        )
    context.say(f"{located:,} of {seen:,} waiting reports are located; the others need a person")


def _sought(store: Store, report_id: UUID) -> Sought:
    with store.begin() as connection:
        report = reports.one(connection, report_id)
    return rows.seeker(store).now(report.address, report.description)


def _why(reason: str) -> Why:
    return Why(reason, context.actor(), context.clock.now())


def _words(one: Waiting) -> str:
    words = " ".join((one.report.address or one.report.description).split())
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"


def _best(sought: Sought) -> tuple[str, str, str, str, str]:
    if not sought.candidates:
        return "", "", "", "", ""
    first = sought.candidates[0]
    clear = "" if sought.taken is None else "clear"
    return first.place or "", first.address, first.precision, f"{first.score:.2f}", clear
