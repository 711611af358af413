"""The street plan, drawn in valley coordinates: main roads first, then blocks cut between them.

Bands along the river and avenues across it make large quarters; each quarter is halved again and
again, at slightly skewed angles, until a block holds about a quarter of a grid's households.
Every cut becomes a road (or, up in the hills, a ridge), so that blocks are bounded by roads.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from gridgis.demo.terrain import (
    EMBANKMENT_M,
    LEFT_FOOT_M,
    LEFT_RIM_M,
    LENGTH_M,
    RIGHT_FOOT_M,
    RIGHT_RIM_M,
    Floats,
    Valley,
)

BLOCK_HOUSEHOLDS = 112.0
_SNAP_M = 28.0
_MIN_SIDE_M = 60.0
_SAME_LINE_M = 0.01
_INLAND_M = EMBANKMENT_M + 60.0
_BRIDGE_SHARE = 0.75
# The first cuts of a large quarter make its main streets.
_MAIN_CUTS = 2
# The lines along the river, from the right rim to the left one: distance, kind, name.
_BANDS = (
    (-RIGHT_RIM_M, "outline", ("", "")),
    (RIGHT_FOOT_M, "trunk", ("南山快速路", "South Hills Expressway")),
    (-960.0, "secondary", ("南塬路", "Nanyuan Road")),
    (-420.0, "primary", ("河南大街", "South Bank Avenue")),
    (0.0, "river", ("", "")),
    (430.0, "secondary", ("望河路", "Wanghe Road")),
    (920.0, "primary", ("云川大道", "Yunchuan Avenue")),
    (1450.0, "secondary", ("北塬路", "Beiyuan Road")),
    (LEFT_FOOT_M, "trunk", ("北山快速路", "North Hills Expressway")),
    (LEFT_RIM_M, "outline", ("", "")),
)
_EMBANKMENTS = (
    (-EMBANKMENT_M, ("滨河南路", "Binhe South Road")),
    (EMBANKMENT_M, ("滨河北路", "Binhe North Road")),
)


@dataclass(frozen=True)
class Stroke:
    """One straight or kinked line of the plan, in valley coordinates.

    Attributes
    ----------
    points
        Shape (n, 2).
    kind
        river, trunk, primary, secondary, residential, ridge (no road) or outline (no road).
    road
        Number of the road that the stroke belongs to.
    bridge
        Whether the road crosses the river.
    bounds
        Whether blocks end here; an embankment road runs within them.
    title
        The road's name, zh and en; ("", "") when it gets one later.
    """

    points: Floats
    kind: str
    road: int
    bridge: bool = False
    bounds: bool = True
    title: tuple[str, str] = ("", "")


@dataclass
class Plan:
    """The strokes drawn so far and the ends of the cuts, which later cuts snap to."""

    valley: Valley
    rng: np.random.Generator
    strokes: list[Stroke] = field(default_factory=list)
    scale: float = 1.0
    ends: Floats = field(default_factory=lambda: np.empty((0, 2)))

    def draw(self, points: list[Floats] | Floats, kind: str, *, bridge: bool = False) -> None:
        """Add a stroke as a road of its own."""
        self.strokes.append(Stroke(np.asarray(points), kind, len(self.strokes), bridge))

    def weigh(self, block: Floats) -> float:
        """Return the households that live in a convex block, shape (n, 2)."""
        a, b, c = block[:1], block[1:-1], block[2:]
        area = np.abs(_cross(b - a, c - a)) / 2
        at = np.concatenate([(a + b) / 2, (b + c) / 2, (a + c) / 2])
        lived = self.valley.density(at).reshape(3, -1).mean(axis=0)
        return float((area * lived).sum()) * self.scale


def make_plan(valley: Valley, rng: np.random.Generator, households: float) -> list[Stroke]:
    """Draw a street plan whose blocks hold about `households` in all."""
    plan = Plan(valley, rng)
    crosses = _crossings(rng)
    bands = _bands(rng, crosses)
    quarters = [
        np.array([bands[j][i], bands[j][i + 1], bands[j + 1][i + 1], bands[j + 1][i]])
        for j in range(len(bands) - 1)
        for i in range(len(crosses) - 1)
    ]
    plan.scale = households / sum(plan.weigh(part) for q in quarters for part in _quads(q))
    _draw_bands(plan, bands)
    _draw_crossings(plan, bands)
    for side, title in _EMBANKMENTS:
        ends = np.array([[0.0, side], [LENGTH_M, side]])
        road = len(plan.strokes)
        plan.strokes.append(Stroke(ends, "primary", road, bounds=False, title=title))
    for quarter in quarters:
        _cut_up(plan, quarter)
    return plan.strokes


def _crossings(rng: np.random.Generator) -> Floats:
    """Return where avenues cross the river: closer together in the middle of the valley."""
    share = np.linspace(0, 1, 13)
    eased = share + 0.05 * np.sin(2 * np.pi * share)
    inner = eased[1:-1] + rng.uniform(-0.018, 0.018, len(share) - 2)
    return np.concatenate([[0.0], inner, [1.0]]) * LENGTH_M


def _bands(rng: np.random.Generator, crosses: Floats) -> list[Floats]:
    """Return the roads along the river, each with a point on every avenue."""
    lean = rng.uniform(-0.11, 0.11, len(crosses))
    lean[[0, -1]] = 0.0
    bands = []
    for v, kind, _ in _BANDS:
        shake = 0.0 if kind in {"river", "outline"} else 55.0
        across = v + rng.uniform(-shake, shake, len(crosses))
        bands.append(np.column_stack([crosses + lean * across, across]))
    return bands


def _draw_bands(plan: Plan, bands: list[Floats]) -> None:
    for points, (_, kind, title) in zip(bands, _BANDS, strict=True):
        plan.strokes.append(Stroke(points, kind, len(plan.strokes), title=title))


def _draw_crossings(plan: Plan, bands: list[Floats]) -> None:
    count = len(bands[0])
    for i in range(count):
        points = np.array([band[i] for band in bands])
        if i in {0, count - 1}:
            plan.draw(points, "outline")
            continue
        plan.draw(points[:2], "ridge")
        plan.draw(points[-2:], "ridge")
        bridge = i in {1, count - 2} or bool(plan.rng.random() < _BRIDGE_SHARE)
        plan.draw(points[1:-1], "primary" if bridge else "secondary", bridge=bridge)


def _cut_up(plan: Plan, quarter: Floats) -> None:
    waiting = [(quarter, 0)]
    while waiting:
        block, depth = waiting.pop()
        weight = plan.weigh(block)
        if weight < BLOCK_HOUSEHOLDS * plan.rng.uniform(0.85, 1.45):
            continue
        ends = _choose_cut(plan, block)
        if ends is None:
            continue
        hill = block[:, 1].mean() > LEFT_FOOT_M - 60 or block[:, 1].mean() < RIGHT_FOOT_M + 60
        kind = (
            "secondary" if depth < _MAIN_CUTS and weight > 16 * BLOCK_HOUSEHOLDS else "residential"
        )
        if hill and weight < 3 * BLOCK_HOUSEHOLDS:
            kind = "ridge"
        plan.draw(np.array(ends), kind)
        plan.ends = np.vstack([plan.ends, *ends])
        waiting.extend((half, depth + 1) for half in _halves(block, *ends))


def _choose_cut(plan: Plan, block: Floats) -> tuple[Floats, Floats] | None:
    """Return both ends of a cut across the block's longer side, or None when it is too small."""
    middle = block.mean(axis=0)
    turn = 0.22 * np.sin(middle[0] / 1900.0 + middle[1] / 700.0) + plan.rng.normal(0, 0.05)
    axes = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    reach = np.ptp(block @ axes.T, axis=0)
    longer = int(reach[1] > reach[0] * plan.rng.uniform(0.85, 1.15))
    for axis in (longer, 1 - longer):
        if reach[axis] < 2 * _MIN_SIDE_M:
            continue
        ends = _cut_across(plan, block, axes[axis])
        if ends is not None:
            return ends
    return None


