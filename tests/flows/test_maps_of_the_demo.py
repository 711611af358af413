"""What a map says of each grid is what PostgreSQL counts, asked without any of the rooms."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from sqlalchemy import text

from gridgis.actor import Actor
from gridgis.clock import FixedClock
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis_api import demo as demo_module
from gridgis_api.demo import Demo
from gridgis_api.kinds import KINDS
from gridgis_api.kinds.maker import Maker
from tests.conftest import PROVE, clone_of
from tests.demos import demo_district
from tests.maps.conftest import Sheet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

FEW = 1_500
"""So many of the year's last reports; a proof takes the whole year."""
AFTER = FixedClock(datetime(2026, 1, 1, 4, tzinfo=UTC))
PERIOD = ("2025-12-01T00:00:00+08:00", "2026-01-01T00:00:00+08:00")

COUNTED = """
    SELECT v.code,
           count(*) FILTER (WHERE r.captured_at >= :since AND r.captured_at < :before) AS seen,
           count(*) FILTER (WHERE r.received_at >= :since AND r.received_at < :before) AS received
    FROM layer AS l
    JOIN edition AS e ON e.layer_id = l.id
    JOIN area_version AS v ON v.edition_id = e.id AND v.level = 'grid'
    LEFT JOIN (
        SELECT DISTINCT ON (a.report_id, a.layer_id) a.report_id, a.layer_id, a.area_id
        FROM assignment AS a ORDER BY a.report_id, a.layer_id, a.id DESC
    ) AS newest ON newest.layer_id = l.id AND newest.area_id = v.area_id
    LEFT JOIN report AS r ON r.id = newest.report_id AND r.retired_at IS NULL
    WHERE l.code = 'base'
    GROUP BY v.code
"""


@pytest.fixture(scope="module")
def store(server_url: str, template: str, index_dir: Path) -> Iterator[Store]:
    """The demo district with the last of its reports, worked off, and few of its places."""
    made = demo_district()
    places = made.places.head(FEW)
    few = replace(
        made,
        reports=made.reports.tail(FEW).reset_index(drop=True),
        cells=made.cells.head(FEW),
        places=places,
        visits=made.visits[made.visits["place"].isin(places["code"])],
    )
    settings = Settings(timezone="Asia/Shanghai", index_dir=index_dir)
    with clone_of(server_url, template) as url, pytest.MonkeyPatch.context() as patch:
        patch.setattr(demo_module, "make", lambda *_, **__: made if PROVE else few)
        opened = Store(url)
        Demo(opened, Actor("Li Na", "dispatcher"), AFTER, settings).load(tell=lambda _: None)
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def counted(store: Store) -> pd.DataFrame:
    """What SQL alone counts in each grid."""
    with store.begin() as connection:
        asked = dict(zip(("since", "before"), PERIOD, strict=True))
        return pd.read_sql(text(COUNTED), connection, params=asked).set_index("code")


def sheet_of(store: Store, index_dir: Path, name: str, **said: object) -> Sheet:
    settings = Settings(timezone="Asia/Shanghai", index_dir=index_dir)
    kind = next(one for one in KINDS if one.name == name)
    asked = kind.query.model_validate({"lang": "en", **said})
    with store.begin() as connection:
        return Sheet(kind.page(Maker(connection, AFTER, settings), asked).html)


def said_of_grids(sheet: Sheet, label: str) -> dict[str, str]:
    """A fact of each grid on the map, by the grid's code."""
    at = sheet.told["factLabels"].index(label)
    return {code: grid["facts"][at] for code, grid in sheet.grids.items()}


def test_hotspots_show_what_sql_counts(
    store: Store, index_dir: Path, counted: pd.DataFrame
) -> None:
    sheet = sheet_of(store, index_dir, "hotspots", period="2025-12")

    shown = {code: int(n.replace(",", "")) for code, n in said_of_grids(sheet, "Reports").items()}
    assert shown == counted["seen"].to_dict()
    assert len(shown) == 579
    legend = next(rows for caption, rows in sheet.tables.items() if "each grid" in caption)
    assert sum(int(row[2].replace(",", "")) for row in legend[1:]) == counted["seen"].sum() > 0


def test_workload_shows_what_sql_counts(
    store: Store, index_dir: Path, counted: pd.DataFrame
) -> None:
    sheet = sheet_of(store, index_dir, "workload", period="2025-12")

    shown = {code: int(n.replace(",", "")) for code, n in said_of_grids(sheet, "Received").items()}
    assert shown == counted["received"].to_dict()


def test_a_public_map_shows_the_same_or_nothing(
    store: Store, index_dir: Path, counted: pd.DataFrame
) -> None:
    sheet = sheet_of(store, index_dir, "hotspots", period="2025-12", public=True)

    shown = said_of_grids(sheet, "Reports")
    masked = {code for code, said in shown.items() if said == "Masked"}
    told = {code: int(said) for code, said in shown.items() if code not in masked}
    assert told == counted["seen"].drop(sorted(masked)).to_dict()
    few = counted.index[counted["seen"].between(1, 4)]
    assert masked >= set(few)
    assert masked


def test_the_days_of_a_timeline_add_up_to_what_sql_counts(
    store: Store, index_dir: Path, counted: pd.DataFrame
) -> None:
    sheet = sheet_of(store, index_dir, "timeline", period="2025-12", each="day")

    shown = said_of_grids(sheet, "Reports in all")
    assert {code: int(said) for code, said in shown.items()} == counted["seen"].to_dict()
    first, last = (datetime.fromisoformat(end) for end in PERIOD)
    assert (last - first) // timedelta(days=1) == 31
    days = next(rows for caption, rows in sheet.tables.items() if "very day" in caption)
    assert len(days) - 1 == 31
    assert sum(int(row[1].replace(",", "")) for row in days[1:]) == counted["seen"].sum()
