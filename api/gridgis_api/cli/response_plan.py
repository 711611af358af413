"""``gridgis response-plan``: who must come to what, how soon; edited as a YAML file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from gridgis.cases.words import LEVELS, STAGES
from gridgis.errors import InvalidInputError, ResponsePlanNotFoundError, UnreadableFileError
from gridgis.exports.writing import whole_file
from gridgis.response.plans import ResponsePlans, check_plan, import_plan
from gridgis.store import categories, response_plans
from gridgis_api.cli import context
from gridgis_api.cli.moments import moment, shown
from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.response.plan import ResponsePlan
    from gridgis.response.rules import Party, Response
    from gridgis.store.connection import Connection

app = typer.Typer(no_args_is_help=True, help="Response plans: who must come to what, how soon.")

File = Annotated[Path, typer.Argument(help="FILE.yaml; docs/response-plan.md has an example.")]
Out = Annotated[
    Path | None, typer.Option("-o", "--out", help="FILE.yaml; else to standard output.")
]
Since = Annotated[
    str | None, typer.Option("--from", help="Day or time from which it is in force; else now.")
]
At = Annotated[str | None, typer.Option(help="The one in force at that day or time; else now.")]
Level = Annotated[int | None, typer.Option(min=LEVELS[0], max=LEVELS[-1], help="1: the gravest.")]


@app.command("import")
def import_file(file: File, since: Since = None) -> None:
    """Bring a plan into force, or none of it: each line that cannot be used is named."""
    document = _read(file)
    now = context.clock.now()
    with context.open_store() as store, store.begin() as connection:
        done = import_plan(connection, document, context.actor(), now, moment(since, "--from"))
    begin = shown(done.stored.in_force_from, "")
    if done.fresh:
        context.say(f"response plan {done.stored.id} ({done.plan.name}) is in force from {begin}")
    else:
        context.say(f"response plan {done.stored.id} says the same since {begin}; nothing changed")


@app.command("check")
def check(file: File) -> None:
    """Say what cannot be used in a file, by line; nothing is stored."""
    document = _read(file)
    with context.open_store() as store, store.begin() as connection:
        plan = check_plan(connection, document)
    sent = sum(
        plan.response(code, level) is not None for code in plan.categories for level in LEVELS
    )
    context.say(
        f"{file}: {plan.name} can be used; {len(plan.categories)} categories, {sent} responses"
    )


@app.command("export")
def export(out: Out = None, at: At = None) -> None:
    """Write the plan that is in force as it was imported, byte for byte."""
    with context.open_store() as store, store.begin() as connection:
        stored = response_plans.one(connection, _number_at(connection, at))
    if out is None:
        sys.stdout.buffer.write(stored.document.encode())
        sys.stdout.buffer.flush()
        return
    if not out.absolute().parent.is_dir():
        msg = f"{out}: there is no folder {out.absolute().parent}"
        raise InvalidInputError(msg)
    with whole_file(out) as unfinished:
        unfinished.write_bytes(stored.document.encode())
    context.say(f"{out}: response plan {stored.id} ({stored.name})")


@app.command("list")
def list_plans() -> None:
    """Show all plans with the time from which each is in force, the last first."""
    with context.open_store() as store, store.begin() as connection:
        known = response_plans.everything(connection)
        now = response_plans.id_at(connection, context.clock.now())
    print_table(
        ("number", "name", "in force from", "imported", "by", "now"),
        [
            (
                str(one.id),
                one.name,
                shown(one.in_force_from, ""),
                shown(one.recorded_at, ""),
                one.actor,
                "in force" if one.id == now else "",
            )
            for one in known
        ],
    )


@app.command("show")
def show(
    category: Annotated[str, typer.Argument(help="A category's code.")],
    level: Level = None,
    at: At = None,
) -> None:
    """Show what a category asks for: limits, who comes, who is told, marks, closing."""
    with context.open_store() as store, store.begin() as connection:
        plan = ResponsePlans().by_id(connection, _number_at(connection, at))
        known = categories.one(connection, category)
    if known is None and category not in plan.categories:
        msg = f"there is no category {category!r}; `gridgis categories list` shows them"
        raise InvalidInputError(msg)
    closing = plan.closing(category)
    checked = f"on site within {closing.within_m:g} m" if closing.site_check else "no site check"
    rated = "asks for a rating" if closing.rating else "no rating"
    context.say(f"{plan.name}: {category} closes with: {checked}; {rated}")
    for one in LEVELS if level is None else (level,):
        context.say(f"level {one}: {_limits(plan, category, one)}")
        response = plan.response(category, one)
        if response is None:
            context.say("  the responsible unit goes by itself")
        else:
            _say_response(response)


def _say_response(response: Response) -> None:
    print_table(
        ("party", "who", "count", "within", "leads", "unit"),
        [
            (
                party.name,
                _who(party),
                str(party.count) if party.searched else "",
                "" if party.within is None else str(party.within),
                "leads" if party.lead else "",
                party.unit or "",
            )
            for party in response.parties
        ],
    )
    if response.tell:
        context.say(f"  only told: {', '.join(response.tell)}")
    if response.evacuate_m is not None:
        context.say(f"  evacuate within {response.evacuate_m:g} m")
    for mark, limit in response.marks.items():
        context.say(f"  mark: {mark} within {limit}")


def _who(party: Party) -> str:
    """Return who comes, in words."""
    words = [*party.skills, *party.kinds, *party.roles]
    return ", ".join(words) + (f" of the {party.of}" if party.of else "")


def _limits(plan: ResponsePlan, category: str, level: int) -> str:
    """Return the limits of all stages, in words."""
    limits = ((stage, plan.limit(category, level, stage)) for stage in STAGES)
    return "; ".join(f"{stage} {limit}" for stage, limit in limits if limit) or "no limits"


def _number_at(connection: Connection, at: str | None) -> int:
    """Return the number of the plan in force then.

    Raises
    ------
    ResponsePlanNotFoundError
        There is none yet.
    """
    then: datetime = moment(at, "--at") or context.clock.now()
    number = response_plans.id_at(connection, then)
    if number is None:
        msg = (
            f"no response plan is in force at {shown(then, '')}; "
            "bring one by `gridgis response-plan import FILE`"
        )
        raise ResponsePlanNotFoundError(msg)
    return number


def _read(file: Path) -> str:
    """Return a file's text exactly, line ends too.

    Raises
    ------
    UnreadableFileError
        There is no such file, or it is not in UTF-8.
    """
    try:
        return file.read_bytes().decode()
    except OSError as error:
        msg = f"{file} cannot be read: {error.strerror or error}"
        raise UnreadableFileError(msg) from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        msg = f"{file} is not UTF-8 in line {line}; save it as UTF-8"
        raise UnreadableFileError(msg) from error
