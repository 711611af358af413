"""Look for early warnings: reports from the store, numbers of the maps room, suggestions back.

Everything is counted on the grids of the edition in force: a redraw is no outbreak.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from gridgis import frames
from gridgis.early_warnings import Suggested, suggest
from gridgis.store import early_warnings as store_warnings
from gridgis.store.early_warnings import NewWarning
from gridgis.store.reading import Which
from gridgis_api.on_edition import first_layer, seen_in
from gridgis_maps.numbers.local.weights import shared_edge_weights
from gridgis_maps.numbers.scan import Asked, reported_cases, scan
from gridgis_maps.numbers.watch.alarms import QUIET_DAYS, WEEK_DAYS, alarms
from gridgis_maps.numbers.watch.counts import daily_counts
from gridgis_maps.numbers.watch.negative_binomial import watched

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from datetime import date

    import geopandas as gpd

    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store

LAST_DAYS = 7
"""So many days are looked at again: reports may come in late."""

SCAN_DAYS = 60
SCAN: dict[str, Any] = {
    "most_length": 14,
    "most_places": 60,
    "least_cases": 3,
    "simulations": 999,
    # Where chance does as much in twenty worlds already, the others would say the same.
    "stop_after": 20,
}
"""How the scan is asked: two weeks at most, a tenth of a district at most."""


class Looked(NamedTuple):
    """What is looked at.

    Attributes
    ----------
    grids
        Of the edition in force, as :func:`gridgis.frames.grids` reads them.
    reports
        `captured_at`, `category`, `grid_code` on these grids, geometry; those that early warnings
        were taken up as are left out.
    neighbours
        The codes of the grids that share an edge with each grid.
    period
        The first day, and the day after the last: today, which is not over.
    settings
        The zone and the budget.
    """

    grids: gpd.GeoDataFrame
    reports: gpd.GeoDataFrame
    neighbours: Mapping[str, tuple[str, ...]]
    period: tuple[date, date]
    settings: Settings


def find(
    store: Store, settings: Settings, now: datetime, layer: str | None = None
) -> tuple[str, Suggested]:
    """Look at the last days of a layer, write what is suggested, and say on which layer.

    Parameters
    ----------
    layer
        None: the complete layer that all reports have a grid on.

    Raises
    ------
    LayerNotFoundError, EditionNotFoundError
        There is no such layer, or it has no edition in force.
    AreaNotFoundError
        No layer has an edition in force.
    """
    with store.begin() as connection:
        named = layer or first_layer(connection, now)
        looked = _looked(connection, named, settings, now)
    found = [warning for method in METHODS for warning in method(looked)]
    ids = looked.grids.set_index("code")["area_id"]
    neighbours = {
        int(ids[code]): tuple(int(ids[other]) for other in others)
        for code, others in looked.neighbours.items()
    }
    last_day = looked.period[1] - timedelta(days=1)
    with store.begin() as connection:
        done = suggest(connection, named, found, neighbours, (last_day, now), QUIET_DAYS)
    return named, done


def in_series(looked: Looked) -> list[NewWarning]:
    """Return the grids that have more of a category than their own past explains."""
    settings = looked.settings
    categories = sorted(looked.reports["category"].dropna().unique())
    counts = daily_counts(
        looked.reports, looked.period, settings.zone, looked.grids["code"].tolist(), categories
    )
    found = watched(counts, last_days=LAST_DAYS)
    table = alarms(
        found, looked.neighbours, false_alarms_per_week=settings.early_warning_false_a_week
    )
    facts = {
        "method": found.method,
        "series": len(counts),
        "history_days": counts.shape[1],
        "false_alarms_per_week": settings.early_warning_false_a_week,
    }
    return [_series_warning(row, looked.grids, facts) for row in table.to_dict("records")]


def in_space_and_time(looked: Looked) -> list[NewWarning]:
    """Return the circles of grids that have more of a category of late than elsewhere and before.

    Each category is scanned by itself; so a cluster's recurrence interval is divided by their
    number before it is held against the budget.
    """
    settings, end = looked.settings, looked.period[1] - timedelta(days=1)
    first = max(looked.period[0], end - timedelta(days=SCAN_DAYS - 1))
    # Without the editions that once answered: these are restated on one.
    reports = looked.reports[["captured_at", "grid_code", "category"]]
    of_each = dict(list(reports.groupby("category")))
    asked = Asked(first=first, last=end, **SCAN)
    facts = {"method": f"scan, {asked.model}", "scans": len(of_each), "days": SCAN_DAYS, **SCAN}
    found: list[NewWarning] = []
    for code, some in of_each.items():
        given = reported_cases(some, looked.grids, zone=settings.zone, days=(first, end))
        clusters = scan(given.cases, given.places, asked, seed=end.toordinal()).clusters
        for row in clusters.to_dict("records"):
            recurrence_days = row["recurrence_days"] / len(of_each)
            if recurrence_days >= WEEK_DAYS / settings.early_warning_false_a_week:
                told = {**row, "category": code, "recurrence_days": recurrence_days}
                found.append(_scan_warning(told, looked.grids, facts))
    return found


METHODS: tuple[Callable[[Looked], list[NewWarning]], ...] = (in_series, in_space_and_time)
"""Whoever finds early warnings; each is asked once a look, and has the budget for itself."""


def _series_warning(
    alarm: dict[Hashable, Any], grids: gpd.GeoDataFrame, facts: dict[str, object]
) -> NewWarning:
    ids = grids.set_index("code")["area_id"]
    return NewWarning(
        kind="series",
        edition_id=int(grids["edition_id"].iloc[0]),
        category=alarm["category"],
        area_ids=tuple(sorted(int(ids[code]) for code in alarm["grids"])),
        worst_area_id=int(ids[alarm["worst_grid"]]),
        since=alarm["since"].date(),
        until=alarm["until"].date(),
        observed=alarm["observed"],
        expected=alarm["expected"],
        recurrence_days=alarm["recurrence_days"],
        parameters={**facts, "p": alarm["p"], "days": alarm["days"]},
    )


def _scan_warning(
    cluster: dict[Hashable, Any], grids: gpd.GeoDataFrame, facts: dict[str, object]
) -> NewWarning:
    ids = grids.set_index("code")["area_id"]
    return NewWarning(
        kind="scan",
        edition_id=int(grids["edition_id"].iloc[0]),
        category=cluster["category"],
        area_ids=tuple(sorted(int(ids[code]) for code in cluster["places"])),
        worst_area_id=int(ids[cluster["centre"]]),
        since=cluster["since"].date(),
        until=cluster["until"].date(),
        observed=int(cluster["cases"]),
        expected=float(cluster["expected"]),
        recurrence_days=float(cluster["recurrence_days"]),
        parameters={**facts, "p": float(cluster["p"]), "radius_m": float(cluster["radius_m"])},
    )


def _looked(connection: Connection, layer: str, settings: Settings, now: datetime) -> Looked:
    today = datetime.combine(now.astimezone(settings.zone), time(), settings.zone)
    # Days are subtracted on the city's clock: a midnight stays one when clocks change.
    first = today - timedelta(days=settings.early_warning_history_days)
    grids, _ = frames.grids(connection, layer=layer, at=now)
    reports = frames.reports(connection, Which(layer, now, since=first, before=today))
    reports = reports[~reports["id"].isin(store_warnings.reports(connection))]
    matrix = shared_edge_weights(grids.geometry).matrix
    codes = grids["code"].to_numpy()
    neighbours = {
        str(code): tuple(codes[matrix.indices[matrix.indptr[at] : matrix.indptr[at + 1]]].tolist())
        for at, code in enumerate(codes)
    }
    period = (first.date(), today.date())
    return Looked(grids, seen_in(grids, reports, settings), neighbours, period, settings)
