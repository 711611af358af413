"""A city's own system from control points: a least-squares fit into a local metric plane."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer
from pyproj.enums import TransformDirection

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

FEWEST = {"similarity": 2, "affine": 3}
"""The models, and how many points each needs at least."""

BAD_M = 1.0
"""A point that misses by more may be a bad one."""

# Without a bad point the others fit this many times better, else it is just one of them.
_BETTER = 3.0
# Points whose narrower spread is below this part of the wider one lie on a line.
_ON_A_LINE = 1e-3


@dataclass(frozen=True, slots=True, eq=False)
class ControlFit:
    """A way from a city's own coordinates to degrees.

    Attributes
    ----------
    model
        ``similarity`` (Helmert: turn, one scale, shift) or ``affine``.
    residuals_m
        How far each point lands from where it should be, metres, by the point's name.
    bad
        The name of a point without which the others fit much better, or None.
    """

    model: str
    residuals_m: dict[str, float]
    bad: str | None
    _origin: tuple[float, float]
    _middle: Doubles
    _matrix: Doubles
    _shift: Doubles

    @property
    def name(self) -> str:
        """What the system is called."""
        return f"control points ({self.model})"

    @property
    def scale(self) -> float:
        """How many metres one unit of the city's system is, on average."""
        return float(np.sqrt(abs(np.linalg.det(self._matrix))))

    @property
    def sentence(self) -> str:
        """What a person should know of the fit."""
        return (
            f"placed by {len(self.residuals_m)} control points ({self.model}), one unit is "
            f"{self.scale:.6f} m, the largest residual {max(self.residuals_m.values()):.3f} m"
        )

    def to_degrees(self, at: Doubles) -> Doubles:
        """Return (k, 2) degrees, longitude first, of coordinates (k, 2) of the city's system."""
        metres = (at - self._middle) @ self._matrix.T + self._shift
        back = TransformDirection.INVERSE
        return np.column_stack(
            _plane(self._origin).transform(metres[:, 0], metres[:, 1], direction=back)
        )


def fit_control_points(points: pd.DataFrame, model: str = "similarity") -> ControlFit:
    r"""Return the least-squares fit of a city's own system.

    The points' degrees are laid on a transverse Mercator plane about their middle, :math:`p_i`; the
    fit is the :math:`A, t` with the least :math:`\sum |A x_i + t - p_i|^2`, where :math:`A` is any
    matrix (affine), or a turn and one scale (similarity: Helmert's four parameters).

    Parameters
    ----------
    points
        Columns x, y (the city's system, easting first, any unit) and lon, lat (degrees); the index
        names each point.
    model
        ``similarity`` or ``affine``.

    Raises
    ------
    InvalidInputError
        The model is unknown, there are too few points, they lie in one place, or (affine) on one
        line.

    Examples
    --------
    >>> import pandas as pd
    >>> points = pd.DataFrame({"x": [0.0, 1000.0], "y": [0.0, 0.0],
    ...     "lon": [104.0, 104.01], "lat": [30.0, 30.0]}, index=["A", "B"])
    >>> round(fit_control_points(points).scale, 3)
    0.965
    """
    _require_enough(points, model)
    origin = (float(points["lon"].mean()), float(points["lat"].mean()))
    at = points[["x", "y"]].to_numpy("float64")
    to = np.column_stack(_plane(origin).transform(points["lon"], points["lat"]))
    _require_spread(at, model, "x, y")
    _require_spread(to, model, "lon, lat")
    middle, matrix, shift = _solve(at, to, model)
    off_m = np.hypot(*((at - middle) @ matrix.T + shift - to).T)
    names = [str(name) for name in points.index]
    residuals_m = dict(zip(names, off_m.tolist(), strict=True))
    return ControlFit(model, residuals_m, _bad(at, to, model, names), origin, middle, matrix, shift)


def _plane(origin: tuple[float, float]) -> Transformer:
    lon, lat = origin
    local = f"+proj=tmerc +lon_0={lon!r} +lat_0={lat!r} +k=1 +datum=WGS84 +units=m"
    return Transformer.from_crs("EPSG:4326", local, always_xy=True)


def _solve(at: Doubles, to: Doubles, model: str) -> tuple[Doubles, Doubles, Doubles]:
    middle, shift = at.mean(axis=0), to.mean(axis=0)
    own, other = at - middle, to - shift
    if model == "affine":
        matrix = np.linalg.lstsq(own, other, rcond=None)[0].T
        return middle, matrix, shift
    # Points as complex numbers: a turn with a scale is one factor.
    one, two = own[:, 0] + 1j * own[:, 1], other[:, 0] + 1j * other[:, 1]
    factor = np.vdot(one, two) / np.vdot(one, one)
    matrix = np.array([[factor.real, -factor.imag], [factor.imag, factor.real]])
    return middle, matrix, shift


def _rms(at: Doubles, to: Doubles, model: str) -> float:
    middle, matrix, shift = _solve(at, to, model)
    return float(np.sqrt((((at - middle) @ matrix.T + shift - to) ** 2).sum(axis=1).mean()))


def _bad(at: Doubles, to: Doubles, model: str, names: list[str]) -> str | None:
    """Return the point without which the others fit much better; too few cannot tell."""
    if len(at) < FEWEST[model] + 2 or (whole := _rms(at, to, model)) <= BAD_M:
        return None
    without = [
        _rms(np.delete(at, drop, axis=0), np.delete(to, drop, axis=0), model)
        for drop in range(len(at))
    ]
    worst = int(np.argmin(without))
    return names[worst] if without[worst] * _BETTER <= whole else None


def _require_enough(points: pd.DataFrame, model: str) -> None:
    if model not in FEWEST:
        msg = f"control points are fitted by {' or '.join(FEWEST)}, not by {model!r}"
        raise InvalidInputError(msg)
    if len(points) < FEWEST[model]:
        msg = f"{len(points)} control points are too few; {model} needs at least {FEWEST[model]}"
        raise InvalidInputError(msg)


def _require_spread(at: Doubles, model: str, what: str) -> None:
    wide, narrow = np.linalg.svd(at - at.mean(axis=0), compute_uv=False)[:2]
    if wide <= np.finfo(np.float64).eps * max(np.abs(at).max(), 1.0) * 10:
        msg = f"all control points have the same {what}; they must lie apart"
        raise InvalidInputError(msg)
    if model == "affine" and narrow < _ON_A_LINE * wide:
        msg = (
            "all control points lie on one line, so an affine fit could stretch them any way "
            "across it; add one beside the line, or fit a similarity"
        )
        raise InvalidInputError(msg)
