"""What goes wrong at the edge itself, before a request reaches the core.

They belong to the tree of :mod:`gridgis.errors` and have rows in the same table of problems.
"""

from __future__ import annotations

from gridgis.errors import GridgisError


class EdgeError(GridgisError):
    """The request does not fit the service."""


class RouteNotFoundError(EdgeError):
    """There is nothing at this address; /docs lists what there is."""


class MethodNotAllowedError(EdgeError):
    """The address exists, but not for this method; /docs lists what there is."""


class MalformedBodyError(EdgeError):
    """The body is not JSON in UTF-8."""


class BodyTooLargeError(EdgeError):
    """The body is larger than 1 MB; many reports at once go to /api/v1/reports/batch."""


class WrongContentTypeError(EdgeError):
    """The body is not declared as JSON; send the header Content-Type: application/json."""


class WrongBatchTypeError(EdgeError):
    """A batch is text/csv or application/x-ndjson, plain or with Content-Encoding: gzip."""


class BatchTooLargeError(EdgeError):
    """A batch is at most 4 GB when it is unpacked; send several."""


class HostRefusedError(EdgeError):
    """The service answers to this machine's own names only; use http://127.0.0.1 and its port."""


class OriginRefusedError(EdgeError):
    """A page of another site may not write here."""


class UnexpectedError(EdgeError):
    """Something broke inside; nothing was written. The log has the same id."""
