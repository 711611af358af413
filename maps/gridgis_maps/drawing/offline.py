"""folium, made to need nothing from outside the page.

folium's own map pulls scripts and styles from several hosts. `OfflineMap` asks for the files of
this package's `assets` instead, and `OfflineFigure` puts them into the page by name; whatever
else an element asks for is refused.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from functools import cache, reduce
from hashlib import sha256
from html.parser import HTMLParser
from importlib import resources
from typing import TYPE_CHECKING, Any

import folium
from branca.element import Figure, Link
from folium.template import Template
from jinja2 import Environment, PackageLoader, StrictUndefined
from jinja2 import Template as JinjaTemplate

from gridgis.errors import PageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STYLES = ("leaflet.css", "map.css")
SCRIPTS = ("leaflet.js", "map.js")
STYLED = frozenset({"slider", "story", "swipe"})
"""The modules that bring a style of their own."""

DOCUMENT_STYLES = ("leaflet.css", "document.css")
DOCUMENT_SCRIPTS = ("leaflet.js", "document.js")
SHEET, DOCUMENT = "sheet.html", "document.html"
"""The pages' templates: a map beside a panel; sheets of paper."""
LOADING_ATTRIBUTES = frozenset({"src", "srcset", "href", "data", "action", "poster", "background"})
OWN = re.compile(r"[a-z_]+\.(css|js)")
HOST = re.compile(r"https?://[a-zA-Z0-9*.-]+(:\d{1,5})?")
ADDRESS = re.compile(r"@import|url\(\s*[\"']?(?!data:)", re.IGNORECASE)
SCRIPT_END = re.compile(r"</script|<!--", re.IGNORECASE)


class OfflineMap(folium.Map):
    """A folium map that asks for this package's own files only."""

    _template = Template(
        """
        {% macro script(this, kwargs) %}
        var {{ this.get_name() }} = gridgis.map("map", {{ this.options|tojavascript }});
        {% endmacro %}
        """
    )

    def __init__(self, modules: Sequence[str] = ()) -> None:
        super().__init__(location=(0, 0), tiles=None, prefer_canvas=True, zoom_control=False)
        scripts = [*SCRIPTS, *(f"{name}.js" for name in modules)]
        self.default_js = [(name, name) for name in scripts]
        styles = [*STYLES, *(f"{name}.css" for name in modules if name in STYLED)]
        self.default_css = [(name, name) for name in styles]


class OfflinePapers(folium.Map):
    """The maps of a document: they ask for this package's own files only, and draw nothing else."""

    _template = Template("{% macro script(this, kwargs) %}{% endmacro %}")

    def __init__(self) -> None:
        super().__init__(location=(0, 0), tiles=None)
        self._id = "papers"
        self.default_js = [(name, name) for name in DOCUMENT_SCRIPTS]
        self.default_css = [(name, name) for name in DOCUMENT_STYLES]


class OfflineFigure(Figure):
    """A branca figure that renders into one page with everything inside.

    `view` is what the page's template reads, `start` the script that runs after every layer's,
    `hosts` where tiles come from.
    """

    def __init__(
        self,
        view: Mapping[str, Any],
        start: str,
        template: str = SHEET,
        *,
        hosts: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.view = view
        self.start = start
        self.template = template
        self.hosts = hosts

    def render(self, **kwargs: object) -> str:
        """Return the whole document.

        Raises
        ------
        PageError
            An element asked for a file that is not this package's, or would load from outside;
            or a host is none.
        """
        for child in self._children.values():
            child.render(**kwargs)
        wanted = [link.url for link in self.header._children.values() if isinstance(link, Link)]
        refuse_unknown(wanted)
        styles = [asset(name) for name in wanted if name.endswith(".css")]
        scripts = [asset(name) for name in wanted if name.endswith(".js")]
        scripts += [self.script.render(**kwargs), self.start]
        for script in scripts:
            if SCRIPT_END.search(script):
                msg = "page: a script holds </script or <!--, so it could not stand in a page"
                raise PageError(msg)
        policy = content_policy(scripts, self.hosts)
        document: str = _text_of(self.template).render(
            view=self.view, policy=policy, styles=styles, scripts=scripts
        )
        # Scripts are known by their hash, and would take most of the time to read.
        refuse_outside(reduce(lambda text, script: text.replace(script, ""), scripts, document))
        return document


def refuse_unknown(wanted: Sequence[str]) -> None:
    """Refuse any script or style that is not named like one of this package's own.

    Raises
    ------
    PageError
        There is one; an element of folium wants more than a page can carry.
    """
    unknown = [url for url in wanted if not OWN.fullmatch(url)]
    if unknown:
        msg = f"page: {unknown[0]} would come from outside; a page carries all it needs"
        raise PageError(msg)


def refuse_outside(document: str) -> None:
    """Refuse a document that makes a browser load anything by itself.

    Raises
    ------
    PageError
        An attribute or a style names an address that is neither `data:` nor within the page.
    """
    reader = _Addresses()
    reader.feed(document)
    reader.close()
    if reader.found:
        msg = f"page: {reader.found[0][:80]} would load from outside the page"
        raise PageError(msg)


def content_policy(scripts: Sequence[str], hosts: Sequence[str] = ()) -> str:
    """Return a Content-Security-Policy under which only these scripts run and nothing is loaded.

    Pictures may come from `hosts`, such as ``https://tiles.example``, when there are any.

    Scripts are named by their SHA-256, so a script that a text smuggled in does not run, nor does
    an attribute such as `onerror`.

    Raises
    ------
    PageError
        A host is more, or less, than a scheme, a name and perhaps a port.
    """
    for host in hosts:
        if not HOST.fullmatch(host):
            msg = f"page: tiles may come from https://host or https://host:port, not from {host!r}"
            raise PageError(msg)
    digests = (b64encode(sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    pictures = " ".join(["img-src data:", *hosts])
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; "
        f"{pictures}; font-src data:; base-uri 'none'; form-action 'none'"
    )


def script_json(value: object) -> str:
    r"""Return JSON that can stand in a script: no character of it can end the element.

    >>> script_json({"text": "</script>"})
    '{"text":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return text


@cache
def asset(name: str) -> str:
    """Return the text of one of this package's built files.

    Raises
    ------
    PageError
        It has not been built.
    """
    file = resources.files("gridgis_maps") / "assets" / name
    try:
        return file.read_text(encoding="utf-8").replace("\r\n", "\n")
    except OSError as error:
        msg = f"page: maps/gridgis_maps/assets/{name} is missing; run script/bootstrap"
        raise PageError(msg) from error


@cache
def _text_of(template: str) -> JinjaTemplate:
    pages = PackageLoader("gridgis_maps", "drawing")
    texts = Environment(
        loader=pages,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return texts.get_template(template)


class _Addresses(HTMLParser):
    """Collects the addresses that a browser would load."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element's attributes."""
        if tag in {"iframe", "object", "embed", "base", "link"}:
            self.found.append(f"<{tag}>")
        for name, value in attrs:
            inside = (value or "").startswith(("data:", "#"))
            if name in LOADING_ATTRIBUTES and value and not inside:
                self.found.append(f"{name}={value}")
            if name == "style" and ADDRESS.search(value or ""):
                self.found.append(f"style={value}")

    def handle_data(self, text: str) -> None:
        """Look at a style sheet's text."""
        if self.cdata_elem == "style" and (found := ADDRESS.search(text)):
            self.found.append(text[found.start() : found.start() + 60])
