"""What the tags of an OpenStreetMap object say of it as a place."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from gridgis.places.parsing import compose

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

HOUSE_NUMBER = "addr:housenumber"

FIELDS = (
    *("kind", "name", "standard_address", "province", "city", "district", "street", "road"),
    *("house_number", "unit", "postcode", "aliases", "former_names", "floors", "tag"),
)
"""The columns that tags give; `tag` is the one that decided the kind."""

_ANY = "*"
_HAN = re.compile("[\u3400-\u9fff]")
_OTHER_NAMES = ("alt_name", "short_name", "official_name", "loc_name", "int_name", "nat_name")
_FORMER_NAMES = ("old_name", "was:name")
_IN_A_LANGUAGE = re.compile(r"(?P<key>[a-z_:]+?):[a-z]{2,3}(?:[-_][A-Za-z]+)*")
_RANGE = re.compile(r"(\d+)\s*[-\u2013]\s*(\d+)", re.ASCII)
_TALLEST = 200
_WIDEST_RANGE = 40


@cache
def kinds() -> dict[str, dict[str, str]]:
    """Return key -> value -> kind, in the order in which keys decide; see ``osm_kinds.toml``."""
    text = (files("gridgis.files") / "osm_kinds.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def place_of(tags: Mapping[str, str], street: str | None = None) -> dict[str, object] | None:
    """Return the fields of a place; None for an object that is none.

    A place has a name and a key that makes it one, or a house number on a street. Of several house
    numbers (``2;4``, ``1-5``) the address has them as written; a place without a name of its own
    has each end's address as an alias.

    Parameters
    ----------
    street
        The street that a relation gives the object, where its tags have none.

    Examples
    --------
    >>> found = place_of({"amenity": "cafe", "name": "Fazer", "name:sv": "Fatsers"})
    >>> found["kind"], found["name"], found["aliases"], found["tag"]
    ('restaurant', 'Fazer', ['Fatsers'], 'amenity=cafe')
    >>> place_of({"addr:street": "Kaivokatu", "addr:housenumber": "1"})["name"]
    'Kaivokatu 1'
    >>> place_of({"highway": "primary", "name": "Kaivokatu"}) is None
    True
    """
    kind, tag = _kind(tags)
    name = tags.get("name", "").strip()
    address = _Address(tags, street)
    if not (address or (name and kind)):
        return None
    aliases, former = _other_names(tags, name)
    # Its shape is a building's, but all that is known of it is the address.
    plain = not name and kind in {"", "building"}
    return {
        "kind": "number" if plain else kind or "poi",
        "name": name or address.local(),
        "standard_address": address.standard(),
        **address.parts(),
        "aliases": aliases if name else [*address.others(), *aliases],
        "former_names": former,
        "floors": _floors(tags.get("building:levels")),
        "tag": tag,
    }


class _Address:
    """The addr:* tags of an object; true when they lead to a house number."""

    def __init__(self, tags: Mapping[str, str], street: str | None) -> None:
        self._tags = tags
        self.road = self._tag("street") or self._tag("place") or street
        # A floor may stand behind the number: "8, 2. krs./2nd floor".
        self.number = (self._tag("housenumber") or "").split(",")[0].strip() or None

    def __bool__(self) -> bool:
        return self.road is not None and self.number is not None

    def _tag(self, name: str) -> str | None:
        return self._tags.get(f"addr:{name}", "").strip() or None

    def parts(self) -> dict[str, str | None]:
        """Return the columns of parts."""
        return {
            "province": self._tag("province"),
            "city": self._tag("city"),
            "district": self._tag("district"),
            "street": self._tag("subdistrict"),
            "road": self.road,
            "house_number": self.number if self.road else None,
            "unit": self._tag("unit"),
            "postcode": self._tag("postcode"),
        }

    def local(self, number: str | None = None) -> str:
        """Return street and number, in the street's order."""
        road, number = self.road or "", number or self.number or ""
        return compose({"road": road, "number": number})

    def standard(self) -> str | None:
        """Return the whole address: "Kaivokatu 1, 00100 Helsinki", or in the Chinese order."""
        if not self:
            return self._tag("full")
        said = {name: text for name, text in self.parts().items() if text}
        if _HAN.search(self.road or ""):
            return compose({**said, "number": self.number or ""})
        behind = " ".join(said[name] for name in ("postcode", "city") if name in said)
        return ", ".join(filter(None, [self.local(), behind]))

    def others(self) -> list[str]:
        """Return the addresses of several numbers, but for how they are written together."""
        written = self.number or ""
        listed = [number.strip() for number in written.split(";") if number.strip()]
        ends = _RANGE.fullmatch(written)
        if ends and 0 < int(ends[2]) - int(ends[1]) <= _WIDEST_RANGE:
            listed = [ends[1], ends[2]]
        return [self.local(number) for number in listed] if len(listed) > 1 else []


def _kind(tags: Mapping[str, str]) -> tuple[str, str | None]:
    for key, known in kinds().items():
        value = tags.get(key)
        if value is not None and (kind := known.get(value, known[_ANY])):
            return kind, f"{key}={value}"
    return "", None


def _other_names(tags: Mapping[str, str], name: str) -> tuple[list[str], list[str]]:
    """Return the names in use, and those of the past, each once."""
    aliases: dict[str, None] = {}
    former: dict[str, None] = {}
    for key, text in tags.items():
        spoken = _IN_A_LANGUAGE.fullmatch(key)
        base = key if key in {*_OTHER_NAMES, *_FORMER_NAMES} else spoken and spoken["key"]
        if base in _FORMER_NAMES:
            former |= dict.fromkeys(_listed(text))
        elif base in _OTHER_NAMES or base == "name":
            aliases |= dict.fromkeys(_listed(text))
    aliases.pop(name, None)
    return list(aliases), [old for old in former if old != name]


def _listed(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(";") if part.strip())


def _floors(text: str | None) -> int | None:
    try:
        floors = int(float(text or ""))
    except (ValueError, OverflowError):
        return None
    return floors if 0 <= floors <= _TALLEST else None
