"""A month of the tiny city, for reports: figures that can be checked by eye."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import geopandas as gpd
import pandas as pd

from gridgis.figures.definitions import BY_COLUMN, DEFINITIONS
from gridgis_maps import BaseMap, CoverageFrames, Month, MonthlyFrames
from gridgis_maps.frames.monthly import no_warnings
from tests.maps.conftest import tiny_grids, tiny_outlines, tiny_reports, tiny_responders

APRIL = Month(
    names=("2026-04", "2026-03", "2025-04"),
    since=datetime(2026, 3, 31, 16, tzinfo=UTC),
    before=datetime(2026, 4, 30, 16, tzinfo=UTC),
    days={"now": 30.0, "before": 31.0, "last_year": 30.0},
)


def row(code: str | None, name: str | None, **figures: float) -> dict[str, Any]:
    """Figures of one group; what is not told is zero for counts, and unknown otherwise."""
    plain = {one.column: (float("nan") if one.base else 0) for one in DEFINITIONS}
    plain |= {f"{column}_before": value for column, value in plain.items()}
    plain |= {f"{column}_last_year": plain[column] for column in BY_COLUMN}
    return {"code": code, "name": name, **plain, **figures}


def table(*rows: dict[str, Any]) -> pd.DataFrame:
    return pd.DataFrame(list(rows) or [row("", "")]).iloc[: len(rows)]


def tiny_month(**parts: Any) -> MonthlyFrames:
    """April 2026: 900 received, 610 in March; on time 81 of 90, satisfied 3 of 4."""
    grids = tiny_grids().assign(workers=[1, 2, 0, 1, 1, 1, 1, 1, 1])
    whole = row(
        None,
        None,
        **{"received": 900, "received_before": 610, "closed": 100, "closed_before": 90},
        **{"on_time_share": 0.9, "limited": 90, "on_time_share_before": 0.88, "limited_before": 80},
        **{"satisfied_share": 0.75, "answered": 4, "asked": 40, "response_share": 0.1},
        **{"open": 30, "late_open": 7, "parked": 2, "open_before": 28, "late_open_before": 6},
        **{"close_n": 90, "close_median_min": 1500.0, "close_p90_min": 4000.0},
    )
    figures = [
        row(f"G{number}", f"网格{number}", received=100 + number, received_before=68, open=number)
        for number in range(9)
    ]
    made = MonthlyFrames(
        month=APRIL,
        grids=grids,
        own=grids["code"].tolist(),
        whole={key: value for key, value in whole.items() if key not in {"code", "name"}},
        by_category=table(
            row("waste", "垃圾", received=600, received_before=400, limited=3, on_time_share=1.0),
            row("gas", "燃气", received=300, received_before=210),
        ),
        by_part=table(
            row("S0", "北街", received=303, received_before=204),
            row("S1", "南街", received=597, received_before=406),
        ),
        by_grid=table(*figures).set_index("code"),
        part_name="街道",
        definitions=BY_COLUMN,
        reports=tiny_reports(),
        coverage=CoverageFrames(grids, tiny_responders()),
        base=BaseMap(tiny_outlines()),
    )
    return replace(made, **parts)


def empty_month() -> MonthlyFrames:
    """A month in which nothing was received, nor the month before; two cases are open."""
    made = tiny_month()
    nothing = row(None, None, open=2, late_open=1)
    return replace(
        made,
        whole={key: value for key, value in nothing.items() if key not in {"code", "name"}},
        by_category=table(),
        by_part=table(row("S0", "北街"), row("S1", "南街")),
        by_grid=table(*(row(f"G{number}", f"网格{number}") for number in range(9))).set_index(
            "code"
        ),
        reports=gpd.GeoDataFrame(tiny_reports().iloc[:0]),
    )


def warned() -> pd.DataFrame:
    """One early warning of the month."""
    return (
        no_warnings()
        .reindex([0])
        .assign(
            **{
                "grids": "网格4",
                "category_name": "垃圾",
                "since": "2026-04-28",
                "until": "2026-04-30",
            },
            **{"observed": 9, "expected": 1.5, "recurrence_days": 120.0, "state": "suggested"},
        )
    )
