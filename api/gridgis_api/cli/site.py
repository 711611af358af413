"""``gridgis site``: where stations should stand."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
import typer

from gridgis.files import Reading
from gridgis.files.vector_writing import require_writable, write_vector
from gridgis.reach.table import travel_table
from gridgis.roads.modes import Mode
from gridgis.siting import Asked, Effort, by_line, site_stations
from gridgis.siting.frames import require_pairs
from gridgis.siting.line import LINE_KMH
from gridgis.siting.spots import Columns, Moment, is_stored, read_spots, stored_spots
from gridgis_api.cli import context, naming, rows
from gridgis_api.cli.moments import moment
from gridgis_api.cli.printing import print_table
from gridgis_api.reaching import times_of

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import datetime

    from numpy.typing import NDArray

    from gridgis.siting import Sited, Siting, TravelTable
    from gridgis.store.connection import Connection

    Floats = NDArray[np.float64]

NO_ANSWER = 1
"""The exit code when it is infeasible, or nothing was found in the time."""

_SOURCE = "a file (CSV, Excel, Parquet, any vector file), places:KIND or responders:KIND"
_MINUTE_S = 60.0
_SEED = 0
_SHOWN = 10
_WHOLE_FROM = 1000
_NAMES = ("name", "名称", "standard_address", "code", "编码")
_UNITS = {
    "p-median": "{weight} x seconds",
    "coverage": "{weight} within the limit",
    "cover": "stations",
}


class _Files(NamedTuple):
    """How to read the files of points, and whether one column says their weights."""

    columns: Columns
    reading: Reading


def site(  # noqa: PLR0913, PLR0917 - one parameter an option
    demand: Annotated[str, typer.Option(help=f"Who needs a station: cells, or {_SOURCE}.")],
    candidates: Annotated[str, typer.Option(help=f"Where one may stand: {_SOURCE}.")],
    problem: Annotated[str, typer.Option(help="p-median, coverage or cover.")] = "p-median",
    p: Annotated[
        int | None, typer.Option("-p", help="Stations in all, those of --fixed among them.")
    ] = None,
    within_min: Annotated[
        float | None, typer.Option(help="The limit of coverage and cover, in minutes.")
    ] = None,
    share: Annotated[
        float, typer.Option(help="Of cover: the share of the weight to be within it, 0 to 1.")
    ] = 1.0,
    fixed: Annotated[
        str | None, typer.Option(help="Stations that stand already: as --candidates.")
    ] = None,
    weight: Annotated[
        str | None,
        typer.Option(help="The demands' column of weights; else households, else each weighs 1."),
    ] = None,
    by: Annotated[
        Literal["road", "line"],
        typer.Option(help="road: along the stored roads; line: as the crow flies."),
    ] = "line",
    mode: Annotated[Mode, typer.Option(help="How --by road goes.")] = Mode.CAR,
    at: Annotated[str | None, typer.Option(help="--by road: traffic of then; else now.")] = None,
    line_kmh: Annotated[float, typer.Option(help="The speed of --by line.")] = LINE_KMH,
    method: Annotated[str, typer.Option(help="auto, exact or heuristic.")] = "auto",
    time_limit: Annotated[float, typer.Option(help="Seconds; then the best so far answers.")] = 60,
    skip_unreached: Annotated[
        bool,
        typer.Option("--skip-unreached", help="Leave demands out that no candidate can reach."),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--out", help="The chosen: FILE.geojson, .gpkg, .csv, .parquet, .fgb"),
    ] = None,
    served: Annotated[
        Path | None, typer.Option(help="The demands with their station: as --out.")
    ] = None,
    lon: Annotated[str | None, typer.Option(help="The files' column of the longitude.")] = None,
    lat: Annotated[str | None, typer.Option(help="The files' column of the latitude.")] = None,
    crs: rows.Crs = None,
    datum: naming.Datum = "wgs84",
    encoding: rows.Encoding = None,
) -> None:
    """Say where stations should stand, how good that is, and how much better it could be at most.

    p-median: the least travel time in all. coverage: the most weight within the limit. cover: the
    fewest stations for all within it. Ends with 1 when there is no answer: "infeasible" names the
    reason.
    """
    for path in (out, served):
        if path is not None:
            require_writable(path)
    when = moment(at, "--at") or context.clock.now()
    lines = by_line(line_kmh)
    limit_s = None if within_min is None else within_min * _MINUTE_S
    # Judged before anything is read.
    asked = Asked(problem, p, limit_s, share, skip_unreached=skip_unreached)
    effort = Effort(method, time_limit, rng=np.random.default_rng(_SEED))
    files = _Files(Columns(lon, lat, weight), Reading(encoding, crs=crs, datum=datum))
    needs, may = _points(demand, candidates, fixed, files)
    stand = np.flatnonzero(may["stands_already"]).tolist()
    may = gpd.GeoDataFrame(may.drop(columns="stands_already"))
    asked = replace(asked, fixed=tuple(stand), weight=needs.attrs["weight"])
    require_pairs(len(needs), len(may))
    with context.progress() as bar:
        bar.add_task(f"{len(needs):,} demands, {len(may):,} candidates", total=None)
        table = lines if by == "line" else _by_road(mode, when)
        # From the station to who needs it.
        travel_s = table(_lon_lat(may), _lon_lat(needs)).T
        sited = site_stations(needs, may, travel_s, asked, effort)
    how = f"as the crow flies at {line_kmh:g} km/h, not by road"
    _tell(sited, asked, how if by == "line" else f"by road, {mode}")
    _tell_beyond(needs, sited.siting)
    if not len(sited.siting.chosen):
        raise typer.Exit(NO_ANSWER)
    _write(sited, out, served)


def _by_road(mode: Mode, at: datetime) -> TravelTable:
    with context.open_store() as store:
        times = times_of(context.service(store), mode, at)
    return partial(travel_table, times)


def _points(
    demand: str, candidates: str, fixed: str | None, files: _Files
) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the demands, and the candidates with those that stand already behind them."""
    plain = files._replace(columns=files.columns._replace(weight=None, weighed=False))
    sources = [(demand, files), (candidates, plain)]
    if fixed is not None:
        sources.append((fixed, plain))
    with ExitStack() as stack:
        connection = None
        if any(is_stored(source) for source, _ in sources):
            connection = stack.enter_context(stack.enter_context(context.open_store()).begin())
        needs, *may = [_spots(source, asked, connection) for source, asked in sources]
    for frame in (needs, *may):
        for note in frame.attrs["notes"]:
            context.say(f"  {note}")
    if needs.attrs["weight"] is None:
        context.say("  each demand weighs 1; --weight names a column of weights")
    marked = [frame.assign(stands_already=place > 0) for place, frame in enumerate(may)]
    for frame in marked:
        frame.attrs = {}
    return needs, gpd.GeoDataFrame(pd.concat(marked, ignore_index=True), crs=needs.crs)


