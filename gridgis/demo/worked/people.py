"""Who works on the demo's cases: the unit that answers, its people, the grid's own worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gridgis.body import responder_id

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gridgis.demo.district import DemoDistrict
    from gridgis.demo.fabric import Ints, Shapes
    from gridgis.demo.reports import Words

NOWHERE = -1
_DESKS, _INSPECTORS = 3, 4


class Where(NamedTuple):
    """In which grid, street (numbers in code order, -1: none) and exclusive layer each report is."""

    grid: Ints
    street: Ints
    layer: Words


class Staff(NamedTuple):
    """Who does what for each report: codes of units, ids and names of people.

    `reporter` and `reporting` are the name and the role of whoever reported.
    """

    unit: Words
    wrong_unit: Words
    help_unit: Words
    lead_id: Words
    lead: Words
    help_id: Words
    worker: Words
    wrong: Words
    desk: Words
    inspector: Words
    leader: Words
    reporter: Words
    reporting: Words


def find(district: DemoDistrict) -> Where:
    """Locate the reports; one without a location, or outside, is nowhere."""
    lon, lat = (district.reports[name].to_numpy(np.float64) for name in ("lon", "lat"))
    points = shapely.points(np.nan_to_num(lon), np.nan_to_num(lat))
    grids = district.areas[district.areas["level"] == "grid"]
    streets = district.areas.loc[district.areas["level"] == "street", "code"].to_numpy(object)
    grid = _within(points, grids.geometry.to_numpy())
    of_grid = np.searchsorted(streets.astype(str), grids["code"].str[:9].to_numpy(str))
    layer = np.full(len(points), "", dtype=object)
    for name, areas in (("campus", district.campus), ("hospital", district.hospital)):
        layer[_within(points, areas.geometry.to_numpy()) != NOWHERE] = name
    return Where(grid, np.where(grid == NOWHERE, NOWHERE, of_grid[grid]), layer)


def _within(points: Shapes, shapes: Shapes) -> Ints:
    """Return the number of the shape that covers each point: the first of several."""
    point, shape = shapely.STRtree(shapes).query(points, predicate="covered_by")
    found = np.full(len(points), NOWHERE, dtype=np.int64)
    # Backwards, so that the lowest number is written last.
    order = np.lexsort((-shape, point))
    found[point[order]] = shape[order]
    return found


def answering(district: DemoDistrict, where: Where) -> Words:
    """Return the unit that answers for each report, by the list of duties."""
    category = district.reports["category"].to_numpy(object)
    areas = district.areas
    streets = areas.loc[areas["level"] == "street", "code"].to_numpy(object)
    known = {
        (row.category, row.layer or row.area or ""): row.unit
        for row in district.responsibilities.itertuples(index=False)
    }
    # Outside the district the first street answers for what is every street's.
    codes = [*streets.tolist(), streets[0]]
    keys = zip(category.tolist(), where.layer.tolist(), where.street.tolist(), strict=True)
    return np.array(
        [
            known.get((what, layer)) or known.get((what, codes[street])) or known[what, ""]
            for what, layer, street in keys
        ],
        dtype=object,
    )


def staff(district: DemoDistrict, where: Where, source: str, rng: np.random.Generator) -> Staff:
    """Choose who works on each report: people of the street who can, or of the district."""
    unit = answering(district, where)
    names = district.areas.loc[district.areas["level"] == "street", "name"].to_numpy(object)
    street_name = np.append(names, district.areas["name"].iloc[0])[where.street]
    lead = _leading(district, where, rng)
    worker, community = _grid_workers(district, where)
    people = district.responders
    ids = np.array([str(responder_id(source, one)) for one in people["number"]], dtype=object)
    called = people["name"].to_numpy(object)
    wrong_unit = _others(unit, district, rng)
    unit_name = district.units.set_index("code")["name"].to_dict()
    count = len(unit)

    def seat(title: str, seats: int) -> Words:
        number = rng.integers(1, seats + 1, count).astype(str).astype(object)
        return np.asarray(street_name + title + number)

    channel = district.reports["channel"].to_numpy(object)
    desk, inspector = seat("调度席", _DESKS), seat("巡查员", _INSPECTORS)
    reporter = np.select(
        [channel == "patrol", channel == "hotline", channel == "camera"],
        [called[worker], np.full(count, "12345"), np.full(count, "视频巡查")],
        "anonymous",
    ).astype(object)
    return Staff(
        unit=unit,
        wrong_unit=wrong_unit,
        help_unit=community,
        lead_id=ids[lead],
        lead=called[lead],
        help_id=ids[worker],
        worker=called[worker],
        wrong=np.array([f"{unit_name[one]}值班" for one in wrong_unit.tolist()], dtype=object),
        desk=desk,
        inspector=inspector,
        leader=np.asarray(street_name + "值班领导"),
        reporter=reporter,
        reporting=np.select(
            [channel == "patrol", channel == "resident"], ["worker", "resident"], "service"
        ).astype(object),
    )


def _leading(district: DemoDistrict, where: Where, rng: np.random.Generator) -> Ints:
    """Return the responder who leads on each report: of the street, with the first skill needed."""
    people, category = district.responders, district.reports["category"].to_numpy(object)
    movable = (people["kind"] != "facility").to_numpy()
    streets = district.areas.loc[district.areas["level"] == "street", "code"].to_numpy(str)
    own = np.searchsorted(streets, people["area_code"].str[:9].to_numpy(str))
    lead = np.empty(len(category), dtype=np.int64)
    needs = dict(zip(district.categories["code"], district.categories["skills"], strict=True))
    for code, skills in needs.items():
        able = movable & people["skills"].map(lambda has, one=skills[0]: one in has).to_numpy()
        everybody = np.flatnonzero(able)
        for street in range(NOWHERE, len(streets)):
            here = (category == code) & (where.street == street)
            near = np.flatnonzero(able & (own == street))
            crew = near if len(near) else everybody
            lead[here] = rng.choice(crew, int(here.sum()))
    return lead


def _grid_workers(district: DemoDistrict, where: Where) -> tuple[Ints, Words]:
    """Return the full-time worker of each report's grid, and the unit of its community."""
    grids = district.areas[district.areas["level"] == "grid"]
    people = district.responders
    full = people.index[people["role"] == "full-time"]
    by_grid = dict(zip(people.loc[full, "area_code"], full.tolist(), strict=True))
    worker = np.array([by_grid[code] for code in grids["code"]])
    community = np.array([f"unit-{code}" for code in grids["parent_code"]], dtype=object)
    # Outside, the first grid's worker goes.
    grid = np.maximum(where.grid, 0)
    return worker[grid], community[grid]


