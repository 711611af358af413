"""What every kind of map reads: grids and outlines, names, and what a page says of itself."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from gridgis import frames
from gridgis.coded import edition_in_force
from gridgis.errors import InvalidInputError
from gridgis.figures.periods import named_period
from gridgis.store import categories, editions, layers, secrets
from gridgis.store.reading import Which
from gridgis.words import catalogue, word
from gridgis_api.kinds.ground import base_map, tiles_of
from gridgis_api.on_edition import first_layer, seen_in
from gridgis_maps import About, Period
from gridgis_maps.numbers.donut import moved_within

if TYPE_CHECKING:
    import geopandas as gpd

    from gridgis.clock import Clock
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis_api.kinds.query import MapQuery, PeriodQuery
    from gridgis_api.service import Service
    from gridgis_maps import BaseMap, Tiles

MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Maker:
    """Reads for one page, from one transaction's view of what is stored, at one moment.

    `service` knows the roads and the responders in memory; None: nothing can be asked by road.
    """

    connection: Connection
    clock: Clock
    settings: Settings
    service: Service | None = None

    @cached_property
    def now(self) -> datetime:
        """The page's moment: when its figures are read, and when it is made."""
        return self.clock.now()

    def layer(self, asked: MapQuery) -> str:
        """Return the layer that was asked for, else the complete one.

        Raises
        ------
        AreaNotFoundError
            Nothing is published yet.
        """
        return asked.layer or first_layer(self.connection, asked.when(self.now).moment)

    def grids(self, asked: MapQuery) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        """Return the grids of the edition that was asked for, and the areas above them.

        Columns as :func:`gridgis.frames.grids` says.

        Raises
        ------
        LayerNotFoundError, EditionNotFoundError
            There is no such layer, or it has no such edition.
        AreaNotFoundError
            Nothing is published yet.
        InvalidInputError
            The edition was not in force at the time.
        """
        when = asked.when(self.now)
        named = self.layer(asked)
        edition = edition_in_force(self.connection, named, None, when)
        return frames.grids(self.connection, layer=named, at=when.moment, edition=edition.id)

    def period(self, asked: PeriodQuery) -> Period | None:
        """Return the period that was asked for; None: none was.

        Raises
        ------
        InvalidInputError
            It is no period, or was said in two ways.
        """
        between = (asked.since, asked.before)
        said = [one for one in (asked.period, asked.days) if one is not None]
        if len(said) + any(between) > 1:
            msg = "say the period once: by period, by days, or by from and to"
            raise InvalidInputError(msg)
        if asked.period is not None:
            named = named_period(asked.period, self.settings.zone)
            return Period(named.since, named.before)
        if asked.days is not None:
            return self.last_days(asked.days)
        return Period(*between) if any(between) else None

    def last_days(self, days: int) -> Period:
        """Return the last so many days until now.

        Where nothing was captured in them, they end with the day of the newest report: a city that
        loads last year's reports sees its last month, and not an empty map.
        """
        end, length = self.now, timedelta(days=days)
        newest = frames.newest_capture(self.connection, self.now)
        if newest is not None and newest < end - length:
            its_day = newest.astimezone(self.settings.zone).date() + timedelta(days=1)
            end = datetime.combine(its_day, time(), self.settings.zone)
        return Period(end - length, end)

    def last_month(self) -> str:
        """Return the last month that is over and that the reports reach, such as 2025-06."""
        end = self.last_days(1).end or self.now
        first = end.astimezone(self.settings.zone).replace(day=1)
        return (first - timedelta(days=1)).strftime("%Y-%m")

    def public_month(self, asked: PeriodQuery) -> Period:
        """Return the calendar month of a page for everybody; without a word about it, the last one.

        Raises
        ------
        InvalidInputError
            Another period was asked for: from a quarter and two of its months the third one's
            masked counts would follow.
        """
        if (
            asked.since
            or asked.before
            or asked.days
            or not MONTH.fullmatch(asked.period or "0000-00")
        ):
            msg = (
                "a public map is of one calendar month, such as period 2025-06: maps of other "
                "periods could be subtracted from it"
            )
            raise InvalidInputError(msg)
        named = named_period(asked.period or self.last_month(), self.settings.zone)
        return Period(named.since, named.before)

    def reports(
        self,
        asked: MapQuery,
        grids: gpd.GeoDataFrame,
        *,
        period: Period | None = None,
        category: str | None = None,
    ) -> gpd.GeoDataFrame:
        """Return the reports of a period, each with its grid among `grids`.

        That is the grid which answered. When an edition was asked for, or several answered, it is
        the one where the report was seen: a boundary change must not look like a change of reports.
        Columns as :func:`gridgis.frames.reports` says.

        Raises
        ------
        ArchiveFileError
            The file of an archived month that is needed is missing or damaged.
        """
        when = asked.when(self.now)
        which = Which(
            layer=self.layer(asked),
            at=when.moment,
            edition=int(grids["edition_id"].iloc[0]) if len(grids) else None,
            since=None if period is None else period.start,
            before=None if period is None else period.end,
            category=category,
        )
        reports = frames.reports(self.connection, which)
        several = reports["edition_id"].nunique() > 1
        return seen_in(grids, reports, self.settings) if when.said or several else reports

    def moved(
        self, reports: gpd.GeoDataFrame, grids: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame
    ) -> gpd.GeoSeries:
        """Return where a public page shows reports: moved by a secret of the database."""
        secret = secrets.known_or_made(self.connection, "donut", self.now, os.urandom)
        seed = int.from_bytes(secret, "big")
        return moved_within(reports, grids, outlines, seed=seed)

    def base(self, asked: MapQuery, grids: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame) -> BaseMap:
        """Return what lies under and around the figures: water, greens, roads, names, tiles.

        Raises
        ------
        SettingsError
            GRIDGIS_MAP_TILES means no tiles.
        """
        return base_map(self.connection, grids, outlines, self._tiles(asked))

    def about(self, asked: MapQuery, grids: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame) -> About:
        """Return what a page says about itself."""
        top = outlines if len(outlines) else grids
        first = top.iloc[0]
        alone = (top["level"] == first["level"]).sum() == 1
        layer = self._layer_name(int(first["edition_id"]))
        return About(
            place=str(first["name"]) if alone else layer[0],
            edition=layer[1],
            data_as_of=self.now,
            made_at=self.now,
            zone=self.settings.zone,
            classification=self._classification(asked),
            approval=_first(asked.approval, self.settings.map_approval),
            public=asked.public,
            paper=asked.paper,
        )

    def category_name(self, code: str | None, lang: str) -> str | None:
        """Return what a category is called; None for None.

        Raises
        ------
        InvalidInputError
            The category is unknown.
        """
        if code is None:
            return None
        found = categories.one(self.connection, code)
        if found is None:
            msg = f"category {code!r} is unknown; `gridgis categories list` shows those that exist"
            raise InvalidInputError(msg)
        return (found.name_en or found.name) if lang == "en" else found.name

    def skill_name(self, skill: str | None, lang: str) -> str | None:
        """Return what a skill is called; None for None, and for a skill of the city's own."""
        return None if skill is None else catalogue(lang, "page.skill.").get(f"page.skill.{skill}")

    def _tiles(self, asked: MapQuery) -> Tiles | None:
        said = self.settings.map_tiles
        return tiles_of(said) if said is not None and asked.tiles else None

    def _classification(self, asked: MapQuery) -> str:
        """Return who may see the page: as asked for, as set, or as is usual inside an office."""
        if asked.public:
            return _first(asked.classification)
        usual = word("map.internal", asked.lang)
        return _first(asked.classification, self.settings.map_classification, usual)

    def _layer_name(self, edition: int) -> tuple[str, str]:
        shown = editions.find(self.connection, edition)
        layer = layers.find(self.connection, shown.layer, self.now).layer
        return layer.name, f"{layer.name} · {shown.name} (№ {edition})"


def _first(*said: str | None) -> str:
    """Return what was said first; nothing may be said on purpose."""
    return next((one for one in said if one is not None), "")
