"""One case drawn and told: its place, its zone, who came which way, and what was done when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.shapes import METRES_PER_DEGREE, feature_collection
from gridgis_maps.drawing.sheet import Overlay, Row, Table
from gridgis_maps.frames.checking import LON_LAT
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from gridgis_maps.frames.incident import Incident

PARTY = ("#0b6aa8", "#c4391d", "#4d7a1f", "#7a3e9d", "#b8860b", "#00857a", "#5b4a3b", "#d1457f")
"""One colour a party; more parties than colours share some."""

PLACE, ZONE, EXIT = "#c21f30", "#b7791f", "#2f7d32"
LINE_WEIGHT_PX, PLACE_PX, START_PX = 3.6, 8.0, 4.5
MINUTE_S = 60
LONGEST = 240
CIRCLE_CORNERS = 32


def minutes(since: datetime, at: datetime | None, lang: str) -> str:
    """Return how long after a moment another one is; a dash without one.

    >>> noon = pd.Timestamp("2026-05-01 12:00", tz="UTC")
    >>> [minutes(noon, noon + pd.Timedelta(s, "s"), "en") for s in (90, 46_800)]
    ['1.5 min', '13 h']
    >>> minutes(noon, pd.NaT, "en")
    '–'
    """
    if pd.isna(at):
        return told.NOTHING
    return told.lasting((at - since).total_seconds() / MINUTE_S, lang)


def place_overlay(case: Incident, lang: str) -> Overlay | None:
    """Return the place and the circle of its accuracy; None when nobody knows where it is."""
    if case.location is None:
        return None
    dot = {"radius": PLACE_PX, "color": "#ffffff", "weight": 2.5}
    dot |= {"fillColor": PLACE, "fillOpacity": 1}
    shapes: list[Any] = [case.location]
    styles: list[dict[str, Any]] = [{"at": 0, "style": dot}]
    far = word("map.incident.accuracy.unknown", lang)
    if case.accuracy_m:
        far = told.distance(case.accuracy_m, lang)
        fine = {"color": PLACE, "weight": 1.2, "dashArray": "3 3", "fill": False}
        shapes.insert(0, _circle(case.location, case.accuracy_m))
        styles.insert(0, {"at": -1, "style": fine})
    facts = [
        (word("map.incident.address", lang), told.plain(case.address)),
        (word("map.incident.description", lang), told.plain(case.description, LONGEST)),
        (word("map.incident.accuracy", lang), far),
    ]
    legend = Table(
        word("map.incident.place.legend", lang),
        (word("map.head.mark", lang), word("map.incident.accuracy", lang)),
        (Row((word("map.incident.point", lang), far), colour=PLACE, mark="dot"),),
    )
    drawn = feature_collection(gpd.GeoSeries(shapes, crs=LON_LAT), styles)
    card = (told.plain(case.category), facts)
    return Overlay("place", word("map.incident.place", lang), drawn, (card,), legend=legend)


def zone_overlay(case: Incident, lang: str) -> Overlay | None:
    """Return what is evacuated, with the households and people inside; None without a zone."""
    if case.zone is None:
        return None
    style = {"color": ZONE, "weight": 2.2, "fillColor": ZONE, "fillOpacity": 0.28}
    drawn = feature_collection(gpd.GeoSeries([case.zone], crs=LON_LAT), [{"at": 0, "style": style}])
    radius = (
        word("map.incident.zone.drawn", lang)
        if case.radius_m is None
        else told.distance(case.radius_m, lang)
    )
    facts = [
        (word("map.incident.zone.radius", lang), radius),
        (word("map.incident.zone.households", lang), _estimate(case.households)),
        (word("map.incident.zone.population", lang), _estimate(case.population)),
    ]
    legend = Table(
        word("map.incident.zone.legend", lang),
        tuple(label for label, _ in facts),
        (Row(tuple(said for _, said in facts), colour=ZONE),),
    )
    name = word("map.incident.zone", lang)
    return Overlay("zone", name, drawn, ((name, facts),), legend=legend)


def exits_overlay(exits: gpd.GeoDataFrame | None, lang: str) -> Overlay | None:
    """Return the ways out of the zone; None without any."""
    if exits is None or exits.empty:
        return None
    style = {"color": EXIT, "weight": 3, "dashArray": "9 5", "fill": False}
    properties = [{"at": at, "style": style} for at in range(len(exits))]
    name = word("map.incident.exits", lang)
    cards = [(told.plain(one) or name, ()) for one in exits["name"]]
    legend = Table(
        word("map.incident.exits.legend", lang),
        (name, word("map.head.count", lang)),
        (Row((name, told.whole(len(exits))), colour=EXIT),),
    )
    return Overlay(
        "exits", name, feature_collection(exits.geometry, properties), cards, legend=legend
    )


def ways_overlay(case: Incident, parties: gpd.GeoDataFrame, lang: str) -> Overlay | None:
    """Return who went and how they came, each with times; None when nobody was sent."""
    if parties.empty:
        return None
    rows, cards = [], []
    shapes: list[Any] = []
    properties: list[dict[str, Any]] = []
    records = parties.drop(columns="geometry").to_dict("records")
    there = has_place(parties.geometry)
    for at, (one, way) in enumerate(zip(records, parties.geometry, strict=True)):
        colour = PARTY[at % len(PARTY)]
        rows.append(Row(_party_cells(case, one, lang), colour=colour))
        cards.append((unit_told(one, lang), _party_facts(case, one, lang)))
        if not there[at]:
            continue
        dashes = {} if one["way"] == "road" else {"dashArray": "7 6"}
        line = {"color": colour, "weight": LINE_WEIGHT_PX, "opacity": 0.95, "fill": False, **dashes}
        start = {"radius": START_PX, "color": "#ffffff", "weight": 1.5}
        start |= {"fillColor": colour, "fillOpacity": 1}
        shapes += [way, shapely.Point(shapely.get_coordinates(way)[0])]
        properties += [{"at": at, "style": line}, {"at": at, "style": start}]
    drawn = feature_collection(gpd.GeoSeries(shapes, crs=LON_LAT), properties)
    legend = Table(
        word("map.incident.ways.legend", lang),
        tuple(
            word(f"map.incident.head.{head}", lang)
            for head in ("party", "people", "sent", "accepted", "arrived", "far")
        ),
        tuple(rows),
        note=word("map.incident.ways.note", lang, **_by(parties)),
    )
    return Overlay("ways", word("map.incident.ways", lang), drawn, cards, legend=legend)


def limits_table(
    case: Incident, limits: pd.DataFrame, as_of: datetime, lang: str
) -> tuple[Table, list[str]]:
    """Return the marks and limits, whether each was met, and the names of those that were not."""
    rows, missed = [], []
    for one in limits.to_dict("records"):
        held, is_late = _held(one, as_of, lang)
        if is_late:
            missed.append(str(one["name"]))
        cells = (
            told.plain(one["name"]),
            told.plain(one["within"]),
            minutes(case.received_at, one["due_at"], lang),
            minutes(case.received_at, one["stopped_at"], lang),
            held,
        )
        rows.append(Row(cells))
    heads = tuple(
        word(f"map.incident.head.{head}", lang)
        for head in ("mark", "within", "due", "done", "held")
    )
    return Table(word("map.incident.marks", lang), heads, tuple(rows)), missed


def events_table(case: Incident, events: pd.DataFrame, zone: ZoneInfo, lang: str) -> Table:
    """Return what happened, oldest first, in minutes since the receipt and on the city's clock."""
    begun = case.received_at.astimezone(zone).date()
    rows = []
    for one in events.to_dict("records"):
        at = pd.Timestamp(one["at"]).tz_convert(zone)
        when = f"{at:%H:%M:%S}" if at.date() == begun else f"{at:%m-%d %H:%M}"
        said = told.plain(one["what"], LONGEST)
        rows.append(Row((minutes(case.received_at, at, lang), when, told.plain(one["who"]), said)))
    heads = tuple(
        word(f"map.incident.head.{head}", lang) for head in ("minute", "when", "who", "what")
    )
    return Table(word("map.incident.every", lang), heads, tuple(rows))


