"""How long everything takes: lognormal by step and category, slower at night and on weekends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from gridgis.demo.fabric import Ints
    from gridgis.demo.reports import Moments, Words
    from gridgis.demo.terrain import Floats
    from gridgis.demo.worked.courses import Course

HOUR_S, DAY_S = 3600.0, 86_400.0
_MINUTE_S = 60.0

# Median seconds from being seen to being received.
_RECEIPT = {"patrol": 20.0, "resident": 90.0, "hotline": 240.0, "camera": 5.0}

# Median minutes of a step, and the spread of its logarithm.
_STEPS = {
    "spot": (22, 0.7),
    "file": (9, 0.9),
    "level": (2, 0.7),
    "reject": (25, 0.8),
    "merge": (6, 0.7),
    "dispatch": (9, 0.9),
    "dispatch-two": (7, 0.9),
    "dispatch-wrong": (9, 0.9),
    "not-ours": (95, 0.9),
    "give-back": (60, 0.8),
    "refuse": (45, 0.8),
    "cannot": (180, 0.8),
    "accept": (14, 1.0),
    "arrive": (38, 0.7),
    "help-accept": (5, 0.8),
    "help-arrive": (12, 0.6),
    "help-done": (20, 0.8),
    "lift": (30, 0.8),
    "urge": (240, 0.8),
    "supervise": (300, 0.8),
    "ask-extension": (360, 0.6),
    "ask-deferral": (240, 0.6),
    "ask-parking": (600, 0.6),
    "grant": (90, 0.8),
    "resume": (9_000, 0.5),
    "verify": (240, 0.9),
    "fail": (240, 0.9),
    "rework": (40, 0.8),
    "close": (60, 0.9),
    "close-not_in_scope": (120, 0.9),
    "close-withdrawn": (120, 0.9),
    "reopen": (3_500, 0.7),
    "rate": (1_100, 1.0),
    "rate-low": (800, 1.0),
}
# Median hours of the work itself.
_WORK_H = {
    "gas-smell": 2.0,
    "fire-hazard": 18.0,
    "rubbish": 6.0,
    "manhole-cover": 11.0,
    "noise": 1.6,
    "street-light": 20.0,
    "water-leak": 9.0,
    "parking": 1.5,
    "dispute": 70.0,
    "elevator": 8.0,
    "illegal-building": 190.0,
    "tree": 9.0,
    "stray-dog": 7.0,
    "road-damage": 85.0,
    "question": 11.0,
}
_WORK_SPREAD = 0.85
_GRAVE = {1: 0.12, 2: 0.2, 3: 0.6, 4: 1.0}
"""What a level does to all delays."""

_SLOW_STREETS, _SLOW_UNITS = 2, 3
_BAD_MONTH, _BAD_MONTH_TAKES = 8, 1.5
_NIGHT_TAKES, _WEEKEND_TAKES = 2.2, 1.4
_MORNING, _EVENING, _SATURDAY = 7, 21, 5
# What waits for the morning: nobody works on it, or looks at it, at night.
_BY_DAY = frozenset({"verify", "fail", "close", "rework", "lift", "supervise", "grant", "reopen"})
_URGENT = frozenset({"gas-smell", "elevator", "noise", "fire-hazard", "water-leak"})
# What residents and inspectors do has nothing to do with how slow the work was.
_OUTSIDE = frozenset({"rate", "rate-low", "reopen"})
_LONGEST_S = 20 * DAY_S
# One offset all year: the city knows no summer time.
_AHEAD = timedelta(hours=8)


def received(seen: Moments, channel: Words, rng: np.random.Generator) -> Floats:
    """Return seconds from being seen to being received, whole ones."""
    typical = np.array([_RECEIPT[one] for one in channel.tolist()])
    return np.ceil(typical * rng.lognormal(0.0, 0.7, len(seen)))


def paces(
    street: Ints, unit: Words, level: Ints, seen: Moments, rng: np.random.Generator
) -> Floats:
    """Return how slow each case is: two streets, three units and one month are slower than others.

    Parameters
    ----------
    street
        The street's number; -1 outside.
    seen
        Times in the city, without a zone.
    """
    streets = rng.lognormal(0.0, 0.12, int(street.max()) + 2)
    slow = min(_SLOW_STREETS, len(streets) - 1)
    streets[rng.choice(max(len(streets) - 1, 1), slow, replace=False)] *= 1.6
    names, number = np.unique(unit.astype(str), return_inverse=True)
    units = rng.lognormal(0.0, 0.15, len(names))
    units[rng.choice(len(names), min(_SLOW_UNITS, len(names)), replace=False)] *= 1.8
    month = pd.DatetimeIndex(seen).month.to_numpy()
    grave = np.array([_GRAVE[one] for one in level.tolist()])
    bad = np.where(month == _BAD_MONTH, _BAD_MONTH_TAKES, 1.0)
    return np.asarray(streets[street] * units[number] * bad * grave)


def times(
    course: Course, begun_s: Floats, category: Words, pace: Floats, rng: np.random.Generator
) -> Floats:
    """Draw when each step of a course happens.

    Parameters
    ----------
    begun_s
        When each case was received, in seconds of the city's own time since 1970.

    Returns
    -------
    The same kind of seconds, whole and ascending, shape (cases, steps).
    """
    at = begun_s
    found = np.empty((len(begun_s), len(course)))
    urgent = np.isin(category, list(_URGENT)) | (pace < _GRAVE[3])
    work_h = np.array([_WORK_H[one] for one in category.tolist()])
    for step, name in enumerate(course):
        took = _took_s(name, work_h, len(at), rng)
        slow = pace * _slower(at)
        took = np.minimum(took, _LONGEST_S) if name in _OUTSIDE else took * slow
        at = at + np.maximum(np.ceil(took), 1.0)
        if name in _BY_DAY:
            at = np.where(urgent, at, _in_the_morning(at, rng))
        found[:, step] = at
    return found


def _took_s(name: str, work_h: Floats, count: int, rng: np.random.Generator) -> Floats:
    if name == "finish":
        return np.asarray(work_h * HOUR_S * rng.lognormal(0.0, _WORK_SPREAD, count))
    minutes, spread = _STEPS[name]
    return np.asarray(minutes * _MINUTE_S * rng.lognormal(0.0, spread, count))


def _slower(at: Floats) -> Floats:
    hour = (at % DAY_S) / HOUR_S
    # The first of January 1970 was a Thursday.
    weekday = (at // DAY_S + 3) % 7
    night = (hour < _MORNING) | (hour >= _EVENING)
    takes = np.where(night, _NIGHT_TAKES, 1.0)
    return np.asarray(takes * np.where(weekday >= _SATURDAY, _WEEKEND_TAKES, 1.0))


def _in_the_morning(at: Floats, rng: np.random.Generator) -> Floats:
    """Move what falls into the night to the next morning."""
    hour = (at % DAY_S) / HOUR_S
    day = at // DAY_S + (hour >= _EVENING)
    morning = day * DAY_S + (_MORNING + 1.5) * HOUR_S + np.ceil(rng.exponential(2_400.0, len(at)))
    return np.asarray(np.where((hour < _MORNING) | (hour >= _EVENING), morning, at))


def squeezed(found: Floats, begun_s: Floats, columns: int, latest_s: Floats) -> Floats:
    """Return times of which the first `columns` end by a time at the latest.

    They keep their order and the shares of their delays; what follows comes as much earlier.
    """
    took = found[:, columns - 1] - begun_s
    room = latest_s - begun_s
    share = np.where(took > room, room / np.maximum(took, 1.0), 1.0)
    offsets = found - begun_s[:, None]
    first = np.floor(offsets[:, :columns] * share[:, None])
    # Whole seconds, and no two steps in one of them.
    steps = np.arange(1, columns + 1)
    first = np.maximum.accumulate(first - steps, axis=1) + steps
    earlier = offsets[:, columns - 1] - first[:, -1]
    rest = offsets[:, columns:] - np.where(share < 1.0, earlier, 0.0)[:, None]
    moved = np.concatenate([first, rest], axis=1) + begun_s[:, None]
    return np.asarray(np.where((share < 1.0)[:, None], moved, found))


def to_utc(local_s: Floats) -> Moments:
    """Return seconds of the city's own time as UTC, NaN as none.

    >>> to_utc(np.array([8 * 3600.0])).tolist()[0].isoformat()
    '1970-01-01T00:00:00'
    """
    there = np.isfinite(local_s)
    seconds = np.where(there, local_s, 0.0).astype("int64").astype("datetime64[s]")
    utc = seconds - np.timedelta64(_AHEAD)
    utc[~there] = np.datetime64("NaT")
    return np.asarray(utc)
