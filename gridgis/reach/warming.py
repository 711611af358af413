"""Compile the kernels of reach ahead: ``python -m gridgis.reach.warming``."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

from gridgis.compiling import is_whole, note_whole
from gridgis.nearest.crowd import Crowd
from gridgis.nearest.needs import Need
from gridgis.nearest.warming import streets
from gridgis.reach.coverage import nearest_stations
from gridgis.reach.isochrones import isochrones
from gridgis.reach.stations import planned_stations
from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import TravelTimes
from gridgis.settings import Settings

_KERNELS = Path(__file__).parent / "kernels"


def is_warm() -> bool:
    """Say whether this version was compiled on this machine before."""
    return is_whole(_KERNELS)


def warm() -> None:
    """Compile what is not compiled yet; it takes some seconds the first time."""
    network = RoadNetwork.of(*streets())
    times = TravelTimes.of(network, Mode.CAR, read_speeds().pace(Mode.CAR, 0))
    here = np.array([104.6]), np.array([38.1])
    homes = pd.DataFrame({"lon": here[0], "lat": here[1], "households": [1]})
    isochrones(times, here, [1, 5], cells=homes)
    nearest_stations(times, here, here)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    planned_stations(Crowd([]), Need(), now, Settings.model_construct())
    note_whole(_KERNELS)


if __name__ == "__main__":
    warm()
