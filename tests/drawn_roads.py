"""Tiny road networks drawn by hand: lines in metres from a corner of the city, OSM in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import shapely

from gridgis.roads.modes import Mode
from gridgis.roads.reading.importing import roads_of
from gridgis.roads.reading.options import RoadOptions

if TYPE_CHECKING:
    from gridgis.roads.reading.importing import Roads

CORNER = (104.0, 30.0)
# Metres for each degree at the corner, near enough to draw by.
_LON_M, _LAT_M = 96_486.0, 110_852.0


def line(*points: tuple[float, ...]) -> shapely.LineString:
    """A line through points, metres east and north of the corner; a third number is a height."""
    return shapely.LineString(
        [(CORNER[0] + x / _LON_M, CORNER[1] + y / _LAT_M, *more) for x, y, *more in points]
    )


def drawn(lines: dict[str, object], **columns: list[object]) -> gpd.GeoDataFrame:
    """A frame of lines by their codes."""
    shapes = list(lines.values())
    return gpd.GeoDataFrame({"code": list(lines), **columns}, geometry=shapes, crs=4326)


def read(lines: dict[str, object], snap_m: float = 1.0, **columns: list[object]) -> Roads:
    """The roads of lines by their codes."""
    return roads_of(drawn(lines, **columns), RoadOptions(snap_m=snap_m))


def found(roads: Roads, kind: str) -> list[str]:
    """What was found of one kind, in words, without the place."""
    return [f"{one.way}: {one.sentence}" for one in roads.findings if one.kind == kind]


def meets(roads: Roads, one: str, other: str) -> bool:
    """Whether two ways have a node in common."""
    ends = roads.edges.groupby("way")[["from_node", "to_node"]].agg(set)
    return not set().union(*ends.loc[one]).isdisjoint(set().union(*ends.loc[other]))


def islands(roads: Roads, mode: Mode = Mode.CAR) -> int:
    """How many islands a mode has."""
    return next(one.islands for one in roads.reach if one.mode is mode)


def osm(nodes: str, ways: list[str], relations: list[str] = []) -> str:  # noqa: B006 - only read
    """An OpenStreetMap file in XML.

    `nodes`: ``1 0 0; 2 100 0 barrier=bollard``: number, metres east and north, tags.
    `ways`: ``1: 1 2 3 highway=primary``. `relations`: ``1: from=w1 via=n2 to=w3 restriction=no_x``.
    """
    parts = ['<?xml version="1.0"?><osm version="0.6">']
    for number, x, y, *tags in (one.split() for one in nodes.split(";")):
        lon, lat = CORNER[0] + float(x) / _LON_M, CORNER[1] + float(y) / _LAT_M
        parts.append(
            f'<node id="{number}" version="1" lon="{lon:.9f}" lat="{lat:.9f}">{_tags(tags)}</node>'
        )
    for way in ways:
        number, words = way.split(":", 1)
        refs = "".join(f'<nd ref="{word}"/>' for word in words.split() if "=" not in word)
        tags = [word for word in words.split() if "=" in word]
        parts.append(f'<way id="{number}" version="1">{refs}{_tags(tags)}</way>')
    for relation in relations:
        number, words = relation.split(":", 1)
        parts.append(f'<relation id="{number}" version="1">{_members(words.split())}</relation>')
    return "".join([*parts, "</osm>"])


def _tags(words: list[str]) -> str:
    pairs = (word.partition("=") for word in words)
    return "".join(f'<tag k="{key}" v="{value}"/>' for key, _, value in pairs)


def _members(words: list[str]) -> str:
    kinds = {"n": "node", "w": "way"}
    members, tags = [], ["type=restriction"]
    for word in words:
        role, _, ref = word.partition("=")
        if role in {"from", "via", "to"}:
            members.append(f'<member type="{kinds[ref[0]]}" ref="{ref[1:]}" role="{role}"/>')
        else:
            tags.append(word)
    return "".join(members) + _tags(tags)
