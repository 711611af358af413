"""``gridgis reports count``, ``editions crosswalk`` and ``editions changes`` at the terminal."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from gridgis.clock import FixedClock
from gridgis.errors import EditionNotFoundError, InvalidInputError
from gridgis.store.engine import Store
from gridgis_api.cli import areas, editions, maps, reports
from tests.api.test_editions import AFTER, BEFORE
from tests.cities import draw

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
for name, room in {
    "areas": areas,
    "editions": editions,
    "map": maps,
    "reports": reports,
}.items():
    app.add_typer(room.app, name=name)

HEADER = "number,lon,lat,time,description\n"


def said(*words: str) -> str:
    """What a command writes, on both channels."""
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.fixture
def redrawn(database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[str, str]:
    """Two editions, the second since April, and three reports of March; their numbers."""
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_ACTOR", "Li Na")
    made_at = FixedClock(datetime(2026, 4, 1, tzinfo=UTC)).now()
    store = Store(database_url)
    with store.begin() as connection:
        before = draw(connection, BEFORE, valid="(,2026-04-01 00:00+00)", made_at=made_at)
        after = draw(connection, AFTER, valid="[2026-04-01 00:00+00,)", made_at=made_at)
    store.close()
    file = tmp_path / "reports.csv"
    rows = ["1,104.015,30.005", "2,104.025,30.005", "3,105,31"]
    file.write_text(HEADER + "".join(f"{row},2026-03-01T00:00:00Z,lamp\n" for row in rows))
    said(
        *("reports", "import", str(file), "--id", "number", "--lon", "lon", "--lat", "lat"),
        *("--time", "time", "--description", "description", "--category-value", "lamp"),
    )
    return str(before.edition_id), str(after.edition_id)


def counts(out: Path) -> dict[str, int]:
    table = pd.read_csv(out)
    return dict(zip(table["code"], table["reports"], strict=True))


def test_an_analyst_counts_last_month_on_both_editions(
    redrawn: tuple[str, str], tmp_path: Path
) -> None:
    before, after = redrawn
    out = tmp_path / "counts.csv"
    words = ["reports", "count", "-o", str(out)]
    told = said(*words)
    assert f"3 reports restated on edition {after}, 1 of them without a grid" in told
    assert counts(out) == {"A": 1, "D": 0, "G": 0, "H": 1, "outside": 1}
    said(*words, "--edition", before)
    assert counts(out)["B"] == 2
    said(*words, "--at", "2026-03-15")
    assert counts(out)["B"] == 2
    assert "3 reports as reported" in said(*words, "--as", "reported")
    assert counts(out) == {"B": 2, "outside": 1}
    said(*words, "--since", "2026-04-01")
    assert set(counts(out).values()) == {0}
    with pytest.raises(InvalidInputError, match="was not in force at"):
        said(*words, "--edition", before, "--at", "2026-05-01")
    with pytest.raises(InvalidInputError, match=r"\.csv"):
        said("reports", "count", "-o", "counts.txt")


def test_a_planner_reads_what_a_redraw_did(redrawn: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "crosswalk.xlsx"
    told = said("editions", "crosswalk", *redrawn, "-o", str(out))
    assert "9 rows for 6 grids (9 by households)" in told
    table = pd.read_excel(out, engine="openpyxl")
    assert table.groupby("from_code")["weight"].sum().to_numpy() == pytest.approx(1)
    told = said("editions", "changes", *redrawn, "-o", str(tmp_path / "changes.csv"))
    assert "4 keep, 0 split, 4 merge, 1 transfer, 0 new, 0 gone" in told
    assert "merge B A 200.0" in told
    assert len(pd.read_csv(tmp_path / "changes.csv")) == 9
    with pytest.raises(EditionNotFoundError, match="99"):
        said("editions", "changes", redrawn[0], "99")


def test_areas_and_maps_of_an_edition(redrawn: tuple[str, str], tmp_path: Path) -> None:
    before, after = redrawn
    for edition, grids in ((before, 6), (after, 4)):
        out = tmp_path / f"areas-{edition}.geojson"
        told = said(
            *("areas", "export", "--layer", "base", "--level", "grid"),
            *("--edition", edition, "-o", str(out)),
        )
        assert f"{grids} areas" in told
        page = tmp_path / f"{edition}.html"
        said("map", "hotspots", "--edition", edition, "-o", str(page))
        assert f"№ {edition}" in page.read_text()
    with pytest.raises(InvalidInputError, match="not both"):
        said("map", "hotspots", "--edition", before, "--at", "2026-05-01", "-o", str(page))
