"""Responders: grid workers, chiefs, police officers, stations, teams and vehicles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgis.demo.areas import GRIDS, GRIDS_OF_THE_MODEL_STREET
from gridgis.demo.landuse import apportion
from gridgis.demo.names import Names

if TYPE_CHECKING:
    from gridgis.demo.fabric import Ints, Shapes

PART_TIME = 868
WORKERS_OF_THE_MODEL_STREET = 334
OFFICE_HOURS = "Mo-Fr 08:00-18:00; Sa 09:00-12:00"
EVENINGS = "Mo-Su 18:00-21:00"
ALWAYS = "24/7"

_COLUMNS = ["kind", "name", "organisation", "role", "area_code", "skills", "duty", "geometry"]
# What is kept at a site, besides the site itself: kind, name, skills, how many.
_CREWS: dict[str, tuple[list[str], list[tuple[str, str, list[str], int]]]] = {
    "fire_station": (
        ["fire"],
        [("vehicle", "消防车", ["fire"], 2), ("unit", "消防班", ["fire", "gas"], 1)],
    ),
    "gas_station": (
        ["gas"],
        [("team", "燃气抢修组", ["gas"], 2), ("vehicle", "燃气抢修车", ["gas"], 1)],
    ),
    "police_station": (
        ["police"],
        [
            ("vehicle", "巡逻车", ["police", "patrol"], 2),
            ("unit", "警务组", ["police", "mediation"], 1),
        ],
    ),
    "clinic": (["medical"], []),
    "hospital": (
        ["medical"],
        [("vehicle", "救护车", ["medical"], 4), ("team", "急救组", ["medical"], 2)],
    ),
    "service_point": (["mediation"], []),
}
_STREET_TEAMS = (
    ("环卫队", ["sanitation"], EVENINGS.replace("18:00-21:00", "05:00-20:00")),
    ("供电抢修队", ["electricity"], ALWAYS),
    ("供水抢修队", ["water"], ALWAYS),
    ("电梯应急队", ["elevator"], ALWAYS),
    ("人民调解组", ["mediation"], OFFICE_HOURS),
)
_DISTRICT_OFFICES = (
    ("应急管理局", "应急值守组", ["safety"], 2),
    ("住房和城乡建设局", "房屋安全组", ["housing"], 2),
)
_STREET_OFFICE = ("街道办应急队", ["street-office"])


def make_responders(
    areas: gpd.GeoDataFrame,
    homes: gpd.GeoDataFrame,
    sites: gpd.GeoDataFrame,
    rng: np.random.Generator,
) -> gpd.GeoDataFrame:
    """Staff the district.

    Parameters
    ----------
    areas
        The base layer.
    homes
        Buildings with their grid_code: where people start from.
    sites
        Stations, clinics and service points.

    Returns
    -------
    Columns number (unique text), kind (worker, team, unit, vehicle, facility), name, organisation,
    role (chief, full-time, part-time, police; None for what is no person), area_code, skills
    (list[str]), duty, phone (no such numbers exist), geometry (Point, EPSG:4326: home or post);
    index 0..n-1.
    """
    titles = Names(rng)
    tables = [
        _grid_workers(areas, homes, titles),
        _community_staff(areas, homes, titles),
        _stations(sites),
        _teams(areas, homes, titles),
        # Drawn last, so that everybody else stays as they were.
        _offices(areas, homes, titles),
    ]
    table = pd.concat(tables, ignore_index=True)
    table["role"] = table["role"].astype(object).where(table["role"].notna(), None)
    letter = table["kind"].map(
        {"worker": "W", "team": "T", "unit": "U", "vehicle": "V", "facility": "F"}
    )
    serial = table.groupby("kind").cumcount() + 1
    table.insert(0, "number", letter + serial.astype(str).str.zfill(4))
    # No mobile network begins with 100, so nobody can be rung up by accident.
    table.insert(8, "phone", [f"100{i:08d}" for i in range(1, len(table) + 1)])
    return gpd.GeoDataFrame(table, geometry="geometry", crs=4326)


def _pick_homes(homes: gpd.GeoDataFrame, code: Ints, titles: Names) -> Shapes:
    """Return a point in a building of each grid; `code` are positions of grids in code order."""
    owner = homes["grid_code"].to_numpy(dtype=object).astype(str)
    grids, number = np.unique(owner, return_inverse=True)
    order = np.argsort(number, kind="stable")
    first = np.searchsorted(number[order], np.arange(len(grids) + 1))
    count = np.diff(first)[code]
    chosen = first[code] + np.floor(titles.rng.random(len(code)) * count).astype(np.int64)
    return np.asarray(homes.geometry.to_numpy()[order[chosen]])


def _grid_workers(areas: gpd.GeoDataFrame, homes: gpd.GeoDataFrame, titles: Names) -> pd.DataFrame:
    """Give every grid one full-time worker, and 868 part-time ones to all."""
    grids = areas[areas["level"] == "grid"]
    helpers = _helpers(grids, titles.rng)
    grid = np.concatenate([np.arange(GRIDS), np.repeat(np.arange(GRIDS), helpers)])
    full = np.arange(len(grid)) < GRIDS
    community = areas.set_index("code")["name"].loc[grids["parent_code"]].to_numpy(dtype=object)
    extra = titles.rng.choice(
        ["mediation", "sanitation", "fire", ""], len(grid), p=[0.4, 0.1, 0.1, 0.4]
    )
    return pd.DataFrame(
        {
            "kind": "worker",
            "name": titles.people(len(grid)),
            "organisation": community[grid],
            "role": np.where(full, "full-time", "part-time"),
            "area_code": grids["code"].to_numpy(dtype=object)[grid],
            "skills": [["patrol", *([x] if x else [])] for x in extra.tolist()],
            "duty": np.where(full, OFFICE_HOURS, EVENINGS),
            "geometry": _pick_homes(homes, grid, titles),
        }
    )


def _helpers(grids: gpd.GeoDataFrame, rng: np.random.Generator) -> Ints:
    """Return how many part-time workers each grid has; the street of 60 has 334 in all."""
    street = grids["code"].str[:9]
    model = (street.map(street.value_counts()) == GRIDS_OF_THE_MODEL_STREET).to_numpy()
    # Only the first street of that size, should there be another.
    model = (street == street[model].iloc[0]).to_numpy()
    in_model = WORKERS_OF_THE_MODEL_STREET - GRIDS_OF_THE_MODEL_STREET
    totals = np.array([PART_TIME - in_model, in_model])
    return apportion(totals, rng.uniform(0.4, 1.6, len(grids)), model.astype(np.int64))


def _community_staff(
    areas: gpd.GeoDataFrame, homes: gpd.GeoDataFrame, titles: Names
) -> pd.DataFrame:
    """Give every community its chief and its police officer."""
    grids = areas[areas["level"] == "grid"].reset_index(drop=True)
    communities = areas[areas["level"] == "community"]
    street = areas.set_index("code")["name"].loc[communities["parent_code"]].to_numpy(dtype=object)
    first = grids.groupby("parent_code").head(1).index.to_numpy()
    station = [s.removesuffix("街道") + "派出所" for s in street]
    tables = [
        pd.DataFrame(
            {
                "kind": "worker",
                "name": titles.people(len(communities)),
                "organisation": organisation,
                "role": role,
                "area_code": communities["code"].to_numpy(dtype=object),
                "skills": [list(skills) for _ in range(len(communities))],
                "duty": OFFICE_HOURS,
                "geometry": _pick_homes(homes, first, titles),
            }
        )
        for role, organisation, skills in (
            ("chief", communities["name"].to_numpy(dtype=object), ("patrol", "mediation")),
            ("police", station, ("police", "patrol")),
        )
    ]
    return pd.concat(tables)


def _stations(sites: gpd.GeoDataFrame) -> pd.DataFrame:
    """Make the sites responders, with their crews and vehicles."""
    rows = []
    columns = [sites[c].tolist() for c in ("kind", "name", "grid_code")]
    for kind, name, code, point in zip(*columns, sites.geometry, strict=True):
        if kind not in _CREWS:
            continue
        skills, crews = _CREWS[kind]
        duty = OFFICE_HOURS if kind in {"clinic", "service_point"} else ALWAYS
        rows.append(("facility", name, name, None, code, skills, duty, point))
        rows += [
            (crew, f"{name}{title}{i}", name, None, code, able, ALWAYS, point)
            for crew, title, able, count in crews
            for i in range(1, count + 1)
        ]
    table = pd.DataFrame(rows, columns=_COLUMNS)
    table["skills"] = [list(skills) for skills in table["skills"]]
    return table


def _teams(areas: gpd.GeoDataFrame, homes: gpd.GeoDataFrame, titles: Names) -> pd.DataFrame:
    """Give every street its service teams, each starting from one of its grids."""
    grids = areas[areas["level"] == "grid"].reset_index(drop=True)
    level = areas["level"] == "street"
    streets = zip(areas.loc[level, "code"].tolist(), areas.loc[level, "name"].tolist(), strict=True)
    rows = []
    for code, title_of in streets:
        own = grids.index[grids["code"].str.startswith(code)].to_numpy()
        at = _pick_homes(homes, titles.rng.choice(own, len(_STREET_TEAMS)), titles)
        for (title, skills, duty), point in zip(_STREET_TEAMS, at, strict=True):
            name = f"{title_of}{title}"
            rows.append(("team", name, title_of, None, code, list(skills), duty, point))
    return pd.DataFrame(rows, columns=_COLUMNS)


def _offices(areas: gpd.GeoDataFrame, homes: gpd.GeoDataFrame, titles: Names) -> pd.DataFrame:
    """Give the district its bureaus' crews, and every street the crew of its office."""
    count = sum(number for *_, number in _DISTRICT_OFFICES)
    grids = areas[areas["level"] == "grid"].reset_index(drop=True)
    at = iter(_pick_homes(homes, titles.rng.choice(len(grids), count), titles))
    district = areas.iloc[0]
    rows = [
        (
            *("team", f"{district['name']}{bureau}{crew}{number}", f"{district['name']}{bureau}"),
            *(None, district["code"], list(skills), ALWAYS, next(at)),
        )
        for bureau, crew, skills, crews in _DISTRICT_OFFICES
        for number in range(1, crews + 1)
    ]
    title, skills = _STREET_OFFICE
    for code, name in areas.loc[areas["level"] == "street", ["code", "name"]].itertuples(
        index=False
    ):
        own = grids.index[grids["code"].str.startswith(code)].to_numpy()
        (point,) = _pick_homes(homes, titles.rng.choice(own, 1), titles)
        crew = f"{name.removesuffix('街道')}{title}"
        rows.append(("team", crew, name, None, code, list(skills), ALWAYS, point))
    return pd.DataFrame(rows, columns=_COLUMNS)