def _others(unit: Words, district: DemoDistrict, rng: np.random.Generator) -> Words:
    """Return another unit for each: one that answers for something else in the whole district."""
    everywhere = district.responsibilities[district.responsibilities["area"].isna()]
    names = np.unique(everywhere.loc[everywhere["layer"].isna(), "unit"].to_numpy(str))
    number = np.searchsorted(names, unit.astype(str)) % len(names)
    other = (number + rng.integers(1, len(names), len(unit))) % len(names)
    found = names[other].astype(object)
    # A street's own office is none of those, so any may be wrong.
    return np.where(found == unit, names[(other + 1) % len(names)].astype(object), found)


def columns(made: Staff) -> dict[str, Words]:
    """Return the columns that patterns name."""
    return made._asdict()


def positions(
    frame: pd.DataFrame | gpd.GeoDataFrame, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return where somebody stands who went to each report: some metres away, EPSG:4326."""
    lon, lat = (frame[name].to_numpy(np.float64) for name in ("lon", "lat"))
    away_m = np.minimum(rng.rayleigh(9.0, len(frame)), 38.0)
    turn = rng.uniform(0, 2 * np.pi, len(frame))
    north = away_m * np.sin(turn) / 111_000.0
    east = away_m * np.cos(turn) / (111_000.0 * np.cos(np.radians(lat)))
    return np.round(lon + east, 7), np.round(lat + north, 7)
