"""Districting for the demo: blocks gathered into connected zones of given sizes, again and again.

A zone is halved along the straight front that cuts the fewest metres of street, where a cut
along a main road or the river costs little; a few blocks are then passed over the front to
smooth it. Both halves stay connected and touch the zone's outside, so no zone has a hole.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gridgis.demo.fabric import OUTSIDE, Bools, Fabric, Ints

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gridgis.demo.terrain import Floats

_COST = {"river": 0.15, "shore": 0.8, "trunk": 0.25, "primary": 0.35, "secondary": 0.6}
_FRONTS = 16
_PASSES = 3
_WORST_IMBALANCE = 0.45


@dataclass(frozen=True)
class Ground:
    """Blocks as a graph.

    Attributes
    ----------
    neighbours
        Per block, its neighbours with the cost of a border between them; OUTSIDE is one.
    weight
        Households per block.
    centre_m
        Per block, local metres (east, north).
    """

    neighbours: list[dict[int, float]]
    weight: Floats
    centre_m: Floats


def make_ground(fabric: Fabric) -> Ground:
    """Read the graph of blocks from the fabric."""
    neighbours: list[dict[int, float]] = [{} for _ in fabric.blocks]
    price = np.array([_COST.get(str(kind), 1.0) for kind in fabric.kind]) * fabric.length_m
    for (a, b), cost in zip(fabric.sides.tolist(), price.tolist(), strict=True):
        for one, other in ((a, b), (b, a)):
            if one != OUTSIDE:
                neighbours[one][other] = neighbours[one].get(other, 0.0) + cost
    return Ground(neighbours, fabric.households, fabric.centre_m)


def gather(ground: Ground, blocks: Ints, sizes: Sequence[int]) -> list[Ints]:
    """Gather blocks into one zone per size, connected, without holes, households by size."""
    if len(sizes) == 1:
        return [blocks]
    middle = len(sizes) // 2
    first, second = _halve(ground, blocks, sum(sizes[:middle]), sum(sizes[middle:]))
    return gather(ground, first, sizes[:middle]) + gather(ground, second, sizes[middle:])


def _halve(ground: Ground, blocks: Ints, first: int, second: int) -> tuple[Ints, Ints]:
    """Split a zone for `first` and `second` grids."""
    zone = _Zone(ground, blocks, first, second)
    tries = sorted(zone.fronts(), key=lambda t: t[0])[:4] or zone.branches()
    if not tries:
        # A few blocks of very different weight: connected matters more than balanced.
        zone.worst_imbalance = np.inf
        tries = zone.branches()
    smooth = [zone.smooth(inside) for _, inside in tries]
    best = min(smooth, key=lambda t: t[0])[1]
    return blocks[best], blocks[~best]


class _Zone:
    """A zone while it is split; blocks are numbered from 0 within it."""

    def __init__(self, ground: Ground, blocks: Ints, first: int, second: int) -> None:
        local = {int(b): i for i, b in enumerate(blocks)}
        self.near: list[dict[int, float]] = []
        for b in blocks.tolist():
            links: dict[int, float] = {}
            for other, cost in ground.neighbours[b].items():
                to = local.get(other, OUTSIDE)
                links[to] = links.get(to, 0.0) + cost
            self.near.append(links)
        self.weight = ground.weight[blocks] / ground.weight[blocks].sum()
        self.at = ground.centre_m[blocks]
        self.need = (first, second)
        self.share = first / (first + second)
        self.worst_imbalance = _WORST_IMBALANCE
        span = np.ptp(self.at, axis=0)
        self.size_m = float(np.hypot(*span)) + 1.0

    def score(self, inside: Bools) -> float:
        """Return cut cost plus imbalance; lower is better."""
        cut = sum(
            cost
            for i in np.flatnonzero(inside).tolist()
            for j, cost in self.near[i].items()
            if j != OUTSIDE and not inside[j]
        )
        off = abs(float(self.weight[inside].sum()) - self.share)
        return cut / self.size_m + 30.0 * (off / min(self.share, 1 - self.share)) ** 2

    def fits(self, inside: Bools) -> bool:
        """Tell whether both halves are large enough, connected, and open to the outside."""
        if inside.sum() < self.need[0] or (~inside).sum() < self.need[1]:
            return False
        off = abs(float(self.weight[inside].sum()) - self.share)
        if off > self.worst_imbalance * min(self.share, 1 - self.share):
            return False
        return all(self._whole(half) for half in (inside, ~inside))

    def _whole(self, half: Bools) -> bool:
        members = np.flatnonzero(half).tolist()
        open_out = any(OUTSIDE in self.near[i] for i in members)
        return open_out and len(self._reach(members[0], half)) == len(members)

    def _reach(self, start: int, half: Bools) -> set[int]:
        seen, queue = {start}, deque([start])
        while queue:
            for j in self.near[queue.popleft()]:
                if j != OUTSIDE and half[j] and j not in seen:
                    seen.add(j)
                    queue.append(j)
        return seen

    def fronts(self) -> Iterable[tuple[float, Bools]]:
        """Yield splits by straight fronts in many directions."""
        for angle in np.arange(_FRONTS) * 2 * np.pi / _FRONTS:
            order = np.argsort(self.at @ [np.cos(angle), np.sin(angle)], kind="stable")
            filled = np.cumsum(self.weight[order])
            count = int(np.searchsorted(filled, self.share)) + 1
            for take in {max(count - 1, self.need[0]), max(count, self.need[0])}:
                inside = np.zeros(len(order), dtype=bool)
                inside[order[:take]] = True
                inside = self._tidy(self._tidy(inside, keep=True), keep=False)
                if self.fits(inside):
                    yield self.score(inside), inside

    def _tidy(self, inside: Bools, *, keep: bool) -> Bools:
        """Give all but the heaviest piece of one half to the other half."""
        half = inside if keep else ~inside
        left = set(np.flatnonzero(half).tolist())
        pieces = []
        while left:
            piece = self._reach(min(left), half)
            left -= piece
            pieces.append(sorted(piece))
        moved = inside.copy()
        pieces.sort(key=lambda p: (-float(self.weight[p].sum()), p))
        for lesser in pieces[1:]:
            moved[lesser] = not keep
        return moved

    def branches(self) -> list[tuple[float, Bools]]:
        """Return splits along one branch of a spanning tree: the way out when no front works."""
        found = []
        for root in range(len(self.weight)):
            order, parent = self._tree(root)
            branch = {i: {i} for i in order}
            for i in reversed(order[1:]):
                branch[parent[i]] |= branch[i]
            for members in branch.values():
                inside = np.zeros(len(order), dtype=bool)
                inside[list(members)] = True
                found += [(self.score(h), h) for h in (inside, ~inside) if self.fits(h)]
            if found:
                break
        return sorted(found, key=lambda t: t[0])[:1]

    def _tree(self, root: int) -> tuple[list[int], dict[int, int]]:
        order, parent = [root], {root: root}
        for i in order:
            for j in self.near[i]:
                if j != OUTSIDE and j not in parent:
                    parent[j] = i
                    order.append(j)
        return order, parent

    def smooth(self, inside: Bools) -> tuple[float, Bools]:
        """Pass blocks over the front while that lowers the score."""
        best, score = inside.copy(), self.score(inside)
        for _ in range(_PASSES):
            moved = False
            for i in self._front_blocks(best):
                trial = best.copy()
                trial[i] = not trial[i]
                new = score + self._change(best, i)
                if new < score - 1e-9 and self.fits(trial):
                    best, score, moved = trial, new, True
            if not moved:
                break
        return score, best

    def _change(self, inside: Bools, i: int) -> float:
        own = [(j, c) for j, c in self.near[i].items() if j != OUTSIDE]
        cut = sum(c if inside[j] == inside[i] else -c for j, c in own) / self.size_m
        now = float(self.weight[inside].sum()) - self.share
        then = now + float(self.weight[i]) * (-1.0 if inside[i] else 1.0)
        scale = min(self.share, 1 - self.share)
        return cut + 30.0 * ((then / scale) ** 2 - (now / scale) ** 2)

    def _front_blocks(self, inside: Bools) -> list[int]:
        return [
            i
            for i, links in enumerate(self.near)
            if any(j != OUTSIDE and inside[j] != inside[i] for j in links)
        ]
