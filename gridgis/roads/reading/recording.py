"""Store the roads of a file, with what was found in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gridgis.door import storable
from gridgis.errors import InvalidInputError
from gridgis.store import roads as stored
from gridgis.store.roads import Imported

if TYPE_CHECKING:
    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.roads.reading.importing import Roads
    from gridgis.store.engine import Store

SHOWN_OF_A_KIND = 20
"""Findings of each kind that are kept beside the roads; all are counted."""

_LONGEST_SOURCE = 60


def record(store: Store, roads: Roads, source: str, file: str, who: tuple[Actor, Clock]) -> None:
    """Store a file's roads instead of those that the source had, in one transaction.

    Raises
    ------
    InvalidInputError
        The source's name is none: it is what stands before the colon in SOURCE:WAY.
    """
    require_source(source)
    actor, clock = who
    imported = Imported(source, file, clock.now(), actor.name, len(roads.edges), found(roads))
    with store.begin() as connection:
        stored.replace(connection, roads.edges, roads.bans, imported)


def require_source(source: str) -> None:
    """Refuse what cannot stand before the colon in SOURCE:WAY.

    Raises
    ------
    InvalidInputError
        It is empty, or has a colon.
    """
    if not storable(source, "source", _LONGEST_SOURCE).strip() or ":" in source:
        msg = f"source {source!r}: give the roads a short name without a colon, like osm"
        raise InvalidInputError(msg)


def found(roads: Roads) -> dict[str, Any]:
    """Return what was found as JSON: counts of everything, the first findings of each kind."""
    kept: dict[str, int] = {}
    shown = []
    for one in roads.findings:
        kept[one.kind] = kept.get(one.kind, 0) + 1
        if kept[one.kind] <= SHOWN_OF_A_KIND:
            place = {} if np.isnan(one.lon) else {"lon": one.lon, "lat": one.lat}
            facts = {"kind": one.kind, "sentence": one.sentence, "way": one.way}
            shown.append(facts | place)
    return {
        "nodes": roads.nodes,
        "bans": len(roads.bans),
        "counts": roads.counts,
        "reach": [one._asdict() for one in roads.reach],
        "findings": shown,
    }
