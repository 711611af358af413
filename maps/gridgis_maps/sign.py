"""The public notice of a grid: where it is, who works there, whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, nan
from typing import TYPE_CHECKING, NamedTuple

from gridgis.words import spoken, word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.document import (
    HEAD_MM,
    Beside,
    Binding,
    CodeBlock,
    FactsBlock,
    Paper,
    TextBlock,
    document,
    figures_of,
    inside_mm,
)
from gridgis_maps.drawing.library import library_of
from gridgis_maps.drawing.qr import squares_of
from gridgis_maps.drawing.rows import text_mm
from gridgis_maps.drawing.sign_figures import grid_figure
from gridgis_maps.numbers.distance import has_place

if TYPE_CHECKING:
    import pandas as pd

    from gridgis_maps.about import About
    from gridgis_maps.drawing.document import Block
    from gridgis_maps.frames.papers import SignFrames
    from gridgis_maps.page import Page

TIMES = {"A4": 1.0, "A3": 1.45}
"""How much larger than on A4 everything is, as the style sheet has it."""
BAND_MM, GAP_MM, KEYS_MM, CODE_MM, CODE_TEXT_MM = 42.0, 5.0, 7.0, 40.0, 6.0
PEOPLE_MM, PEOPLE_EDGE_MM = 17.0, 6.0
"""A row of people, and what their ground adds."""
FACT_MM, FACT_LINE_MM, LABEL_MM = 3.4, 5.6, 24.0
"""What a fact adds to its lines, a line, and the width of its label; on A4."""
LEAST_MAP_MM = 60.0
IN_A_ROW = 3
LETTER = 11 / 7
"""A fact's letters are so much larger than a table's."""
MOST_WORKERS = 3
ROLES = ("full-time", "part-time", "chief", "police", "building-head")


def sign(frames: SignFrames, about: About, *, hotline: str = "12345", lang: str = "zh") -> Page:
    """Return a document with a notice for each of `frames.boards`, a standing sheet each.

    A notice shows the grid with its roads and landmarks, and says its borders, community, street,
    workers with their telephone, and the hotline. Its QR code opens the board's link; without one
    it holds the contacts as text.

    Parameters
    ----------
    frames
        Grids, boards, workers, landmarks and, where there is any, a base map.
    about
        What the document says about itself; `paper` is its size, standing.
    hotline
        The number to call in any case.
    lang
        Language of the document.

    Raises
    ------
    InvalidInputError
        The language or the paper is unknown, or a link is too long for a QR code.
    PageError
        The package's scripts have not been built.
    """
    spoken(lang)
    maker = _Signs(frames, about, told.plain(hotline, 24), lang)
    papers = [maker.paper(Board(*row)) for row in zip(*_columns(frames.boards), strict=True)]
    if not papers:
        nothing = TextBlock((word("map.alert.no_grids", lang),), lead=True)
        papers = [Paper(told.plain(about.place), (nothing,), size=about.paper)]
    finest = min((figure.view.denominator for figure in figures_of(papers)), default=5000)
    library = library_of(frames.grids, frames.base, finest) if len(frames.grids) else {}
    return document(papers, about, Binding(word("sign.title", lang), lang, library))


class Board(NamedTuple):
    """A notice as it was asked for; each but the code may be missing."""

    code: str
    boundary: str | None
    link: str | None
    phone: str | None


class _Worker(NamedTuple):
    name: str
    phone: str
    role: str


@dataclass(frozen=True)
class _Signs:
    frames: SignFrames
    about: About
    hotline: str
    lang: str

    def paper(self, board: Board) -> Paper:
        """Return one notice."""
        at = int((self.frames.grids["code"] == board.code).to_numpy().argmax())
        grid = self.frames.grids.iloc[at]
        workers = self._workers(board.code)
        people = self._people(board, workers)
        drawable = bool(has_place(self.frames.grids.iloc[[at]].geometry)[0])
        facts = self._facts(board, self.frames.grids["households"].iloc[[at]], drawable)
        code_mm = CODE_MM * TIMES[self.about.paper]
        code = CodeBlock(
            squares_of(board.link or self._contacts(board, grid, workers)),
            code_mm,
            word("sign.scan.link" if board.link else "sign.scan.contacts", self.lang),
        )
        blocks: list[Block] = [
            FactsBlock(people, loud=True),
            Beside(((FactsBlock(facts),), (code,)), (0, code_mm)),
        ]
        if drawable:
            size = self._map_mm(len(people), facts)
            blocks.insert(0, grid_figure(self.frames, at, size, self.lang))
        else:
            blocks.insert(0, TextBlock((word("sign.no_shape", self.lang),)))
        return Paper(
            title=told.name_of(grid["name"], board.code, 40),
            subtitle=self._where(grid),
            corner=word("sign.title", self.lang),
            blocks=tuple(blocks),
            size=self.about.paper,
            look="notice",
        )

    def _map_mm(self, people: int, facts: tuple[tuple[str, str], ...]) -> tuple[float, float]:
        """Return the size of the map: what people and facts leave of the sheet."""
        times = TIMES[self.about.paper]
        width_mm, height_mm = inside_mm(self.about.paper, landscape=False)
        height_mm -= BAND_MM * times - HEAD_MM
        room_mm = width_mm - (CODE_MM + LABEL_MM) * times - GAP_MM
        lines = [ceil(text_mm(said) * LETTER * times / room_mm) for _, said in facts]
        facts_mm = sum(FACT_MM + max(count, 1) * FACT_LINE_MM for count in lines)
        taken_mm = max(facts_mm, CODE_MM + CODE_TEXT_MM) + 2 * GAP_MM + KEYS_MM
        taken_mm += ceil(people / IN_A_ROW) * PEOPLE_MM + PEOPLE_EDGE_MM
        return width_mm, max(height_mm - taken_mm * times, LEAST_MAP_MM)

    def _where(self, grid: pd.Series[str]) -> str:
        names = [self.about.place, *reversed(self._above(grid["parent_code"]))]
        seen = dict.fromkeys(told.plain(name, 30) for name in names)
        return " · ".join(name for name in seen if name)

    def _above(self, code: object) -> list[str]:
        """Return the names of an area and of those above it, as far as the outlines know them."""
        outlines = self.frames.base.outlines
        names: list[str] = []
        while outlines is not None and len(names) < len(outlines):
            found = outlines.loc[outlines["code"] == code]
            if found.empty:
                break
            names.append(told.plain(found["name"].iloc[0], 30))
            code = found["parent_code"].iloc[0]
        return names

    def _workers(self, code: str) -> list[_Worker]:
        mine = self.frames.workers.loc[self.frames.workers["grid_code"] == code]
        rows = zip(mine["name"], mine["phone"], mine["role"], strict=True)
        return [
            _Worker(told.plain(name, 24), told.plain(phone, 24), str(role) if role in ROLES else "")
            for name, phone, role in rows
        ][:MOST_WORKERS]

    def _people(self, board: Board, workers: list[_Worker]) -> tuple[tuple[str, str], ...]:
        people = [(self._called(worker), worker.name) for worker in workers]
        if not people:
            people = [(word("sign.worker", self.lang), word("sign.nobody", self.lang))]
        if board.phone:
            people.append((word("sign.duty_phone", self.lang), told.plain(board.phone, 24)))
        return (*people, (word("sign.hotline", self.lang), self.hotline))

    def _called(self, worker: _Worker) -> str:
        role = word(f"sign.role.{worker.role or 'worker'}", self.lang)
        if not worker.phone:
            return role
        return word("sign.phone", self.lang, role=role, phone=worker.phone)

    def _facts(
        self, board: Board, homes: pd.Series[float], drawable: bool
    ) -> tuple[tuple[str, str], ...]:
        households = homes.astype("Float64").to_numpy(dtype=float, na_value=nan)[0]
        as_drawn = word("sign.no_boundary", self.lang) if drawable else told.NOTHING
        boundary = told.plain(board.boundary, 400) or as_drawn
        return (
            (word("sign.code", self.lang), told.plain(board.code)),
            (word("sign.households", self.lang), told.whole(households)),
            (word("sign.boundary", self.lang), boundary),
        )

    def _contacts(self, board: Board, grid: pd.Series[str], workers: list[_Worker]) -> str:
        """Return what the code says when there is no link: who and whom to call, line by line."""
        lines = [f"{told.plain(grid['name'], 40)} {told.plain(board.code, 40)}"]
        lines += [f"{self._called(worker)} {worker.name}" for worker in workers]
        if board.phone:
            lines.append(f"{word('sign.duty_phone', self.lang)} {told.plain(board.phone, 24)}")
        lines.append(f"{word('sign.hotline', self.lang)} {self.hotline}")
        return "\n".join(line.strip() for line in lines)


def _columns(boards: pd.DataFrame) -> list[list[object]]:
    """Return the boards' columns, None for whatever is missing."""
    texts = boards[list(Board._fields)].astype(object)
    return [texts[name].where(texts[name].notna(), None).tolist() for name in Board._fields]
