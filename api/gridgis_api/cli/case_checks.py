"""``gridgis case``: what may be the same matter, whom to ask, which cases to look at again."""

from __future__ import annotations

from typing import Annotated

import typer

from gridgis.duplicates.similar import similar as similar_cases
from gridgis.errors import InvalidInputError
from gridgis.ratings.links import newest_link
from gridgis.ratings.sampling import RESULTS, STRATA, Draw, draw_for_check
from gridgis.ratings.sampling import check as check_case
from gridgis.store import reports
from gridgis.store.sampling import Period
from gridgis_api.cli import context, doing, naming
from gridgis_api.cli.moments import moment, shown
from gridgis_api.cli.printing import print_table

_SHOWN = ("report_id", "closed_at", "unit", "on_the_spot", "grid_code")


def similar(report: doing.Report) -> None:
    """List the cases that may be the same matter as a report, with the score and its reasons."""
    with context.open_store() as store, store.begin() as connection:
        about = reports.one(connection, naming.report_id(connection, report))
        found = similar_cases(connection, about, context.settings())
    if not found:
        context.say("nothing that is open, or was closed a moment ago, is like it")
        return
    print_table(
        ("report", "score", "state", "why"),
        [
            (
                one.number or str(one.report_id),
                f"{one.score:.2f}",
                one.state,
                "; ".join(reason.sentence for reason in one.reasons),
            )
            for one in found
        ],
        numbers=("score",),
    )
    context.say(f"`gridgis case merge {report} OTHER` lets another one go on for both")


def rating_link(report: doing.Report) -> None:
    """Print the end of the address by which the resident can rate a case, without an account."""
    with context.open_store() as store, store.begin() as connection:
        number = naming.report_id(connection, report)
        token = newest_link(connection, number, context.clock.now())
    if token is None:
        msg = f"report {report} has no question open: nobody was asked, or it was answered"
        raise InvalidInputError(msg)
    typer.echo(f"/rate/{token}")


def sample(  # noqa: PLR0913, PLR0917 - one parameter an option
    seed: Annotated[str, typer.Argument(help="Any text; the same seed draws the same cases.")],
    since: Annotated[str, typer.Option("--from", help="Closed from this day on.")],
    before: Annotated[str, typer.Option("--to", help="Closed before this day.")],
    share: Annotated[float | None, typer.Option(help="Of each stratum, above 0 to 1.")] = None,
    count: Annotated[int | None, typer.Option(help="Of each stratum, so many.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help=f"Strata: {', '.join(STRATA)}; several times.")
    ] = None,
    area: Annotated[str | None, typer.Option(help="Only of this area of any level.")] = None,
    unit: Annotated[str | None, typer.Option(help="Only led by this unit.")] = None,
) -> None:
    """Draw closed cases to be looked at again; those solved on the spot are drawn apart."""
    first, end = moment(since, "--from"), moment(before, "--to")
    if first is None or end is None or end <= first:
        msg = f"--to {before} must be later than --from {since}"
        raise InvalidInputError(msg)
    unknown = [one for one in by or () if one not in STRATA]
    if unknown:
        msg = f"--by {unknown[0]}: it is one of {', '.join(STRATA)}"
        raise InvalidInputError(msg)
    draw = Draw(seed, share, count, tuple(one for one in STRATA if one in (by or ())))
    period = Period(first, end, area, unit)
    with context.open_store() as store, store.begin() as connection:
        drawn = draw_for_check(connection, period, draw, context.actor(), context.clock.now())
    print_table(
        ("report", "closed", "unit", "on the spot", "grid"),
        [
            (str(report_id), shown(closed_at, ""), unit_now or "", "yes" * spot, grid or "")
            for report_id, closed_at, unit_now, spot, grid in zip(
                *(drawn[name].tolist() for name in _SHOWN), strict=True
            )
        ],
    )
    context.say(
        f"{len(drawn):,} cases, {int(drawn['fresh'].sum()) if len(drawn) else 0:,} of them drawn "
        "now; `gridgis case check REPORT RESULT` says what was found"
    )


def check(
    report: doing.Report,
    result: Annotated[str, typer.Argument(help=", ".join(RESULTS))],
    reason: doing.Reason,
) -> None:
    """Say what was found of a case that was drawn; it changes no state."""
    # Only here: it knows the engine of the grids, and most commands need none.
    from gridgis.corrections import Why  # noqa: PLC0415

    known = next((one for one in RESULTS if one == result), None)
    if known is None:
        msg = f"result is {result!r}; it is one of {', '.join(RESULTS)}"
        raise InvalidInputError(msg)
    with context.open_store() as store, store.begin() as connection:
        number = naming.report_id(connection, report)
        why = Why(reason, context.actor(), context.clock.now())
        check_case(connection, number, known, why)
    context.say(f"report {report}: {result.replace('_', ' ')}; kept")


COMMANDS = {
    "similar": similar,
    "rating-link": rating_link,
    "sample": sample,
    "check": check,
}
