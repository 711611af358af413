"""Tiles as a city describes them: a name, an address, or a small YAML or JSON text."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from gridgis.errors import InvalidInputError
from gridgis_maps.drawing.tiles import DATUMS, KNOWN, MERCATOR, PLATE, SYSTEMS, Tiles
from gridgis_maps.drawing.told import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Check = Callable[[object], bool]

KINDS = ("xyz", "wmts", "wms", "arcgis")
VERSIONS = ("1.0.0", "1.1.1", "1.3.0")
LONGEST = 20_000
DEEPEST = 30
TILE_PX = 256

_HOST = re.compile(r"[A-Za-z0-9-]+(\{s\})?[A-Za-z0-9-]*(\.[A-Za-z0-9-]+)*(:\d{1,5})?")
_HOLDER = re.compile(r"\{[^{}]*\}")
_HOLDERS = {"{z}", "{x}", "{y}", "{-y}", "{s}", "{key}", "{bbox}"}
_KEYS = ("tk", "key", "ak", "token", "apikey", "api_key", "access_token", "sk")
"""Parameters in which servers want a key."""


def read_tiles(text: str) -> Tiles:
    r"""Return the tiles that a text means.

    A name (tianditu, tianditu-image, amap), an address with ``{z}``, ``{x}`` and ``{y}``, or a
    definition in YAML or JSON; docs/base-map.md lists its keys.

    Raises
    ------
    InvalidInputError
        It is neither, or the definition has mistakes; all are named.

    Examples
    --------
    >>> read_tiles("https://tiles.example.cn/{z}/{x}/{y}.png").hosts
    ('https://tiles.example.cn',)
    >>> read_tiles("kind: wms\nurl: http://gis/wms?map=a")
    Traceback (most recent call last):
    gridgis.errors.InvalidInputError: tiles: layer: a WMS must be told which, like city:base
    """
    said = text.strip()
    if said in KNOWN:
        return KNOWN[said]
    if re.fullmatch(r"https?://\S+", said):
        return _defined({"url": said})
    return _defined(_mapping(said))


def _mapping(text: str) -> dict[str, Any]:
    names = ", ".join(KNOWN)
    try:
        read = YAML(typ="safe", pure=True).load(text[:LONGEST])
    except (YAMLError, ValueError, RecursionError) as error:
        first = plain(str(error).splitlines()[0] if str(error) else "", 120)
        msg = f"tiles: the definition is no YAML or JSON: {first}"
        raise InvalidInputError(msg) from error
    if not isinstance(read, dict) or len(text) > LONGEST:
        msg = (
            f"tiles {plain(text, 60)!r}: there are none of this name; give {names}, an address "
            "with {z}, {x} and {y}, or a file that defines them (docs/base-map.md)"
        )
        raise InvalidInputError(msg)
    return {str(key): value for key, value in read.items()}


def _defined(said: Mapping[str, Any]) -> Tiles:
    wrong = [
        f"{plain(key)}: is no key; they are {', '.join(CHECKS)}"
        for key in said
        if key not in CHECKS
    ]
    wrong += [
        f"{key}: {plain(value)!r} is not {CHECKS[key][1]}"
        for key, value in said.items()
        if key in CHECKS and not CHECKS[key][0](value)
    ]
    if "url" not in said:
        wrong.append("url: is missing")
    if not wrong:
        wrong = _contradictions(said)
    if wrong:
        msg = f"tiles: {'; '.join(wrong)}"
        raise InvalidInputError(msg)
    kind = str(said.get("kind", "xyz"))
    defaults = Tiles("", ())
    lon, lat = said.get("origin", defaults.origin)
    urls = tuple(BUILDERS[kind](url, said) for url in _listed(said["url"]))
    name = plain(said.get("name")) or urlsplit(urls[0]).netloc.replace("{s}", "*")
    return Tiles(
        name=name,
        urls=urls,
        system=said.get("system", MERCATOR),
        datum=said.get("datum", "wgs84"),
        subdomains=tuple(str(one) for one in said.get("subdomains", ())),
        zooms=tuple(said.get("zooms", defaults.zooms)),
        zoom_offset=said.get("zoom_offset", 0),
        resolutions=tuple(float(one) for one in said.get("resolutions", defaults.resolutions)),
        origin=(float(lon), float(lat)),
        latitude_first=_latitude_first(said),
        credit=plain(said.get("credit"), 120),
        grey=said.get("grey", True),
    )


def _latitude_first(said: Mapping[str, Any]) -> bool:
    """Return whether a WMS wants the latitude first: 1.3.0 writes axes as the system's register."""
    return said.get("version") == "1.3.0" and said.get("system") == PLATE