def _spots(source: str, files: _Files, connection: Connection | None) -> gpd.GeoDataFrame:
    if connection is None or not is_stored(source):
        return read_spots(source, files.columns, files.reading)
    now = context.clock.now()
    fresh_from = now - timedelta(seconds=context.settings().position_max_age_s)
    return stored_spots(connection, source, files.columns, Moment(now, fresh_from))


def _lon_lat(frame: gpd.GeoDataFrame) -> tuple[Floats, Floats]:
    spots = frame.geometry.to_numpy()
    return shapely.get_x(spots), shapely.get_y(spots)


def _tell(sited: Sited, asked: Asked, travel: str) -> None:
    siting = sited.siting
    print(f"{siting.problem}: {siting.status} ({siting.method}, {siting.seconds:.1f} s)")
    print(f"{siting.explanation}")
    print(f"travel times: {travel}")
    if not len(siting.chosen):
        return
    unit = _UNITS[siting.problem].format(weight=asked.weight or "demand")
    print(f"objective: {_number(siting.objective)} {unit}")
    print(f"bound: {_number(siting.bound)}, gap {siting.gap:.2%}")
    print_table(
        ("site", "name", "stands", "demands", "weight", "mean", "farthest"),
        [
            (
                str(row["site"]),
                _name(row),
                "already" if row["stands"] else "new",
                f"{row['demands']:,}",
                f"{row['weight']:,g}",
                _minutes(row["mean_s"]),
                _minutes(row["farthest_s"]),
            )
            for row in sited.chosen.to_dict("records")
        ],
    )


def _tell_beyond(needs: gpd.GeoDataFrame, siting: Siting) -> None:
    """List the demands that no candidate reaches: whom a new candidate would have to be near."""
    if not len(siting.beyond):
        return
    print("reached by no candidate:")
    print_table(
        ("demand", "name", "lon", "lat"),
        [
            (str(demand), _name(row), f"{row['lon']:.6f}", f"{row['lat']:.6f}")
            for demand, row in zip(
                siting.beyond[:_SHOWN].tolist(),
                needs.iloc[siting.beyond[:_SHOWN]]
                .assign(lon=lambda frame: frame.geometry.x, lat=lambda frame: frame.geometry.y)
                .to_dict("records"),
                strict=True,
            )
        ],
    )
    if len(siting.beyond) > _SHOWN:
        context.say(f"and {len(siting.beyond) - _SHOWN:,} more demands")


def _number(value: float) -> str:
    """Return a total as people read it.

    >>> _number(36_217_886.4), _number(12.5)
    ('36,217,886', '12.5')
    """
    return f"{value:,.0f}" if abs(value) >= _WHOLE_FROM else f"{value:g}"


def _name(row: Mapping[Hashable, object]) -> str:
    return next((str(row[name]) for name in _NAMES if isinstance(row.get(name), str)), "")


def _minutes(seconds: float) -> str:
    """Return a travel time as people read it.

    >>> _minutes(214.0), _minutes(float("nan"))
    ('3.6 min', '')
    """
    return "" if np.isnan(seconds) else f"{seconds / _MINUTE_S:,.1f} min"


def _write(sited: Sited, out: Path | None, served: Path | None) -> None:
    for frame, path, layer in ((sited.chosen, out, "stations"), (sited.served, served, "demands")):
        if path is not None:
            write_vector(frame, path, layer=layer)
            context.say(f"{path}: {len(frame):,} {layer}")
