"""Tiny cities, drawn so that every expected answer can be checked by eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from geoalchemy2.shape import from_shape
from sqlalchemy import insert, text, update

from gridgis.body import responder_id
from gridgis.clock import epoch_ms
from gridgis.places.parsing import parse
from gridgis.store import positions
from gridgis.store.positions import Batch
from gridgis.store.tables import (
    area,
    area_version,
    category,
    edition,
    layer,
    level,
    place,
    responder,
)

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

WEST, SOUTH = 104.0, 30.0
"""The south-west corner of every drawing."""

STEP = 0.01
"""The side of one letter, in degrees: about 960 m east and 1,109 m north."""

NINE = """
G H I
D E F
A B C
"""
"""Nine grids; A is in the south-west corner (104.00..104.01, 30.00..30.01)."""


JUDGED = {"content_hash": b"drawn", "findings": 0}
"""What lets the database open an edition: a drawing is right by the eye."""

PLACES = (
    ("JL", "compound", "建兰丽苑", "建兰路12号建兰丽苑", 104.015, 30.015),
    ("JL11", "building", "建兰丽苑11号楼", "建兰路12号建兰丽苑11号楼", 104.0155, 30.0155),
    ("JL11E", "unit", "11号楼E单元", "建兰路12号建兰丽苑11号楼E单元", 104.0156, 30.0155),
    ("JL12", "building", "建兰丽苑12号楼", "建兰路12号建兰丽苑12号楼", 104.0145, 30.0155),
    ("JX", "compound", "金星花园", "滨河路3号金星花园", 104.005, 30.005),
    ("JX1", "building", "金星花园1号楼", "滨河路3号金星花园1号楼", 104.0052, 30.0052),
    ("XF1", "compound", "幸福小区", "滨河路40号幸福小区", 104.015, 30.005),
    ("XF2", "compound", "幸福小区", "建兰路88号幸福小区", 104.015, 30.025),
    ("SC", "school", "滨河小学", "滨河路9号滨河小学", 104.025, 30.005),
    ("NO", "compound", "无名苑", "望江路7号无名苑", None, None),
)
"""建兰丽苑 lies in E, 金星花园 in A, 滨河小学 in C, 幸福小区 in B and another in H.