def _contradictions(said: Mapping[str, Any]) -> list[str]:
    """Return what cannot be together, or is missing."""
    kind, urls = str(said.get("kind", "xyz")), _listed(said["url"])
    wrong = [fault for url in urls for fault in _faults(url, kind)]
    if any("{s}" in url for url in urls) != bool(said.get("subdomains")):
        wrong.append("subdomains: they are what {s} in the address stands for; one needs the other")
    if kind in {"wmts", "wms"} and not said.get("layer") and not all(map(_restful, urls)):
        wrong.append(f"layer: a {kind.upper()} must be told which, like city:base")
    if said.get("system") != PLATE:
        wrong += [
            f"{key}: only tiles in {PLATE} have any"
            for key in ("resolutions", "origin")
            if key in said
        ]
    elif said.get("datum") == "gcj02":
        wrong.append(f"datum: tiles in {PLATE} are not in gcj02")
    return wrong


def _faults(url: str, kind: str) -> list[str]:
    """Return what is wrong with an address."""
    wrong = []
    parts = urlsplit(url)
    if not _HOST.fullmatch(parts.netloc):
        wrong.append(f"url: {plain(parts.netloc)!r} is no host, with a port or without")
    standing = [
        key for key, value in parse_qsl(parts.query) if key.lower() in _KEYS and value != "{key}"
    ]
    if standing:
        wrong.append(
            f"url: a key stands in it ({standing[0]}=...); write {standing[0]}={{key}}, and give "
            "the key when you look at the page"
        )
    if kind == "xyz" and not ("{z}" in url and "{x}" in url and ("{y}" in url or "{-y}" in url)):
        wrong.append("url: an address of tiles has {z}, {x} and {y}")
    if kind == "arcgis" and not re.search(r"/(Map|Image)Server/?$", parts.path):
        wrong.append("url: an ArcGIS service ends in MapServer or ImageServer")
    unknown = set(_HOLDER.findall(url)) - _HOLDERS
    if unknown and kind != "wmts":
        wrong.append(
            f"url: {sorted(unknown)[0]} stands for nothing; there are {', '.join(sorted(_HOLDERS))}"
        )
    return wrong


def _wmts(url: str, said: Mapping[str, Any]) -> str:
    asked = {
        "layer": str(said.get("layer", "")),
        "style": str(said.get("style", "default")),
        "tilematrixset": str(said.get("matrix_set", said.get("system", MERCATOR))),
        "tilematrix": str(said.get("matrix", "{z}")),
        "tilerow": "{y}",
        "tilecol": "{x}",
    }
    if _restful(url):
        return _HOLDER.sub(lambda match: asked.get(match[0][1:-1].lower(), match[0]), url)
    given = {"service": "WMTS", "request": "GetTile", "version": said.get("version", "1.0.0")}
    return _with(url, given | asked | {"format": said.get("format", "image/png")})


def _restful(url: str) -> bool:
    """Return whether an address is that of a RESTful WMTS, as its capabilities write it."""
    return "{" in urlsplit(url).path


