"""Open the database that the settings name: the embedded one, or anybody's."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from gridgis.errors import SettingsError
from gridgis.store import embedded, migrate
from gridgis.store.engine import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gridgis.settings import Settings


@contextmanager
def database_url(
    settings: Settings, *, progress: Callable[[str], None] | None = None
) -> Iterator[str]:
    """Yield the URL of the database; the embedded server runs at least until the block ends.

    Raises
    ------
    ClusterError
        The embedded server cannot be used.
    SettingsError
        GRIDGIS_DATABASE_URL is not a PostgreSQL address.
    """
    if settings.database_url is None:
        with embedded.lease(settings.data_dir, progress=progress) as url:
            yield url
        return
    if not settings.database_url.startswith(("postgresql://", "postgresql+psycopg2://")):
        msg = "GRIDGIS_DATABASE_URL: write it like postgresql://user:password@host/database"
        raise SettingsError(msg)
    yield settings.database_url


@contextmanager
def open_store(
    settings: Settings, *, progress: Callable[[str], None] | None = None
) -> Iterator[Store]:
    """Yield the store, its tables at this version's revision.

    The embedded database is brought up to date by itself; somebody else's only by
    ``gridgis db migrate``.

    Raises
    ------
    StoreUnavailableError
        The database cannot be reached.
    SchemaOutdatedError
        The tables of GRIDGIS_DATABASE_URL are of another version.
    """
    with database_url(settings, progress=progress) as url:
        if settings.database_url is None:
            before, after = migrate.upgrade(url)
            if progress is not None and before != after:
                progress(f"tables brought from revision {before or 'none'} to {after}")
        store = Store(url, pool_size=settings.pool_size, archive_folder=settings.archive_folder)
        try:
            store.require_newest()
            yield store
        finally:
            store.close()
