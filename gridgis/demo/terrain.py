"""The lie of the land: a winding valley, and where in it people live.

The city is planned on a straight strip, *valley coordinates* ``(u, v)`` in metres: u runs down
the valley from 0, v across it, 0 on the river's middle line and positive to its left bank. The
valley then bends the strip into place, so that whatever was planned nested stays nested.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_ORIGIN = np.array([104.6, 38.1])
COORDINATE_DIGITS = 7

LENGTH_M = 17_000.0
LEFT_RIM_M = 3_100.0
RIGHT_RIM_M = 2_700.0
# Where the hills begin, on either side.
LEFT_FOOT_M = 2_050.0
RIGHT_FOOT_M = -1_600.0
EMBANKMENT_M = 150.0
RIVER_HALF_WIDTH_M = 85.0

# On the ellipsoid at the origin; over these few kilometres the error stays below 0.1 %.
_METRES_PER_DEGREE = np.array([87_726.0, 110_993.0])
_MARGIN_M = 4_000.0
_SUBURBS = (0.7, 0.55, 0.45, 0.35)
_STEP_M = 10.0


def to_lonlat(metres: Floats) -> Floats:
    """Turn local metres (east, north; shape (n, 2)) into lon, lat degrees rounded to 1e-7."""
    return np.asarray(np.round(_ORIGIN + metres / _METRES_PER_DEGREE, COORDINATE_DIGITS))


def to_metres(lonlat: Floats) -> Floats:
    """Turn lon, lat degrees (shape (n, 2)) into local metres (east, north).

    >>> to_metres(to_lonlat(np.array([[1000.0, -500.0]]))).round(1).tolist()
    [[1000.0, -500.0]]
    """
    return np.asarray((lonlat - _ORIGIN) * _METRES_PER_DEGREE)


@dataclass(frozen=True)
class Valley:
    """A bent, rippled valley; every wave is a row (amplitude, wavelength_m, phase).

    Attributes
    ----------
    bends
        Of the whole valley; amplitude in radians of heading.
    meanders
        Of the river within the valley floor; amplitude in metres.
    rims
        Of the hills' outline; amplitude as a share of the distance from the river.
    ripples
        Rows (wavenumber_u, wavenumber_v, phase, shift_east_m, shift_north_m).
    centres
        Rows (u_m, v_m, spread_u_m, spread_v_m, weight) of where people live.
    """

    bends: Floats
    meanders: Floats
    rims: Floats
    ripples: Floats
    centres: Floats

    def metres(self, uv: Floats) -> Floats:
        """Bend valley coordinates (shape (n, 2)) into local metres (east, north)."""
        u, v = uv[:, 0], uv[:, 1]
        east, north, heading = self._axis(u)
        offset = self._spread(u, v) + _waves(self.meanders, u) * np.exp(-((v / 1300.0) ** 2))
        bent = np.column_stack([east - np.sin(heading) * offset, north + np.cos(heading) * offset])
        phase = uv @ self.ripples[:, :2].T + self.ripples[:, 2]
        return bent + np.sin(phase) @ self.ripples[:, 3:]

    def lonlat(self, uv: Floats) -> Floats:
        """Bend valley coordinates (shape (n, 2)) into lon, lat degrees rounded to 1e-7."""
        return to_lonlat(self.metres(uv))

    def density(self, uv: Floats) -> Floats:
        """Return how closely people live at points: 0 in the river, about 1 at most."""
        u, v = uv[:, 0:1], uv[:, 1:2]
        mid_u, mid_v, spread_u, spread_v, weight = self.centres.T
        hubs = weight * np.exp(-(((u - mid_u) / spread_u) ** 2) - ((v - mid_v) / spread_v) ** 2)
        foot = np.where(v > 0, 2000.0, 1550.0)
        floor = 0.13 * np.exp(-((v / foot) ** 6))
        # Hills hold a hamlet here and there; the embankments keep the river's banks empty.
        shown = hubs.sum(axis=1) * np.exp(-((v / foot) ** 8))[:, 0] + floor[:, 0] + 0.015
        return np.where(np.abs(v[:, 0]) < EMBANKMENT_M, 0.0, shown)

    def _axis(self, u: Floats) -> tuple[Floats, Floats, Floats]:
        along = np.arange(-_MARGIN_M, LENGTH_M + _MARGIN_M, _STEP_M)
        heading = _waves(self.bends, along)
        east = np.cumsum(np.cos(heading)) * _STEP_M
        north = np.cumsum(np.sin(heading)) * _STEP_M
        middle = len(along) // 2
        return (
            np.interp(u, along, east - east[middle]),
            np.interp(u, along, north - north[middle]),
            np.interp(u, along, heading),
        )

    def _spread(self, u: Floats, v: Floats) -> Floats:
        share = np.abs(v) / np.where(v > 0, LEFT_RIM_M, RIGHT_RIM_M)
        ramp = np.clip((share - 0.55) / 0.45, 0.0, 1.0)
        # The two rims have their own shape: the same waves, read a few kilometres apart.
        rim = np.clip(_waves(self.rims, u + np.where(v > 0, 0.0, 5300.0)) + 0.1, -0.15, 0.5)
        return v * (1.0 + ramp**2 * (3.0 - 2.0 * ramp) * rim)


def make_valley(rng: np.random.Generator) -> Valley:
    """Draw a valley."""

    def waves(amplitudes: list[float], wavelengths: list[float]) -> Floats:
        count = len(amplitudes)
        stretch = rng.uniform(0.85, 1.2, count)
        phase = rng.uniform(0, 2 * np.pi, count)
        return np.column_stack([amplitudes, np.array(wavelengths) * stretch, phase])

    return Valley(
        bends=waves([0.28, 0.06], [17_000, 7_500]),
        meanders=waves([230, 90], [4_200, 2_300]),
        rims=waves([0.15, 0.07, 0.03], [6_200, 2_900, 1_500]),
        ripples=_make_ripples(rng),
        centres=_make_centres(rng),
    )


def _make_ripples(rng: np.random.Generator) -> Floats:
    wavelength = np.geomspace(700, 6500, 14) * rng.uniform(0.9, 1.1, 14)
    toward = rng.uniform(0, 2 * np.pi, 14)
    shift = rng.uniform(0, 2 * np.pi, 14)
    amplitude = 0.013 * wavelength
    return np.column_stack(
        [
            2 * np.pi / wavelength * np.cos(toward),
            2 * np.pi / wavelength * np.sin(toward),
            rng.uniform(0, 2 * np.pi, 14),
            amplitude * np.cos(shift),
            amplitude * np.sin(shift),
        ]
    )


def _make_centres(rng: np.random.Generator) -> Floats:
    old_town = [rng.uniform(0.38, 0.55) * LENGTH_M, rng.choice([-500, 600]), 2600, 1000, 1.0]
    rest = [
        [share * LENGTH_M, rng.choice([-700, 800]), rng.uniform(900, 1500), 650, weight]
        for share, weight in zip(rng.permutation([0.1, 0.25, 0.72, 0.9]), _SUBURBS, strict=True)
    ]
    return np.array([old_town, *rest], dtype=np.float64)


def _waves(rows: Floats, at: Floats) -> Floats:
    amplitude, wavelength, phase = rows.T
    angle = 2 * np.pi * np.asarray(at)[..., None] / wavelength + phase
    return np.asarray((amplitude * np.sin(angle)).sum(axis=-1))
