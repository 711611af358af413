"""The paper on one report's jurisdiction: which grid answers, by which rule, how surely."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from gridgis.words import spoken, word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.document import (
    Beside,
    Binding,
    BlanksBlock,
    FactsBlock,
    KeysBlock,
    Paper,
    TableBlock,
    TextBlock,
    document,
    inside_mm,
)
from gridgis_maps.drawing.jurisdiction_figures import keys_of, report_figures
from gridgis_maps.drawing.rows import CAPTION_MM, row_mm, text_mm
from gridgis_maps.drawing.sheet import Row, Table
from gridgis_maps.frames.papers import HISTORY_COLUMNS
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    from gridgis_maps.about import About
    from gridgis_maps.drawing.document import Block
    from gridgis_maps.drawing.shapes import FeatureCollection
    from gridgis_maps.frames.papers import JurisdictionFrames
    from gridgis_maps.page import Page

Facts = tuple[tuple[str, str], ...]
GAP_MM, COLUMN_GAP_MM, KEYS_MM, BLANKS_MM = 3.0, 5.0, 4.5, 26.0
HEADING_MM, LABEL_MM, LINE_MM, FACT_MM = 6.0, 27.0, 4.5, 2.0
"""Of a form's facts, as the style sheet has them."""
FORM_LETTER, LEAD_LETTER, LEAD_LINE_MM = 9 / 7, 11 / 7, 6.1
"""Letters are so much larger than a table's."""
LEAST_MAP_MM = 55.0
HINT_MM = 6.5
"""What a table's note takes."""
MOST_HISTORY = 6
SHARES = (16.0, 21.0, 25.0, 12.0, 10.0, 16.0)
SIGNED = ("decided", "checked", "stamp", "date")


