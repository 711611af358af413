"""The monthly report: what changed, figures, maps and methods, as a page or a text document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from gridgis.words import spoken, word
from gridgis_maps.about import not_public
from gridgis_maps.drawing import monthly_tables as tables
from gridgis_maps.drawing import told
from gridgis_maps.drawing.casework_tables import Naming
from gridgis_maps.drawing.document import (
    Binding,
    FactsBlock,
    TextBlock,
    document,
    paper_size,
)
from gridgis_maps.drawing.judged import judged_notes
from gridgis_maps.drawing.monthly_maps import (
    CLUSTERS,
    Ground,
    clusters_of,
    coverage_of,
    hotspots_of,
    names_of,
    verdicts_of,
    workload_of,
)
from gridgis_maps.drawing.monthly_words import sentences
from gridgis_maps.drawing.pack import Chapter, Pack, papers, shaped
from gridgis_maps.drawing.word_file import word_file
from gridgis_maps.frames.coverage import ReachFrames
from gridgis_maps.numbers.changing import BEFORE, LAST_YEAR, MOST, dispersion
from gridgis_maps.numbers.judging import HOT, SCAN, judged
from gridgis_maps.numbers.monthly import changes, value_of
from gridgis_maps.numbers.risk.rhythm import rhythm

if TYPE_CHECKING:
    import pandas as pd

    from gridgis_maps.about import About
    from gridgis_maps.drawing.document import Block
    from gridgis_maps.drawing.monthly_maps import Shaded
    from gridgis_maps.drawing.sheet import Overlay
    from gridgis_maps.frames.monthly import MonthlyFrames
    from gridgis_maps.numbers.changing import Change
    from gridgis_maps.numbers.judging import Judged
    from gridgis_maps.page import Page

MAPS_MM = {
    "A4": ((158.0, 168.0), (273.0, 108.0)),
    "A3": ((250.0, 255.0), (396.0, 170.0)),
}
"""How large a map may be on each paper, wide and high: beside its tables, and above them."""
LOUD = ("received", "on_time_share", "arrive_median_min", "satisfied_share", "open", "late_open")
HOT_VERDICT = "hot"


def monthly(frames: MonthlyFrames, about: About, *, lang: str = "zh", seed: int = 0) -> Page:
    """Return the report as a page of printable sheets, lying.

    Parameters
    ----------
    frames
        Figures, grids and reports of the month.
    about
        What the page says about itself; `place` is the area.
    lang
        Language of the report.
    seed
        Of the random worlds that hot spots are held against.

    Raises
    ------
    InvalidInputError
        The language or the paper is unknown, or the page is for everybody.
    PageError
        The package's scripts have not been built.
    """
    made = _pack(frames, about, lang, seed)
    binding = Binding(made.title, lang, made.library)
    return document(papers(made, about.paper), about, binding)


def monthly_docx(frames: MonthlyFrames, about: About, *, lang: str = "zh", seed: int = 0) -> bytes:
    """Return the same report as the bytes of a .docx, standing A4; the same to the byte.

    Parameters and errors as :func:`monthly`; it needs no scripts.
    """
    return word_file(_pack(frames, about, lang, seed), about, lang)


def _pack(frames: MonthlyFrames, about: About, lang: str, seed: int) -> Pack:
    spoken(lang)
    not_public(about, "monthly")
    return _Report(frames, about, lang, seed).pack()


@dataclass(frozen=True)
class _Report:
    """Everything that is reckoned once for a report."""

    frames: MonthlyFrames
    about: About
    lang: str
    seed: int

    @cached_property
    def naming(self) -> Naming:
        return Naming(self.frames.definitions, self.lang, self.frames.fewest)

    @cached_property
    def ground(self) -> Ground:
        return Ground(self.frames, MAPS_MM[paper_size(self.about.paper)], self.lang)

    @cached_property
    def month(self) -> str:
        return tables.month_name(self.frames.month, self.lang)

    @cached_property
    def own_reports(self) -> pd.DataFrame:
        reports = self.frames.reports
        return reports.loc[reports["grid_code"].isin(list(self.frames.own))]

    @cached_property
    def dispersion(self) -> float:
        month = self.frames.month
        between = (month.since, month.before)
        return dispersion(self.own_reports["captured_at"], between, self.about.zone)

    @cached_property
    def changes(self) -> list[Change]:
        category = self.frames.by_category.dropna(subset=["code"]).set_index("code")
        return changes(
            self.frames.whole,
            category,
            self.frames.by_grid,
            dict(self.frames.month.days),
            self.dispersion,
        )

    @cached_property
    def judged(self) -> Judged:
        month = self.frames.month
        return judged(
            self.frames.grids,
            self.frames.reports,
            between=(month.since, month.before),
            zone=self.about.zone,
            analyses=(HOT, SCAN),
            seed=self.seed,
        )

    @cached_property
    def clusters(self) -> Overlay | None:
        return clusters_of(self.ground, self.judged)

    def pack(self) -> Pack:
        """Return the whole report."""
        subtitle = word(
            "monthly.subtitle", self.lang, place=told.plain(self.about.place), month=self.month
        )
        parts = (self.overview(), self.parts(), *self.maps(), self.service(), self.method())
        library = dict(self.ground.library)
        if self.clusters is not None and self.ground.there:
            library[CLUSTERS] = self.clusters.shapes
        return Pack(word("monthly.title", self.lang), subtitle, parts, library)

    def overview(self) -> Chapter:
        """Return the first sheet: what it is, what changed, the main figures."""
        lead = TextBlock(tuple(self._said()), self._say("sentences"), lead=True)
        how = self._say("sentences.how", count=len(self.changes))
        left: tuple[Block, ...] = (lead, TextBlock((how,)), FactsBlock(self._facts()))
        right = (tables.figure_table(self.frames, self.changes, self.naming),)
        return self._chapter("overview", (left, right), (102, 0), (self._loud(),))

    def parts(self) -> Chapter:
        """Return the figures by category and by the areas of the level below."""
        frames, part = self.frames, told.plain(self.frames.part_name)
        days = frames.month.days
        category = tables.group_table(
            frames.by_category,
            self._say("by_category"),
            self._say("head.category"),
            self.naming,
            days,
        )
        parts = tables.group_table(
            frames.by_part, self._say("by_part", part=part), part, self.naming, days
        )
        return self._chapter("parts", ((category,), (parts,)), (0, 0))

    def maps(self) -> list[Chapter]:
        """Return the maps, each with its legend and its foremost grids; or why there is none."""
        if not self.ground.there:
            nothing = TextBlock((self._say("no_grids"),))
            return [
                self._chapter(kind, ((nothing,),), (0,))
                for kind in ("coverage", "hotspots", "workload")
            ]
        return [self._coverage(), self._hotspots(), self._workload()]

    def service(self) -> Chapter:
        """Return times by stage, what residents say, and when reports come."""
        month = self.frames.month
        between = (month.since, month.before)
        week = rhythm(self.own_reports["captured_at"], between, self.about.zone)
        stages = tables.stage_table(self.frames.whole, self.naming)
        ratings = tables.rating_table(self.frames, self.naming)
        beat = tables.rhythm_block(week, self.lang)
        return self._chapter("service", ((stages,), (ratings,)), (0, 0), (beat,))

    def method(self) -> Chapter:
        """Return early warnings, definitions, and how all of it was reckoned."""
        said = [
            self._say("method.changes", dispersion=f"{self.dispersion:.2f}"),
            self._say("method.received"),
            *(text for _, text in judged_notes(replace(self.judged, hot_rate=None), self.lang)),
        ]
        left = (
            tables.warning_table(self.frames.warnings, self.lang),
            TextBlock(tuple(said), self._say("method")),
        )
        return self._chapter("method", (left, (tables.definition_table(self.naming),)), (100, 0))

    def _coverage(self) -> Chapter:
        frames, lang = self.frames.coverage, self.lang
        said = [self._say("now")]
        if isinstance(frames, ReachFrames):
            mode = word(f"page.mode.{frames.mode}", lang)
            at = self.about.local(frames.at)
            said += [
                word("map.reach.when", lang, at=at, mode=mode),
                word("map.reach.method", lang, mode=mode),
                word(f"map.reach.by.{frames.by}", lang),
            ]
        else:
            said.append(word("map.coverage.method", lang))
        return self._map("coverage", coverage_of(frames, lang), (), (TextBlock(tuple(said)),))

    def _hotspots(self) -> Chapter:
        shaded = hotspots_of(self.ground, self.judged, self.own_reports)
        hot = verdicts_of(self.ground, self.judged).frame["found"] == HOT_VERDICT
        counted = self.frames.reports["grid_code"].isin(self.frames.grids["code"])
        facts = {
            "all": told.whole(int(counted.sum())),
            "grids": told.whole(len(self.frames.grids)),
            "own": told.whole(len(self.own_reports)),
        }
        verdict = "hot" if hot.any() else "nothing_hot"
        said = TextBlock(
            (
                self._say(verdict, count=told.whole(int(hot.sum()))),
                self._say("hotspots.counted", **facts),
            )
        )
        most = tables.foremost_table(self.ground.grids, self.frames.by_grid, self.naming)
        if self.clusters is None or self.clusters.legend is None:
            near: Block = TextBlock((self._say("no_clusters"),), self._say("clusters"))
        else:
            near = shaped(self.clusters.legend, "llrrr")
        return self._map("hotspots", shaded, (most,), (said, near))

    def _workload(self) -> Chapter:
        shaded = workload_of(self.ground, self.frames.by_grid, self.naming)
        formula = self.naming.formula(shaded.measure.key)
        return self._map("workload", shaded, (), (TextBlock((formula,)),))

    def _map(
        self, kind: str, shaded: Shaded, more: tuple[Block, ...], said: tuple[Block, ...]
    ) -> Chapter:
        """Return a map with its legend, its foremost grids, further tables, and texts at last."""
        clustered = kind == "hotspots" and self.clusters is not None
        shapes = self.clusters.shapes if clustered and self.clusters is not None else None
        figure = self.ground.figure(self._say(f"map.{kind}"), shaded, shapes)
        legend, top = shaded.measure.legend, shaded.measure.top
        own = (*(shaped(one) for one in (legend, top) if one.rows), *more)
        if not self.ground.lies:
            return self._chapter(kind, ((figure,), (*own, *said)), (figure.width_mm, 0))
        columns = (*((one,) for one in own), said)
        return self._chapter(kind, columns, (0,) * len(columns), (figure,))

    def _loud(self) -> FactsBlock:
        whole = self.frames.whole
        return FactsBlock(
            tuple(
                (self.naming.label(column), self.naming.value(column, value_of(whole, column)))
                for column in LOUD
                if column in self.frames.definitions
            ),
            loud=True,
        )

    def _facts(self) -> tuple[tuple[str, str], ...]:
        about, month = self.about, self.month
        if not self.frames.month.over:
            until = about.local(self.frames.month.before)
            month = self._say("until", month=month, until=until)
        facts = (
            ("area", told.plain(about.place)),
            ("of", month),
            ("grids", told.whole(len(self.frames.own))),
            ("edition", told.plain(about.edition)),
            ("as_of", about.stamp(about.data_as_of)),
            ("classification", told.plain(about.classification)),
        )
        return tuple((self._say(key), said) for key, said in facts if said)

    def _said(self) -> list[str]:
        whole = self.frames.whole
        labels = {key: self.naming.label(key) for key in self.frames.definitions}
        said = sentences(self.changes, names_of(self.frames), labels, self.lang)
        if not whole.get("received"):
            left = {
                key: told.whole(float(whole.get(column) or 0))
                for key, column in (("open", "open"), ("late", "late_open"), ("parked", "parked"))
            }
            empty = self._say("empty", month=self.month) + self._say("empty.open", **left)
            return [empty, *said][:MOST]
        known = {one.against for one in self.changes}
        missing = [one for one in (BEFORE, LAST_YEAR) if one not in known]
        if self.changes and missing and len(said) < MOST:
            name = self._say(f"against.{missing[0]}")
            said.append(self._say("no_then", against=name))
        return said

    def _chapter(
        self,
        kind: str,
        columns: tuple[tuple[Block, ...], ...],
        widths_mm: tuple[float, ...],
        above: tuple[Block, ...] = (),
    ) -> Chapter:
        return Chapter(self._say(f"chapter.{kind}"), columns, widths_mm, above)

    def _say(self, key: str, **facts: object) -> str:
        return word(f"monthly.{key}", self.lang, **facts)