Nobody knows where 无名苑 is.
"""


@dataclass(frozen=True)
class Drawn:
    """What was stored of a drawing: the edition, and the id of each code."""

    layer_id: int
    edition_id: int
    ids: dict[str, int]


def boxes(drawing: str) -> dict[str, shapely.MultiPolygon]:
    """Return the shape of each letter; letters that stand on several squares are united."""
    rows = [line.split() for line in drawing.strip().splitlines()][::-1]
    squares: dict[str, list[shapely.Polygon]] = {}
    for south, row in enumerate(rows):
        for west, letter in enumerate(row):
            if letter != ".":
                # Sums of integers first, so that neighbours share their corners exactly.
                low = (_at(WEST, west), _at(SOUTH, south))
                high = (_at(WEST, west + 1), _at(SOUTH, south + 1))
                squares.setdefault(letter, []).append(shapely.box(*low, *high))
    return {
        letter: shapely.multipolygons(shapely.get_parts(shapely.union_all(parts)))
        for letter, parts in squares.items()
    }


def draw(
    connection: Connection,
    drawing: str = NINE,
    *,
    name: str = "base",
    priority: int = 0,
    valid: str = "(,)",
    made_at: datetime,
    shapes: dict[str, shapely.Geometry] | None = None,
    names: dict[str, str] | None = None,
) -> Drawn:
    """Store a drawing as a published layer of two levels: the city, and its grids.

    A grid is called by its letter, unless `names` calls it otherwise.
    """
    called = names or {}
    layer_id = connection.execute(
        text("SELECT id FROM layer WHERE code = :code"), {"code": name}
    ).scalar_one_or_none() or _layer(connection, name, priority)
    edition_id = connection.execute(
        insert(edition)
        .values(layer_id=layer_id, name=f"{name} {valid}", made_at=made_at, made_by="Li Na")
        .returning(edition.c.id)
    ).scalar_one()
    parts = shapes or boxes(drawing)
    whole = shapely.union_all(list(parts.values()))
    ids: dict[str, int] = {}
    for code, shape in [(f"{name}-city", whole), *parts.items()]:
        known = connection.execute(
            text(
                "SELECT area_id FROM area_version AS v JOIN edition AS e ON e.id = v.edition_id"
                " WHERE e.layer_id = :layer_id AND v.code = :code LIMIT 1"
            ),
            {"layer_id": layer_id, "code": code},
        ).scalar_one_or_none()
        ids[code] = (
            known
            or connection.execute(
                insert(area).values(layer_id=layer_id).returning(area.c.id)
            ).scalar_one()
        )
        is_city = code.endswith("-city")
        connection.execute(
            insert(area_version).values(
                edition_id=edition_id,
                area_id=ids[code],
                level="city" if is_city else "grid",
                is_grid=not is_city,
                code=code,
                name="Toytown" if is_city else called.get(code, f"Grid {code}"),
                parent_id=None if is_city else ids[f"{name}-city"],
                households=None if is_city else 400,
                geom=from_shape(shapely.multipolygons(shapely.get_parts(shape)), srid=4326),
            )
        )
    connection.execute(
        update(edition)
        .where(edition.c.id == edition_id)
        .values(valid=text(f"'{valid}'::tstzrange"), published_at=made_at, **JUDGED)
    )
    return Drawn(layer_id, edition_id, ids)


def staff(
    connection: Connection,
    number: str,
    lon: float,
    lat: float,
    *skills: str,
    kind: str = "worker",
    duty: str | None = None,
    area_id: int | None = None,
) -> UUID:
    """Store a responder whose home is there; `duty` as PostgreSQL writes ranges of minutes."""
    made = responder_id("test", number)
    connection.execute(
        insert(responder).values(
            id=made,
            source="test",
            number=number,
            kind=kind,
            name=number,
            skills=list(skills),
            duty=None if duty is None else text(f"'{duty}'::int4multirange"),
            area_id=area_id,
            home=from_shape(shapely.Point(lon, lat), srid=4326),
        )
    )
    return made


def move(
    connection: Connection, who: UUID, lon: float, lat: float, at: datetime, accuracy_m: float = 8.0
) -> None:
    """Store where a responder was then, as the service writes it."""
    at_ms = [epoch_ms(at)]
    positions.write(
        connection, Batch([who], [lon], [lat], [accuracy_m], at_ms, at_ms, in_history=[True])
    )


def settle(connection: Connection) -> None:
    """Store :data:`PLACES` of the source ``town``."""
    connection.execute(
        insert(place),
        [
            {
                "source": "town",
                "code": code,
                "kind": kind,
                "name": name,
                "standard_address": address,
                "parts": parse(address),
                "geom": None if lon is None else from_shape(shapely.Point(lon, lat), srid=4326),
            }
            for code, kind, name, address, lon, lat in PLACES
        ],
    )


def file_under(
    connection: Connection, code: str, *skills: str, layer_id: int | None = None
) -> None:
    """Store a category."""
    connection.execute(
        insert(category).values(code=code, name=code, skills=list(skills), layer_id=layer_id)
    )


def scattered(count: int, seed: int) -> np.ndarray:
    """Return points in and around the nine grids, lon and lat in columns."""
    rng = np.random.default_rng(seed)
    return np.column_stack(
        [
            rng.uniform(WEST - 0.01, WEST + 0.04, count),
            rng.uniform(SOUTH - 0.01, SOUTH + 0.04, count),
        ]
    )


def _at(origin: float, steps: int) -> float:
    return round(origin + steps * STEP, 7)


def _layer(connection: Connection, name: str, priority: int) -> int:
    layer_id = connection.execute(
        insert(layer)
        .values(
            code=name, name=name.title(), complete=name == "base", priority=priority, grammar="none"
        )
        .returning(layer.c.id)
    ).scalar_one()
    connection.execute(
        insert(level),
        [
            {"layer_id": layer_id, "code": "city", "name": "City", "rank": 0, "is_grid": False},
            {"layer_id": layer_id, "code": "grid", "name": "Grid", "rank": 1, "is_grid": True},
        ],
    )
    return int(layer_id)
