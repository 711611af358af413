"""What stands against putting a draft in force, and which areas its areas are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gridgis import frames
from gridgis.store import areas, editions, layers
from gridgis.store import plans as stored_plans
from gridgis_boundaries.publishing.identities import Override, identify
from gridgis_boundaries.publishing.pieces import pieces
from gridgis_boundaries.rules.findings import Finding
from gridgis_boundaries.rules.judging import judge
from gridgis_boundaries.rules.standards import Known
from gridgis_boundaries.sizes import place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd
    import shapely

    from gridgis.store.connection import Connection
    from gridgis.store.plans import SaidIdentity
    from gridgis_boundaries.publishing.identities import SameAs
    from gridgis_boundaries.rules.standards import Standards


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be judged: areas of a layer that are to be in force from `starts` on.

    `areas` as :func:`gridgis.store.areas.frame` gives them. `given`: their ids are known, as those
    of a plan are; else they are found. `overrides` say otherwise, by level and code. `after` is the
    edition before, None for a layer's first one.
    """

    layer: str
    areas: gpd.GeoDataFrame
    after: int | None
    given: bool
    overrides: dict[tuple[str, str], Override]


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of a subject.

    `areas` have the ids that they will have, new ones below zero. `before` are the areas of the
    edition before, None for the first one; `shared` what they have in common, as
    :func:`gridgis_boundaries.publishing.pieces.pieces` gives it.
    """

    areas: gpd.GeoDataFrame
    findings: list[Finding]
    identities: list[SameAs]
    before: gpd.GeoDataFrame | None
    shared: pd.DataFrame | None


def of_draft(
    connection: Connection, edition_id: int, at: datetime, *, given: bool = False, plan: int = 0
) -> Subject:
    """Return the areas of a draft that is to be in force from `at` on, as what is to be judged.

    `plan` is the plan that it is of, 0: none.
    """
    found = editions.find(connection, edition_id)
    stored = layers.find(connection, found.layer, at)
    whose = {"number": plan} if plan else {"edition_id": edition_id}
    said = stored_plans.overrides(connection, **whose)
    return Subject(
        found.layer,
        areas.frame(connection, layer=found.layer, edition=edition_id),
        editions.before(connection, stored.id, at, but=edition_id),
        given,
        overrides_of(said),
    )


def overrides_of(said: Iterable[SaidIdentity]) -> dict[tuple[str, str], Override]:
    """Return what people said of identities, by level and code."""
    return {(one.level, one.code): Override(one.area_id, one.reason, one.actor) for one in said}


def judged(
    connection: Connection,
    subject: Subject,
    standards: Standards,
    at: datetime,
    tell: Callable[[str], None] = lambda _: None,
) -> Judgement:
    """Return what stands against a subject: the layer's rules, and codes that are used again."""
    stored = layers.find(connection, subject.layer, at)
    tell("comparing with the edition before")
    found = identified(connection, subject)
    frame = found.areas
    known = Known(layers.extent(connection, stored.id), stations=frames.stations(connection))
    findings = judge(frame, stored.layer, standards, known, tell=tell)
    if found.before is not None:
        findings += _codes_again(connection, stored.id, found.before, frame)
    return replace(found, findings=findings)


def identified(connection: Connection, subject: Subject) -> Judgement:
    """Return which areas those of a subject are, not judged yet."""
    if subject.after is None:
        return Judgement(subject.areas, [], [], None, None)
    before = areas.frame(connection, layer=subject.layer, edition=subject.after)
    shared = pieces(before, subject.areas, partial(frames.cells, connection))
    found = identify(before, subject.areas, shared, subject.overrides, given=subject.given)
    frame = renamed(subject.areas, [one.area_id for one in found])
    return Judgement(frame, [], found, before, shared)


def renamed(frame: gpd.GeoDataFrame, ids: list[int | None]) -> gpd.GeoDataFrame:
    """Return areas with other ids, their children's parents with them; None: a new one, below 0."""
    known = [-1 - at if area_id is None else area_id for at, area_id in enumerate(ids)]
    by_id = dict(zip(frame["area_id"], known, strict=True))
    parents = frame["parent_id"].map(by_id, na_action="ignore").astype("Int64")
    return frame.assign(area_id=np.array(known, dtype=np.int64), parent_id=parents)


def _codes_again(
    connection: Connection, layer_id: int, before: gpd.GeoDataFrame, frame: gpd.GeoDataFrame
) -> list[Finding]:
    """Return a finding for each area whose code was another one's: a code is never used again."""
    kept = set(zip(before["level"], before["code"], before["area_id"], strict=True))
    asked: dict[tuple[str, str], tuple[int, shapely.Geometry]] = {
        (level, code): (area_id, shape)
        for level, code, area_id, shape in zip(
            frame["level"], frame["code"], frame["area_id"], frame.geometry, strict=True
        )
        if (level, code, area_id) not in kept
    }
    used = areas.codes_used(connection, layer_id, list(asked))
    own = {(one.level, one.code) for one in used if one.area_id == asked[one.level, one.code][0]}
    # Of several that had it, the first is named.
    others = {(one.level, one.code): one for one in reversed(used)}
    found = []
    for key, one in sorted(others.items()):
        if key not in own:
            sentence = (
                f"{one.level} {one.code} is a code met again: in edition {one.edition_id} it was "
                f"another area, {one.name}"
            )
            found.append(Finding("retired codes", place(asked[key][1]), (one.code,), 0.0, sentence))
    return found
