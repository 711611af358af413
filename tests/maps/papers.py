"""Read a document as a person with scissors would: sheet by sheet, from its HTML alone."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gridgis_maps import Page

VOID = {"meta", "col", "br", "path"}


class Sheet:
    """One sheet of paper: heading, texts, tables (rows of cells, the head first), facts, foot."""

    def __init__(self, attributes: dict[str, str | None]) -> None:
        self.style = str(attributes["class"])
        self.title = self.subtitle = self.corner = self.classification = ""
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.facts: dict[str, str] = {}
        self.texts: list[str] = []
        self.keys: list[str] = []
        self.foot: list[str] = []
        self.figures: list[str] = []
        self.codes: list[str] = []
        self.blanks: list[str] = []


class Sheets(HTMLParser):
    """The sheets of a page in their order, and what the page hands to its script."""

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.html = page.html
        self.sheets: list[Sheet] = []
        self._open: list[tuple[str, str]] = []
        self._term = ""
        self.feed(page.html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "section":
            self.sheets.append(Sheet(named))
        if self.sheets:
            self._note(tag, named, self.sheets[-1])
            if tag not in VOID:
                self._open.append((tag, str(named.get("class") or "")))

    def _note(self, tag: str, named: dict[str, str | None], here: Sheet) -> None:
        if tag == "table":
            here.tables.append([])
        elif tag == "tr":
            here.tables[-1].append([])
        elif tag in {"th", "td"}:
            here.tables[-1][-1].append("")
        elif tag == "path" and self._inside("qr"):
            here.codes.append(str(named["d"]))
        elif named.get("class") == "frame":
            here.figures.append(str(named["aria-label"]))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        text = data.strip()
        if not text or not self.sheets or not self._open:
            return
        here = self.sheets[-1]
        tag, kind = self._open[-1]
        if tag in {"th", "td"}:
            here.tables[-1][-1][-1] += text
        elif tag == "dt":
            self._term = text
        elif tag == "dd":
            here.facts[self._term] = here.facts.get(self._term, "") + text
        elif tag == "h1" or kind in {"subtitle", "corner", "classification"}:
            name = kind or "title"
            setattr(here, name, getattr(here, name) + text)
        else:
            self._listed(tag, kind, here).append(text)

    def _listed(self, tag: str, kind: str, here: Sheet) -> list[str]:
        if kind == "key":
            return here.keys
        if tag == "caption":
            return here.captions
        if any(one == "footer" for one, _ in self._open):
            return here.foot
        if self._inside("blanks"):
            return here.blanks
        return here.texts if tag in {"p", "h2", "figcaption"} else []

    @property
    def handed(self) -> tuple[dict[str, dict[str, Any]], list[dict[str, Any]]]:
        """What the page hands to its script: the shapes by name, and what each figure draws."""
        found = re.search(r"gridgis\.papers\((.*)\);</script>", self.html)
        assert found
        library, drawings = json.loads(f"[{found[1]}]")
        return library, drawings

    def _inside(self, kind: str) -> bool:
        return any(kind in classes.split() for _, classes in self._open)
