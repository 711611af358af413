"""A pack as a text document (.docx) that people go on writing in: real headings, tables, pictures.

Headings, tables and pictures are those of the document, so that a table of contents, a screen
reader and WPS find them. Maps are pictures drawn without a browser: see `picture`.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.document import FactsBlock, HeatBlock, TableBlock, TextBlock
from gridgis_maps.drawing.figures import Figure
from gridgis_maps.drawing.notes import approval_of
from gridgis_maps.drawing.pack import table_widths
from gridgis_maps.drawing.picture import drawn, font_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document as Written
    from docx.table import Table as WordTable
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph

    from gridgis_maps.about import About
    from gridgis_maps.drawing.document import Block
    from gridgis_maps.drawing.pack import Pack
    from gridgis_maps.drawing.picture import Picture

WIDTH_MM, HEIGHT_MM, MARGIN_MM = 210.0, 297.0, 20.0
TEXT_MM = WIDTH_MM - 2 * MARGIN_MM
SWATCH_MM = 7.0
MOST_PICTURE_MM = 150.0
LATIN, CHINESE = "Arial", "宋体"
CHINESE_HEADS = "黑体"
"""Fonts that Word and WPS have or replace; a machine with Noto only shows that."""
RULE = "1F4E79"
TINT = "EEF2F5"
ALIGN = {
    "r": WD_ALIGN_PARAGRAPH.RIGHT,
    "c": WD_ALIGN_PARAGRAPH.CENTER,
    "l": WD_ALIGN_PARAGRAPH.LEFT,
}
LINKS, THUMBNAIL = "_rels/.rels", "docProps/thumbnail.jpeg"
ITS_LINK = re.compile(rb"<Relationship [^>]*thumbnail[^>]*/>")
OLDEST = (1980, 1, 1, 0, 0, 0)
"""The time of every file inside: the same pack gives the same bytes."""


def word_file(pack: Pack, about: About, lang: str) -> bytes:
    """Return a pack as the bytes of a .docx, standing A4."""
    made = Document()
    _prepare(made, about)
    made.add_heading(told.plain(pack.title), 0)
    below = made.add_paragraph(told.plain(pack.subtitle), style="Subtitle")
    below.paragraph_format.space_after = Pt(6)
    writer = _Writer(made, pack, lang)
    for number, chapter in enumerate(pack.chapters):
        if number:
            made.add_page_break()  # type: ignore[no-untyped-call]
        made.add_heading(told.plain(chapter.heading), 1)
        for block in chapter.blocks():
            writer.write(block)
    _running_heads(made, about, lang)
    facts = made.core_properties
    facts.title, facts.author, facts.comments = f"{pack.title} {pack.subtitle}", "", ""
    facts.created = facts.modified = about.made_at
    facts.language = "zh-CN" if lang == "zh" else "en"
    file = io.BytesIO()
    made.save(file)
    return _settled(file.getvalue())


class _Writer:
    """Writes blocks at the end of a document."""

    def __init__(self, made: Written, pack: Pack, lang: str) -> None:
        self.made, self.pack, self.lang = made, pack, lang

    def write(self, block: Block) -> None:
        """Write one block; what only paper has is left out."""
        if isinstance(block, TextBlock):
            self._text(block)
        elif isinstance(block, FactsBlock):
            self._facts(block)
        elif isinstance(block, TableBlock):
            self._table(block)
        elif isinstance(block, HeatBlock):
            self._heat(block)
        elif isinstance(block, Figure):
            self._figure(block)

    def _text(self, block: TextBlock) -> None:
        if block.heading:
            self.made.add_heading(block.heading, 2)
        for said in block.paragraphs:
            paragraph = self.made.add_paragraph(style="List Number" if block.lead else None)
            paragraph.add_run(said).font.size = Pt(11 if block.lead else 9.5)

    def _facts(self, block: FactsBlock) -> None:
        if block.heading:
            self.made.add_heading(block.heading, 2)
        if block.loud:
            self._loud(block)
            return
        table = self._grid(len(block.facts), 2, [32.0, TEXT_MM - 32.0])
        for row, facts in zip(table.rows, block.facts, strict=True):
            for cell, said in zip(row.cells, facts, strict=True):
                _say(cell, said, 9.5)
            _shade(row.cells[0], TINT)
        self._after()

    def _loud(self, block: FactsBlock) -> None:
        """Write the great figures side by side, each above what it is."""
        count = len(block.facts)
        table = self._grid(2, count, [TEXT_MM / count] * count)
        for at, (label, said) in enumerate(block.facts):
            _say(table.rows[0].cells[at], said, 15, "c", bold=True)
            _say(table.rows[1].cells[at], label, 8, "c")
            _shade(table.rows[1].cells[at], TINT)
        self._after()

    def _table(self, block: TableBlock) -> None:
        table, keyed = block.table, any(row.colour for row in block.table.rows)
        self._caption(table.caption)
        if table.rows:
            widths = table_widths(block, TEXT_MM - SWATCH_MM * keyed)
            made = self._grid(
                len(table.rows) + 1, len(widths) + keyed, [SWATCH_MM] * keyed + widths
            )
            _head(made, [""] * keyed + list(table.heads), " " * keyed + block.align)
            for row, said in zip(made.rows[1:], table.rows, strict=True):
                cells = row.cells
                if said.colour:
                    _shade(cells[0], said.colour.lstrip("#"))
                for at, text in enumerate(said.cells):
                    _say(cells[at + keyed], text, 8, block.align[at : at + 1])
        self._note(table.note)

    def _heat(self, block: HeatBlock) -> None:
        self._caption(block.caption)
        count = len(block.heads)
        widths = [12.0] + [(TEXT_MM - 12.0) / (count - 1)] * (count - 1)
        made = self._grid(len(block.rows) + 1, count, widths, tight=True)
        _head(made, block.heads, "c" * count, 6.5)
        for row, (label, shades) in zip(made.rows[1:], block.rows, strict=True):
            cells = row.cells
            _say(cells[0], label, 7, "c")
            for cell, shade in zip(cells[1:], shades, strict=True):
                _say(cell, shade.text, 6.5, "c", white=shade.dark)
                _shade(cell, shade.colour.lstrip("#"))
        self._note(block.note)

    def _figure(self, block: Figure) -> None:
        picture = drawn(block, self.pack.library, self.lang)
        wide_mm = min(TEXT_MM, MOST_PICTURE_MM * picture.width_mm / picture.height_mm)
        paragraph = self.made.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        shape = paragraph.add_run().add_picture(io.BytesIO(picture.png), width=Mm(wide_mm))
        facts = shape._inline.docPr
        facts.set("descr", f"{block.name}, {block.scale(self.lang)}")
        facts.set("title", block.name)
        self._keys(block, picture)

    def _keys(self, block: Figure, picture: Picture) -> None:
        """Say below a map what it shows and what its lines mean: the classes have their table."""
        said = [block.name, *(f"■ {key.text}" for key in block.keys)]
        if font_file() is None:
            said.append(word("monthly.no_font", self.lang))
        elif picture.unlabelled:
            said.append(word("monthly.labels_left", self.lang, count=picture.unlabelled))
        paragraph = self.made.add_paragraph(style="Caption")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run(said[0])
        for text, key in zip(said[1:], [*block.keys, None, None], strict=False):
            paragraph.add_run("    ")
            run = paragraph.add_run(text[:1] if key else "")
            if key:
                run.font.color.rgb = RGBColor.from_string(key.colour.lstrip("#").upper())
            paragraph.add_run(text[1:] if key else text)

    def _grid(
        self, rows: int, columns: int, widths_mm: Sequence[float], *, tight: bool = False
    ) -> WordTable:
        made: WordTable = self.made.add_table(rows, columns, style="Table Grid")
        made.alignment = WD_TABLE_ALIGNMENT.CENTER
        made.autofit = False
        for column, width_mm in zip(made.columns, widths_mm, strict=True):
            column.width = Mm(width_mm)
        facts = made._tbl.tblPr
        facts.append(_borders("C9CCC8"))
        facts.append(_cell_margins(20 if tight else 70))
        for row in made.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
            for cell, width_mm in zip(row.cells, widths_mm, strict=True):
                cell.width = Mm(width_mm)
        return made

    def _caption(self, text: str) -> None:
        if text:
            paragraph = self.made.add_paragraph(text, style="Caption")
            paragraph.paragraph_format.keep_with_next = True

    def _note(self, text: str) -> None:
        if text:
            paragraph = self.made.add_paragraph()
            paragraph.paragraph_format.space_before = Pt(2)
            paragraph.add_run(text).font.size = Pt(8)
        else:
            self._after()

    def _after(self) -> None:
        """Keep two tables apart: next to each other they would become one."""
        self.made.add_paragraph().paragraph_format.space_after = Pt(0)


def _prepare(made: Written, about: About) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(WIDTH_MM), Mm(HEIGHT_MM)
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    section.top_margin = section.bottom_margin = Mm(22)
    for name in ("Normal", "Title", "Subtitle", "Heading 1", "Heading 2", "Caption"):
        style: Any = made.styles[name]
        heads = name not in {"Normal", "Caption"}
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for kind in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{kind}"), None)
        for kind, font in (("ascii", LATIN), ("hAnsi", LATIN), ("cs", LATIN)):
            fonts.set(qn(f"w:{kind}"), font)
        fonts.set(qn("w:eastAsia"), CHINESE_HEADS if heads else CHINESE)
        style.font.color.rgb = RGBColor.from_string("1C2730" if name != "Heading 1" else RULE)
        style.font.italic = False
    for name, size in (("Normal", 10), ("Heading 1", 15), ("Heading 2", 12), ("Caption", 9)):
        made.styles[name].font.size = Pt(size)
    normal: Any = made.styles["Normal"]
    normal.paragraph_format.space_after = Pt(4)
    if about.classification:
        line = made.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        run = line.add_run(told.plain(about.classification))
        run.bold, run.font.color.rgb = True, RGBColor.from_string("A3243B")


def _running_heads(made: Written, about: About, lang: str) -> None:
    """Say on each page where the figures come from, and which page it is."""
    footer = made.sections[0].footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    said = [
        told.plain(about.place),
        word("paper.foot.edition", lang, text=told.plain(about.edition)),
        word("paper.foot.as_of", lang, text=about.local(about.data_as_of)),
        word("paper.foot.made", lang, text=about.stamp(about.made_at)),
        *([word("paper.foot.source", lang, text=told.plain(about.source))] if about.source else []),
        approval_of(about, lang),
    ]
    footer.add_run("  ".join(one for one in said if one)).font.size = Pt(7)
    line = made.sections[0].footer.add_paragraph()
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    before, between, after = (
        word("paper.number", lang, number="\0", all="\1").replace("\1", "\0").split("\0")
    )
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        line.add_run(text).font.size = Pt(8)
        if field:
            _field(line, field)


def _field(paragraph: Paragraph, name: str) -> None:
    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind, text in (("begin", ""), ("", name), ("separate", ""), ("t", "1"), ("end", "")):
        if kind in {"begin", "separate", "end"}:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        else:
            part = OxmlElement("w:t" if kind == "t" else "w:instrText")
            part.text = text
        run._r.append(part)


def _head(made: WordTable, heads: Sequence[str], align: str, size: float = 8) -> None:
    """Fill a table's first row, which is repeated on each page."""
    row = made.rows[0]
    mark = OxmlElement("w:tblHeader")
    row._tr.get_or_add_trPr().append(mark)
    for at, (cell, text) in enumerate(zip(row.cells, heads, strict=True)):
        _say(cell, text, size, align[at : at + 1], white=True, bold=True)
        _shade(cell, RULE)


