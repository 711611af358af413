"""Reports of three months full of traps, and what to compare before and after one is archived."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd
from sqlalchemy import text

from gridgis import corrections, frames
from gridgis.body import report_id
from gridgis.exports import export
from gridgis.imports import Importer, ImportOptions
from gridgis.locate.territories import Territories
from gridgis.model import Location
from gridgis.store.reading import Which
from tests.cities import draw, file_under
from tests.voids import void

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.exports import WhichReports
    from gridgis.settings import Settings
    from gridgis.store.engine import Store

FEBRUARY, MARCH, APRIL, MAY = (date(2026, month, 1) for month in (2, 3, 4, 5))
HOSTILE = 'a\n\\.\nb "c", {d\\e}\t=1+1\r\n是\u2028'


def fill(store: Store, actor: Actor, clock: FixedClock, settings: Settings) -> None:
    """Store seven reports in nine grids; one was corrected, one repinned, one retired,
    and the location of number 3 was found from words.

    Number 1 is of the last instant of February, 2 and 6 of the first and last of March, 7 of April.
    """
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        file_under(connection, "road")
    frame = pd.DataFrame(
        {
            "number": ["1", "2", "3", "4", "5", "6", "7"],
            "captured_at": pd.to_datetime(
                [
                    "2026-02-28T23:59:59.999999Z",
                    "2026-03-01T00:00:00Z",
                    "2026-03-05T01:02:03.000004Z",
                    "2026-03-05T01:02:03.000004Z",
                    "2026-03-20T12:00:00Z",
                    "2026-03-31T23:59:59.999999Z",
                    "2026-04-30T16:30:00Z",
                ],
                format="ISO8601",
            ),
            "category": ["road", "road", None, "road", "gas", "road", "road"],
            "description": ["", "plain", HOSTILE, "", "NULL", "\\N", "x"],
            "address": [None, "", HOSTILE, None, " ", "", None],
            "lon": [104.005, 104.0123456789012, 1 / 3, None, 104.029999999999998, 104.03, 104.015],
            "lat": [30.005, 30.0100000000000016, 1e-12, None, 30.005, 30.03, 30.015],
            "accuracy_m": [None, 0.1, 1e-7, None, 12.5, 0.0, None],
            "channel": [None, "phone", HOSTILE, None, "1.10", None, None],
        }
    )
    importer = Importer(store, actor, clock)
    assert importer.frame("reports", frame, ImportOptions(source="hotline"), "r").refusals == []
    why = corrections.Why(HOSTILE, actor, clock.now())
    with store.begin() as connection:
        by = (why, Territories(store, None), settings)
        corrections.correct(connection, key("2"), {"description": "a hole"}, *by)
        corrections.repin(connection, key("4"), Location(104.015, 30.015, 3.3), *by)
        void(connection, key("6"), why)
        connection.execute(
            text("UPDATE report SET located = :located WHERE number = '3'"),
            {"located": json.dumps({"score": 0.1, "words": HOSTILE, "place": None})},
        )


def key(number: str) -> UUID:
    return report_id("hotline", number)


def ask(store: Store, question: str, **facts: object) -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question), facts)]


def stored(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables that speak of reports, as PostgreSQL writes and sends them."""
    return {
        "report": ask(
            store,
            "SELECT CAST(r AS TEXT), record_send(r), ST_AsEWKB(location) FROM report AS r"
            " ORDER BY id",
        ),
        "event": ask(store, "SELECT CAST(e AS TEXT), record_send(e) FROM event AS e ORDER BY id"),
        **{
            table: ask(store, f"SELECT CAST(t AS TEXT) FROM {table} AS t ORDER BY 1")  # noqa: S608
            for table in ("report_key", "assignment", "holder", "import_run")
        },
    }


def numbers(store: Store) -> list[object]:
    """The numbers of the reports that lie in the database."""
    return [number for (number,) in ask(store, "SELECT number FROM report ORDER BY number")]


def partitions(store: Store) -> list[object]:
    names = ask(
        store,
        "SELECT relname FROM pg_class WHERE relkind = 'r'"
        " AND relname ~ '^(report|event)_[0-9_]{7}$' ORDER BY 1",
    )
    return [name for (name,) in names]


def exported(store: Store, path: Path, which: WhichReports, settings: Settings) -> bytes:
    export(store, "reports", path, which, settings.zone)
    return path.read_bytes()


def figures(store: Store, clock: FixedClock, **which: object) -> pd.DataFrame:
    with store.begin() as connection:
        return frames.reports(connection, Which(layer="base", at=clock.now(), **which))
