"""What makes two reports the same: their number, and the content under it.

A report that comes twice with the same number and the same body is stored once; with another body
it is a conflict. Intake hashes one report, an import a whole frame: the bytes are the same.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from gridgis.model import NewReport
    from gridgis.rounds.visits import NewVisit

REPORT_NAMESPACE = UUID("5a0a3f3e-9d0c-5c53-8a43-20d4b0f0c1a7")
RESPONDER_NAMESPACE = UUID("c5f0e8a4-6b1d-5d7e-9f12-7e6c3b9a4d21")

BODY_COLUMNS = (
    "category",
    "description",
    "lon",
    "lat",
    "accuracy_m",
    "address",
    "reporter_name",
    "reporter_contact",
    "source",
    "number",
    "attributes",
)
"""What is hashed after the time of capture, in this order; attributes as canonical JSON text."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
# ASCII only, so that every text has bytes; sorted, so that the order of keys says nothing.
_encode = json.JSONEncoder(separators=(",", ":"), sort_keys=True).encode


def report_id(source: str, number: str) -> UUID:
    """Return the id of the report that a source calls by this number.

    >>> report_id("hotline", "A-1") == report_id("hotline", "A-1")
    True
    >>> report_id("hotline", "A-1") == report_id("patrol", "A-1")
    False
    """
    return uuid5(REPORT_NAMESPACE, f"{source}\x1f{number}")


def report_ids(source: str, numbers: Sequence[str]) -> list[str]:
    """Return :func:`report_id` of many numbers of a source, as hexadecimal text.

    >>> report_ids("hotline", ["A-1"]) == [report_id("hotline", "A-1").hex]
    True
    """
    begun = hashlib.sha1(REPORT_NAMESPACE.bytes + f"{source}\x1f".encode(), usedforsecurity=False)
    hashed = []
    for number in numbers:
        one = begun.copy()
        one.update(number.encode())
        hashed.append(one.digest())
    ids = np.frombuffer(b"".join(hashed), np.uint8).reshape(-1, 20)[:, :16].copy()
    # The version and the variant, as RFC 9562 places them.
    ids[:, 6] = ids[:, 6] & 0x0F | 0x50
    ids[:, 8] = ids[:, 8] & 0x3F | 0x80
    written = ids.tobytes().hex()
    return [written[first : first + 32] for first in range(0, len(written), 32)]


def responder_id(source: str, number: str) -> UUID:
    """Return the id of the responder that a source calls by this number."""
    return uuid5(RESPONDER_NAMESPACE, f"{source}\x1f{number}")


def canonical_json(attributes: Mapping[str, object]) -> str:
    r"""Return attributes as JSON text that does not depend on the order of their keys.

    >>> canonical_json({"b": 1, "a": "是"})
    '{"a":"\\u662f","b":1}'
    """
    return _encode(attributes if isinstance(attributes, dict) else dict(attributes))


def json_text(value: object) -> str:
    """Return a finite number, a text, True or False as :func:`canonical_json` writes it."""
    # The encoder would first be made ready for lists and objects, which takes three times as long.
    return float.__repr__(value) if isinstance(value, float) else _encode(value)


def body_hash(report: NewReport) -> bytes:
    """Return the SHA-256 of a report's body: all it says, but not its id.

    The time counts as an instant in whole microseconds, degrees and metres as the shortest text
    that gives the same double.

    Examples
    --------
    >>> from gridgis.model import NewReport
    >>> at = datetime(2026, 5, 1, tzinfo=UTC)
    >>> one = NewReport(report_id("a", "1"), at, "road", "Hole", number="1")
    >>> body_hash(one).hex()[:8]
    '17dcc70b'
    """
    place = report.location
    return _hash(
        [
            _microseconds(report.captured_at),
            report.category,
            report.description,
            None if place is None else float(place.lon),
            None if place is None else float(place.lat),
            None if place is None or place.accuracy_m is None else float(place.accuracy_m),
            report.address,
            report.reporter_name,
            report.reporter_contact,
            report.source,
            report.number,
            canonical_json(report.attributes),
            # Only when they are said: a report of an earlier version keeps its hash.
            *(said for said in (report.channel, _microseconds(report.external_due_at)) if said),
        ]
    )


def _microseconds(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // _MICROSECOND


def visit_hash(visit: NewVisit) -> bytes:
    """Return the SHA-256 of a visit's body: all that the phone says of it, but not its id."""
    there = visit.location
    return _hash(
        [
            str(visit.responder_id),
            visit.place,
            visit.kind,
            (visit.at - _EPOCH) // _MICROSECOND,
            None if there is None else float(there.lon),
            None if there is None else float(there.lat),
            None if there is None or there.accuracy_m is None else float(there.accuracy_m),
            visit.result,
            visit.note,
        ]
    )


def body_hashes(reports: pd.DataFrame) -> list[bytes]:
    """Return :func:`body_hash` of every row of a frame, in its order.

    Parameters
    ----------
    reports
        Columns `captured_at` (aware timestamps) and :data:`BODY_COLUMNS`: degrees and metres as
        doubles with NaN for unknown, texts with None, `attributes` by :func:`canonical_json`.
    """
    moments = reports["captured_at"].dt.tz_convert("UTC").dt.tz_localize(None)
    instants = moments.astype("datetime64[us]").astype("int64").tolist()
    columns = [
        reports[name].astype(object).where(reports[name].notna(), None).tolist()
        for name in BODY_COLUMNS
    ]
    return [_hash(row) for row in zip(instants, *columns, strict=True)]


def _hash(body: list[object] | tuple[object, ...]) -> bytes:
    return hashlib.sha256(_encode(body).encode("ascii")).digest()
