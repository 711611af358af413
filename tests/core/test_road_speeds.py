"""A city's own speeds: what the file changes, what stays, and what is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from gridgis.errors import SettingsError
from gridgis.roads.modes import Mode
from gridgis.roads.speeds import CLASSES, read_speeds

if TYPE_CHECKING:
    from pathlib import Path

MONDAY_NOON, MONDAY_EIGHT, SUNDAY_EIGHT = 720, 480, 6 * 1440 + 480


def kmh(road: str, minute: int, own: Path | None = None, limit: float = np.nan, mode=Mode.CAR):
    pace = read_speeds(own).pace(mode, minute)
    kinds = np.array([CLASSES.index(road)], dtype=np.int8)
    return float(pace.speeds_kmh(kinds, np.array([limit], dtype=np.float32))[0])


def test_a_class_has_its_usual_speed_and_less_in_the_rush_hour() -> None:
    assert kmh("primary", MONDAY_NOON) == 45
    assert kmh("primary", MONDAY_EIGHT) == pytest.approx(27)
    assert kmh("primary", SUNDAY_EIGHT) == 45
    assert kmh("primary", MONDAY_EIGHT, mode=Mode.FIRE) == pytest.approx(40)
    assert kmh("steps", MONDAY_NOON, mode=Mode.FOOT) == 2.4


def test_of_a_limit_a_share_is_driven_and_never_more_than_the_mode_can() -> None:
    assert kmh("residential", MONDAY_NOON, limit=50) == pytest.approx(40)
    assert kmh("motorway", MONDAY_NOON, limit=300) == 110
    assert kmh("primary", MONDAY_NOON, limit=50, mode=Mode.BICYCLE) == 16


def test_a_city_changes_what_it_names_and_the_rest_stays(tmp_path: Path) -> None:
    own = tmp_path / "speeds.toml"
    own.write_text(
        "[car]\nlimit_share = 0.7\nkmh = { residential = 18 }\n"
        'rush = [{ days = "Sa-Su", hours = [8], share = 0.5, classes = ["residential"] }]\n'
    )
    assert kmh("residential", MONDAY_NOON, own) == 18
    assert kmh("residential", SUNDAY_EIGHT, own) == 9
    assert kmh("primary", MONDAY_EIGHT, own) == 45, "its own rush hours, and no others"
    assert kmh("primary", MONDAY_NOON, own, limit=50) == pytest.approx(35)
    assert kmh("primary", MONDAY_EIGHT, own, mode=Mode.FIRE) == pytest.approx(40)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("[car]\nlimit_share = 0", "car.limit_share is 0; write a number up to 2"),
        ("[car]\nkmh = { primary = 900 }", "car.kmh.primary is 900; write a number up to 300"),
        ('[car]\nkmh = { primary = "fast" }', "car.kmh.primary is 'fast'"),
        ("[car]\nkmh = { boulevard = 30 }", "car.kmh.boulevard is not known"),
        ("[horse]\nmost_kmh = 12", "horse is not known"),
        ("[car]\ncolour = 1", "car.colour is not known"),
        ('[car]\nrush = [{ days = "Mo" }]', "car.rush"),
        (
            '[car]\nrush = [{ days = "Never", hours = [1], share = 1, classes = [] }]',
            "car.rush",
        ),
        ("[car", "cannot be read"),
    ],
)
def test_a_file_that_nobody_could_drive_by_is_refused(tmp_path: Path, said: str, why: str) -> None:
    own = tmp_path / "speeds.toml"
    own.write_text(said)
    with pytest.raises(SettingsError) as refused:
        read_speeds(own)
    assert why in str(refused.value)
    assert str(own) in str(refused.value)


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_speeds(tmp_path / "nothing.toml")
