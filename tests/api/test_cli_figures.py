"""``gridgis figures`` at the terminal, and its files."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from gridgis.errors import InvalidInputError
from gridgis.store.engine import Store
from gridgis_api.cli.figures import figures
from tests.cases_made import keep
from tests.cities import draw
from tests.core.figures_judge import made_of
from tests.core.test_figures import JUNE, NOON, case, closed
from tests.core.test_figures_laws import CENTRES

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer()
app.command("figures")(figures)
app.callback()(lambda: None)


def said(*words: str) -> str:
    result = CliRunner().invoke(app, ["figures", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def test_figures_are_shown_and_written(
    database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GRIDGIS_DATABASE_URL", database_url)
    monkeypatch.setenv("GRIDGIS_TIMEZONE", "Asia/Shanghai")
    store = Store(database_url)
    with store.begin() as connection:
        drawn = draw(connection, made_at=NOON)
        cases = [case("B"), closed(2, due_at=JUNE.before), *(case("A") for _ in range(1200))]
        keep(connection, made_of(cases, drawn, CENTRES))
    store.close()
    told = said("--by", "area", "--month", "2025-06").splitlines()
    first = next(line for line in told if line.split()[:1] == ["A"])
    # A share of a single case is told, and marked.
    assert first.split()[:7] == ["A", "Grid", "A", "1,201", "1", "1,200", "0"]
    assert "100.0%*" in first
    numbers = said("--by", "none", "--period", "2025", "--each", "month", "--columns", "received")
    lines = [line.rstrip() for line in numbers.splitlines() if " 2025-" in line]
    assert [line.split()[-1] for line in lines][4:7] == ["0", "1,202", "0"]
    assert len({len(line) for line in lines}) == 1, "numbers stand to the right"
    assert "received_before_change" in said(
        *("--by", "category", "--month", "2025-06", "--compare"),
        *("--columns", "received,received_before_change"),
    )
    tiers = said("--by", "tier", "--month", "2025-06")
    assert ["street", "街道"] in [line.split()[:2] for line in tiers.splitlines()]
    readers = {".csv": pd.read_csv, ".xlsx": partial(pd.read_excel, engine="openpyxl")}
    for kind in (".csv", ".xlsx", ".geojson", ".gpkg"):
        reads, out = readers.get(kind, gpd.read_file), tmp_path / f"june{kind}"
        said("--month", "2025-06", "--as", "reported", "-o", str(out))
        assert reads(out)["received"].sum() == 1202
    for words, wrong in (
        (("--columns", "colour"), "no 'colour'"),
        (("--category", "lampp"), "no category 'lampp'"),
        (("-o", str(tmp_path / "june.txt")), r"\.csv, .*\.geojson"),
        (("--by", "tier", "-o", str(tmp_path / "a.gpkg")), "only figures by area"),
        (("--since", "2025-06-01"), "two ends"),
        (
            ("--since", "2025-06-02", "--before", "2025-06-01"),
            r"ends before.* 2025-06-01T00:00:00\+08:00 is not later",
        ),
    ):
        with pytest.raises(InvalidInputError, match=wrong):
            said(*words)
