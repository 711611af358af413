"""Planted outbreaks: places and days with many more reports of one category than usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.demo.reports import ZONE, Draft, draft_at, times_between
from gridgis.demo.terrain import Floats, to_lonlat

if TYPE_CHECKING:
    from gridgis.demo.anchors import Anchors

# category, radius in m, day of the year it begins, days, reports planted
_OUTBREAKS = (
    ("water-leak", 320, 18, 6, 48),
    ("street-light", 420, 61, 9, 40),
    ("rubbish", 380, 133, 12, 90),
    ("noise", 300, 187, 14, 75),
    ("gas-smell", 260, 238, 3, 30),
    ("stray-dog", 450, 276, 10, 45),
    ("parking", 280, 322, 8, 70),
)
_APART_M = 1_500.0
_MARGIN_M = 60.0
# Only where at least so many buildings stand within so far.
_CROWD, _CROWD_WITHIN_M = 10, 200.0


def make_clusters(
    drafts: list[Draft], anchors: Anchors, year: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, list[Draft]]:
    """Plant the outbreaks among the ordinary reports.

    Returns
    -------
    The list of them, columns category, lon, lat, radius_m, from, to (aware, UTC), factor (planted
    plus usual over usual), planted; and the reports to add.
    """
    start = pd.Timestamp(year=year, month=1, day=1, tz=ZONE)
    rows, extra = [], []
    centres = _centres(anchors, len(_OUTBREAKS), rng)
    for centre, (category, radius, day, days, planted) in zip(centres, _OUTBREAKS, strict=True):
        begin = start + pd.Timedelta(days=day)
        end = begin + pd.Timedelta(days=days)
        within = np.flatnonzero(np.hypot(*(anchors.at_m - centre).T) < radius - _MARGIN_M)
        spot = within[rng.integers(len(within), size=planted)]
        moment = times_between(begin, end, category, planted, rng)
        extra.append(draft_at(anchors, spot, category, moment, rng))
        usual = _usual(drafts, category, centre, radius) * days / 365.0
        lon, lat = to_lonlat(centre[None])[0].tolist()
        factor = round((planted + usual) / max(usual, 0.1), 1)
        begin_utc, end_utc = begin.tz_convert("UTC"), end.tz_convert("UTC")
        rows.append((category, lon, lat, float(radius), begin_utc, end_utc, factor, planted))
    columns = ["category", "lon", "lat", "radius_m", "from", "to", "factor", "planted"]
    return pd.DataFrame(rows, columns=columns), extra


def _centres(anchors: Anchors, count: int, rng: np.random.Generator) -> Floats:
    """Choose lived-in spots well apart from each other."""
    chosen: list[Floats] = []
    for i in rng.permutation(len(anchors.at_m)).tolist():
        spot = anchors.at_m[i]
        near = int((np.hypot(*(anchors.at_m - spot).T) < _CROWD_WITHIN_M).sum())
        if near >= _CROWD and all(np.hypot(*(spot - c)) > _APART_M for c in chosen):
            chosen.append(spot)
        if len(chosen) == count:
            break
    return np.array(chosen)


def _usual(drafts: list[Draft], category: str, centre: Floats, radius_m: float) -> float:
    """Count a year's ordinary reports of a category around a spot."""
    total = 0
    for draft in drafts:
        if draft.category == category:
            total += int((np.hypot(*(draft.at_m - centre).T) < radius_m).sum())
    return float(total)
