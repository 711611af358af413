"""``gridgis plan check``, ``submit``, ``approve`` and so on: what becomes of a plan."""

from __future__ import annotations

from typing import Annotated

import typer

from gridgis.errors import InvalidInputError
from gridgis_api.cli import context
from gridgis_api.cli.identities import show_identities
from gridgis_api.cli.moments import moment
from gridgis_api.cli.plan_edits import Number, desk
from gridgis_api.cli.published import tell
from gridgis_boundaries import planning as room
from gridgis_boundaries.planning import Step
from gridgis_boundaries.publishing import Publishing

Reason = Annotated[str | None, typer.Option(help="Why, for the record.")]
Needed = Annotated[str, typer.Option(help="Why, for the record.")]


def check(number: Number) -> None:
    """Show what stands against publishing a plan; nothing: exit 0, else 1."""
    with desk() as (_, planning):
        found = room.against(planning, number)
    for finding in found.open:
        typer.echo(f"open      {finding}")
    for finding, said in found.accepted:
        typer.echo(f"accepted  {finding} ({said.actor}: {said.reason})")
    if found.outdated:
        typer.echo(f"outdated  another edition comes before it; `gridgis plan rebase {number}`")
    context.say(f"{len(found.open)} findings are open, {len(found.accepted)} accepted")
    if found.open or found.outdated:
        raise typer.Exit(1)


def accept(
    number: Number,
    reason: Needed,
    rule: Annotated[str | None, typer.Option(help="Only findings of this rule.")] = None,
    areas: Annotated[
        str | None, typer.Option(help="Only the one of these areas: codes with commas.")
    ] = None,
) -> None:
    """Take responsibility for open findings, by rule and areas; else for all of them."""
    wanted = None if areas is None else tuple(sorted(areas.split(",")))
    with desk() as (_, planning):
        found = room.against(planning, number).open
        keys = [
            one.key for one in found if rule in {None, one.rule} and wanted in {None, one.key[1]}
        ]
        if not keys:
            msg = (
                f"plan {number} has no such open finding; `gridgis plan check {number}` lists them"
            )
            raise InvalidInputError(msg)
        done = room.accept(planning, number, keys, reason, context.actor())
    for finding in done:
        context.say(f"  accepted: {finding}")


def identities(
    number: Number,
    level: Annotated[str | None, typer.Option(help="With --code: its level.")] = None,
    code: Annotated[str | None, typer.Option(help="Say which area this one is.")] = None,
    before: Annotated[
        str | None, typer.Option("--is", help="The code that it had; `new`: a new area.")
    ] = None,
    reason: Reason = None,
    everything: Annotated[bool, typer.Option("--all", help="Unchanged areas, too.")] = False,
) -> None:
    """Show which area of the edition before each area is; or say so, with a reason."""
    with desk() as (_, planning):
        if code is not None:
            if level is None or before is None or not (reason or "").strip():
                msg = "say --level, --code, --is OLD_CODE or `new`, and --reason"
                raise InvalidInputError(msg)
            known = None if before == "new" else before
            why = (reason or "", context.actor())
            room.say_identity(planning, number, (level, code), known, why)
        found = room.identities(planning, number)
    show_identities(found, everything=everything)


def submit(number: Number, reason: Reason = None) -> None:
    """Hand a draft in for review; nothing may stand against it that nobody accepted."""
    with desk() as (_, planning):
        done = room.submit(planning, number, Step(context.actor(), reason))
    context.say(f"plan {number} is in review, content {(done.content_hash or b'').hex()}")


def approve(number: Number, reason: Reason = None) -> None:
    """Approve what was submitted; whoever edited or submitted it may not."""
    with desk() as (_, planning):
        room.approve(planning, number, Step(context.actor(), reason))
    context.say(f"plan {number} is approved; `gridgis plan publish {number}` puts it in force")


def send_back(number: Number, reason: Needed) -> None:
    """Make a plan in review, or an approved one, a draft again."""
    with desk() as (_, planning):
        room.send_back(planning, number, Step(context.actor(), reason))
    context.say(f"plan {number} is a draft again")


def publish(
    number: Number,
    starts: Annotated[
        str | None, typer.Option("--from", help="Day or time from which it is in force.")
    ] = None,
    document: Annotated[
        str | None, typer.Option(help="Number of the paper that decided it.")
    ] = None,
    reason: Reason = None,
) -> None:
    """Put an approved plan in force; open reports and people move to the new grids."""
    how = Publishing(
        starts=moment(starts, "--from"),
        near_tolerance_m=context.settings().near_tolerance_m,
        document=document,
    )
    with desk() as (_, planning):
        done = room.publish(planning, number, Step(context.actor(), reason), how)
    tell(done)


def withdraw(number: Number, reason: Needed) -> None:
    """Give a plan up; it stays for the record."""
    with desk() as (_, planning):
        room.withdraw(planning, number, Step(context.actor(), reason))
    context.say(f"plan {number} is withdrawn")


def rebase(number: Number) -> None:
    """Bring a plan onto the edition that superseded its base, as a new plan."""
    with desk() as (_, planning):
        done = room.rebase(planning, number, context.actor())
    typer.echo(done.plan.id)
    for lost in done.dropped:
        context.say(f"  dropped: {lost}")
    context.say(
        f"plan {number} is withdrawn; plan {done.plan.id} stands on edition "
        f"{done.plan.base_edition} with {done.kept} of its edits, {len(done.dropped)} dropped"
    )
