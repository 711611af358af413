"""The length of the shortest line between two points on the WGS 84 ellipsoid."""

from __future__ import annotations

import math

from gridgis.compiling import bare

_A_M = 6_378_137.0
_F = 1.0 / 298.257_223_563
_B_M = _A_M * (1.0 - _F)
_E2 = _F * (2.0 - _F)
_TURNS = 60
_CLOSE = 1e-13


@bare
def chord_point(lon: float, lat: float) -> tuple[float, float, float]:
    """Return a point of the ellipsoid in metres from the earth's centre, from degrees.

    The straight line between two such points is never longer than the geodesic.
    """
    sine, cosine = math.sin(math.radians(lat)), math.cos(math.radians(lat))
    n = _A_M / math.sqrt(1.0 - _E2 * sine * sine)
    x, y = math.cos(math.radians(lon)), math.sin(math.radians(lon))
    return n * cosine * x, n * cosine * y, n * (1.0 - _E2) * sine


@bare
def geodesic_m(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return metres on the ellipsoid, from degrees; within 0.1 mm.

    Points that are nearly opposite each other on the earth (beyond some 19,900 km) do not come to
    an end there; for these the sphere answers, within 0.6 %.

    References
    ----------
    T. Vincenty, Direct and inverse solutions of geodesics on the ellipsoid with application of
    nested equations, Survey Review 23 (1975), 88-93.
    """
    if lon_a == lon_b and lat_a == lat_b:
        return 0.0
    sine_a, cosine_a = _reduced(lat_a)
    sine_b, cosine_b = _reduced(lat_b)
    apart = math.radians(lon_b - lon_a)
    turned = apart
    for _ in range(_TURNS):
        sine_l, cosine_l = math.sin(turned), math.cos(turned)
        east = cosine_b * sine_l
        north = cosine_a * sine_b - sine_a * cosine_b * cosine_l
        sine_s = math.sqrt(east * east + north * north)
        if sine_s == 0.0:
            return 0.0
        cosine_s = sine_a * sine_b + cosine_a * cosine_b * cosine_l
        arc = math.atan2(sine_s, cosine_s)
        sine_az = cosine_a * cosine_b * sine_l / sine_s
        squared = 1.0 - sine_az * sine_az
        # Along the equator there is no middle.
        middle = cosine_s - 2.0 * sine_a * sine_b / squared if squared > 0.0 else 0.0
        c = _F / 16.0 * squared * (4.0 + _F * (4.0 - 3.0 * squared))
        before = turned
        turned = apart + (1.0 - c) * _F * sine_az * (
            arc + c * sine_s * (middle + c * cosine_s * (2.0 * middle * middle - 1.0))
        )
        if abs(turned - before) < _CLOSE:
            return _length(squared, sine_s, cosine_s, middle, arc)
    return (2.0 * _A_M + _B_M) / 3.0 * arc


@bare
def _reduced(lat: float) -> tuple[float, float]:
    angle = math.atan((1.0 - _F) * math.tan(math.radians(lat)))
    return math.sin(angle), math.cos(angle)


@bare
def _length(squared: float, sine_s: float, cosine_s: float, middle: float, arc: float) -> float:
    u2 = squared * (_A_M * _A_M - _B_M * _B_M) / (_B_M * _B_M)
    a = 1.0 + u2 / 16384.0 * (4096.0 + u2 * (-768.0 + u2 * (320.0 - 175.0 * u2)))
    b = u2 / 1024.0 * (256.0 + u2 * (-128.0 + u2 * (74.0 - 47.0 * u2)))
    twice = 2.0 * middle * middle
    drop = (
        b
        * sine_s
        * (
            middle
            + b
            / 4.0
            * (
                cosine_s * (twice - 1.0)
                - b / 6.0 * middle * (4.0 * sine_s * sine_s - 3.0) * (2.0 * twice - 3.0)
            )
        )
    )
    return _B_M * a * (arc - drop)