def unit_told(party: Mapping[Any, Any], lang: str) -> str:
    """Return a party's unit, and whether it leads."""
    unit = told.plain(party["unit"], 40)
    return word("map.incident.leads", lang, unit=unit) if party["leads"] else unit


def _party_cells(case: Incident, party: Mapping[Any, Any], lang: str) -> tuple[str, ...]:
    moments = (party["sent_at"], party["accepted_at"], party["arrived_at"])
    return (
        unit_told(party, lang),
        told.plain(party["people"], 80) or told.NOTHING,
        *(minutes(case.received_at, at, lang) for at in moments),
        _far(party, lang),
    )


def _party_facts(case: Incident, party: Mapping[Any, Any], lang: str) -> Sequence[tuple[str, str]]:
    heads = ("people", "sent", "accepted", "arrived", "far")
    facts = [
        (word(f"map.incident.head.{head}", lang), cell)
        for head, cell in zip(heads, _party_cells(case, party, lang)[1:], strict=True)
    ]
    travel_s = party["travel_s"]
    if not pd.isna(travel_s):
        facts.append(
            (word("map.incident.head.travel", lang), told.lasting(float(travel_s) / MINUTE_S, lang))
        )
    facts.append((word("map.incident.head.state", lang), told.plain(party["state"])))
    if party["way"]:
        said = word(f"map.incident.way.{party['way']}", lang)
        facts.append((word("map.incident.head.way", lang), said))
    return facts


