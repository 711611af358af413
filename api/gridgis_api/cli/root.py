"""The root of the command line: it knows the commands, and how a mistake ends."""

from __future__ import annotations

import gc
import sys
from importlib import import_module
from typing import TYPE_CHECKING

import typer

from gridgis.errors import (
    GridgisError,
    PlanRejectedError,
    ResponsePlanError,
    RowsRefusedError,
)
from gridgis_api.cli.context import console, say

if TYPE_CHECKING:
    from collections.abc import Collection
    from types import ModuleType

COMMANDS = {
    "serve": "serve",
    "db": "db",
    "demo": "demo",
    "layers": "layers",
    "areas": "areas",
    "boundaries": "boundaries",
    "editions": "editions",
    "plan": "plan",
    "reports": "reports",
    "incidents": "incidents",
    "warnings": "early_warnings",
    "case": "case",
    "tasks": "tasks",
    "responders": "responders",
    "categories": "categories",
    "cells": "cells",
    "places": "places",
    "roads": "roads",
    "landcover": "landcover",
    "imports": "imports",
    "archive": "archive",
    "jobs": "jobs",
    "map": "maps",
    "report": "report",
    "verify": "verify",
    "datum": "datum",
    "assign": "assign",
    "find": "find",
    "geocode": "geocode",
    "near": "near",
    "nearest": "nearest",
    "households": "households",
    "site": "site",
    "visit-plans": "visit_plans",
    "visits": "visits",
    "rounds": "rounds",
    "reach": "reach",
    "coverage": "coverage",
    "evacuation": "evacuation",
    "figures": "figures",
    "response-plan": "response_plan",
    "calendar": "calendar",
    "clocks": "clocks",
    "units": "units",
}
"""The first word of a command, and the file that knows it."""

SINGLE = {
    *("serve", "assign", "find", "geocode", "near", "nearest", "households"),
    *("reach", "coverage", "evacuation", "site", "rounds", "figures", "tasks"),
}
"""Commands without subcommands."""

SIGNED = {"near", "nearest", "reach", "evacuation"}
"""Commands that take numbers below zero, which look like options."""

MOST_LINES = 500
"""Refused rows and findings that are shown; the rest is counted."""


def commands(names: Collection[str] = COMMANDS) -> typer.Typer:
    """Return the program with these commands; only their files are read, which takes the time."""
    app = typer.Typer(
        help="Govern a city by grids: each report finds its grid and the nearest able people.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    # With it a single command is not taken for the whole program.
    app.callback()(_nothing)
    for name, module in zip(names, _read(names), strict=True):
        if name in SINGLE:
            settings = {"ignore_unknown_options": name in SIGNED}
            app.command(name, context_settings=settings)(getattr(module, name))
        else:
            app.add_typer(module.app, name=name)
    return app


def _read(names: Collection[str]) -> list[ModuleType]:
    """Read the files of commands; what they bring in stays, so nobody looks for waste in it."""
    gc.disable()
    try:
        return [import_module(f"gridgis_api.cli.{COMMANDS[name]}") for name in names]
    finally:
        gc.enable()


def _nothing() -> None:
    pass


def main() -> None:
    """Run a command; a mistake ends with one sentence and exit 2, an interruption with 130."""
    first = sys.argv[1] if len(sys.argv) > 1 else ""
    try:
        commands([first] if first in COMMANDS else COMMANDS)()
    except (RowsRefusedError, PlanRejectedError, ResponsePlanError) as error:
        lines = _lines(error)
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


def _lines(error: RowsRefusedError | PlanRejectedError | ResponsePlanError) -> list[object]:
    if isinstance(error, RowsRefusedError):
        return [f"row {row}: {reason}" for row, reason in error.refusals]
    if isinstance(error, ResponsePlanError):
        return [f"line {line}: {sentence}" for line, sentence in error.findings]
    return error.findings


def _fail(error: GridgisError) -> None:
    console.print(f"gridgis: {error}", style="bold red", markup=False, soft_wrap=True)
    sys.exit(2)
