"""Cases that may be the same matter as a report, with a score and its reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from gridgis.duplicates.scoring import Around, Told, score, spread_m
from gridgis.store import duplicates

if TYPE_CHECKING:
    from uuid import UUID

    from gridgis.duplicates.scoring import Score
    from gridgis.model import Report
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.duplicates import Found

_A_DAY_MIN = 48 * 60
_AN_HOUR_MIN = 120


class Reason(NamedTuple):
    """One part of a score: what it is called, its value from 0 to 1, and why, as a sentence."""

    part: str
    value: float
    sentence: str


@dataclass(frozen=True, slots=True)
class Similar:
    """A case that may be of the same matter.

    Attributes
    ----------
    score
        From 0 to 1, the product of the reasons' values.
    distance_m
        Between the two locations, on the ellipsoid; None: one of them is not known.
    minutes
        By how many it was captured before the report; below 0: after it.
    likeness
        Of the texts, from 0 to 1; None: one of them says nothing.
    """

    report_id: UUID
    number: str | None
    score: float
    distance_m: float | None
    minutes: float
    same_category: bool
    likeness: float | None
    state: str
    reasons: tuple[Reason, ...]


def similar(connection: Connection, report: Report, settings: Settings) -> list[Similar]:
    """Return the cases that may be of the same matter as a report, the likeliest first.

    Open cases count, and those that were closed a few hours before the report came; not those that
    were merged, whose matter goes on elsewhere, rejected, or taken out of use. See
    :func:`gridgis.duplicates.scoring.score` for the score.
    """
    within = timedelta(hours=settings.similar_hours)
    sought = duplicates.Sought(
        report.id,
        report.location,
        report.category,
        settings.similar_m,
        report.captured_at - within,
        report.captured_at + within,
        report.received_at - timedelta(hours=settings.similar_closed_hours),
    )
    found = duplicates.around(connection, sought)
    if not found:
        return []
    new, around = _told(report, found[0].own_family), Around.of(settings)
    judged = (_judged(new, one, around, settings.similar_score) for one in found)
    best = [one for one in judged if one is not None]
    best.sort(key=lambda one: (-one.score, one.report_id))
    return best[: settings.similar_most]


def _told(report: Report, family: str | None) -> Told:
    place = report.location
    return Told(
        report.captured_at,
        report.category,
        family,
        report.description,
        report.address,
        None if place is None else place.accuracy_m,
    )


def _judged(new: Told, found: Found, around: Around, least: float) -> Similar | None:
    """Return a case with its score; None: it scores less than `least`."""
    other = Told(
        found.captured_at,
        found.category,
        found.family,
        found.description,
        found.address,
        found.accuracy_m,
    )
    judged = score(new, other, found.distance_m, around, least)
    if judged.total < least:
        return None
    return Similar(
        report_id=found.report_id,
        number=found.number,
        score=judged.total,
        distance_m=found.distance_m,
        minutes=(new.captured_at - found.captured_at).total_seconds() / 60,
        same_category=new.category is not None and new.category == found.category,
        likeness=judged.likeness,
        state=found.state,
        reasons=_reasons(new, other, judged, found.distance_m, around),
    )


def _reasons(
    new: Told, other: Told, judged: Score, distance_m: float | None, around: Around
) -> tuple[Reason, ...]:
    minutes = (new.captured_at - other.captured_at).total_seconds() / 60
    said = [
        Reason("near", judged.near, _near(new, other, distance_m, around)),
        Reason("soon", judged.soon, _soon(minutes)),
        Reason("kind", judged.kind, _kind(new, other)),
        Reason("words", judged.words, _words(judged.likeness)),
    ]
    if distance_m is not None and new.address and other.address:
        alike = "the same address" if judged.address == 1 else f"addresses: {other.address}"
        said.insert(1, Reason("address", judged.address, alike))
    return tuple(said)


def _near(new: Told, other: Told, distance_m: float | None, around: Around) -> str:
    if distance_m is None:
        return f"no location to compare; the addresses: {new.address}, {other.address}"
    off_m = spread_m(new, other, around.within_m)
    return f"{distance_m:.0f} m apart, where one spot is told within {off_m:.0f} m"


def _soon(minutes: float) -> str:
    side = "earlier" if minutes >= 0 else "later"
    apart = abs(minutes)
    if apart < _AN_HOUR_MIN:
        return f"{apart:.0f} minutes {side}"
    if apart < _A_DAY_MIN:
        return f"{apart / 60:.0f} hours {side}"
    return f"{apart / 1440:.0f} days {side}"


def _kind(new: Told, other: Told) -> str:
    if new.category is None or other.category is None:
        return "the category of one of them is not known"
    if new.category == other.category:
        return f"the same category, {new.category}"
    if new.family and new.family == other.family:
        return f"{other.category}, of the same family"
    return f"another category, {other.category}"


def _words(alike: float | None) -> str:
    return "one of them has no words" if alike is None else f"their words are {alike:.0%} alike"
