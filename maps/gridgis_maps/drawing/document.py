"""Documents: sheets of paper with texts, facts, tables and maps, the same on the screen as printed.

A :class:`Paper` is one printed page. It holds blocks from top to bottom: :class:`TextBlock`,
:class:`FactsBlock`, :class:`TableBlock`, :class:`HeatBlock`, :class:`CodeBlock`,
:class:`KeysBlock`, :class:`BlanksBlock`, :class:`gridgis_maps.drawing.figures.Figure`, or several
columns of them, :class:`Beside`. :func:`document` makes a page of papers and of the shapes that
their figures share.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from gridgis.errors import InvalidInputError
from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.figures import Figure
from gridgis_maps.drawing.notes import approval_of
from gridgis_maps.drawing.offline import DOCUMENT, OfflineFigure, OfflinePapers, script_json
from gridgis_maps.drawing.packing import packed
from gridgis_maps.drawing.sheet import HTML_LANG
from gridgis_maps.page import Page

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gridgis_maps.about import About
    from gridgis_maps.drawing.figures import Key
    from gridgis_maps.drawing.shapes import FeatureCollection
    from gridgis_maps.drawing.sheet import Table

SIZES_MM = {"A4": (210, 297), "A3": (297, 420)}
"""Short side, long side."""
MARGIN_MM, HEAD_MM, FOOT_MM = 12.0, 19.0, 13.0
"""Left and right; the heading with the margin above it; the foot with the margin below it."""


@dataclass(frozen=True)
class TextBlock:
    """Paragraphs, with a heading where there is one. `lead`: in larger letters."""

    kind: ClassVar[str] = "text"

    paragraphs: tuple[str, ...]
    heading: str = ""
    lead: bool = False


@dataclass(frozen=True)
class FactsBlock:
    """Labels with what they say, in a ruled form; `loud`: large figures side by side."""

    kind: ClassVar[str] = "facts"

    facts: tuple[tuple[str, str], ...]
    heading: str = ""
    loud: bool = False


@dataclass(frozen=True)
class TableBlock:
    """A table as sheets have them.

    `shares` are the columns' widths in percent, `align` one letter a column: l, c or r.
    """

    kind: ClassVar[str] = "table"

    table: Table
    shares: tuple[float, ...] = ()
    align: str = ""


@dataclass(frozen=True)
class CodeBlock:
    """A QR code: its dark squares row by row, its side in mm, and the text below it."""

    kind: ClassVar[str] = "code"

    squares: tuple[tuple[bool, ...], ...]
    side_mm: float
    caption: str = ""

    @property
    def path(self) -> str:
        """The dark squares as an SVG path, one unit a square."""
        return "".join(
            f"M{column} {row}h1v1h-1z"
            for row, squares in enumerate(self.squares)
            for column, dark in enumerate(squares)
            if dark
        )


class Shade(NamedTuple):
    """A cell of a heat table: its text, the colour behind it, and whether that is dark."""

    text: str
    colour: str
    dark: bool = False


@dataclass(frozen=True)
class HeatBlock:
    """A table of numbers whose cells are shaded: its heads, and each row's label and cells."""

    kind: ClassVar[str] = "heat"

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Shade, ...]], ...]
    note: str = ""


@dataclass(frozen=True)
class KeysBlock:
    """A legend that several figures share."""

    kind: ClassVar[str] = "keys"

    keys: tuple[Key, ...]


@dataclass(frozen=True)
class BlanksBlock:
    """Places to fill in by hand: signature, stamp, date. `height_mm` is that of one."""

    kind: ClassVar[str] = "blanks"

    labels: tuple[str, ...]
    height_mm: float = 24


@dataclass(frozen=True)
class Beside:
    """Columns of blocks; a width in mm each, 0: what is left."""

    kind: ClassVar[str] = "beside"

    columns: tuple[tuple[Block, ...], ...]
    widths_mm: tuple[float, ...]


Written = TextBlock | FactsBlock | TableBlock | HeatBlock
Block = Written | CodeBlock | KeysBlock | BlanksBlock | Beside | Figure


