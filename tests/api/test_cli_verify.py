"""PostGIS is asked again whether memory was right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
import typer
from sqlalchemy import text
from typer.testing import CliRunner

from gridgis.errors import InvalidInputError
from gridgis.imports import Importer, ImportOptions
from gridgis_api.cli import verify
from tests.cities import draw, scattered

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from click.testing import Result

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

app = typer.Typer()
app.add_typer(verify.app, name="verify")


@pytest.fixture
def town(
    store: Store,
    actor: Actor,
    clock: FixedClock,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Store:
    """Nine grids and a campus, and 500 reports in and around them, one of them without a place."""
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
        draw(connection, ". . .\n. X .", name="campus", priority=5, made_at=clock.now())
    points = scattered(500, seed=3)
    points[:4] = [(104.01, 30.01), (104.0, 30.0), (103.9999, 30.005), (104.03, 30.03)]
    frame = pd.DataFrame(points, columns=["lon", "lat"]).assign(
        number=[str(number) for number in range(500)],
        captured_at=pd.Timestamp("2026-04-30T00:00:00Z"),
    )
    frame.loc[4, ["lon", "lat"]] = None
    Importer(store, actor, clock).frame("reports", frame, ImportOptions(source="many"), "points")
    return store


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["verify", "assignments", *arguments])


@pytest.mark.usefixtures("town")
def test_postgis_agrees_with_memory() -> None:
    told = run()
    assert told.exit_code == 0
    assert "1,000 assignments judged anew, 0 differ" in told.stderr
    assert "100 assignments judged anew, 0 differ" in run("--sample", "100").stderr


def test_a_wrong_answer_is_listed_with_both_grids(town: Store) -> None:
    with town.begin() as connection:
        connection.execute(text("SELECT set_config('gridgis.undo', 'on', TRUE)"))
        connection.execute(
            text(
                "UPDATE assignment SET area_id = (SELECT area_id FROM area_version WHERE code = 'I'"
                " AND is_grid) WHERE report_id = (SELECT id FROM report WHERE number = '0')"
                " AND area_id IS NOT NULL AND layer_id = 1"
            )
        )
        connection.execute(
            text(
                "UPDATE assignment SET boundary_distance_m = boundary_distance_m + 0.02 WHERE"
                " report_id = (SELECT id FROM report WHERE number = '1') AND layer_id = 1"
            )
        )
    told = run()
    assert told.exit_code == 1
    assert "1,000 assignments judged anew, 2 differ" in told.stderr
    assert "I (covers" in told.stdout
    assert "A (covers, 0.02 m)" in told.stdout


@pytest.mark.usefixtures("town")
def test_a_sample_of_nothing_is_refused() -> None:
    assert run("--sample", "0").exit_code == 2


@pytest.mark.usefixtures("town")
def test_one_place_is_shown_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDGIS_INDEX_DIR", str(tmp_path))
    told = CliRunner().invoke(app, ["verify", "place", "--lon", "104.015", "--lat", "30.005"])
    assert told.exit_code == 0
    (campus,) = [line for line in told.stdout.splitlines() if "campus" in line]
    assert campus.count("X (covers, 482.41 m)") == 2
    with pytest.raises(InvalidInputError, match="look swapped"):
        CliRunner().invoke(
            app, ["verify", "place", "--lon", "30", "--lat", "104"], catch_exceptions=False
        )


def test_the_history_of_all_cases_is_folded(town: Store) -> None:
    told = CliRunner().invoke(app, ["verify", "history"])
    assert told.exit_code == 0, told.output
    assert "500 events of 500 cases folded, 0 clocks reckoned anew; 0 columns differ" in told.output
    with town.begin() as connection:
        connection.execute(text("UPDATE casefile SET returns = 2 WHERE report_id = ANY(:some)"),
                           {"some": _some(town, 3)})  # fmt: skip
    told = CliRunner().invoke(app, ["verify", "history"])
    assert told.exit_code == 2
    assert "3 columns differ" in told.output
    (one,) = _some(town, 1)
    told = CliRunner().invoke(app, ["verify", "history", "--report", str(one)])
    assert "1 events of 1 cases" in told.output
    assert "returns" in told.output
    told = CliRunner().invoke(app, ["verify", "history", "--report", "NOPE"])
    assert "no report with the number 'NOPE'" in str(told.exception)
    told = CliRunner().invoke(app, ["verify", "history", "--since", "2030-01-01"])
    assert "0 events of 0 cases" in told.output


def _some(town: Store, count: int) -> list[UUID]:
    """The first reports by their number."""
    with town.begin() as connection:
        rows = connection.execute(text("SELECT id FROM report_key ORDER BY id LIMIT :count"),
                                  {"count": count})  # fmt: skip
        return list(rows.scalars())