def _far(party: Mapping[Any, Any], lang: str) -> str:
    if pd.isna(party["distance_m"]):
        return told.NOTHING
    far = told.distance(float(party["distance_m"]), lang)
    return word(f"map.incident.by.{party['by']}", lang, far=far) if party["by"] else far


def _by(parties: gpd.GeoDataFrame) -> dict[str, str]:
    """Return how many parties' ways were reckoned by road, straight, or not at all."""
    known = parties["distance_m"].notna()
    counts = {key: int((known & (parties["by"] == key)).sum()) for key in ("road", "line")}
    return {
        "by_road": told.whole(counts["road"]),
        "by_line": told.whole(counts["line"]),
        "unknown": told.whole(len(parties) - sum(counts.values())),
    }


def _held(limit: Mapping[Any, Any], as_of: datetime, lang: str) -> tuple[str, bool]:
    """Return in words whether a limit was met, and whether it was not."""
    due, stopped = limit["due_at"], limit["stopped_at"]
    if pd.isna(due):
        return word("map.incident.paused", lang), False
    if pd.isna(stopped):
        late = due < pd.Timestamp(as_of)
        return word(f"map.incident.{'overdue' if late else 'running'}", lang), bool(late)
    left_s = (due - stopped).total_seconds()
    if left_s >= 0:
        return word("map.incident.met", lang, left=told.lasting(left_s / MINUTE_S, lang)), False
    return word("map.incident.missed", lang, late=told.lasting(-left_s / MINUTE_S, lang)), True


def _estimate(amount: float | None) -> str:
    return told.NOTHING if amount is None else told.whole(amount)


def _circle(centre: shapely.Point, radius_m: float) -> shapely.Polygon:
    """Return a circle to draw: its corners lie on it, near enough."""
    turns = np.linspace(0.0, 2 * np.pi, CIRCLE_CORNERS, endpoint=False)
    north_deg = radius_m / METRES_PER_DEGREE
    east_deg = north_deg / max(np.cos(np.radians(centre.y)), 0.01)
    return shapely.Polygon(
        np.column_stack([centre.x + east_deg * np.sin(turns), centre.y + north_deg * np.cos(turns)])
    )
