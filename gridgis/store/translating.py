"""Turn the driver's errors into gridgis's own; the driver's error stays as the cause."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from psycopg2 import errorcodes
from sqlalchemy import exc

from gridgis.errors import (
    AlreadyThereError,
    ConflictError,
    EditionOverlapsError,
    InUseError,
    InvalidInputError,
    SchemaOutdatedError,
    StoreError,
    StoreFullError,
    StoreUnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_GONE = {
    errorcodes.ADMIN_SHUTDOWN,
    errorcodes.CRASH_SHUTDOWN,
    errorcodes.CANNOT_CONNECT_NOW,
    errorcodes.TOO_MANY_CONNECTIONS,
}
_FULL = {errorcodes.DISK_FULL, errorcodes.OUT_OF_MEMORY, errorcodes.INSUFFICIENT_RESOURCES}
_OUTDATED = {errorcodes.UNDEFINED_TABLE, errorcodes.UNDEFINED_COLUMN, errorcodes.UNDEFINED_FUNCTION}


@contextmanager
def translated() -> Iterator[None]:
    """Raise what the driver raises inside the block as a :class:`StoreError` or a conflict."""
    try:
        yield
    except exc.DBAPIError as error:
        raise _translate(error) from error
    except exc.TimeoutError as error:
        msg = "all database connections are in use; raise GRIDGIS_POOL_SIZE or try again"
        raise StoreUnavailableError(msg) from error
    except exc.SQLAlchemyError as error:
        msg = f"the database refused the work: {_first_line(error)}"
        raise StoreError(msg) from error


def _translate(error: exc.DBAPIError) -> Exception:
    code = getattr(error.orig, "pgcode", None)
    said = _first_line(error.orig or error)
    if code in _FULL:
        return StoreFullError()
    if code in _GONE or error.connection_invalidated or (code is None and _is_operational(error)):
        return StoreUnavailableError(
            f"the database cannot be reached ({said}); nothing was written"
        )
    if code in _OUTDATED:
        return SchemaOutdatedError(
            f"the database lacks something ({said}); run `gridgis db migrate`"
        )
    return _conflict(error, code or "", said)


def _conflict(error: exc.DBAPIError, code: str, said: str) -> Exception:
    if code == errorcodes.EXCLUSION_VIOLATION:
        return EditionOverlapsError()
    if code == errorcodes.UNIQUE_VIOLATION:
        return AlreadyThereError(f"it exists already: {_detail(error) or said}")
    if code == errorcodes.FOREIGN_KEY_VIOLATION:
        return InUseError(f"something else needs it: {_detail(error) or said}")
    if code.startswith("22"):
        return InvalidInputError(f"the database cannot take a value: {said}")
    if code.startswith(("23", "40")):
        return ConflictError(said)
    return StoreError(f"the database refused the work: {said}")


def _is_operational(error: exc.DBAPIError) -> bool:
    return isinstance(error, exc.OperationalError | exc.InterfaceError)


def _detail(error: exc.DBAPIError) -> str | None:
    diagnostics = getattr(error.orig, "diag", None)
    return getattr(diagnostics, "message_detail", None)


def _first_line(error: BaseException) -> str:
    return (str(error).strip().splitlines() or ["no reason given"])[0]
