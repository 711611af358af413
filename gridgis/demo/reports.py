"""A year of reports: when, where, about what, and in whose words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from gridgis.demo.categories import CATEGORIES, Category

if TYPE_CHECKING:
    from gridgis.demo.anchors import Anchors
    from gridgis.demo.fabric import Ints
    from gridgis.demo.terrain import Floats

Words = npt.NDArray[np.object_]
Moments = npt.NDArray[np.datetime64]

ZONE = "Asia/Shanghai"
A_DAY = 308.0
CHANNELS = ("patrol", "resident", "hotline", "camera")
_BY_CODE = {c.code: c for c in CATEGORIES}
_SATURDAY = 5
_WEEK = np.array([1.12, 1.05, 1.02, 1.0, 1.04, 0.92, 0.85])
# How exactly a channel knows where it is: metres, one standard deviation as a share.
_ACCURACY_M = {
    "patrol": (8.0, 0.4),
    "resident": (25.0, 0.7),
    "hotline": (60.0, 0.6),
    "camera": (3.0, 0.1),
}
_RHYTHMS = {
    "day": [1, 1, 1, 1, 1, 3, 8, 18, 30, 34, 30, 24, 18, 20, 27, 30, 28, 24, 20, 16, 12, 8, 4, 2],
    "evening": [3, 2, 1, 1, 1, 2, 6, 12, 12, 10, 9, 12, 14, 9, 9, 9, 13, 22, 34, 38, 34, 24, 14, 6],
    "night": [22, 14, 8, 4, 2, 3, 6, 8, 8, 8, 8, 9, 10, 8, 8, 8, 9, 12, 18, 24, 30, 36, 38, 32],
    "office": [0, 0, 0, 0, 0, 0, 1, 4, 24, 34, 32, 24, 8, 10, 26, 30, 26, 14, 4, 2, 1, 1, 0, 0],
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """Reports of one category before they are put in order.

    Attributes
    ----------
    category
        Its code.
    moment
        Local time without a zone, whole seconds.
    at_m
        Local metres (east, north).
    channel, accuracy_m, description, address
        One per report.
    """

    category: str
    moment: Moments
    at_m: Floats
    channel: Words
    accuracy_m: Floats
    description: Words
    address: Words


def make_drafts(
    buildings: Anchors, roads: Anchors, households: Ints, year: int, rng: np.random.Generator
) -> list[Draft]:
    """Draw the ordinary reports; `households` are those of the grids, in code order."""
    drafts = []
    # Some grids complain twice as much as others, and each category has its own troubled spots.
    mood = rng.lognormal(0.0, 0.35, len(households))
    for category in CATEGORIES:
        moment = _moments(category, year, rng)
        heat = households * mood * rng.lognormal(0.0, 0.6, len(households))
        at_road = rng.random(len(moment)) < category.on_road
        for anchors, here in ((roads, at_road), (buildings, ~at_road)):
            if here.any():
                spot = _spots(anchors, heat, int(here.sum()), rng)
                drafts.append(draft_at(anchors, spot, category.code, moment[here], rng))
    return drafts


def _moments(category: Category, year: int, rng: np.random.Generator) -> Moments:
    """Draw the times of a year's reports: season, weekday, hour; local, without zone."""
    days = pd.date_range(f"{year}-01-01", f"{year}-12-31", freq="D")
    season = 1.0 + category.summer * np.sin(
        2 * np.pi * (days.day_of_year.to_numpy() - 105) / 365.25
    )
    week = _WEEK[days.day_of_week.to_numpy()]
    if category.rhythm == "office":
        week = np.where(days.day_of_week.to_numpy() >= _SATURDAY, 0.3, 1.2)
    count = rng.poisson(A_DAY * category.share * season * week)
    seconds = _seconds(category.rhythm, int(count.sum()), rng)
    return np.asarray(np.repeat(days.to_numpy().astype("datetime64[s]"), count) + seconds)


def times_between(
    begin: pd.Timestamp, end: pd.Timestamp, category: str, count: int, rng: np.random.Generator
) -> Moments:
    """Draw times on whole local days from `begin` up to `end`, by the category's hours."""
    first = begin.tz_localize(None).to_datetime64().astype("datetime64[s]")
    day = rng.integers((end - begin).days, size=count) * np.timedelta64(1, "D")
    return np.asarray(first + day + _seconds(_BY_CODE[category].rhythm, count, rng))


def _seconds(rhythm: str, count: int, rng: np.random.Generator) -> npt.NDArray[np.timedelta64]:
    weight = np.array(_RHYTHMS[rhythm], dtype=np.float64)
    hour = rng.choice(24, size=count, p=weight / weight.sum())
    return (hour * 3600 + rng.integers(3600, size=count)).astype("timedelta64[s]")


def _spots(anchors: Anchors, heat: Floats, count: int, rng: np.random.Generator) -> Ints:
    """Choose anchors: the grid by its heat, then any spot in it."""
    first = np.searchsorted(anchors.grid, np.arange(len(heat) + 1))
    some = np.diff(first)
    weight = np.where(some > 0, heat, 0.0)
    grid = rng.choice(len(heat), size=count, p=weight / weight.sum())
    return np.asarray(first[grid] + np.floor(rng.random(count) * some[grid]).astype(np.int64))


def draft_at(
    anchors: Anchors,
    spot: Ints,
    category: str,
    moment: Moments,
    rng: np.random.Generator,
) -> Draft:
    """Write reports about anchors."""
    law = _BY_CODE[category]
    weight = np.array(law.channels, dtype=np.float64)
    channel = rng.choice(len(CHANNELS), size=len(spot), p=weight / weight.sum())
    typical, spread = np.array([_ACCURACY_M[c] for c in CHANNELS]).T
    accuracy_m = np.round(
        typical[channel] * rng.lognormal(0.0, 1.0, len(spot)) ** spread[channel], 1
    )
    # A position errs by about its accuracy; the worst are cut off, as a phone does.
    error = rng.normal(0.0, 1.0, (len(spot), 2)).clip(-2, 2) * (accuracy_m / 2.5)[:, None]
    text = np.array([t.split("{}")[1] for t in law.texts], dtype=object)
    words = text[rng.integers(len(text), size=len(spot))]
    return Draft(
        category=category,
        moment=moment,
        at_m=anchors.at_m[spot] + error,
        channel=np.array(CHANNELS, dtype=object)[channel],
        accuracy_m=accuracy_m,
        description=anchors.where[spot] + words,
        address=anchors.address[spot],
    )
