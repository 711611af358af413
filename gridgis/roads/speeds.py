"""How fast a mode gets along a class of road, at an hour of the week."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gridgis.duty import DAY_MINUTES, read_duty
from gridgis.errors import InvalidInputError, SettingsError
from gridgis.roads.classes import USERS
from gridgis.roads.modes import Mode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

CLASSES = tuple(USERS)
"""The classes of roads; a road's class is kept as its place in this list."""

WALKING_M_S = 4.8 / 3.6
"""How fast somebody walks where there is no road."""

_USUAL = Path(__file__).with_name("speeds.toml")


@dataclass(frozen=True)
class Pace:
    """The speeds of one mode at one hour.

    Attributes
    ----------
    kmh
        float64 by class: where a road says no limit.
    limit_share, most_kmh
        Of a limit that a road says, this share is driven; never faster than this.
    rush
        float64 by class: the share of the speed that is left at this hour.
    """

    kmh: NDArray[np.float64]
    limit_share: float
    most_kmh: float
    rush: NDArray[np.float64]

    def speeds_kmh(
        self, classes: NDArray[np.int8], limits_kmh: NDArray[np.float32]
    ) -> NDArray[np.float64]:
        """Return the speed on each road, by its class and its limit (NaN: none is said)."""
        usual = self.kmh[classes]
        limited = np.where(np.isnan(limits_kmh), usual, limits_kmh * self.limit_share)
        return np.asarray(np.minimum(limited, self.most_kmh) * self.rush[classes])


@dataclass(frozen=True)
class Speeds:
    """The speeds of all modes at all hours, as a file says them."""

    said: Mapping[Mode, Mapping[str, Any]]

    def pace(self, mode: Mode, minute_of_week: int) -> Pace:
        """Return the speeds of a mode at a minute of the city's week."""
        said = self.said[mode]
        kmh = np.array([said["kmh"].get(name, said["kmh"]["other"]) for name in CLASSES])
        rush = np.ones(len(CLASSES))
        for rule in said["rush"]:
            if _holds(rule, minute_of_week):
                for name in rule["classes"]:
                    rush[CLASSES.index(name)] *= rule["share"]
        return Pace(kmh.astype(float), float(said["limit_share"]), float(said["most_kmh"]), rush)


def read_speeds(own: Path | None = None) -> Speeds:
    """Return the usual speeds, changed by a city's own file.

    Raises
    ------
    SettingsError
        The file cannot be read, or says what nobody knows.
    """
    return _read(own)


@cache
def _read(own: Path | None) -> Speeds:
    said = tomllib.loads(_USUAL.read_text(encoding="utf-8"))
    if own is not None:
        try:
            changes = tomllib.loads(own.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            msg = f"GRIDGIS_ROAD_SPEEDS: {own} cannot be read: {error}"
            raise SettingsError(msg) from error
        for mode, changed in changes.items():
            if mode not in said or not isinstance(changed, dict):
                raise _unknown(own, mode)
            said[mode] = _merged(said[mode], changed)
    speeds = Speeds({mode: said[mode] for mode in Mode})
    _check(speeds, own)
    return speeds


def _merged(usual: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    kmh = {**usual["kmh"], **changed.get("kmh", {})}
    return {**usual, **changed, "kmh": kmh}


def _check(speeds: Speeds, own: Path | None) -> None:
    """Refuse speeds that nobody could drive, before anybody waits for a fire engine by them."""
    for mode, said in speeds.said.items():
        if unknown := set(said) - {"kmh", "limit_share", "most_kmh", "rush"}:
            raise _unknown(own, f"{mode}.{min(unknown)}")
        for name, kmh in said["kmh"].items():
            if name not in {*CLASSES, "other"}:
                raise _unknown(own, f"{mode}.kmh.{name}")
            _need_between(own, f"{mode}.kmh.{name}", kmh, 300)
        _need_between(own, f"{mode}.most_kmh", said["most_kmh"], 300)
        _need_between(own, f"{mode}.limit_share", said["limit_share"], 2)
        for rule in said["rush"]:
            _check_rule(own, mode, rule)


def _check_rule(own: Path | None, mode: Mode, rule: Any) -> None:  # noqa: ANN401 - as it is written
    try:
        _holds(rule, 0)
        known = set(rule["classes"]) <= set(CLASSES)
    except (KeyError, TypeError, InvalidInputError) as error:
        raise _unknown(own, f"{mode}.rush {rule}") from error
    if not known:
        raise _unknown(own, f"{mode}.rush.classes {rule['classes']}")
    _need_between(own, f"{mode}.rush.share", rule.get("share"), 5)


def _holds(rule: Mapping[str, Any], minute_of_week: int) -> bool:
    spans = read_duty(f"{rule['days']} 00:00-24:00")
    on_day = any(first <= minute_of_week < end for first, end in spans)
    return on_day and minute_of_week % DAY_MINUTES // 60 in rule["hours"]


def _need_between(own: Path | None, name: str, value: object, most: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= most:
        msg = f"GRIDGIS_ROAD_SPEEDS: {own}: {name} is {value!r}; write a number up to {most:g}"
        raise SettingsError(msg)


def _unknown(own: Path | None, what: str) -> SettingsError:
    return SettingsError(f"GRIDGIS_ROAD_SPEEDS: {own}: {what} is not known; see docs/roads.md")
