"""Towns of streets, drawn at random, with one-way streets and forbidden turns."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

ORIGIN = (104.60, 38.10)
BLOCK_DEG = 0.0012
_KINDS = np.array(["primary", "secondary", "residential", "service", "footway"])
_EVERY, _FEET = 15, 12


def draw_town(
    rng: np.random.Generator, side: int = 12, *, bans: int = 10
) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """A crooked chequerboard of `side` x `side` crossings: some streets missing, some one-way,
    some for feet only, some bent; and some turns that cars may not take."""
    node = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], axis=1),
            np.stack([node[:-1].ravel(), node[1:].ravel()], axis=1),
        ]
    )
    pairs = pairs[rng.random(len(pairs)) < 0.88]
    at = np.stack([node.ravel() % side, node.ravel() // side], axis=1).astype(float)
    at = np.array(ORIGIN) + BLOCK_DEG * (at + rng.uniform(-0.3, 0.3, at.shape))
    bend = (at[pairs[:, 0]] + at[pairs[:, 1]]) / 2 + BLOCK_DEG * rng.uniform(
        -0.15, 0.15, (len(pairs), 2)
    )
    lines = shapely.linestrings(np.stack([at[pairs[:, 0]], bend, at[pairs[:, 1]]], axis=1))
    kind = _KINDS[rng.integers(len(_KINDS), size=len(pairs))]
    on_foot = kind == "footway"
    oneway = (rng.random(len(pairs)) < 0.25) & ~on_foot
    edges = edges_of(lines, pairs)
    edges["class"] = kind
    edges["forward"] = np.where(on_foot, _FEET, _EVERY).astype(np.int16)
    edges["backward"] = np.where(on_foot | oneway, _FEET, _EVERY).astype(np.int16)
    limit = rng.choice([np.nan, 30.0, 60.0], len(pairs))
    edges["speed_kmh"] = limit
    return edges, _draw_bans(edges, rng, bans)


def edges_of(lines: np.ndarray, pairs: np.ndarray) -> gpd.GeoDataFrame:
    """Edges for all modes, both ways, from lines and the nodes at their ends."""
    geod = Geod(ellps="WGS84")
    return gpd.GeoDataFrame(
        {
            "source": "town",
            "way": [str(number) for number in range(len(lines))],
            "class": "residential",
            "name": None,
            "level": np.int16(0),
            "bridge": False,
            "forward": np.int16(_EVERY),
            "backward": np.int16(_EVERY),
            "speed_kmh": np.nan,
            "from_node": pairs[:, 0].astype(np.int64),
            "to_node": pairs[:, 1].astype(np.int64),
            "length_m": [geod.geometry_length(line) for line in lines],
        },
        geometry=lines,
        crs=4326,
    )


def _draw_bans(edges: gpd.GeoDataFrame, rng: np.random.Generator, count: int) -> pd.DataFrame:
    rows = []
    origin, target = edges["from_node"].to_numpy(), edges["to_node"].to_numpy()
    for edge in rng.permutation(len(edges))[:count].tolist():
        via = int(target[edge])
        onward = np.flatnonzero((origin == via) | (target == via))
        rows.append((edge, via, int(rng.choice(onward)), 3))
    return pd.DataFrame(rows, columns=["from_edge", "via_node", "to_edge", "modes"])