def _say(
    cell: _Cell,
    text: str,
    size: float,
    align: str = "",
    *,
    white: bool = False,
    bold: bool = False,
) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    paragraph.alignment = ALIGN.get(align, WD_ALIGN_PARAGRAPH.LEFT)
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    if white:
        run.font.color.rgb = RGBColor(255, 255, 255)


def _shade(cell: _Cell, colour: str) -> None:
    part = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour.upper())):
        part.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(part)


def _borders(colour: str) -> Any:  # noqa: ANN401 - an element
    made = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        part = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", colour)):
            part.set(qn(f"w:{name}"), value)
        made.append(part)
    return made


def _cell_margins(side_twips: int) -> Any:  # noqa: ANN401 - an element
    made = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        part = OxmlElement(f"w:{side}")
        part.set(qn("w:w"), str(side_twips))
        part.set(qn("w:type"), "dxa")
        made.append(part)
    return made


def _settled(docx: bytes) -> bytes:
    """Return the file with no moment inside but those that are told."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(docx)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            if name == THUMBNAIL:
                continue
            entry = zipfile.ZipInfo(name, OLDEST)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # The template's own picture of itself is no picture of this.
            text = old.read(name)
            new.writestr(entry, ITS_LINK.sub(b"", text) if name == LINKS else text)
    return file.getvalue()
