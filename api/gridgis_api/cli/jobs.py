"""``gridgis jobs``: what the service does by itself, and doing it now."""

from __future__ import annotations

from typing import Annotated

import typer

from gridgis.errors import InvalidInputError
from gridgis_api.cli import context
from gridgis_api.cli.printing import print_table
from gridgis_api.jobs import JOBS

app = typer.Typer(no_args_is_help=True, help="What the service does by itself, by the clock.")


@app.command("list")
def list_jobs() -> None:
    """Show the jobs: when (as cron writes it, UTC; a sixth field: seconds), and what each does."""
    print_table(("job", "when", "does"), [(job.name, job.cron, job.about) for job in JOBS.values()])


@app.command("run")
def run_job(name: Annotated[str, typer.Argument(help="Which one.")]) -> None:
    """Do a job now, by this command, and say what came of it."""
    if name not in JOBS:
        msg = f"there is no job {name!r}; there are {', '.join(JOBS)}"
        raise InvalidInputError(msg)
    with context.open_store() as store:
        context.say(JOBS[name].work(store, context.settings(), context.clock.now(), lambda: True))
