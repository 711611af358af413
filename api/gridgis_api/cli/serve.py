"""``gridgis serve``: run the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from gridgis_api import serving
from gridgis_api.cli import context
from gridgis_api.demo import Demo

if TYPE_CHECKING:
    from gridgis.store.engine import Store


def serve(
    port: Annotated[
        int | None,
        typer.Option(
            min=0,
            max=65535,
            help="Port to listen on; 0: a free one. Default: GRIDGIS_PORT, else 8000.",
        ),
    ] = None,
    processes: Annotated[
        int | None,
        typer.Option(
            min=1,
            max=64,
            help="Processes that answer. Default: GRIDGIS_PROCESSES, else 1.",
        ),
    ] = None,
    demo_when_empty: Annotated[
        bool,
        typer.Option("--demo-when-empty", help="Load the demo district into an empty database."),
    ] = False,
) -> None:
    """Serve the pages and the API on this machine until Ctrl-C."""
    given = {"port": port, "processes": processes}
    settings = context.settings().model_copy(
        update={name: value for name, value in given.items() if value is not None}
    )

    def fill(store: Store) -> None:
        Demo(store, context.actor(), context.clock, settings).load_when_empty(tell=_say)

    serving.serve(settings, say=_say, before=fill if demo_when_empty else None)


def _say(sentence: str) -> None:
    # A script that waits for the service reads this line, so it may not stay in a buffer.
    print(sentence, flush=True)
