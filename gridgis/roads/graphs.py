"""From roads and forbidden turns to the graph of one mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]


class Graph(NamedTuple):
    """Who comes where by one mode, without times; see :class:`gridgis.roads.kernels.shapes.Arcs`.

    Attributes
    ----------
    node
        int32 [states]: the node of each state.
    first, to, arc
        The arcs by the state where they begin.
    back_first, back_to, back_arc
        The same arcs by the state where they end.
    ends
        int32 [2 * roads]: the state in which an arc ends; -1 where the mode may not go.
    main
        bool [roads]: whether the road is part of the network proper: from every part of it one
        comes to every other and back. The largest such part, by roads.
    """

    node: Ints
    first: Ints
    to: Ints
    arc: Ints
    back_first: Ints
    back_to: Ints
    back_arc: Ints
    ends: Ints
    main: NDArray[np.bool_]


class Turns(NamedTuple):
    """Forbidden turns: from an arc into an arc (int64, see :class:`Arcs`), for whom (a mask)."""

    arc: NDArray[np.int64]
    into: NDArray[np.int64]
    modes: NDArray[np.int16]


def build_graph(tail: Ints, head: Ints, allowed: NDArray[np.bool_], turns: Turns) -> Graph:
    """Return the graph of the arcs that are allowed.

    Parameters
    ----------
    tail, head
        The nodes where each arc begins and ends, [2 * roads].
    allowed
        Whether the mode may take the arc.
    turns
        Those forbidden to the mode.

    Notes
    -----
    A node that is come to by an arc with forbidden turns gets a state of its own for that arc, from
    which only the other turns lead on. So a search over states needs not to know about turns.
    """
    arcs = np.flatnonzero(allowed)
    here = np.unique(np.concatenate([tail[arcs], head[arcs]]))
    state = np.full(int(max(tail.max(initial=0), head.max(initial=0))) + 1, -1, dtype=np.int32)
    state[here] = np.arange(len(here), dtype=np.int32)
    turns = _within(turns, allowed)
    special = np.unique(turns.arc)
    ends = np.full(len(allowed), -1, dtype=np.int32)
    ends[arcs] = state[head[arcs]]
    ends[special] = len(here) + np.arange(len(special), dtype=np.int32)
    node = np.concatenate([here, head[special]]).astype(np.int32)
    # Every arc leaves its node's own state, and each special state of that node it may leave.
    begin, taken = _leaving_special(tail, arcs, special, ends, turns)
    begin = np.concatenate([state[tail[arcs]], begin])
    leaving = np.concatenate([arcs, taken]).astype(np.int32)
    first, order = _by(begin, len(node))
    back_first, back_order = _by(ends[leaving], len(node))
    return Graph(
        node=node,
        first=first,
        to=ends[leaving][order],
        arc=leaving[order],
        back_first=back_first,
        back_to=begin[back_order].astype(np.int32),
        back_arc=leaving[back_order],
        ends=ends,
        main=_main(begin, ends[leaving], leaving, (len(node), len(allowed) // 2)),
    )


def _within(turns: Turns, allowed: NDArray[np.bool_]) -> Turns:
    known = allowed[turns.arc] & allowed[turns.into]
    return Turns(turns.arc[known], turns.into[known], turns.modes[known])


def _leaving_special(
    tail: Ints, arcs: NDArray[np.int64], special: NDArray[np.int64], ends: Ints, turns: Turns
) -> tuple[Ints, NDArray[np.int64]]:
    """Return the special states and the arcs that leave them: all but the forbidden."""
    by_tail = arcs[np.argsort(tail[arcs], kind="stable")]
    nodes = tail[by_tail]
    forbidden = set(zip(turns.arc.tolist(), turns.into.tolist(), strict=True))
    begin: list[int] = []
    taken: list[int] = []
    # An arc's head is the tail of its way back.
    for arc in special.tolist():
        at = tail[arc ^ 1]
        low, high = np.searchsorted(nodes, [at, at + 1])
        for onward in by_tail[low:high].tolist():
            if (arc, onward) not in forbidden:
                begin.append(int(ends[arc]))
                taken.append(onward)
    return np.array(begin, dtype=np.int32), np.array(taken, dtype=np.int64)


def _by(state: Ints, states: int) -> tuple[Ints, NDArray[np.int64]]:
    """Return where each state's arcs begin, and the order that puts them there."""
    first = np.zeros(states + 1, dtype=np.int32)
    np.cumsum(np.bincount(state, minlength=states), out=first[1:])
    return first, np.argsort(state, kind="stable")


def _main(begin: Ints, end: Ints, arc: Ints, sizes: tuple[int, int]) -> NDArray[np.bool_]:
    states, roads = sizes
    main = np.zeros(roads, dtype=np.bool_)
    if not len(arc):
        return main
    links = coo_array((np.ones(len(arc), dtype=np.int8), (begin, end)), shape=(states, states))
    _, part = connected_components(links.tocsr(), directed=True, connection="strong")
    inside = part[begin] == part[end]
    sizes_of = np.bincount(part[begin[inside]], minlength=int(part.max()) + 1)
    largest = inside & (part[begin] == int(np.argmax(sizes_of)))
    main[arc[largest] >> 1] = True
    return main
