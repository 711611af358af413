"""Figures of what is stored, as a frame: groups, periods, comparisons, small numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd

from gridgis.errors import InvalidInputError
from gridgis.figures import periods
from gridgis.figures.asking import require_sense
from gridgis.figures.counting import Instants, tally
from gridgis.figures.definitions import BY_COLUMN, COUNTS, DEFINITIONS, DERIVED, OF_GRIDS
from gridgis.figures.gathering import gathered
from gridgis.store import categories
from gridgis.store.figures import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from numpy.typing import NDArray

    from gridgis.figures.asking import Asked, Compared
    from gridgis.figures.definitions import Definition
    from gridgis.figures.gathering import Gathered
    from gridgis.figures.periods import Period
    from gridgis.model import Edition
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection

_ALWAYS_TOLD = frozenset({"area", "tier", "channel", "level", "none"})
"""Groups of these are told when they are empty as well."""

_SIGNS_OF_LIFE = (
    *("received", "filed", "closed", "not_in_scope", "duplicates", "withdrawn", "open"),
    *("tasks_sent", "escalations", "asked", "answered"),
)


class Figures(NamedTuple):
    """The figures that were asked for.

    Attributes
    ----------
    frame
        One row a group and period: by period, then group. Columns: code and name of the group
        (None: cases without one); by areas, of a GeoDataFrame, area_id and edition_id (Int64) and
        at last geometry (MultiPolygon, EPSG:4326; None for ``outside`` and ``no_location``);
        period (its name), since and before (UTC); then those of :data:`DEFINITIONS`: counts (Int64;
        NA where grids are not counted), shares (0 to 1), minutes and means (float, NaN where
        nothing is known); small: which shares, means and minutes stand on fewer than
        ``figures_small_n``, by spaces. A compared figure has three more columns: ``X_before``, its
        value then, ``X_before_change`` (now - then) and ``X_before_ratio`` (now / then, NaN for
        then 0); for the year before ``X_last_year`` likewise.
    notes
        What a reader must know.
    definitions
        What the columns mean.
    edition
        The edition whose areas are told, or whose grids are counted; None: it does not matter.
    """

    frame: pd.DataFrame
    notes: tuple[str, ...]
    definitions: tuple[Definition, ...]
    edition: Edition | None


def figures(connection: Connection, asked: Asked, settings: Settings) -> Figures:
    """Return figures of what is stored, in one reading.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError, AreaNotFoundError
        What is asked for does not exist.
    InvalidInputError
        There is no period, or one that ends before it begins or has not begun; a level without
        areas, or below the grids; no such category; the edition was not in force at the time that
        was said as well.
    ArchiveFileError
        The file of an archived month that is needed is missing or damaged.
    """
    require_sense(asked)
    if asked.category is not None and asked.category not in categories.layers_of_all(connection):
        msg = f"there is no category {asked.category!r}; `gridgis categories list` shows them"
        raise InvalidInputError(msg)
    others = {
        one: [_other(period, one, asked.when.now, settings.zone) for period in asked.periods]
        for one in asked.compare
    }
    every = [*asked.periods, *(period for one in others.values() for period in one)]
    found = gathered(connection, asked, every, settings.near_tolerance_m)
    tables = {one: _figures(found, one, asked) for one in dict.fromkeys(every)}
    lively = _lively(tables.values(), always=asked.by in _ALWAYS_TOLD)
    parts = []
    for at, period in enumerate(asked.periods):
        part = [
            _head(found.groups, period),
            tables[period],
            _small(tables[period], settings.figures_small_n),
            *(_held(tables[period], tables[those[at]], one) for one, those in others.items()),
        ]
        parts.append(pd.concat(part, axis=1)[lively])
    frame = pd.concat(parts, ignore_index=True)
    if asked.by == "area":
        shapes = frame.pop("geometry")
        frame = gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, crs="EPSG:4326"))
    notes = (*found.notes, *_notes(asked, others, frame, settings.zone))
    return Figures(frame, notes, DEFINITIONS, found.edition)


def _other(period: Period, one: Compared, now: datetime, zone: ZoneInfo) -> Period:
    """Return what a period is held against: of one that is not over, as much as has passed."""
    other = periods.before_it(period, zone) if one == "before" else periods.last_year(period, zone)
    if period.before <= now:
        return other
    before = min(other.before, other.since + (now - period.since))
    return other._replace(before=before, name=f"{other.name}, as much as has passed")


def _figures(found: Gathered, period: Period, asked: Asked) -> pd.DataFrame:
    its = Instants(instant(period.since), instant(period.before), instant(asked.when.now))
    counted = tally(found.rows, its)
    with np.errstate(invalid="ignore"):
        for one in DERIVED:
            counted[one.column] = counted[one.part] / counted[one.base]
    table = pd.DataFrame({one.column: counted[one.column] for one in DEFINITIONS})
    table = table.astype(dict.fromkeys(COUNTS, "Int64"))
    if len(found.rows.grid_group) == 0:
        for name in OF_GRIDS:
            table[name] = pd.array([pd.NA] * len(table), "Int64")
    # Bases that are no figures themselves are needed to say what is small.
    table.attrs = {
        one.base: counted[one.base] for one in DEFINITIONS if one.base and one.base not in BY_COLUMN
    }
    return table


def _head(groups: pd.DataFrame, period: Period) -> pd.DataFrame:
    return groups.assign(period=period.name, since=period.since, before=period.before)


def _small(table: pd.DataFrame, small_n: int) -> pd.Series[Any]:
    names: list[list[str]] = [[] for _ in range(len(table))]
    for one in DEFINITIONS:
        if one.base:
            base = table.attrs.get(one.base)
            of = table[one.base].to_numpy(np.int64) if base is None else base
            for row in np.flatnonzero((of > 0) & (of < small_n)):
                names[row].append(one.column)
    return pd.Series([" ".join(those) for those in names], table.index, name="small", dtype=object)


def _held(now: pd.DataFrame, then: pd.DataFrame, one: Compared) -> pd.DataFrame:
    """Return what a period was held against, and how it differs."""
    columns = {}
    for name in now.columns:
        new = now[name].astype("Float64").to_numpy(float, na_value=np.nan)
        old = then[name].astype("Float64").to_numpy(float, na_value=np.nan)
        columns[f"{name}_{one}"] = then[name].to_numpy()
        columns[f"{name}_{one}_change"] = new - old
        columns[f"{name}_{one}_ratio"] = np.divide(
            new, old, out=np.full(len(new), np.nan), where=old != 0
        )
    return pd.DataFrame(columns)


def _lively(tables: Iterable[pd.DataFrame], *, always: bool) -> NDArray[np.bool_]:
    """Say which groups are told: all, or those to which anything happened."""
    each = [table[list(_SIGNS_OF_LIFE)].to_numpy(np.int64).any(axis=1) for table in tables]
    lively: NDArray[np.bool_] = np.logical_or.reduce(each) | always
    return lively


def _notes(
    asked: Asked, others: dict[Compared, list[Period]], frame: pd.DataFrame, zone: ZoneInfo
) -> Sequence[str]:
    notes = []
    for period in asked.periods:
        if period.before > asked.when.now:
            until = asked.when.now.astimezone(zone).isoformat(timespec="minutes")
            notes.append(f"{period.name} is not over: its figures are those until {until}")
    for one, those in others.items():
        what = "the period before" if one == "before" else "last year"
        pairs = zip(asked.periods, those, strict=True)
        held = "; ".join(f"{new.name} with {old.name}" for new, old in pairs)
        notes.append(f"held against {what} (_{one}): {held}")
    if not frame["received"].fillna(0).astype(bool).any():
        notes.append("nothing was received in " + ", ".join(one.name for one in asked.periods))
    if frame["small"].astype(bool).any():
        notes.append("what `small` names, and a table marks with *, stands on very few cases")
    return notes
