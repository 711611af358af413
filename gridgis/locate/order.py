"""Which layer's answer goes first, and so is responsible."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

# A grid that covers the point goes before one that is merely near.
_RANK = {"covers": 0, "near": 1, "outside": 2, "no_location": 2}


class _Answered(Protocol):
    @property
    def layer(self) -> str: ...

    @property
    def rule(self) -> str: ...


Given = TypeVar("Given", bound=_Answered)


def responsible_first(answers: Iterable[Given], own_layer: str | None = None) -> list[Given]:
    """Return the answers, the responsible one first.

    A layer that has a grid goes before one that has none. Among those the category's own layer goes
    first; then a grid that covers the point before one that is near it; then the order in which the
    layers came: exclusive ones by priority, `base` last.

    Examples
    --------
    >>> from types import SimpleNamespace as Answer
    >>> base, campus = Answer(layer="base", rule="covers"), Answer(layer="campus", rule="near")
    >>> [one.layer for one in responsible_first([campus, base])]
    ['base', 'campus']
    >>> [one.layer for one in responsible_first([campus, base], own_layer="campus")]
    ['campus', 'base']
    """

    def place(answer: Given) -> tuple[bool, bool, int]:
        rank = _RANK[answer.rule]
        return rank > 1, answer.layer != own_layer, rank

    return sorted(answers, key=place)
