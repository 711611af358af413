"""A slow scan with loops only, after the papers: what the fast one must agree with."""

from __future__ import annotations

from math import hypot, log
from typing import NamedTuple


class Cluster(NamedTuple):
    """A cylinder: places in the order of the circle, intervals, cases, and how surprising."""

    places: list[int]
    first: int
    last: int
    cases: int
    expected: float
    ratio: float


class Town(NamedTuple):
    """Points, cases as (place, interval), how many intervals, and the exposure (None: permute)."""

    points: list[tuple[float, float]]
    cases: list[tuple[int, int]]
    intervals: int
    exposure: list[float] | None


def log_ratio(c: float, e: float, total: int) -> float:
    if not 0 < e < total:
        return 0.0
    inside = c * log(c / e) if c else 0.0
    return inside + ((total - c) * log((total - c) / (total - e)) if total > c else 0.0)


def circle_of(town: Town, centre: int, share: float) -> list[list[int]]:
    """All circles around a centre: its nearest places, places at one spot together."""
    x, y = town.points[centre]
    near = sorted(
        range(len(town.points)),
        key=lambda i: (
            (town.points[i][0] - x) ** 2 + (town.points[i][1] - y) ** 2,
            *town.points[i],
            i,
        ),
    )
    weight = town.exposure or [sum(p == i for p, _ in town.cases) for i in range(len(near))]
    circles = []
    for size in range(1, len(near) + 1):
        inside = near[:size]
        if sum(weight[i] for i in inside) > share * sum(weight) * (1 + 1e-9):
            break
        if size == len(near) or town.points[near[size]] != town.points[near[size - 1]]:
            circles.append(inside)
    return circles


def windows_of(town: Town, longest: int, prospective: bool) -> list[tuple[int, int]]:
    return [
        (last - length + 1, last)
        for length in range(1, longest + 1)
        for last in range(town.intervals - 1, length - 2, -1)
        if not prospective or last == town.intervals - 1
    ]


def judge(
    town: Town, longest: int, *, prospective: bool = True, share: float = 0.5, low: bool = False
) -> list[Cluster]:
    """The best cylinder of each centre, without those that share a place with a better one."""
    best = []
    for centre in range(len(town.points)):
        found = None
        for inside in circle_of(town, centre, share):
            for window in windows_of(town, longest, prospective):
                one = cylinder(town, inside, window, low)
                if one.ratio > (found.ratio if found else 0.0) + 1e-12:
                    found = one
        if found:
            best.append((-round(found.ratio, 9), len(found.places), centre, found))
    taken: set[int] = set()
    apart = []
    for *_, found in sorted(best):
        if not taken & set(found.places):
            taken |= set(found.places)
            apart.append(found)
    return apart


def cylinder(town: Town, inside: list[int], window: tuple[int, int], low: bool) -> Cluster:
    total, (first, last) = len(town.cases), window
    here = [time for place, time in town.cases if place in inside]
    count = sum(first <= time <= last for time in here)
    if town.exposure is None:
        then = sum(first <= time <= last for _, time in town.cases)
        by_chance = len(here) * then / total
    else:
        part = sum(town.exposure[i] for i in inside) / sum(town.exposure)
        by_chance = total * part * (last - first + 1) / town.intervals
    wanted = count < by_chance if low else count > by_chance and count > 1
    ratio = log_ratio(count, by_chance, total) if wanted else 0.0
    return Cluster(inside, first, last, count, by_chance, ratio)


def radius(town: Town, cluster: Cluster) -> float:
    (x0, y0), (x1, y1) = (town.points[cluster.places[i]] for i in (0, -1))
    return hypot(x0 - x1, y0 - y1)
