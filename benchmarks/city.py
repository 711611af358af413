"""A synthetic city of streets: a crooked chequerboard with avenues, one-way streets and gaps."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.locate.metres import metres_per_degree_lat, metres_per_degree_lon

WEST, SOUTH = 104.0, 30.0
BLOCK_M = 110.0
_EVERY, _FEET = 15, 8


def city_roads(rng: np.random.Generator, side: int) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Return edges and forbidden turns of `side` x `side` crossings: some 1.9 edges a crossing."""
    node = np.arange(side * side).reshape(side, side)
    pairs = np.concatenate(
        [
            np.stack([node[:, :-1].ravel(), node[:, 1:].ravel()], axis=1),
            np.stack([node[:-1].ravel(), node[1:].ravel()], axis=1),
        ]
    )
    row = pairs // side
    column = pairs % side
    # Every twelfth street is an avenue, every sixth a street of its district.
    line = np.where(row[:, 0] == row[:, 1], row[:, 0], column[:, 0])
    kind = np.where(line % 12 == 0, "primary", np.where(line % 6 == 0, "secondary", "residential"))
    kept = (rng.random(len(pairs)) < 0.96) | (kind != "residential")
    pairs, kind = pairs[kept], kind[kept]
    x, y = metres_per_degree_lon(SOUTH), metres_per_degree_lat(SOUTH)
    at_m = BLOCK_M * np.stack([node.ravel() % side, node.ravel() // side], axis=1)
    at_m = at_m + rng.uniform(-25, 25, at_m.shape)
    at = np.array([WEST, SOUTH]) + at_m / np.array([x, y])
    lines = shapely.linestrings(at[pairs])
    oneway = (rng.random(len(pairs)) < 0.2) & (kind == "residential")
    edges = gpd.GeoDataFrame(
        {
            "source": "city",
            "way": np.arange(len(pairs)).astype(str),
            "class": kind,
            "name": None,
            "forward": np.int16(_EVERY),
            "backward": np.where(oneway, _FEET, _EVERY).astype(np.int16),
            "speed_kmh": np.nan,
            "from_node": pairs[:, 0],
            "to_node": pairs[:, 1],
            "length_m": np.hypot(*(at_m[pairs[:, 1]] - at_m[pairs[:, 0]]).T),
        },
        geometry=lines,
        crs=4326,
    )
    # As the store gives them: neighbours near each other.
    edges = edges.iloc[np.argsort(edges.hilbert_distance().to_numpy())].reset_index(drop=True)
    return edges, _bans(edges, rng, len(edges) // 200)


def _bans(edges: gpd.GeoDataFrame, rng: np.random.Generator, count: int) -> pd.DataFrame:
    """Forbid turns from some edges into others that begin where they end."""
    begins = edges["from_node"].to_numpy()
    order = np.argsort(begins, kind="stable")
    origin = rng.choice(len(edges), count, replace=False)
    via = edges["to_node"].to_numpy()[origin]
    place = np.searchsorted(begins[order], via)
    there = (place < len(order)) & (begins[order[np.minimum(place, len(order) - 1)]] == via)
    return pd.DataFrame(
        {
            "from_edge": origin[there],
            "via_node": via[there],
            "to_edge": order[place[there]],
            "modes": np.int16(3),
        }
    )