def jurisdiction(frames: JurisdictionFrames, about: About, *, lang: str = "zh") -> Page:
    """Return one standing sheet on one report: what was reported where, and who answers for it.

    It says the edition in force at capture, the grid with its path, the rule in words, the distance
    to the boundary, other grids that the position may lie in, who is responsible, and every earlier
    decision; it has room for signatures and a stamp. The map shows the point, its accuracy and
    the way to the boundary; a report without a location, and an edition without ground, have none.

    Parameters
    ----------
    frames
        The report, its grid, and what was decided before.
    about
        What the document says about itself; `paper` is its size, standing.
    lang
        Language of the document.

    Raises
    ------
    InvalidInputError
        The language or the paper is unknown.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    form = _Form(frames, about, lang)
    blocks, library = form.blocks()
    title = word("jurisdiction.title", lang)
    paper = Paper(
        title=title,
        corner=told.plain(frames.judged.number, 40),
        blocks=blocks,
        size=about.paper,
        look="form",
    )
    return document([paper], about, Binding(title, lang, library))


@dataclass(frozen=True)
class _Form:
    frames: JurisdictionFrames
    about: About
    lang: str

    def say(self, key: str, **facts: object) -> str:
        """Return a text of this form."""
        return word(f"jurisdiction.{key}", self.lang, **facts)

    def blocks(self) -> tuple[tuple[Block, ...], dict[str, FeatureCollection]]:
        """Return what stands on the sheet, and the shapes of its map."""
        reported, decided = self._reported(), self._decided()
        verdict = (self._verdict(), self._surely())
        columns = tuple(
            (FactsBlock(facts, self.say(heading)),)
            for heading, facts in (("reported", reported), ("decided", decided))
        )
        width_mm, height_mm = inside_mm(self.about.paper, landscape=False)
        half_mm = (width_mm - COLUMN_GAP_MM) / 2
        above: list[Block] = [
            TextBlock(tuple(text for text in (*verdict, self._undrawn()) if text), lead=True),
            Beside(columns, (half_mm, half_mm)),
        ]
        table = self._history()
        below: list[Block] = [
            TableBlock(table, SHARES, "lllrll"),
            BlanksBlock(tuple(self.say(f"sign.{key}") for key in SIGNED), BLANKS_MM),
        ]
        if not (self.frames.judged.located and self._drawable):
            return (*above, *below), {}
        lines = sum(ceil(text_mm(text) * LEAD_LETTER / width_mm) for text in verdict)
        facts_mm = max(self._facts_mm(facts, half_mm) for facts in (reported, decided))
        taken_mm = lines * LEAD_LINE_MM + facts_mm
        widths = [share / 100 * width_mm for share in SHARES]
        rows = [table.heads, *(row.cells for row in table.rows)]
        taken_mm += CAPTION_MM + sum(row_mm(cells, widths) for cells in rows) + 5 * GAP_MM
        taken_mm += HINT_MM if table.note else 0
        room_mm = height_mm - taken_mm - BLANKS_MM - KEYS_MM
        size = (width_mm, max(room_mm, LEAST_MAP_MM))
        figures, library = report_figures(self.frames, size, self.lang)
        maps = Beside(tuple((one,) for one in figures), (0,) * len(figures))
        keys = KeysBlock(keys_of(self.frames, self.lang))
        return (*above, maps, keys, *below), library

    @property
    def _drawable(self) -> bool:
        return bool(has_place(self.frames.grids.geometry).any())

    def _undrawn(self) -> str:
        """Return why a report that has a location has no map; nothing when it has one."""
        if self._drawable or not self.frames.judged.located:
            return ""
        return word(f"map.alert.no_{'shapes' if len(self.frames.grids) else 'grids'}", self.lang)

    def _facts_mm(self, facts: Facts, width_mm: float) -> float:
        lines = [ceil(text_mm(text) * FORM_LETTER / (width_mm - LABEL_MM)) for _, text in facts]
        return HEADING_MM + sum(max(count, 1) * LINE_MM + FACT_MM for count in lines)

    def _reported(self) -> Facts:
        judged = self.frames.judged
        where = self.say("unknown")
        if judged.located:
            where = f"{judged.lon:.6f}, {judged.lat:.6f}"
        accuracy = self.say("unknown")
        if judged.accuracy_m is not None:
            accuracy = told.distance(judged.accuracy_m, self.lang)
        facts = (
            ("number", told.plain(judged.number, 40)),
            ("captured", self.about.local(judged.captured_at)),
            ("received", self.about.local(judged.received_at)),
            ("category", told.plain(judged.category, 40)),
            ("address", told.plain(judged.address, 90) or self.say("not_given")),
            ("description", told.plain(judged.description, 110) or self.say("not_given")),
            ("position", where),
            ("accuracy", accuracy),
        )
        return tuple((self.say(key), text) for key, text in facts)

    def _decided(self) -> Facts:
        judged, frames = self.frames.judged, self.frames
        path = " › ".join(told.plain(name, 24) for name in frames.path["name"])
        units = "；".join(
            " ".join(told.plain(text, 30) for text in unit if text is not None)
            for unit in frames.units[["part", "name", "phone"]].itertuples(index=False)
        )
        facts = (
            ("layer", told.plain(judged.layer)),
            ("edition", told.plain(judged.edition)),
            ("grid", self._grid() or self.say("none")),
            ("code", told.plain(judged.grid_code) or told.NOTHING),
            ("path", path or told.NOTHING),
            ("rule", word(f"page.rule.{judged.rule}", self.lang)),
            ("distance", told.exactly(judged.boundary_distance_m, self.lang)),
            ("runners_up", self._others() or self.say("none")),
            ("units", units or self.say("no_unit")),
            ("made", self.about.local(judged.made_at)),
        )
        return tuple((self.say(key), text) for key, text in facts)

    def _verdict(self) -> str:
        judged = self.frames.judged
        facts = {
            "grid": self._grid(),
            "edition": told.plain(judged.edition),
            "layer": told.plain(judged.layer),
            "distance": told.exactly(judged.boundary_distance_m, self.lang),
        }
        nowhere = judged.rule == "outside" and judged.boundary_distance_m is None
        return self.say(f"verdict.{'nowhere' if nowhere else judged.rule}", **facts)

    def _surely(self) -> str:
        """Return what the position's accuracy means for the answer; nothing without a location."""
        judged = self.frames.judged
        apart_m, accuracy_m = judged.boundary_distance_m, judged.accuracy_m
        if not judged.located or apart_m is None:
            return ""
        if accuracy_m is None:
            return self.say("sure.unknown")
        facts = {
            "accuracy": told.distance(accuracy_m, self.lang),
            "distance": told.exactly(apart_m, self.lang),
            "others": self._others() or self.say("none"),
        }
        return self.say("sure.no" if apart_m < accuracy_m else "sure.yes", **facts)

    def _others(self) -> str:
        return "；".join(
            f"{told.name_of(name, code)} ({told.plain(code)}, {told.exactly(away_m, self.lang)})"
            for code, name, away_m in self.frames.runners_up[
                ["code", "name", "distance_m"]
            ].itertuples(index=False)
        )

    def _grid(self) -> str:
        path = self.frames.path
        return told.name_of(path["name"].iloc[-1], path["code"].iloc[-1], 40) if len(path) else ""

    def _history(self) -> Table:
        heads = ("made", "edition", "grid", "distance", "rule", "by")
        every = self.frames.history
        shown = every.tail(MOST_HISTORY)
        rows = [
            Row(
                (
                    self.about.local(made_at),
                    told.plain(edition, 30),
                    told.plain(grid, 40) or told.NOTHING,
                    told.exactly(apart_m, self.lang),
                    word(f"page.rule.{rule}", self.lang),
                    told.plain(by, 30) or self.say("by_itself"),
                )
            )
            for made_at, edition, grid, rule, apart_m, by in zip(
                *(shown[column] for column in HISTORY_COLUMNS), strict=True
            )
        ]
        left = len(every) - len(rows)
        return Table(
            caption=self.say("history"),
            heads=tuple(self.say(f"head.{head}") for head in heads),
            rows=tuple(rows),
            note=self.say("older", count=left) if left else "",
        )
