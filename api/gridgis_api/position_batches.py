"""Many positions in one call: each judged and answered by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import numpy as np
from pydantic import ValidationError

from gridgis.clock import epoch_ms, from_epoch_ms
from gridgis.errors import InvalidInputError
from gridgis.nearest.outcomes import KEPT, OUTCOMES, Put, told
from gridgis.nearest.waiting import Measured
from gridgis_api.dependencies import wgs84
from gridgis_api.refusals import sentences
from gridgis_api.shapes.live import BatchPosition, PositionsTaken, PositionTaken

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from gridgis.nearest.live import Live
    from gridgis.settings import Settings


class _Good(NamedTuple):
    """A position that can be given to memory: its place in the list, and what it says."""

    place: int
    id: UUID
    lon: float
    lat: float
    accuracy_m: float
    at_ms: int


def take(given: Sequence[Any], live: Live, settings: Settings, now: datetime) -> PositionsTaken:
    """Take positions, and say of each what became of it.

    Raises
    ------
    InvalidInputError
        They are more than one call may bring.
    QueueFullError
        The database is away, and too many positions wait for it; none was taken.
    """
    if len(given) > settings.position_batch:
        msg = f"{len(given):,} positions; send at most {settings.position_batch:,} in one call"
        raise InvalidInputError(msg)
    read = [_read(index, one, now) for index, one in enumerate(given)]
    good = [one for one in read if isinstance(one, _Good)]
    answers = {one.index: one for one in read if isinstance(one, PositionTaken)}
    done = live.put_many([one.id for one in good], _columns(good))
    answers |= {one.index: one for one in _answers(good, done, settings)}
    in_order = [answers[index] for index in range(len(given))]
    return PositionsTaken(
        recorded_at=now,
        kept=sum(one.kept for one in in_order),
        refused=sum(one.outcome in _REFUSED for one in in_order),
        positions=in_order,
    )


_REFUSED = frozenset({"unknown", "ahead", "too_old", "invalid"})


def _read(index: int, one: object, now: datetime) -> _Good | PositionTaken:
    try:
        said = BatchPosition.model_validate(one)
        place = wgs84(said.lon, said.lat, said.datum, said.accuracy_m)
    except ValidationError as error:
        return _invalid(index, one, sentences(error.errors())[0]["detail"])
    except InvalidInputError as error:
        return _invalid(index, one, str(error))
    accuracy_m = np.nan if place.accuracy_m is None else place.accuracy_m
    at_ms = epoch_ms(said.at or now)
    return _Good(index, said.id, place.lon, place.lat, accuracy_m, at_ms)


def _invalid(index: int, one: object, detail: str) -> PositionTaken:
    try:
        named = UUID(str(one["id"])) if isinstance(one, dict) and "id" in one else None
    except ValueError:
        named = None
    return PositionTaken(index=index, id=named, outcome="invalid", kept=False, detail=detail)


def _columns(good: list[_Good]) -> Measured:
    return Measured(
        np.array([one.lon for one in good], dtype=np.float64),
        np.array([one.lat for one in good], dtype=np.float64),
        np.array([one.accuracy_m for one in good], dtype=np.float64),
        np.array([one.at_ms for one in good], dtype=np.int64),
    )


def _answers(good: list[_Good], done: Put, settings: Settings) -> list[PositionTaken]:
    return [
        PositionTaken.model_construct(
            index=one.place,
            id=one.id,
            outcome=OUTCOMES[outcome],
            kept=kept,
            detail=None if outcome == KEPT else told(outcome, from_epoch_ms(one.at_ms), settings),
        )
        for one, outcome, kept in zip(good, done.outcomes.tolist(), done.kept.tolist(), strict=True)
    ]