def _cut_across(plan: Plan, block: Floats, normal: Floats) -> tuple[Floats, Floats] | None:
    along = block @ normal
    at = along.min() + np.ptp(along) * plan.rng.uniform(0.4, 0.6)
    ends: list[Floats] = []
    for i in range(len(block)):
        a, b = along[i] - at, along[(i + 1) % len(block)] - at
        if (a < 0) != (b < 0):
            start, stop = block[i], block[(i + 1) % len(block)]
            ends.append(_snap(plan, start, stop, a / (a - b)))
    # A cut ends on the river's middle line or well inland, never on the embankment.
    if not ends or any(1.0 < abs(end[1]) < _INLAND_M for end in ends):
        return None
    return ends[0], ends[1]


def _snap(plan: Plan, start: Floats, stop: Floats, share: float) -> Floats:
    """Return the point at `share` of a side, or the end of a cut on its other side nearby."""
    point = start + (stop - start) * share
    side = stop - start
    length = float(np.hypot(*side))
    near = np.abs(plan.ends - point).max(axis=1, initial=0.0) < _SNAP_M
    ends = plan.ends[near]
    if not len(ends):
        return point
    away = np.hypot(*(ends - point).T)
    off = np.abs(_cross(ends - start, side[None])) / length
    along = (ends - start) @ side / length
    fit = (away < _SNAP_M) & (off < _SAME_LINE_M) & (along > _SNAP_M) & (along < length - _SNAP_M)
    return ends[np.where(fit, away, np.inf).argmin()] if fit.any() else point


def _halves(block: Floats, first: Floats, second: Floats) -> list[Floats]:
    across = second - first
    side = _cross(across[None], block - first)
    ring: list[list[Floats]] = [[first, second], [first, second]]
    for k in (0, 1):
        keep = block[side > 0.0] if k == 0 else block[side < 0.0]
        ring[k].extend(keep)
    return [_convex(np.array(part)) for part in ring]


def _convex(points: Floats) -> Floats:
    """Return the points in order around their middle."""
    away = points - points.mean(axis=0)
    return points[np.argsort(np.arctan2(away[:, 1], away[:, 0]))]


def _quads(block: Floats, pieces: int = 6) -> list[Floats]:
    """Cut a quarter in pieces small enough to weigh by their edges' middles."""
    share = np.linspace(0, 1, pieces + 1)[:, None, None]
    low = block[0] + (block[1] - block[0]) * share[:, 0]
    high = block[3] + (block[2] - block[3]) * share[:, 0]
    lattice = low[:, None] + (high - low)[:, None] * share[None, :, 0]
    return [
        np.array([lattice[i, j], lattice[i + 1, j], lattice[i + 1, j + 1], lattice[i, j + 1]])
        for i in range(pieces)
        for j in range(pieces)
    ]


def _cross(a: Floats, b: Floats) -> Floats:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
