"""What every command needs: the settings, the store, who acts, and a voice."""

from __future__ import annotations

import getpass
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

from gridgis.actor import Actor
from gridgis.clock import SystemClock
from gridgis.places.grammar import adopt
from gridgis.settings import Settings, read_settings
from gridgis.store.months import Months
from gridgis.store.opening import open_store as _open_store

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridgis.store.engine import Store
    from gridgis_api.service import Service

console = Console(stderr=True, highlight=False)
"""For progress and words to a person; what a program may want goes to standard output."""

clock = SystemClock()


def settings() -> Settings:
    """Return the settings from the environment; addresses are read by their grammar from now on."""
    known = read_settings()
    adopt(known.address_grammar)
    return known


@contextmanager
def open_store() -> Iterator[Store]:
    """Yield the store that the settings name; the embedded server is started when needed."""
    with _open_store(settings(), progress=say) as store:
        yield store


def service(store: Store) -> Service:
    """Return what routes work with, for a command: roads and responders are read when asked for."""
    # Only here: it knows every engine, and most commands need none.
    from gridgis_api.service import Service as Running  # noqa: PLC0415

    return Running(store, Months(store), clock, settings())


def actor() -> Actor:
    """Return who acts: GRIDGIS_ACTOR, else the login name; commands act as administrator."""
    return Actor(read_settings().actor or getpass.getuser(), "administrator")


def say(sentence: str) -> None:
    """Tell the person what is going on."""
    console.print(sentence, markup=False, soft_wrap=True)


def progress() -> Progress:
    """Return a progress bar on standard error, with counts and time."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        # In a pipe it would leave an empty line.
        disable=not console.is_terminal,
    )
