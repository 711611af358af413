"""Colours of the maps: ramps that darken steadily, so that lightness alone tells classes apart.

Whoever sees hues differently, or prints in grey, reads the same order.
"""

from __future__ import annotations

FAR = ("#f6f1d6", "#c3dcb9", "#80bab0", "#44899f", "#2c5a85", "#262f5c")
"""Near to far: pale yellow over green to deep blue."""

MANY = ("#fbe3c6", "#f5b685", "#e5805e", "#c2464e", "#852150")
"""Few to many: pale apricot over red to wine."""

DENSE = ("#e6e3f1", "#bfb8dd", "#9489c4", "#6a57a5", "#3d2a73")
"""Few to many on a surface that covers the grids: violet, which no measure of theirs has."""

BENEATH = ("#f1ecdc", "#d6cdb4", "#b3a786", "#8b7f60")
"""Few to many, sand to clay: for a ground on which coloured marks lie."""

NONE = "#ffffff"
UNKNOWN = "#cfcdc6"
MASKED = "#e4e2ea"

DENSER = (0, 1, 2, 3, 4, 5, 10)
"""Patterns for more and more: none, few dots, dots, lines, dense ones, crossed, dense crossed."""

COLDER = (0, 8, 9, 7)
"""Patterns for the other side of a ramp with two ends: lines that fall, dense ones, upright."""

UNKNOWN_HATCH = 6
"""Level lines: nothing is known here."""

MASKED_HATCH = 9
"""Dense lines that fall: it is known, but not shown to everybody."""


def ramp(anchors: tuple[str, ...], classes: int) -> list[str]:
    """Return as many colours as classes, evenly spread over the anchors, lightest first.

    >>> ramp(("#ffffff", "#000000"), 3)
    ['#ffffff', '#808080', '#000000']
    >>> ramp(MANY, 1)
    ['#e5805e']
    """
    if classes == 1:
        return [_between(anchors, 0.5)]
    return [_between(anchors, step / (classes - 1)) for step in range(classes)]


def hatches(classes: int, patterns: tuple[int, ...] = DENSER) -> list[int]:
    """Return as many patterns as classes, evenly spread, the plainest first.

    A grey photocopy that blurs two neighbours of a ramp still tells their patterns apart. More
    classes than patterns share some.

    >>> hatches(5), hatches(1)
    ([0, 2, 3, 5, 10], [0])
    """
    if classes == 1:
        return [patterns[0]]
    last = len(patterns) - 1
    return [patterns[int(step * last / (classes - 1) + 0.5)] for step in range(classes)]


def _between(anchors: tuple[str, ...], position: float) -> str:
    at = position * (len(anchors) - 1)
    low = min(int(at), len(anchors) - 2)
    pairs = zip(_rgb(anchors[low]), _rgb(anchors[low + 1]), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * (at - low)):02x}" for a, b in pairs)


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
