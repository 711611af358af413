"""Make the pages of the maps room from what is stored: for routes and commands alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from gridgis import assign, frames
from gridgis.coded import When, edition_in_force
from gridgis.errors import AreaNotFoundError, InvalidInputError
from gridgis.places.checking import NEAR_M, duplicates
from gridgis.places.contradicting import disagreements
from gridgis.store import categories, editions, layers
from gridgis.store.reading import Which
from gridgis.words import catalogue
from gridgis_maps import About, BaseMap, CoverageFrames, HotspotFrames, Page, Period, PlaceFrames
from gridgis_maps import coverage as draw_coverage
from gridgis_maps import hotspots as draw_hotspots
from gridgis_maps import places as draw_places

if TYPE_CHECKING:
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd

    from gridgis.clock import Clock
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection


class PlaceChecks(NamedTuple):
    """How many places were checked, on which layer, and what is wrong with some."""

    checked: int
    layer: str
    duplicates: pd.DataFrame
    disagreements: gpd.GeoDataFrame


@dataclass(frozen=True)
class Maker:
    """Makes pages from one transaction's view of what is stored."""

    connection: Connection
    clock: Clock
    settings: Settings

    def coverage(
        self,
        *,
        layer: str | None = None,
        skill: str | None = None,
        when: When | None = None,
        lang: str = "zh",
    ) -> Page:
        """Return the page of grids shaded by distance to their nearest responder, as they are now.

        Raises
        ------
        LayerNotFoundError, EditionNotFoundError
            There is no such layer, or it has no such edition.
        InvalidInputError
            The language is unknown; or the edition was not in force at the time.
        """
        now = self.clock.now()
        grids, outlines = self._grids(layer, when or When(now))
        fresh_from = now - timedelta(seconds=self.settings.position_max_age_s)
        cells = frames.cells(self.connection)
        return draw_coverage(
            CoverageFrames(
                grids=grids,
                responders=frames.responders(self.connection, at=now, fresh_from=fresh_from),
                cells=cells if len(cells) else None,
                base=BaseMap(outlines=outlines),
            ),
            self._about(grids, outlines, now),
            skill=skill,
            skill_name=_skill_name(skill, lang),
            lang=lang,
        )

    def hotspots(
        self,
        *,
        layer: str | None = None,
        category: str | None = None,
        period: Period | None = None,
        when: When | None = None,
        lang: str = "zh",
    ) -> Page:
        """Return the page of grids shaded by their reports; without a period, all until now count.

        Raises
        ------
        LayerNotFoundError, EditionNotFoundError
            There is no such layer, or it has no such edition.
        InvalidInputError
            The language or the category is unknown; or the edition was not in force at the time.
        """
        now = self.clock.now()
        when = when or When(now)
        grids, outlines = self._grids(layer, when)
        which = Which(
            layer=layer or self._first_layer(when.moment),
            at=when.moment,
            edition=int(grids["edition_id"].iloc[0]) if len(grids) else None,
            since=None if period is None else period.start,
            before=None if period is None else period.end,
            category=category,
        )
        reports = frames.reports(self.connection, which)
        if when.said:
            reports = self._seen_in(grids, reports)
        return draw_hotspots(
            HotspotFrames(grids=grids, reports=reports, base=BaseMap(outlines=outlines)),
            self._about(grids, outlines, now),
            period=period or _until(now, reports),
            category_name=self._category_name(category, lang),
            lang=lang,
        )

    def check_places(self, *, near_m: float = NEAR_M, layer: str | None = None) -> PlaceChecks:
        """Return the places that are stored twice, and those outside the area their address names.

        Raises
        ------
        LayerNotFoundError, EditionNotFoundError
            There is no such layer, or it has no edition in force.
        """
        now = self.clock.now()
        named = layer or self._first_layer(now)
        _, above = self._grids(named, When(now))
        places = frames.places(self.connection)
        return PlaceChecks(
            len(places), named, duplicates(places, near_m), disagreements(places, above)
        )

    def places(self, found: PlaceChecks, *, lang: str = "zh") -> Page:
        """Return the page of what is wrong with places, on the smallest areas that addresses name.

        Raises
        ------
        InvalidInputError
            The language is unknown.
        """
        now = self.clock.now()
        grids, above = self._grids(found.layer, When(now))
        areas, outlines = _smallest(above) if len(above) else (grids, above)
        return draw_places(
            PlaceFrames(
                areas=areas,
                duplicates=found.duplicates,
                disagreements=found.disagreements,
                base=BaseMap(outlines=outlines),
            ),
            self._about(grids, above, now),
            checked=found.checked,
            lang=lang,
        )

    def _grids(self, layer: str | None, when: When) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
        named = layer or self._first_layer(when.moment)
        edition = edition_in_force(self.connection, named, None, when)
        return frames.grids(self.connection, layer=named, at=when.moment, edition=edition.id)

    def _seen_in(self, grids: gpd.GeoDataFrame, reports: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        """Return reports with the grid where they were seen, instead of the one that answered."""
        found = assign(reports, grids, near_tolerance_m=self.settings.near_tolerance_m)
        located = reports.geometry.notna()
        return reports.assign(
            grid_code=found["grid_code"].where(located, reports["grid_code"]),
            rule=found["rule"].where(located, reports["rule"]),
        )

    def _first_layer(self, now: datetime) -> str:
        """Return the complete layer of the lowest priority that is in force: the base."""
        in_force = [one for one in layers.listing(self.connection, now) if one.edition]
        complete = [one for one in in_force if one.complete] or in_force
        if not complete:
            msg = (
                "there is no layer with a published edition yet; see `gridgis areas import --help`"
            )
            raise AreaNotFoundError(msg)
        return min(complete, key=lambda one: (one.priority, one.code)).code

    def _about(self, grids: gpd.GeoDataFrame, outlines: gpd.GeoDataFrame, now: datetime) -> About:
        top = outlines if len(outlines) else grids
        first = top.iloc[0]
        alone = (top["level"] == first["level"]).sum() == 1
        layer = self._layer_name(now, int(first["edition_id"]))
        return About(
            place=str(first["name"]) if alone else layer[0],
            edition=layer[1],
            data_as_of=now,
            made_at=now,
            zone=self.settings.zone,
        )

    def _layer_name(self, now: datetime, edition: int) -> tuple[str, str]:
        shown = editions.find(self.connection, edition)
        layer = layers.find(self.connection, shown.layer, now).layer
        return layer.name, f"{layer.name} · {shown.name} (№ {edition})"

    def _category_name(self, code: str | None, lang: str) -> str | None:
        if code is None:
            return None
        found = categories.one(self.connection, code)
        if found is None:
            msg = f"category {code!r} is unknown; `gridgis categories list` shows those that exist"
            raise InvalidInputError(msg)
        return (found.name_en or found.name) if lang == "en" else found.name


def _smallest(above: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the areas of the lowest level above the grids, and those above them."""
    lowest = above["level"] == above["level"].iloc[-1]
    return above[lowest].reset_index(drop=True), above[~lowest].reset_index(drop=True)


def _until(now: datetime, reports: gpd.GeoDataFrame) -> Period:
    """Return the time from the first report until now: what says a later one is not so yet."""
    first = reports["captured_at"].min()
    return Period(first.to_pydatetime() if first < now else None, now)


def _skill_name(skill: str | None, lang: str) -> str | None:
    """Return what a skill is called; a skill of the city's own keeps its code."""
    return None if skill is None else catalogue(lang, "page.skill.").get(f"page.skill.{skill}")
