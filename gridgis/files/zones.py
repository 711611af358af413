"""Zones of Gauss-Kruger and UTM: which one a coordinate names, and a system's neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pyproj import CRS


class Family(NamedTuple):
    """Systems of one datum and width, numbered in a row from west to east.

    `first` and `last` are EPSG codes, `zone` the first one's number, `width_deg` how wide each is;
    `prefixed`: whether eastings begin with the zone's number.
    """

    name: str
    first: int
    last: int
    zone: int
    width_deg: int
    prefixed: bool


FAMILIES = (
    Family("CGCS2000 3-degree", 4513, 4533, 25, 3, True),
    Family("CGCS2000 3-degree", 4534, 4554, 25, 3, False),
    Family("CGCS2000 6-degree", 4491, 4501, 13, 6, True),
    Family("CGCS2000 6-degree", 4502, 4512, 13, 6, False),
    Family("Xian 1980 3-degree", 2349, 2369, 25, 3, True),
    Family("Xian 1980 3-degree", 2370, 2390, 25, 3, False),
    Family("Xian 1980 6-degree", 2327, 2337, 13, 6, True),
    Family("Xian 1980 6-degree", 2338, 2348, 13, 6, False),
    Family("Beijing 1954 3-degree", 2401, 2421, 25, 3, True),
    Family("Beijing 1954 3-degree", 2422, 2442, 25, 3, False),
    Family("Beijing 1954 6-degree", 21413, 21423, 13, 6, True),
    Family("Beijing 1954 6-degree", 21453, 21463, 13, 6, False),
    Family("WGS 84 UTM", 32601, 32660, 1, 6, False),
)
"""EPSG's; Gauss-Kruger has 3-degree zones 25 to 45 and 6-degree zones 13 to 23 over China."""

_MILLION = 1_000_000
# A 6-degree zone reaches 334 km to each side of its meridian on the equator.
_WIDEST_M = 350_000
_FALSE_EASTING_M = 500_000
_MOST_ZONES = range(13, 46)
_LAST_6_DEGREE = 23


def zone_of(easting_m: float) -> int | None:
    """Return the zone with which an easting begins, or None when it begins with none.

    >>> zone_of(36_512_345.6), zone_of(512_345.6), zone_of(36_990_000.0), zone_of(104.06)
    (36, None, None, None)
    """
    zone = int(easting_m // _MILLION)
    within = abs(easting_m % _MILLION - _FALSE_EASTING_M) <= _WIDEST_M
    return zone if zone in _MOST_ZONES and within else None


def meridian_deg(zone: int) -> int:
    """Return the central meridian of a zone of Gauss-Kruger, degrees east.

    >>> meridian_deg(36), meridian_deg(18)
    (108, 105)
    """
    return 6 * zone - 3 if zone <= _LAST_6_DEGREE else 3 * zone


def family_of(system: CRS) -> tuple[Family, int] | None:
    """Return the family and the zone of a system, or None when it is of none that is known."""
    code = system.to_epsg()
    for family in FAMILIES:
        if code is not None and family.first <= code <= family.last:
            return family, family.zone + code - family.first
    return None


def epsg(family: Family, zone: int) -> str | None:
    """Return the name of one of a family's systems; None: there is no such zone.

    >>> epsg(FAMILIES[0], 36)
    'EPSG:4524'
    """
    code = family.first + zone - family.zone
    return f"EPSG:{code}" if family.first <= code <= family.last else None


def sibling(system: CRS | None, zone: int, *, prefixed: bool) -> str | None:
    """Return the system for a zone of Gauss-Kruger, of the same datum as `system` where known.

    >>> from pyproj import CRS
    >>> sibling(None, 36, prefixed=True), sibling(CRS.from_epsg(2384), 36, prefixed=True)
    ('EPSG:4524', 'EPSG:2360')
    """
    known = family_of(system) if system is not None else None
    datum = known[0].name.rpartition(" ")[0] if known else "CGCS2000"
    width = 6 if zone <= _LAST_6_DEGREE else 3
    for family in FAMILIES:
        if (family.name, family.prefixed) == (f"{datum} {width}-degree", prefixed):
            return epsg(family, zone)
    return None


def prefix_of(system: CRS) -> int | None:
    """Return the zone with which the system's own eastings begin; None: with none."""
    operation = system.coordinate_operation
    if operation is None:
        return None
    false_easting = [param.value for param in operation.params if param.name == "False easting"]
    return zone_of(float(false_easting[0])) if false_easting else None