@dataclass(frozen=True)
class Paper:
    """One printed page.

    Attributes
    ----------
    title, subtitle
        Its heading.
    blocks
        What stands on it, from top to bottom. What does not fit is cut off: see
        `gridgis_maps.drawing.rows` for tables.
    size, landscape
        A4 or A3, lying or standing.
    look
        ``""`` a document, ``form`` a form with its title in the middle, ``notice`` one to hang up.
    corner
        What stands in the heading's right corner.
    """

    title: str
    blocks: tuple[Block, ...]
    subtitle: str = ""
    size: str = "A4"
    landscape: bool = False
    look: str = ""
    corner: str = ""

    def __post_init__(self) -> None:
        paper_size(self.size)

    @property
    def width_mm(self) -> float:
        """The paper's width."""
        return SIZES_MM[self.size][1 if self.landscape else 0]

    @property
    def height_mm(self) -> float:
        """The paper's height."""
        return SIZES_MM[self.size][0 if self.landscape else 1]

    @property
    def style(self) -> str:
        """The name of its kind of paper in the style sheet."""
        lies = "landscape" if self.landscape else "portrait"
        return f"{self.size.lower()}-{lies} {self.look}".strip()


@dataclass(frozen=True)
class Binding:
    """What all papers of a document share: title, language, and shapes by name."""

    title: str
    lang: str
    library: Mapping[str, FeatureCollection] = field(default_factory=dict)


def paper_size(size: str) -> str:
    """Return the size when there is such a paper.

    Raises
    ------
    InvalidInputError
        There is not.
    """
    if size not in SIZES_MM:
        msg = f"paper: {size!r} is not printed here; use one of {', '.join(SIZES_MM)}"
        raise InvalidInputError(msg)
    return size


def inside_mm(size: str, *, landscape: bool) -> tuple[float, float]:
    """Return width and height of what lies between a paper's margins, heading and foot.

    >>> inside_mm("A4", landscape=True)
    (273.0, 178.0)
    """
    short, long = SIZES_MM[size]
    width, height = (long, short) if landscape else (short, long)
    return width - 2 * MARGIN_MM, height - HEAD_MM - FOOT_MM


def document(papers: Sequence[Paper], about: About, binding: Binding) -> Page:
    """Return the papers as one page; the same papers give the same text to the byte.

    Every paper says place, edition, how fresh its figures are, when it was made, and which sheet of
    how many it is; and classification, map-approval number and source where `about` has them.

    Raises
    ------
    PageError
        The package's scripts have not been built.
    """
    library = script_json({name: packed(shapes) for name, shapes in binding.library.items()})
    drawings = script_json([figure.drawing() for figure in figures_of(papers)])
    view = {
        "lang": binding.lang,
        "html_lang": HTML_LANG[binding.lang],
        "tab": f"{binding.title} · {told.plain(about.place)}",
        "papers": papers,
        "first": papers[0].style.split()[0],
        "foot": _foot(about, binding.lang),
        "classification": told.plain(about.classification),
        "say": lambda key, **facts: word(key, binding.lang, **facts),
    }
    page = OfflineFigure(view, f"gridgis.papers({library},{drawings});", DOCUMENT)
    OfflinePapers().add_to(page)
    first = papers[0].size
    return Page(page.render(), str(view["tab"]), lang=binding.lang, paper=first)


def figures_of(papers: Sequence[Paper]) -> Iterator[Figure]:
    """Yield the figures of papers in the order in which they stand in the page."""
    for paper in papers:
        yield from _figures(paper.blocks)


def _figures(blocks: Sequence[Block]) -> Iterator[Figure]:
    for block in blocks:
        if isinstance(block, Figure):
            yield block
        elif isinstance(block, Beside):
            for column in block.columns:
                yield from _figures(column)


def _foot(about: About, lang: str) -> list[str]:
    told_of = {
        "edition": about.edition,
        "as_of": about.local(about.data_as_of),
        "made": about.stamp(about.made_at),
        "source": about.source,
    }
    said = [
        word(f"paper.foot.{key}", lang, text=told.plain(text, 160))
        for key, text in told_of.items()
        if text
    ]
    return [one for one in (told.plain(about.place), *said, approval_of(about, lang)) if one]
