"""What is decided about a report: the answers of its time, and who is responsible today."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.locate.order import responsible_first

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.locate.territory import Territory
    from gridgis.model import Category, Location
    from gridgis.store.assignments import Answer


class Decided(NamedTuple):
    """Each layer's answer at the time of capture, and today's grid; None: a person must look."""

    answers: list[Answer]
    holder: Answer | None


def decide(
    territory: Territory,
    location: Location | None,
    category: Category | None,
    times: tuple[datetime, datetime],
    near_tolerance_m: float,
) -> Decided:
    """Return what a territory says of a place.

    The report may be older than the editions in force: its assignment names the grids of its time,
    its holder is a grid of today.

    Parameters
    ----------
    location
        EPSG:4326, longitude first; None: not known where.
    category
        Its own layer goes before the others.
    times
        The time that picks the editions of the answers, and the present.
    near_tolerance_m
        How far a grid may be from a point that none covers, in metres.
    """
    then, now = times[0], territory.present(times[1])
    answers = territory.locate(location, then, near_tolerance_m=near_tolerance_m)
    if location is None:
        return Decided(answers, None)
    today = answers
    if not territory.is_same(then, now):
        today = territory.locate(location, now, near_tolerance_m=near_tolerance_m)
    own = None if category is None else category.layer
    found = [one for one in responsible_first(today, own) if one.area_id is not None]
    return Decided(answers, found[0] if found else None)
