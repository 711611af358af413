"""A single report, stored with everything that was decided about it by one statement."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import psycopg2

from gridgis.body import canonical_json
from gridgis.store.queries import run_prepared

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from gridgis.actor import Actor
    from gridgis.cases.model import Limit
    from gridgis.model import Category, NewReport
    from gridgis.store.assignments import Answer


class Start(NamedTuple):
    """How a report's case begins: what its first event says, its clocks, by which response plan."""

    facts: Mapping[str, object]
    limits: Sequence[Limit] = ()
    response_plan_id: int | None = None


class Decision(NamedTuple):
    """What memory says of a report, and by which state of the territory it says so."""

    mark: UUID
    answers: list[Answer]
    holder: Answer | None
    category: Category | None
    flags: list[str]
    start: Start


class Outcome(NamedTuple):
    """Whether the report was stored; if not, what was no longer so, or else its number is taken."""

    is_current: bool
    is_known: bool
    is_stored: bool


def receive(
    connection: Connection,
    new: NewReport,
    body_hash: bytes,
    received_at: datetime,
    decision: Decision,
    actor: Actor,
) -> Outcome:
    """Store a report that has a time of capture, or find out why that cannot be."""
    place, holder, category = new.location, decision.holder, decision.category
    answers, start = decision.answers, decision.start
    row = run_prepared(
        connection,
        "receive_report",
        {
            "mark": str(decision.mark),
            "id": str(new.id),
            "captured_at": new.captured_at,
            "body_hash": psycopg2.Binary(body_hash),
            "received_at": received_at,
            "source": new.source,
            "number": new.number,
            "category": new.category,
            "skills": [] if category is None else category.skills,
            "own_layer_id": None if category is None else category.layer_id,
            "description": new.description,
            "address": new.address,
            "reporter_name": new.reporter_name,
            "reporter_contact": new.reporter_contact,
            "lon": None if place is None else place.lon,
            "lat": None if place is None else place.lat,
            "accuracy_m": None if place is None else place.accuracy_m,
            "located": None if new.located is None else canonical_json(new.located),
            "flags": decision.flags,
            "attributes": canonical_json(new.attributes),
            "layer_ids": [one.layer_id for one in answers],
            "edition_ids": [one.edition_id for one in answers],
            "area_ids": [one.area_id for one in answers],
            "rules": [one.rule for one in answers],
            "distances_m": [one.boundary_distance_m for one in answers],
            "runners_up": [json.dumps(one.runner_up) for one in answers],
            "actor": actor.name,
            "role": actor.role,
            "holder_area_id": None if holder is None else holder.area_id,
            "holder_layer_id": None if holder is None else holder.layer_id,
            "facts": canonical_json(start.facts),
            "channel": new.channel,
            "external_due_at": new.external_due_at,
            "due_at": next((one.due_at for one in start.limits if one.stage == "close"), None),
            "response_plan_id": start.response_plan_id,
            "calendar": next((one.calendar for one in start.limits), None),
            "stages": [one.stage for one in start.limits],
            "specs": [one.spec for one in start.limits],
            "cap_ats": [one.cap_at for one in start.limits],
            "due_ats": [one.due_at for one in start.limits],
            "warn_ats": [one.warn_at for one in start.limits],
            "escalate_tos": [one.escalate_to for one in start.limits],
        },
    )[0]
    return Outcome._make(row)
