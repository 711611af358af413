"""Which verdicts are alarms: few false ones, and one for each outbreak."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gridgis.errors import InvalidInputError
from gridgis_maps.numbers.watch.counts import CATEGORY, GRID

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gridgis_maps.numbers.watch.counts import Watched

WEEK_DAYS = 7
QUIET_DAYS = 2
ALARM_COLUMNS = (
    *("category", "grids", "worst_grid", "since", "until", "days"),
    *("observed", "expected", "p", "series_days", "recurrence_days"),
)


class Budget(NamedTuple):
    """How many false alarms are afforded: so many a week, over all `series` that are tested."""

    series: int
    false_alarms_per_week: float = 1.0

    @property
    def recurrence_days(self) -> float:
        """Return the least recurrence interval over all series that is an alarm, in days."""
        return WEEK_DAYS / self.false_alarms_per_week

    @property
    def p(self) -> float:
        """Return the largest p of one series on one day that is an alarm; 1 without a series."""
        return min(1.0, 1 / (self.recurrence_days * self.series)) if self.series else 1.0


def alarms(
    found: Watched,
    neighbours: Mapping[str, Collection[str]] | None = None,
    *,
    false_alarms_per_week: float = 1.0,
    quiet_days: int = QUIET_DAYS,
) -> pd.DataFrame:
    """Return the alarms of some days, the least explicable first, one for each outbreak.

    With n series tested a day, chance alone brings ``n p`` verdicts of at most p a day. An alarm is
    one with ``p <= b / (7 n)``, b being the false alarms that are afforded a week: its recurrence
    interval over all series, ``1 / (n p)`` days, is at least ``7 / b``. Since counts are whole
    numbers, less than b come true. A method's own rule (`Watched.signalled`) must be met as well.

    Alarms of one category in one grid or in neighbouring ones are one while they last: until more
    than `quiet_days` days lie between.

    Parameters
    ----------
    found
        Of `ears`, `negative_binomial_alarms` or `watched`; the days to look at. Undecided ones
        (NaN) are no alarms, and count as tested.
    neighbours
        The codes of each grid's neighbours; None: every grid stands for itself.
    false_alarms_per_week
        b, > 0.

    Returns
    -------
    pd.DataFrame
        Columns `category`; `grids` (tuple of codes, rising); `worst_grid`; `since`, `until` (first
        and last day with an alarm); `days` (how many had one); `observed`, `expected` (reports of
        all those alarms); `p` (the least of one series on one day); `series_days` (1 / p);
        `recurrence_days` (1 / (n p): chance alone does this somewhere once in so many days). Empty
        when there is none.

    Raises
    ------
    InvalidInputError
        The budget is not above zero.
    """
    if not false_alarms_per_week > 0:
        msg = f"false_alarms_per_week: {false_alarms_per_week} is not above 0"
        raise InvalidInputError(msg)
    budget = Budget(len(found.p), false_alarms_per_week)
    row, column = np.nonzero((found.p <= budget.p).to_numpy() & found.signalled.to_numpy("bool"))
    cells = pd.DataFrame(
        {
            "category": found.p.index.get_level_values(CATEGORY)[row],
            "grid": found.p.index.get_level_values(GRID)[row],
            "day": found.p.columns[column],
            "observed": found.observed.to_numpy("float64")[row, column],
            "expected": found.expected.to_numpy("float64")[row, column],
            "p": found.p.to_numpy()[row, column],
        }
    )
    outbreak = _outbreaks(cells, neighbours or {}, quiet_days)
    rows = [_alarm(member, budget.series) for _, member in cells.groupby(outbreak)]
    table = pd.DataFrame(rows, columns=list(ALARM_COLUMNS))
    order = ["recurrence_days", "category", "worst_grid"]
    return table.sort_values(order, ascending=[False, True, True], ignore_index=True)


def _alarm(member: pd.DataFrame, series: int) -> dict[str, object]:
    worst = member.iloc[int(member["p"].to_numpy().argmin())]
    # A p below the least double is told as that.
    p = max(float(worst["p"]), float(np.finfo(float).tiny))
    return {
        "category": worst["category"],
        "grids": tuple(sorted(set(member["grid"]))),
        "worst_grid": worst["grid"],
        "since": member["day"].min(),
        "until": member["day"].max(),
        "days": int(member["day"].nunique()),
        "observed": int(member["observed"].sum()),
        "expected": float(member["expected"].sum()),
        "p": p,
        "series_days": 1 / p,
        "recurrence_days": 1 / (series * p),
    }


def _outbreaks(
    cells: pd.DataFrame, neighbours: Mapping[str, Collection[str]], quiet_days: int
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Return for each alarm of one grid and day the number of its outbreak."""
    day = (cells["day"] - pd.Timestamp(0)).dt.days.to_numpy()
    by_series: dict[tuple[str, str], list[int]] = {}
    for at in np.argsort(day, kind="stable"):
        series = (str(cells["category"].iat[at]), str(cells["grid"].iat[at]))
        by_series.setdefault(series, []).append(int(at))
    links: list[tuple[int, int]] = []
    for (category, grid), own in by_series.items():
        links += [pair for pair in pairwise(own) if day[pair[1]] - day[pair[0]] <= quiet_days + 1]
        for other in neighbours.get(grid, ()):
            links += [
                (here, there)
                for here in own
                for there in by_series.get((category, other), ())
                if abs(day[here] - day[there]) <= quiet_days + 1
            ]
    here, there = np.asarray(links, dtype="int64").reshape(-1, 2).T
    graph = coo_array((np.ones(len(here)), (here, there)), shape=(len(cells), len(cells)))
    return connected_components(graph, directed=False)[1] if len(cells) else np.empty(0, "int32")
