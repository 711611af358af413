"""Read the roads of an OpenStreetMap file: ways with ``highway``, turn restrictions, barriers.

``w123`` is the code of way 123. Nodes are those of the file: two ways are connected where they
share one, whatever their layers. Areas (``area=yes``) and what is no road yet, or no more, are left
out and counted. Rules that hold at some hours only (``*:conditional``) are not applied, and listed.
"""

from __future__ import annotations

from array import array
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import osmium
import pandas as pd

from gridgis.door import storable
from gridgis.errors import UnreadableFileError
from gridgis.files.unpacking import missing
from gridgis.roads import classes
from gridgis.roads.reading.access import masks, stopped
from gridgis.roads.reading.limits import read_kmh
from gridgis.roads.reading.restrictions import KEY, restriction_of
from gridgis.roads.reading.ways import COLUMNS, Finding, Ways

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

OSM = (".osm", ".osm.gz", ".osm.bz2", ".pbf", ".xml.gz", ".osm.xml")
"""Endings of such files."""

_READ = osmium.osm.NODE | osmium.osm.WAY | osmium.osm.RELATION
_KEYS = ("highway", "barrier", "type")
_NO_BRIDGE = frozenset({"no", ""})
_CHANGING = frozenset({"reversible", "alternating"})
_RULES = frozenset(
    {"access", "vehicle", "motor_vehicle", "motorcar", "bicycle", "foot", "oneway", "maxspeed"}
)
_LONGEST_NAME = 500


def is_osm(path: Path) -> bool:
    """Return whether a file's name is that of an OpenStreetMap file.

    >>> from pathlib import Path
    >>> is_osm(Path("city.osm.pbf")), is_osm(Path("roads.geojson"))
    (True, False)
    """
    return path.name.lower().endswith(OSM)


def read_osm(path: Path) -> Ways:
    """Return the ways of an OpenStreetMap file: PBF, XML, or XML packed by gzip or bzip2.

    Raises
    ------
    UnreadableFileError
        It is missing, no such file, cut off, or has no road at all.
    """
    if not path.is_file():
        raise UnreadableFileError(missing(path))
    reader = _Reader()
    with _said(path, reader):
        things = osmium.FileProcessor(str(path), _READ).with_locations()
        for thing in things.with_filter(osmium.filter.KeyFilter(*_KEYS)):
            reader.take(thing)
    if not reader.rows:
        msg = f"{path} has no way that is a road (highway=...); is it an extract of buildings only?"
        raise UnreadableFileError(msg)
    return reader.ways()


@contextmanager
def _said(path: Path, reader: _Reader) -> Iterator[None]:
    try:
        yield
    except (RuntimeError, ValueError, OSError) as error:
        read = len(reader.rows)
        what = (
            f"is damaged or cut off: it ends after {read:,} roads; nothing of it was taken"
            if read
            else "is no OpenStreetMap file, or one that is damaged or cut off"
        )
        msg = f"{path} {what} ({error}); fetch it again"
        raise UnreadableFileError(msg) from error


