"""``gridgis db``: start, stop and look at the embedded database, and update its tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from gridgis.errors import SettingsError
from gridgis.settings import Settings, read_settings
from gridgis.store import embedded, migrate
from gridgis.store.engine import Store

if TYPE_CHECKING:
    from gridgis.store.embedded import ClusterStatus

app = typer.Typer(no_args_is_help=True, help="The database: start, stop, status, url, migrate.")

MB = 1_000_000


@app.command("start")
def start() -> None:
    """Start the embedded database and let it run until `gridgis db stop`."""
    settings = _embedded_settings()
    _print_status(embedded.start(settings.data_dir, progress=_say))


@app.command("stop")
def stop(
    force: Annotated[
        bool, typer.Option("--force", help="Stop it although somebody uses it.")
    ] = False,
) -> None:
    """Stop the embedded database; refused while somebody uses it."""
    settings = _embedded_settings()
    stopped = embedded.stop(settings.data_dir, force=force)
    typer.echo("stopped" if stopped else "it was not running")


@app.command("status")
def status() -> None:
    """Show how the database is: state, folder, version, users, size."""
    settings = read_settings()
    if settings.database_url is None:
        _print_status(embedded.status(settings.data_dir))
        return
    store = Store(settings.database_url, pool_size=1)
    try:
        versions = store.versions()
    finally:
        store.close()
    _print_rows({"url": _without_password(settings.database_url), **versions})


@app.command("url")
def url() -> None:
    """Print the database's address, as psql and QGIS take it."""
    settings = read_settings()
    if settings.database_url is not None:
        typer.echo(settings.database_url)
        return
    there = embedded.status(settings.data_dir)
    if there.state != "ready":
        _say(f"it is {there.state} now; gridgis db start starts it")
    typer.echo(there.url.replace("postgresql+psycopg2://", "postgresql://", 1))


@app.command("migrate")
def migrate_tables() -> None:
    """Bring the database's tables to this version; nothing happens when they are."""
    settings = read_settings()
    if settings.database_url is not None:
        _migrate(settings.database_url.replace("postgresql://", "postgresql+psycopg2://", 1))
        return
    with embedded.lease(settings.data_dir, progress=_say) as address:
        _migrate(address)


def _migrate(address: str) -> None:
    before, after = migrate.upgrade(address)
    typer.echo(f"already at {after}" if before == after else f"{before or 'empty'} -> {after}")


def _embedded_settings() -> Settings:
    settings = read_settings()
    if settings.database_url is not None:
        msg = (
            "GRIDGIS_DATABASE_URL is set, so the database is not gridgis's own to start or stop; "
            "unset it to use the embedded one"
        )
        raise SettingsError(msg)
    return settings


def _print_status(there: ClusterStatus) -> None:
    state = f"{there.state}, stays up until gridgis db stop" if there.stays else there.state
    rows = {"state": state, "folder": str(there.folder)}
    if there.version is not None:
        rows["version"] = f"PostgreSQL {there.version}"
        rows["users"] = ", ".join(f"process {pid}" for pid in there.users) or "none"
        rows["size"] = f"{there.size_bytes / MB:.1f} MB"
    _print_rows(rows)


def _print_rows(rows: dict[str, str]) -> None:
    width = max(len(name) for name in rows)
    for name, text in rows.items():
        typer.echo(f"{name:<{width}}  {text}")


def _without_password(address: str) -> str:
    password = urlsplit(address).password
    return address.replace(f":{password}@", ":***@", 1) if password else address


def _say(what: str) -> None:
    typer.echo(what, err=True)
