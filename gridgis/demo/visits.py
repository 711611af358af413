"""Standing visits of the demo district and those of its last weeks: to places, never to persons."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

DAYS = 8
"""The last days of the year, in which visits were recorded."""

_COMMUNITIES, _DWELLINGS, _POINTS = 10, 26, 60
"""Communities that visit old people, dwellings in each, points of the evening's patrol in all."""

_INSPECTED = frozenset({"school", "market", "hospital", "works", "university"})
_KEPT = 0.9
"""The share of visits that were made on the day."""

_FORGOTTEN = 0.1
"""The share of places that nobody came to any more in the end."""

_FAR, _SILENT, _NOBODY_HOME = 0.03, 0.05, 0.06
"""The shares of visits recorded from far away, without a position, and before a closed door."""

_METRES_PER_DEGREE = 111_000.0


def make_visit_plans(places: gpd.GeoDataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """List the standing visits.

    Dwellings of old people who live alone are entrances in some communities, every 7 days; schools,
    markets and works are inspected for fire every 30 days; compounds are points of the evening's
    patrol, every day.

    Returns
    -------
    Columns code, place (the place's code), kind, name, every_days, hours, service_s, priority;
    index 0..n-1.
    """
    units = places[places["kind"] == "unit"]
    names = rng.choice(np.unique(units["community"].to_numpy(str)), _COMMUNITIES, replace=False)
    dwellings = np.concatenate(
        [
            rng.choice(units.loc[units["community"] == name, "code"].to_numpy(object), _DWELLINGS)
            for name in names
        ]
    )
    compounds = places.loc[places["kind"] == "compound", "code"].to_numpy(object)
    points = rng.choice(compounds, _POINTS, replace=False)
    inspected = places.loc[places["kind"].isin(_INSPECTED), "code"].to_numpy(object)
    tables = [
        _plans(dwellings, "visit", "独居老人走访", 7, "Mo-Fr 09:00-11:30,14:30-17:30", 900),
        _plans(inspected, "inspection", "消防检查", 30, "Mo-Fr 08:30-17:30", 1800),
        _plans(points, "patrol", "晚间巡查", 1, None, 180),
    ]
    table = pd.concat(tables, ignore_index=True)
    table["hours"] = table["hours"].astype(object).where(table["hours"].notna(), None)
    table.insert(0, "code", [f"ZF{number:05d}" for number in range(1, len(table) + 1)])
    return table


def make_visits(
    plans: pd.DataFrame,
    places: gpd.GeoDataFrame,
    responders: gpd.GeoDataFrame,
    until: pd.Timestamp,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Record who went where in the last weeks of the year.

    Returns
    -------
    Columns id (UUID), number (of a full-time worker), place (code), kind, at (aware), lon, lat,
    accuracy_m (NaN without a position), result; by time; index 0..n-1.
    """
    every = plans["every_days"].to_numpy()
    first = rng.integers(0, np.minimum(every, DAYS))
    turns = [(row, day) for row in range(len(plans)) for day in range(first[row], DAYS, every[row])]
    row, day = np.array(turns, np.int64).T
    forgotten = (rng.random(len(plans)) < _FORGOTTEN)[row] & (day >= DAYS // 2)
    kept = (rng.random(len(row)) < _KEPT) & ~forgotten
    row, day = row[kept], day[kept]
    order = np.argsort(day * len(plans) + row, kind="stable")
    row, day = row[order], day[order]
    by_day, evening = rng.integers(540, 1020, len(row)), rng.integers(1110, 1260, len(row))
    minute = np.where(every[row] == 1, evening, by_day)
    began = until - pd.Timedelta(days=DAYS)
    lon, lat = _positions(plans["place"].iloc[row], places, rng)
    silent = rng.random(len(row)) < _SILENT
    return pd.DataFrame(
        {
            "id": [UUID(bytes=rng.bytes(16), version=4) for _ in row],
            "number": _workers(plans["place"], places, responders)[row],
            "place": plans["place"].to_numpy(object)[row],
            "kind": plans["kind"].to_numpy(object)[row],
            "at": began + pd.to_timedelta(day * 1440 + minute, unit="min"),
            "lon": np.where(silent, np.nan, lon),
            "lat": np.where(silent, np.nan, lat),
            "accuracy_m": np.where(silent, np.nan, rng.integers(4, 25, len(row))),
            "result": np.where(rng.random(len(row)) < _NOBODY_HOME, "无人应门", "正常"),
        }
    )


def _plans(
    codes: np.ndarray, kind: str, name: str, every_days: int, hours: str | None, service_s: int
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "place": np.unique(codes.astype(str)).astype(object),
            "kind": kind,
            "name": name,
            "every_days": every_days,
            "hours": hours,
            "service_s": service_s,
            "priority": 0,
        }
    )


def _positions(
    codes: pd.Series, places: gpd.GeoDataFrame, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return where the phones were: some metres from the place, or some hundreds."""
    at = shapely.get_coordinates(_spots(codes, places))
    away_m = np.where(
        rng.random(len(codes)) < _FAR,
        rng.uniform(300, 900, len(codes)),
        rng.rayleigh(8, len(codes)),
    )
    turn = rng.uniform(0, 2 * np.pi, len(codes))
    north = away_m * np.sin(turn) / _METRES_PER_DEGREE
    east = away_m * np.cos(turn) / (_METRES_PER_DEGREE * np.cos(np.radians(at[:, 1])))
    return np.round(at[:, 0] + east, 7), np.round(at[:, 1] + north, 7)


def _workers(
    codes: pd.Series, places: gpd.GeoDataFrame, responders: gpd.GeoDataFrame
) -> np.ndarray:
    """Return for each place the full-time worker whose home is nearest: mostly that of its grid."""
    full = responders[responders["role"] == "full-time"].reset_index(drop=True)
    nearest = shapely.STRtree(full.geometry.to_numpy()).nearest(_spots(codes, places))
    return np.asarray(full["number"].to_numpy(object)[nearest])


def _spots(codes: pd.Series, places: gpd.GeoDataFrame) -> np.ndarray:
    """Return the points of places, in the order of their codes."""
    rows = pd.Index(places["code"]).get_indexer(pd.Index(codes))
    return np.asarray(places.geometry.to_numpy()[rows])