class _Reader:
    """Takes one object after the other."""

    def __init__(self) -> None:
        self.rows: list[tuple[object, ...]] = []
        self._counts: list[int] = []
        # Arrays: a country has tens of millions of vertices.
        self._node = array("q")
        self._at = array("d")
        self._barriers: dict[int, int] = {}
        self._restrictions: list[Any] = []
        self._findings: list[Finding] = []
        self._left_out: Counter[str] = Counter()
        self._not_applied: Counter[str] = Counter()

    def take(self, thing: Any) -> None:  # noqa: ANN401 - osmium's object
        """Keep what belongs to the network."""
        if thing.is_node():
            if "barrier" in thing.tags:
                stops = stopped(dict(thing.tags))
                if stops:
                    self._barriers[thing.id] = stops
        elif thing.is_way():
            if "highway" in thing.tags:
                self._take_way(thing)
        elif thing.tags.get("type", "").startswith(KEY):
            members = [(one.type, one.ref, one.role) for one in thing.members]
            found = restriction_of(f"r{thing.id}", dict(thing.tags), members)
            if isinstance(found, Finding):
                self._findings.append(found)
            else:
                self._restrictions.append(found)

    def _take_way(self, way: Any) -> None:  # noqa: ANN401 - osmium's way
        tags = dict(way.tags)
        road = classes.plain(tags["highway"])
        if road is None or tags.get("area") == "yes":
            self._left_out["area=yes" if road else f"highway={tags['highway']}"] += 1
            return
        code = f"w{way.id}"
        runs = _runs(way.nodes)
        if len(runs) != 1 or len(runs[0]) < len(way.nodes):
            self._cut(code, way.nodes, runs)
        row = (code, *self._row(code, road, tags, runs))
        for run in runs:
            self.rows.append(row)
            self._counts.append(len(run))
            self._node.extend(ref for ref, _, _ in run)
            self._at.extend(degrees for vertex in run for degrees in vertex[1:])

    def _row(
        self, code: str, road: str, tags: Mapping[str, str], runs: list[list[Any]]
    ) -> tuple[object, ...]:
        lon, lat = (runs[0][0][1], runs[0][0][2]) if runs else (np.nan, np.nan)
        for key in tags:
            rule, _, when = key.rpartition(":")
            if when == "conditional" and rule.partition(":")[0] in _RULES:
                self._not_applied[key] += 1
            elif key == "oneway" and tags[key] in _CHANGING:
                self._not_applied[f"oneway={tags[key]}"] += 1
        said = tags.get("maxspeed") or _both(tags)
        kmh = read_kmh(said)
        if np.isinf(kmh):
            sentence = f"the speed {said!r} is absurd; the class's own is taken"
            self._findings.append(Finding("speed", sentence, code, lon, lat))
            kmh = np.nan
        bridge = tags.get("bridge", "") not in _NO_BRIDGE
        level = _level(tags, bridge=bridge)
        if level is None:
            sentence = f"the layer {tags['layer']!r} is no whole number; 0 is taken"
            self._findings.append(Finding("level", sentence, code, lon, lat))
        name = tags.get("name") or tags.get("ref")
        kept = None if name is None else storable(name[:_LONGEST_NAME], "name")
        allowed = masks(road, tags)
        return road, kept, level or 0, bridge, allowed.forward, allowed.backward, kmh

    def _cut(self, code: str, nodes: Any, runs: list[list[Any]]) -> None:  # noqa: ANN401 - osmium's
        lost = sum(not node.location.valid() for node in nodes)
        sentence = f"{lost:,} of its {len(nodes):,} nodes are not in the file"
        if not lost:
            sentence = "it has fewer than two nodes, and was left out"
        lon, lat = (runs[0][0][1], runs[0][0][2]) if runs else (np.nan, np.nan)
        self._findings.append(Finding("cut_way", sentence, code, lon, lat))

    def ways(self) -> Ways:
        """Return everything that was taken."""
        for what, count in sorted(self._left_out.items()):
            sentence = f"ways with {what} are no roads and were left out: {count:,}"
            self._findings.append(Finding("left_out", sentence))
        for what, count in sorted(self._not_applied.items()):
            sentence = f"{what} is not applied: it does not hold at all times; ways: {count:,}"
            self._findings.append(Finding("not_applied", sentence))
        table = pd.DataFrame(self.rows, columns=list(COLUMNS))
        return Ways(
            table.astype({"level": "int16", "forward": "int16", "backward": "int16"}),
            np.concatenate([[0], np.cumsum(self._counts)]).astype(np.int64),
            np.array(self._node),
            np.array(self._at).reshape(-1, 2),
            self._barriers,
            self._restrictions,
            self._findings,
        )


def _runs(nodes: Any) -> list[list[tuple[int, float, float]]]:  # noqa: ANN401 - osmium's nodes
    """Return the stretches whose nodes are in the file; an extract's edge cuts ways."""
    runs: list[list[tuple[int, float, float]]] = [[]]
    for node in nodes:
        if node.location.valid():
            runs[-1].append((node.ref, node.lon, node.lat))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if len(run) > 1]


def _both(tags: Mapping[str, str]) -> str:
    """Return the limits of both directions as one text: the lower is taken."""
    said = (tags.get(f"maxspeed:{way}") for way in ("forward", "backward"))
    return ";".join(limit for limit in said if limit)


def _level(tags: Mapping[str, str], *, bridge: bool) -> int | None:
    said = tags.get("layer")
    if said is None:
        return 1 if bridge else -1 if tags.get("tunnel", "") not in _NO_BRIDGE else 0
    try:
        level = int(said)
    except ValueError:
        return None
    return level if abs(level) < 1 << 15 else None