def _wms(url: str, said: Mapping[str, Any]) -> str:
    version = str(said.get("version", "1.1.1"))
    system = said.get("system", MERCATOR)
    return _with(
        url,
        {
            "service": "WMS",
            "request": "GetMap",
            "version": version,
            "layers": said.get("layer"),
            "styles": said.get("style", ""),
            "crs" if version == "1.3.0" else "srs": system,
            "bbox": "{bbox}",
            "width": TILE_PX,
            "height": TILE_PX,
            "format": said.get("format", "image/png"),
        },
    )


def _with(url: str, given: Mapping[str, object]) -> str:
    """Return an address with parameters, in capitals as every server knows them."""
    joined = "&".join(
        f"{key.upper()}={quote(str(its), safe=':/{},')}" for key, its in given.items()
    )
    return f"{url}{'&' if urlsplit(url).query else '' if url.endswith('?') else '?'}{joined}"


BUILDERS: dict[str, Callable[[str, Mapping[str, Any]], str]] = {
    "xyz": lambda url, _: url,
    "wmts": _wmts,
    "wms": _wms,
    "arcgis": lambda url, _: url.rstrip("/") + "/tile/{z}/{y}/{x}",
}


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - as YAML has it
    return [value] if isinstance(value, str) else list(value)


def _text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip()) and plain(value, 500) == value.strip()


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1000  # noqa: PLR2004 - degrees


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -DEEPEST <= value <= DEEPEST


def _address(value: object) -> bool:
    return _text(value) and re.match(r"https?://[^\s\"'<>;\[\]\\]+$", str(value)) is not None


def _falling(value: object) -> bool:
    if not isinstance(value, list) or not all(_number(one) for one in value):
        return False
    falls = all(low > high for low, high in pairwise(value))
    return 1 < len(value) <= DEEPEST and value[-1] > 0 and falls


def _levels(value: object) -> bool:
    return (
        isinstance(value, list)
        and len(value) == 2  # noqa: PLR2004 - least and most
        and all(_whole(one) for one in value)
        and 0 <= value[0] <= value[1]
    )


CHECKS: dict[str, tuple[Check, str]] = {
    "name": (_text, "a text"),
    "kind": (lambda value: value in KINDS, f"one of {', '.join(KINDS)}"),
    "url": (
        lambda value: (
            bool(value)
            and all(_address(one) for one in (value if isinstance(value, list) else [value]))
        ),
        "an address that begins with http:// or https://, or a list of them",
    ),
    "layer": (_text, "a text"),
    "style": (_text, "a text"),
    "matrix_set": (_text, "a text"),
    "matrix": (lambda value: _text(value) and "{z}" in str(value), "a text with {z}"),
    "format": (_text, "a text like image/png"),
    "version": (
        lambda value: value in VERSIONS,
        "1.0.0 (WMTS), 1.1.1 or 1.3.0 (WMS)",
    ),
    "system": (lambda value: value in SYSTEMS, " or ".join(SYSTEMS)),
    "datum": (lambda value: value in DATUMS, " or ".join(DATUMS)),
    "subdomains": (
        lambda value: (
            isinstance(value, list | str)
            and bool(value)
            and all(re.fullmatch(r"[A-Za-z0-9-]{1,20}", str(one)) for one in value)
        ),
        "a list like [a, b, c]",
    ),
    "zooms": (_levels, f"the least and the most level, like [0, 18], at most {DEEPEST}"),
    "zoom_offset": (_whole, f"a whole number of at most {DEEPEST}"),
    "resolutions": (_falling, "a list of degrees to a pixel that falls, one a level"),
    "origin": (
        lambda value: isinstance(value, list) and len(value) == 2 and all(map(_number, value)),  # noqa: PLR2004 - lon, lat
        "the lon and the lat of the first tile's upper left corner, like [-180, 90]",
    ),
    "credit": (_text, "a text"),
    "grey": (lambda value: isinstance(value, bool), "true or false"),
}
"""The keys of a definition: what each must be, and how that is said."""
