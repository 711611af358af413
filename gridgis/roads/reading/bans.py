"""Turns that are forbidden, edge by edge: from restrictions, and from barriers between edges."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gridgis.roads.reading.ways import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd

    from gridgis.roads.reading.ways import Restriction, Ways

COLUMNS = ("from_edge", "via_node", "to_edge", "modes")


class _End(NamedTuple):
    """An edge at a node: who may arrive by it, and who may leave by it."""

    edge: int
    way: str
    arrive: int
    leave: int


def bans_of(edges: gpd.GeoDataFrame, ways: Ways) -> pd.DataFrame:
    """Return the forbidden turns between edges; rules that fit no two edges are listed.

    Columns from_edge, via_node (the file's number), to_edge, modes; sorted, one row a turn.
    """
    wanted = {turn.via for turn in ways.restrictions} | set(ways.barriers)
    ends = _ends(edges, wanted)
    bans: dict[tuple[int, int, int], int] = {}
    here = np.isin(ways.node, list(wanted))
    spots = dict(zip(ways.node[here].tolist(), ways.at[here].tolist(), strict=True))
    for turn in ways.restrictions:
        found = _turns(turn, ends.get(turn.via, []))
        if isinstance(found, str):
            lon, lat = spots.get(turn.via, (np.nan, np.nan))
            kind = "only_*" if turn.only else "no_*"
            sentence = f"{kind} is not applied: {found}"
            ways.findings.append(Finding("not_applied", sentence, turn.code, lon, lat))
        else:
            _add(bans, turn.via, found, turn.modes)
    for node, stops in ways.barriers.items():
        at = ends.get(node, [])
        through = [(one.edge, other.edge) for one in at for other in at if one != other]
        _add(bans, node, through, stops)
    rows = [(*turn, modes) for turn, modes in sorted(bans.items())]
    table = pd.DataFrame(rows, columns=["from_edge", "via_node", "to_edge", "modes"])
    kinds = dict.fromkeys(COLUMNS[:3], "int64")
    return table.astype({**kinds, "modes": "int16"})


def _ends(edges: gpd.GeoDataFrame, nodes: set[int]) -> Mapping[int, list[_End]]:
    found: dict[int, list[_End]] = {}
    way = edges["way"].to_numpy()
    forward = edges["forward"].to_numpy(dtype=np.int64)
    backward = edges["backward"].to_numpy(dtype=np.int64)
    wanted = np.array(sorted(nodes), dtype=np.int64)
    for side, arrive, leave in (
        ("from_node", backward, forward),
        ("to_node", forward, backward),
    ):
        node = edges[side].to_numpy()
        for row in np.flatnonzero(np.isin(node, wanted)).tolist():
            end = _End(row, str(way[row]), int(arrive[row]), int(leave[row]))
            found.setdefault(int(node[row]), []).append(end)
    return found


def _turns(turn: Restriction, here: list[_End]) -> list[tuple[int, int]] | str:
    """Return the pairs of edges that a restriction forbids, or why it cannot be applied."""
    arriving = [one for one in here if one.way in turn.from_ways and one.arrive & turn.modes]
    leaving = [one for one in here if one.way in turn.to_ways and one.leave & turn.modes]
    if not arriving or not leaving:
        side = "from" if not arriving else "to"
        there = {one.way for one in here} & set(turn.from_ways if not arriving else turn.to_ways)
        if there:
            return f"nobody whom it concerns may go there ({side} {', '.join(sorted(there))})"
        return f"its {side} way does not reach its node in the file"
    if _ambiguous(arriving) or (turn.only and _ambiguous(leaving)):
        return "a way of it passes the node, so it is not clear from or to which side"
    if turn.only:
        allowed = {one.edge for one in leaving}
        others = [one.edge for one in here if one.leave & turn.modes and one.edge not in allowed]
        return [(one.edge, other) for one in arriving for other in others]
    if _ambiguous(leaving):
        # A U-turn on a way that goes on behind the node leaves by the side that it came from.
        same = {one.edge for one in arriving} & {one.edge for one in leaving}
        return [(edge, edge) for edge in same] if turn.from_ways == turn.to_ways else _UNCLEAR
    return [(one.edge, other.edge) for one in arriving for other in leaving]


_UNCLEAR = "a way of it passes the node, so it is not clear to which side"


def _ambiguous(ends: list[_End]) -> bool:
    return len({one.way for one in ends}) < len(ends)


def _add(
    bans: dict[tuple[int, int, int], int], node: int, turns: Iterable[tuple[int, int]], modes: int
) -> None:
    for before, after in turns:
        bans[before, node, after] = bans.get((before, node, after), 0) | modes
