"""Who went to a case and how they came there: tasks, what the dispatch reckoned, the ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import LineString

from gridgis import frames
from gridgis.response.labels import label
from gridgis_api.telling import unit_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gridgis.cases.model import Case, Task
    from gridgis.model import Event, Location
    from gridgis.store.worklists import Around
    from gridgis_api.kinds.maker import Maker

_COLUMNS = (
    *("unit", "people", "leads", "state", "sent_at", "accepted_at", "arrived_at"),
    *("distance_m", "travel_s", "by", "way"),
)


def parties_of(
    maker: Maker, case: Case, told: Sequence[Event], around: Around, words: tuple[str, str]
) -> gpd.GeoDataFrame:
    """Return a row for each task, as :class:`gridgis_maps.IncidentFrames` wants it.

    The lines begin where the first of a task's people is stationed: nobody keeps which way was
    taken. They go by road where the roads are known, and straight otherwise.
    """
    reckoned = _reckoned(told)
    rows = [_row(one, reckoned, around, words) for one in case.tasks]
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    lines, ways = _ways(maker, case)
    table["way"] = ways
    return gpd.GeoDataFrame(table, geometry=gpd.GeoSeries(lines, crs=4326))


def _row(
    task: Task, reckoned: Mapping[str, Mapping[str, Any]], around: Around, words: tuple[str, str]
) -> dict[str, object]:
    people = [str(one) for one in task.responders]
    chosen = [reckoned[one] for one in people if one in reckoned]
    # The last of them decides when a party is there.
    last: Mapping[str, Any] = max(
        chosen, key=lambda one: (one["travel_s"] or 0.0, one["distance_m"]), default={}
    )
    return {
        "unit": unit_name(around, task.unit),
        "people": "、".join(around.people.get(one, one) for one in people),
        "leads": task.is_lead,
        "state": label(task.state, *words),
        "sent_at": pd.Timestamp(task.sent_at),
        "accepted_at": pd.Timestamp(task.accepted_at) if task.accepted_at else pd.NaT,
        "arrived_at": pd.Timestamp(task.arrived_at) if task.arrived_at else pd.NaT,
        "distance_m": last.get("distance_m", float("nan")),
        "travel_s": last.get("travel_s") or float("nan"),
        "by": last.get("by"),
        "way": None,
    }


def _reckoned(told: Sequence[Event]) -> dict[str, Mapping[str, Any]]:
    """Return what each responder's last dispatch reckoned: distance, time, by road or straight."""
    found: dict[str, Mapping[str, Any]] = {}
    for event in told:
        facts: Mapping[str, Any] = event.facts
        for party in facts.get("parties") or ():
            for one in party.get("chosen") or ():
                found[str(one["id"])] = {**one, "by": facts.get("by")}
    return found


def _ways(maker: Maker, case: Case) -> tuple[NDArray[np.object_], list[str | None]]:
    """Return the line of each task and what it is: ``road``, ``line``, or None without one."""
    here = case.location
    lines = np.full(len(case.tasks), None, object)
    ways: list[str | None] = [None] * len(case.tasks)
    numbers, starts = _starts(maker, case)
    if here is None or not numbers:
        return lines, ways
    roads = _by_road(maker, here, starts)
    for number, start, road in zip(numbers, starts.geometry, roads, strict=True):
        at = shapely.get_coordinates(start)[0]
        straight = LineString([tuple(at), (here.lon, here.lat)])
        lines[number] = straight if road is None else road
        ways[number] = "line" if road is None else "road"
    return lines, ways


def _starts(maker: Maker, case: Case) -> tuple[list[int], gpd.GeoDataFrame]:
    """Return the positions of tasks of which the first one's station is known, and the stations."""
    # No position is as fresh as that, so that everybody is where they are stationed.
    everybody = frames.responders(maker.connection, at=maker.now, fresh_from=maker.now)
    known = everybody[everybody.geometry.notna()].drop_duplicates("id").set_index("id")
    firsts = {
        number: str(task.responders[0])
        for number, task in enumerate(case.tasks)
        if task.responders and str(task.responders[0]) in known.index
    }
    stations = known.loc[list(firsts.values()), ["geometry"]].reset_index(drop=True)
    return list(firsts), stations


def _by_road(maker: Maker, here: Location, starts: gpd.GeoDataFrame) -> list[LineString | None]:
    # Only here: it knows the engine of the nearest, and other maps need none.
    from gridgis.nearest.frames import ways_by_road  # noqa: PLC0415

    times = frames.travel_times(maker.connection, maker.now, maker.settings)
    if times is None:
        return [None] * len(starts)
    return ways_by_road(here, starts, times)
