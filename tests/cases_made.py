"""A year of worked-off cases out of thin air, for figures: plausible, and the same for a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

import numpy as np
import pandas as pd
import shapely

from gridgis.cases.words import CHANNELS, REASON_KINDS, TIERS
from gridgis.store.copying import copy_rows
from gridgis.store.months import Months

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from numpy.typing import NDArray
    from sqlalchemy import Connection

    from gridgis.store.engine import Store

FAMILIES = {"lamp": "facilities", "litter": "environment", "noise": "environment", "gas": "safety"}
"""The categories, and the family of each."""

UNITS = tuple(f"U{number:02}" for number in range(12))
OUTCOMES = ("solved", "not_in_scope", "withdrawn")


@dataclass(frozen=True)
class Made:
    """Rows as the tables have them; `assignment` has columns of the same report, in order."""

    casefile: pd.DataFrame
    task: pd.DataFrame
    rating: pd.DataFrame
    clock: pd.DataFrame
    assignment: pd.DataFrame
    event: pd.DataFrame
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]


class Ground:
    """The grids that made reports fall into: their ids, shapes, layer and edition."""

    def __init__(
        self,
        ids: Sequence[int],
        shapes: Sequence[shapely.Geometry],
        layer_id: int,
        edition_id: int,
    ) -> None:
        self.ids = np.asarray(ids)
        spots = shapely.point_on_surface(np.asarray(shapes, dtype=object))
        self.lon, self.lat = shapely.get_x(spots), shapely.get_y(spots)
        self.layer_id, self.edition_id = layer_id, edition_id


def make(
    rng: np.random.Generator, count: int, since: datetime, before: datetime, ground: Ground
) -> Made:
    """Make cases received in [since, before), some of them still open."""
    ids = [UUID(bytes=rng.bytes(16)) for _ in range(count)]
    start = pd.Timestamp(since)
    span_s = (before - since).total_seconds()
    received = start + pd.to_timedelta(np.sort(rng.uniform(0, span_s, count)).round(3), "s")
    spot = rng.random(count) < 0.1
    moments = _moments(rng, received, spot)
    # What lies in the future has not happened.
    for name, at in moments.items():
        moments[name] = at.where(at < pd.Timestamp(before))
    state = np.select(
        [moments[name].notna() for name in ("closed", "fed_back", "arrived", "dispatched")],
        ["closed", "fed_back", "handling", "dispatched"],
        "reported",
    )
    outcome = rng.choice(OUTCOMES, count, p=[0.93, 0.05, 0.02])
    refused = (rng.random(count) < 0.04) & (state == "closed")
    state = np.where(refused, rng.choice(["rejected", "merged", "void"], count), state)
    outcome = np.select(
        [state == "rejected", state == "merged", state == "void", state == "closed"],
        ["not_in_scope", "duplicate", "withdrawn", outcome],
        "",
    )
    parked = (state == "handling") & (rng.random(count) < 0.2)
    outcome = np.where(parked, "parked", outcome)
    limit = received + pd.to_timedelta(rng.choice([1, 3, 7], count), "D")
    casefile = pd.DataFrame(
        {
            "report_id": [str(one) for one in ids],
            "captured_at": received,
            "received_at": received,
            "channel": rng.choice(CHANNELS, count, p=[0.4, 0.3, 0.05, 0.2, 0.05]),
            "category": rng.choice(list(FAMILIES), count, p=[0.5, 0.3, 0.15, 0.05]),
            "version": 1,
            "state": state,
            "state_since": moments["closed"].fillna(pd.Series(received)),
            "outcome": pd.Series(outcome).replace("", None),
            "level": rng.integers(1, 5, count),
            "tier": rng.choice(TIERS, count, p=[0.4, 0.3, 0.2, 0.08, 0.02]),
            "unit": rng.choice(UNITS, count),
            "on_the_spot": spot,
            "filed_at": moments["filed"],
            "dispatched_at": moments["dispatched"],
            "accepted_at": moments["accepted"],
            "arrived_at": moments["arrived"],
            "fed_back_at": moments["fed_back"],
            "closed_at": moments["closed"].where(pd.Series(state == "closed")),
            "due_at": pd.Series(limit).where(rng.random(count) < 0.95),
        }
    )
    for name, share in {
        **{"returns": 0.06, "reopenings": 0.03, "failures": 0.04, "extensions": 0.05},
        **{"deferrals": 0.02, "urgings": 0.05, "supervisions": 0.01},
    }.items():
        casefile[name] = rng.binomial(3, share / 2, count)
    # Who was reopened was closed and reopened within two hours of the receipt.
    young = casefile["received_at"] >= pd.Timestamp(before) - pd.Timedelta(hours=2)
    casefile["reopenings"] = casefile["reopenings"].where(~young, 0)
    return _with_parts(rng, casefile, ids, ground)


def _moments(
    rng: np.random.Generator, received: pd.DatetimeIndex, spot: NDArray[np.bool_]
) -> dict[str, pd.Series]:
    found = {}
    at = pd.Series(received)
    for name, median_min in {
        **{"filed": 4, "dispatched": 6, "accepted": 12, "arrived": 40},
        **{"fed_back": 600, "closed": 300},
    }.items():
        step_s = rng.lognormal(np.log(median_min * 60), 1.0, len(received)).round(3)
        at = at + pd.to_timedelta(np.where(spot, step_s / 20, step_s), "s")
        found[name] = at
    return found


def _with_parts(
    rng: np.random.Generator, casefile: pd.DataFrame, ids: Sequence[UUID], ground: Ground
) -> Made:
    count = len(ids)
    sent = casefile[casefile["dispatched_at"].notna()].reset_index(drop=True)
    people = [str(UUID(int=number + 1)) for number in range(300)]
    chosen = rng.integers(0, len(people), len(sent))
    ended = sent["state"].isin(["closed", "fed_back"])
    returned = rng.random(len(sent)) < 0.06
    task = pd.DataFrame(
        {
            "report_id": sent["report_id"],
            "number": 1,
            "state": np.select([returned, ended], ["returned", "done"], "working"),
            "unit": sent["unit"],
            "is_lead": True,
            "responders": ["{" + people[one] + "}" for one in chosen],
            "round": 1,
            "sent_at": sent["dispatched_at"],
            "reason_kind": pd.Series(rng.choice(REASON_KINDS, len(sent))).where(returned),
        }
    )
    closed = casefile[casefile["state"] == "closed"].reset_index(drop=True)
    answered = rng.random(len(closed)) < 0.35
    asked_at = closed["closed_at"]
    rating = pd.DataFrame(
        {
            "report_id": closed["report_id"],
            "round": 1,
            "asked_at": asked_at,
            "expires_at": asked_at + pd.Timedelta(days=14),
            "answered_at": (asked_at + pd.Timedelta(hours=20)).where(answered),
            "contacted": pd.Series(rng.random(len(closed)) < 0.9).astype(object).where(answered),
            "solved": pd.Series(rng.random(len(closed)) < 0.8).astype(object).where(answered),
            "satisfaction": pd.Series(rng.integers(1, 6, len(closed)), dtype="Int64").where(
                answered
            ),
        }
    )
    limited = casefile[casefile["due_at"].notna()]
    missed = rng.random(len(limited)) < 0.05
    clock = pd.DataFrame(
        {
            "report_id": limited["report_id"],
            "task": 0,
            "stage": "close",
            "round": 1,
            "started_at": limited["received_at"],
            "spec": "3 days",
            "escalated_at": limited["due_at"].where(missed),
        }
    )
    at = rng.integers(0, len(ground.ids), count)
    nowhere = rng.random(count) < 0.02
    assignment = pd.DataFrame(
        {
            "report_id": casefile["report_id"],
            "layer_id": ground.layer_id,
            "edition_id": ground.edition_id,
            "area_id": pd.Series(ground.ids[at], dtype="Int64").where(~nowhere),
            "rule": np.where(nowhere, "outside", "covers"),
            "made_at": casefile["received_at"],
        }
    )
    lon, lat = (np.where(nowhere, 0.0, spots[at]) for spots in (ground.lon, ground.lat))
    return Made(casefile, task, rating, clock, assignment, _turns(casefile), lon, lat)


def _turns(casefile: pd.DataFrame) -> pd.DataFrame:
    """Let each reopened case have been closed an hour after its receipt, for an hour."""
    again = casefile[casefile["reopenings"] > 0]
    hour = pd.Timedelta(hours=1)
    turns = [
        again[["report_id", "captured_at"]].assign(kind=kind, at=again["received_at"] + at)
        for kind, at in (("closed", hour), ("reopened", 2 * hour))
    ]
    event = pd.concat(turns, ignore_index=True)
    return event.assign(recorded_at=event["at"], actor="Li Na", role="dispatcher")


def keep(connection: Connection, made: Made) -> None:
    """Store all rows; their reports have a location and nothing else."""
    cases = made.casefile
    key = cases[["report_id", "captured_at"]].rename(columns={"report_id": "id"})
    copy_rows(connection, "report_key", key.assign(body_hash="\\x00"))
    spots = shapely.set_srid(shapely.points(made.lon, made.lat), 4326)
    report = key.assign(
        received_at=cases["received_at"],
        source="made",
        category=cases["category"],
        description="",
        location=pd.Series(shapely.to_wkb(spots, hex=True, include_srid=True), dtype=object).where(
            ~np.isnan(made.lon)
        ),
    )
    copy_rows(connection, "report", report)
    copy_rows(connection, "casefile", cases)
    for name in ("task", "rating", "clock", "assignment", "event"):
        if len(rows := getattr(made, name)):
            copy_rows(connection, name, rows)


def months_of(store: Store, made: Made) -> None:
    """Make the months that the reports fall into."""
    Months(store).make(made.casefile["captured_at"].dt.to_pydatetime())
