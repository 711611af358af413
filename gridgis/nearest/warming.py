"""Compile the kernels of roads and responders ahead: ``python -m gridgis.nearest.warming``."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.compiling import is_whole, note_whole
from gridgis.model import Location
from gridgis.nearest.crowd import Crowd, KnownResponder
from gridgis.nearest.line import by_line
from gridgis.nearest.needs import Need, asked_of
from gridgis.nearest.road import Wish, by_road
from gridgis.nearest.standing import Standing
from gridgis.roads.modes import ALL, Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import Change, TravelTimes
from gridgis.settings import Settings

_PACKAGE = Path(__file__).parents[1]
_KERNELS = (_PACKAGE / "roads" / "kernels", _PACKAGE / "nearest" / "kernels")
_HERE = Location(104.6, 38.1)


def is_warm() -> bool:
    """Say whether this version was compiled on this machine before."""
    return all(is_whole(folder) for folder in _KERNELS)


def warm() -> None:
    """Compile what is not compiled yet; it takes a minute the first time, and then a moment."""
    built = RoadNetwork.of(*streets())
    at = datetime(2026, 1, 1, tzinfo=UTC)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "warm.roads"
        built.save(file)
        # From memory and from a file: the kernels must not tell them apart.
        for network in (built, RoadNetwork.load(file)):
            times = TravelTimes.of(network, Mode.CAR, read_speeds().pace(Mode.CAR, 0))
            spots = times.snap(np.array([_HERE.lon]), np.array([_HERE.lat]))
            times.table(spots, spots)
            slow = times.changed([Change(np.array([0]), 0.5, ALL)])
            crowd = _crowd()
            usual = Standing(times, crowd)
            _ask(Standing(slow, crowd, usual), at)
    for kernels in _KERNELS:
        note_whole(kernels)


def _ask(standing: Standing, at: datetime) -> None:
    crowd, settings, need = standing.crowd, Settings.model_construct(), Need(k=2)
    asked = asked_of(need, at, crowd, settings)
    if asked is None:
        return
    one = np.array([_HERE.lon]), np.array([_HERE.lat]), np.array([np.nan])
    crowd.put(np.array([0]), *one, np.array([asked.now_ms]))
    by_road(standing, _HERE, need, asked, Wish(explain=True, routes=True))
    by_line(crowd, _HERE, need, asked, explain=True)


def _crowd() -> Crowd:
    return Crowd(KnownResponder(UUID(int=number), home=_HERE) for number in range(2))


def streets() -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return two streets at 104.6, 38.1, and no forbidden turn."""
    lines = shapely.linestrings(
        [[[104.59, 38.1], [104.61, 38.1]], [[104.61, 38.1], [104.61, 38.11]]]
    )
    edges = gpd.GeoDataFrame(
        {
            "way": ["1", "2"],
            "class": "residential",
            "name": None,
            "forward": ALL,
            "backward": ALL,
            "speed_kmh": np.nan,
            "from_node": [1, 2],
            "to_node": [2, 3],
            "length_m": [1_800.0, 1_100.0],
        },
        geometry=lines,
        crs=4326,
    )
    return edges, pd.DataFrame(columns=["from_edge", "via_node", "to_edge", "modes"], dtype="i8")


if __name__ == "__main__":
    warm()
