"""The root of the command line: it knows the commands, and how a mistake ends."""

from __future__ import annotations

import sys

import typer

from gridgis.errors import GridgisError, PlanRejectedError, RowsRefusedError
from gridgis_api.cli import (
    areas,
    categories,
    cells,
    db,
    demo,
    editions,
    imports,
    layers,
    maps,
    places,
    reports,
    responders,
    serve,
)
from gridgis_api.cli.context import console, say

MOST_LINES = 20
"""Refused rows and findings that are shown; the rest is counted."""

app = typer.Typer(
    help="Govern a city by grids: each report finds its grid and the nearest able people.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command("serve")(serve.serve)
for name, room in {
    "db": db,
    "demo": demo,
    "layers": layers,
    "areas": areas,
    "editions": editions,
    "reports": reports,
    "responders": responders,
    "categories": categories,
    "cells": cells,
    "places": places,
    "imports": imports,
    "map": maps,
}.items():
    app.add_typer(room.app, name=name)


def main() -> None:
    """Run a command; a mistake ends with one sentence and exit 2, an interruption with 130."""
    try:
        app()
    except (RowsRefusedError, PlanRejectedError) as error:
        lines = (
            [f"row {row}: {reason}" for row, reason in error.refusals]
            if isinstance(error, RowsRefusedError)
            else error.findings
        )
        for line in lines[:MOST_LINES]:
            say(f"  {line}")
        if len(lines) > MOST_LINES:
            say(f"  and {len(lines) - MOST_LINES} more")
        _fail(error)
    except GridgisError as error:
        _fail(error)
    except KeyboardInterrupt:
        say("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(141)


def _fail(error: GridgisError) -> None:
    console.print(f"gridgis: {error}", style="bold red", markup=False, soft_wrap=True)
    sys.exit(2)
