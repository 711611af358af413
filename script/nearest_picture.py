"""Draw docs/pictures/nearest.svg: a search by road in the demo district, and where it ended."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import numpy as np

from gridgis.demo import make
from gridgis.model import Location
from gridgis.nearest import Need, Wish
from gridgis.nearest.answers import LACKING
from gridgis.nearest.crowd import Crowd, KnownResponder
from gridgis.nearest.needs import asked_of
from gridgis.nearest.road import by_road
from gridgis.nearest.standing import Standing
from gridgis.roads.kernels.shapes import CLOSED_MS
from gridgis.roads.kernels.sweeping import sweep
from gridgis.roads.modes import Mode
from gridgis.roads.network import RoadNetwork, lying_together
from gridgis.roads.reading.importing import roads_of
from gridgis.roads.speeds import read_speeds
from gridgis.roads.times import TravelTimes
from gridgis.settings import Settings

if TYPE_CHECKING:
    from gridgis.nearest import Nearby

OUT = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "nearest.svg"
HERE = Location(104.63, 38.10)
WIDTH, HEIGHT = 900.0, 600.0
REACH_DEG = (0.0172, 0.0091)
NOON = 12 * 60
AT = datetime(2026, 5, 4, 4, tzinfo=UTC)
NEED = Need(k=4, skills=("police",))
BEYOND, INK, ROUTE, GREY = "#d9dee3", "#27323c", "#c2410c", "#8a96a1"
MINUTES = ("#08519c", "#3182bd", "#6baed6", "#9ecae1", "#c6dbef")


class Search(NamedTuple):
    """What the picture shows: the roads, when each end was come to (seconds), and the answer."""

    network: RoadNetwork
    reached_s: np.ndarray
    found: Nearby
    settled: int


def main() -> None:
    """Write the picture."""
    search = _search()
    parts = [*_roads(search), *_people(search.found), *_words(search)]
    text = "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH:g} {HEIGHT:g}"'
            ' font-family="sans-serif">',
            f'<rect width="{WIDTH:g}" height="{HEIGHT:g}" fill="#fff"/>',
            *parts,
            "</svg>",
            "",
        ]
    )
    OUT.write_text(text, encoding="utf-8")


def _search() -> Search:
    district = make(1)
    roads = roads_of(district.roads)
    edges, bans = lying_together(roads.edges, roads.bans)
    network = RoadNetwork.of(edges, bans)
    times = TravelTimes.of(network, Mode.CAR, read_speeds().pace(Mode.CAR, NOON))
    people = district.responders
    crowd = Crowd(
        KnownResponder(
            UUID(int=number + 1),
            row.kind,
            skills=row.skills,
            home=Location(row.geometry.x, row.geometry.y),
        )
        for number, row in enumerate(people.itertuples(index=False))
    )
    asked = asked_of(NEED, AT, crowd, Settings.model_construct())
    if asked is None:
        msg = "nobody in the demo district has the skill of the picture"
        raise LookupError(msg)
    wish = Wish(explain=True, routes=True)
    found = by_road(Standing(times, crowd), HERE, NEED, asked, wish)
    if found is None:
        msg = "the point of the picture is not on the demo district's roads"
        raise LookupError(msg)
    limit_ms = round((found.responders[-1].travel_s or 0) * 1000)
    scratch, number = times.scratch()
    spot = times.snap(np.array([HERE.lon]), np.array([HERE.lat]))
    settled = sweep(times.ways, scratch, number, spot, (limit_ms, 0))
    known = scratch.label >> 32 == number
    reached_ms = np.where(known, scratch.label & 0xFFFFFFFF, CLOSED_MS)
    ends = times.ways.ends.reshape(-1, 2)
    by_road_ms = np.where(ends >= 0, reached_ms[ends], CLOSED_MS).min(axis=1)
    return Search(network, by_road_ms / 1000, found, settled)


def _at(lon: float, lat: float) -> tuple[float, float]:
    x = (lon - HERE.lon + REACH_DEG[0]) / (2 * REACH_DEG[0]) * WIDTH
    y = (1 - (lat - HERE.lat + REACH_DEG[1]) / (2 * REACH_DEG[1])) * HEIGHT
    return x, y


def _path(line: np.ndarray) -> str:
    return " ".join("{:.1f},{:.1f}".format(*_at(*at)) for at in line.tolist())


def _roads(search: Search) -> list[str]:
    last_s = search.found.responders[-1].travel_s or 1.0
    drawn: list[tuple[bool, str]] = []
    for road, second in enumerate(search.reached_s.tolist()):
        line = search.network.line(road)
        if not (abs(line - (HERE.lon, HERE.lat)) < REACH_DEG).all(axis=1).any():
            continue
        reached = second <= last_s
        step = min(int(second / last_s * len(MINUTES)), len(MINUTES) - 1) if reached else 0
        colour = MINUTES[step] if reached else BEYOND
        drawn.append(
            (
                reached,
                f'<polyline points="{_path(line)}" fill="none" stroke="{colour}"'
                f' stroke-width="{2.2 if reached else 1.1}" stroke-linecap="round"/>',
            )
        )
    return [line for _, line in sorted(drawn, key=lambda one: one[0])]


def _people(found: Nearby) -> list[str]:
    drawn = []
    for one in found.passed:
        x, y = _at(one.responder.location.lon, one.responder.location.lat)
        fill = "#fff" if one.why in LACKING else GREY
        drawn.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{fill}" stroke="{GREY}"'
            ' stroke-width="1.6"/>'
        )
    for place, one in enumerate(found.responders, 1):
        if one.route is not None:
            drawn.append(
                f'<polyline points="{_path(one.route)}" fill="none" stroke="{ROUTE}"'
                f' stroke-width="{4.2 if place == 1 else 2.6}" stroke-linejoin="round"'
                ' stroke-linecap="round" opacity="0.9"/>'
            )
    for place, one in enumerate(found.responders, 1):
        x, y = _at(one.location.lon, one.location.lat)
        drawn.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="11" fill="{ROUTE}" stroke="#fff"'
            f' stroke-width="2"/><text x="{x:.1f}" y="{y + 4.5:.1f}" font-size="13" fill="#fff"'
            f' text-anchor="middle" font-weight="bold">{place}</text>'
        )
    x, y = _at(HERE.lon, HERE.lat)
    drawn.append(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="9" fill="#fff" stroke="{INK}" stroke-width="3.5"/>'
    )
    return drawn


def _words(search: Search) -> list[str]:
    found = search.found
    last_s = found.responders[-1].travel_s or 0.0
    rows = [
        f"{place}. {(one.travel_s or 0) / 60:.1f} min, {one.distance_m / 1000:.1f} km"
        for place, one in enumerate(found.responders, 1)
    ]
    rows.append(f"{search.settled:,} of {len(search.network):,} roads' ends looked at")
    box = [
        f'<rect x="14" y="14" width="292" height="{26 + 22 * (len(rows) + 2)}" rx="6" fill="#fff"'
        ' opacity="0.93"/>',
        f'<text x="28" y="40" font-size="16" fill="{INK}" font-weight="bold">'
        "Four who can do police work</text>",
    ]
    for number, row in enumerate(rows):
        box.append(f'<text x="28" y="{64 + 22 * number}" font-size="14" fill="{INK}">{row}</text>')
    y = 64 + 22 * len(rows)
    step = 34
    for number, colour in enumerate(MINUTES):
        box.append(
            f'<line x1="{28 + step * number}" y1="{y}" x2="{28 + step * (number + 1)}" y2="{y}"'
            f' stroke="{colour}" stroke-width="5"/>'
        )
    box.append(
        f'<text x="{36 + step * len(MINUTES)}" y="{y + 5}" font-size="12" fill="{INK}">'
        f"0 to {last_s / 60:.1f} min</text>"
    )
    return box


if __name__ == "__main__":
    main()
