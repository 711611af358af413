"""Tiles of another server under the map: whose, under which addresses, and how they lie.

A page asks for none unless it is told to. Its policy then names the hosts of these tiles alone, and
no key is ever part of it: `{key}` stays in the addresses, and the person who looks gives the key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gridgis.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

MERCATOR, PLATE = "EPSG:3857", "EPSG:4490"
SYSTEMS = (MERCATOR, PLATE)
DATUMS = ("wgs84", "gcj02")
LEVELS = 21
WORLD_DEG_PER_PX = 360 / 256
"""Degrees to a pixel at level 0 of Tianditu's set `c`: the world's width is one tile."""

_HOST = re.compile(r"(https?://[^/?#]+)")


@dataclass(frozen=True)
class Tiles:
    """Tiles that lie under the map.

    Attributes
    ----------
    name
        What the page calls them.
    urls
        Addresses of the layers, the lowest first, with ``{z}``, ``{x}``, ``{y}`` (``{-y}``: counted
        from the south), ``{bbox}``, ``{s}`` (one of the subdomains) and ``{key}``.
    system
        ``EPSG:3857``, or ``EPSG:4490``: degrees, longitude to the right and latitude up.
    datum
        ``wgs84`` (CGCS2000 agrees with it), or ``gcj02``: the page's data is shifted onto them.
    subdomains
        What ``{s}`` stands for.
    zooms
        The least and the most level that the server has.
    zoom_offset
        What is added to the map's level: the server counts from elsewhere.
    resolutions
        Of EPSG:4490: degrees to a pixel at levels 0, 1, ...; falling.
    origin
        Of EPSG:4490: lon, lat of the upper left corner of the first tile.
    latitude_first
        Whether ``{bbox}`` is written latitude first.
    credit
        Who is to be named.
    grey
        Whether the tiles are drawn without their colours, so that only the figures have any.
    """

    name: str
    urls: tuple[str, ...]
    system: str = MERCATOR
    datum: str = "wgs84"
    subdomains: tuple[str, ...] = ()
    zooms: tuple[int, int] = (0, 18)
    zoom_offset: int = 0
    resolutions: tuple[float, ...] = tuple(WORLD_DEG_PER_PX / 2**level for level in range(LEVELS))
    origin: tuple[float, float] = (-180.0, 90.0)
    latitude_first: bool = False
    credit: str = ""
    grey: bool = True

    @property
    def hosts(self) -> tuple[str, ...]:
        """Where the page may load pictures from: scheme, host and port, each once.

        >>> Tiles("a", ("https://t{s}.example.cn/{z}/{x}/{y}",), subdomains=("0", "1")).hosts
        ('https://t0.example.cn', 'https://t1.example.cn')
        """
        found = (_HOST.match(url) for url in self.urls)
        bases = [match[1] for match in found if match]
        spelled = (
            base.replace("{s}", one)
            for base in bases
            for one in (self.subdomains if "{s}" in base else ("",))
        )
        return tuple(dict.fromkeys(spelled))

    @property
    def needs_key(self) -> bool:
        """Whether somebody must give a key before any tile comes."""
        return any("{key}" in url for url in self.urls)

    def told(self, lang: str) -> dict[str, Any]:
        """Return what the page's script is told."""
        spoken = ("key", "remember", "use", "unreachable", "waiting")
        return {
            "name": self.name,
            "urls": self.urls,
            "subdomains": self.subdomains,
            "zooms": self.zooms,
            "zoomOffset": self.zoom_offset,
            "plate": None
            if self.system == MERCATOR
            else {"resolutions": self.resolutions, "origin": self.origin},
            "latitudeFirst": self.latitude_first,
            "credit": self.credit,
            "grey": self.grey,
            "needsKey": self.needs_key,
            "host": self.hosts[0],
            "words": {one: word(f"map.tiles.{one}", lang, name=self.name) for one in spoken},
        }

    def notes(self, lang: str) -> list[tuple[str, str]]:
        """Return what the page's small print says of them."""
        said = [word("map.tiles.under", lang, name=self.name, hosts=_listed(self.hosts))]
        if self.datum == "gcj02":
            said.append(word("map.tiles.shifted", lang, name=self.name))
        if self.system == PLATE:
            said.append(word("map.tiles.stretched", lang))
        return [("map.note.tiles", " ".join(said))]


def _listed(hosts: Sequence[str]) -> str:
    first = hosts[0].split("//")[1]
    return first if len(hosts) == 1 else f"{first} … {hosts[-1].split('//')[1]}"


def _tianditu(name: str, picture: str, labels: str) -> Tiles:
    urls = tuple(
        f"https://t{{s}}.tianditu.gov.cn/{layer}_w/wmts?SERVICE=WMTS&REQUEST=GetTile&VERSION=1.0.0"
        f"&LAYER={layer}&STYLE=default&TILEMATRIXSET=w&FORMAT=tiles"
        "&TILEMATRIX={z}&TILEROW={y}&TILECOL={x}&tk={key}"
        for layer in (picture, labels)
    )
    return Tiles(
        name=name,
        urls=urls,
        subdomains=tuple("01234567"),
        zooms=(1, 18),
        credit="天地图 · 国家地理信息公共服务平台",
    )


KNOWN = {
    "tianditu": _tianditu("天地图", "vec", "cva"),
    "tianditu-image": _tianditu("天地图影像", "img", "cia"),
    "amap": Tiles(
        name="高德地图",
        urls=(
            "https://webrd0{s}.is.autonavi.com/appmaptile"
            "?lang=zh_cn&size=1&scale=1&style=8&x={x}&y={y}&z={z}",
        ),
        datum="gcj02",
        subdomains=tuple("1234"),
        zooms=(3, 18),
        credit="高德地图",
    ),
}
"""Those that are known by name."""
