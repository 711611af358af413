"""``gridgis coverage``: how well a layer is covered by stations."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import pandas as pd
import typer

from gridgis.exports.writing import require_table_name, writing
from gridgis.files.vector_writing import require_writable, write_vector
from gridgis.nearest import Need
from gridgis.nearest.why import say_s
from gridgis.reach.covering import Territory, cover
from gridgis.roads.modes import Mode
from gridgis_api.cli import context
from gridgis_api.cli.moments import moment
from gridgis_api.cli.printing import print_table
from gridgis_api.cli.reach import Minutes, read_minutes
from gridgis_api.reaching import By, stations_of, times_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    import geopandas as gpd

    from gridgis.reach.covering import Covered

_TABLES = frozenset({".csv", ".xlsx"})
_SHOWN = 10


def coverage(  # noqa: PLR0913, PLR0917 - one parameter an option
    skill: Annotated[
        list[str] | None, typer.Option(help="A skill that is needed; several: all are needed.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(help="Only worker, team, unit, vehicle or facility; several: any of them."),
    ] = None,
    layer: Annotated[str, typer.Option(help="The layer.")] = "base",
    level: Annotated[str | None, typer.Option(help="One level; else the grids.")] = None,
    minutes: Minutes = "5,10,15",
    mode: Annotated[Mode, typer.Option(help="How they come.")] = Mode.CAR,
    by: Annotated[
        By,
        typer.Option(help="roster: on duty then, from home; present: who is free, where they are."),
    ] = "roster",
    at: Annotated[
        str | None, typer.Option(help="On duty and on the roads then, like 2026-05-01T08:00.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="FILE.csv or .xlsx; with shapes FILE.geojson or .gpkg."),
    ] = None,
) -> None:
    """Count who is within 5, 10, 15 minutes of a station: once, twice, or not at all."""
    if out is not None:
        _require(out)
    when = moment(at, "--at") or context.clock.now()
    territory = Territory(when, layer, level, tuple(read_minutes(minutes)))
    need = Need(skills=tuple(skill or ()), kinds=tuple(kind or ()))
    with context.open_store() as store:
        service = context.service(store)
        times = times_of(service, mode, when)
        stations = stations_of(service, need, when, by)
        with store.begin() as connection:
            found = cover(connection, times, stations, territory)
    if stations.nowhere:
        context.say(f"{stations.nowhere:,} who are able are left out: nobody knows where they are")
    if not len(stations.rows):
        context.say("nobody who is able counts as a station then; `gridgis responders` has them")
    context.say(f"{len(stations.rows):,} stations, {len(found.areas):,} areas of {found.level}")
    _tell(found, territory)
    if out is not None:
        _write(found.areas, out)


def _require(out: Path) -> None:
    if out.suffix.lower() in _TABLES:
        require_table_name(out)
    else:
        require_writable(out)


def _tell(found: Covered, territory: Territory) -> None:
    worst = found.areas.sort_values("share_beyond", ascending=False, kind="stable").head(_SHOWN)
    named = [("all", found.total.to_dict())]
    named += [(f"{row['code']} {row['name']}", row) for row in worst.to_dict("records")]
    limits = sorted(set(territory.minutes))
    print_table(
        (
            "area",
            "households",
            *(f"{limit:g} min" for limit in limits),
            f"twice in {limits[-1]:g}",
            f"ground in {limits[-1]:g}",
            "half within",
            "nine in ten",
            "never",
        ),
        [_row(name, row, limits) for name, row in named],
    )
    if len(found.areas) > _SHOWN:
        context.say("shown are all together, then those with the largest share beyond")
    alone = found.nobody_reaches["code"].tolist()
    if alone:
        more = f" and {len(alone) - _SHOWN:,} more" if len(alone) > _SHOWN else ""
        context.say(f"nobody reaches {', '.join(alone[:_SHOWN])}{more}")


def _row(name: str, row: Mapping[Hashable, float], limits: list[float]) -> tuple[str, ...]:
    last = f"within_{limits[-1]:g}_min"
    return (
        name,
        f"{row['households']:,.0f}",
        *(_percent(row[f"share_within_{limit:g}_min"]) for limit in limits),
        _percent(row[f"twice_share_{last}"]),
        _percent(row[f"area_share_{last}"]),
        *("" if math.isnan(row[one]) else say_s(row[one]) for one in ("p50_s", "p90_s")),
        f"{row['households_never']:,.0f}",
    )


def _percent(share: float) -> str:
    return "" if math.isnan(share) else f"{share:.1%}"


def _write(areas: gpd.GeoDataFrame, out: Path) -> None:
    numbers = areas.select_dtypes("float64").columns
    rounded = areas.assign(**{name: areas[name].round(4) for name in numbers})
    if out.suffix.lower() in _TABLES:
        table = pd.DataFrame(rounded.drop(columns=areas.geometry.name))
        texts = ["code", "name", "level", "parent_code"]
        table[texts] = table[texts].astype("string")
        table["reached"] = table["reached"].map({True: "yes", False: "no"}).astype("string")
        with writing(out, "coverage") as file:
            file.add(table)
    else:
        write_vector(rounded, out, layer="coverage")
    context.say(f"{out}: {len(areas):,} areas")
