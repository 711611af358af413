"""The archive: all reports in order of time, numbered, with what goes wrong in a real one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely

from gridgis.demo.reports import ZONE, Draft, Moments
from gridgis.demo.terrain import Floats, to_lonlat, to_metres

_NO_LOCATION_SHARE = 0.01
_NEAR_BORDER = 160
_FAR = 12


def file_reports(
    drafts: list[Draft], district: shapely.Polygon, year: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Put reports in order.

    One in a hundred keeps only its address; a few fall just outside the district, fewer far away.

    Returns
    -------
    Columns number (unique text), captured_at (aware, UTC, whole seconds, ascending), category,
    description, address, lon, lat (NaN with an address only), accuracy_m (NaN likewise), channel
    (patrol, resident, hotline, camera); index 0..n-1.
    """
    moment = np.concatenate([d.moment for d in drafts])
    lonlat = to_lonlat(np.concatenate([d.at_m for d in drafts]))
    code = np.repeat([d.category for d in drafts], [len(d.moment) for d in drafts])
    _stray(lonlat, district, rng)
    accuracy_m = np.concatenate([d.accuracy_m for d in drafts])
    lost = rng.random(len(moment)) < _NO_LOCATION_SHARE
    lonlat[lost] = np.nan
    accuracy_m[lost] = np.nan
    table = pd.DataFrame(
        {
            "captured_at": _in_utc(moment),
            "category": code.astype(object),
            "description": np.concatenate([d.description for d in drafts]),
            "address": np.concatenate([d.address for d in drafts]),
            "lon": lonlat[:, 0],
            "lat": lonlat[:, 1],
            "accuracy_m": accuracy_m,
            "channel": np.concatenate([d.channel for d in drafts]),
        }
    )
    table = table.sort_values("captured_at", kind="stable", ignore_index=True)
    table.insert(0, "number", [f"YC{year}-{i:06d}" for i in range(1, len(table) + 1)])
    return table


def _in_utc(moment: Moments) -> pd.DatetimeIndex:
    """Turn the city's local times into aware ones in UTC."""
    return pd.DatetimeIndex(moment).tz_localize(ZONE).tz_convert("UTC").as_unit("us")


def _stray(lonlat: Floats, district: shapely.Polygon, rng: np.random.Generator) -> None:
    """Move a few points over the border, and fewer far away, in place."""
    rim = shapely.LineString(shapely.get_exterior_ring(district))
    spot = shapely.line_interpolate_point(rim, rng.random(_NEAR_BORDER), normalized=True)
    near = to_metres(shapely.get_coordinates(spot)) + rng.normal(0.0, 90.0, (_NEAR_BORDER, 2))
    near = to_lonlat(near)
    near = near[~shapely.intersects_xy(district, near[:, 0], near[:, 1])]
    away = rng.uniform(20_000.0, 400_000.0, _FAR)
    toward = rng.uniform(0, 2 * np.pi, _FAR)
    far = to_lonlat(np.column_stack([away * np.cos(toward), away * np.sin(toward)]))
    moved = rng.choice(len(lonlat), len(near) + _FAR, replace=False)
    lonlat[moved] = np.concatenate([near, far])
