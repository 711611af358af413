"""Tables in a terminal: where there is little room, names give way before numbers do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gridgis_api.cli.printing import print_table

if TYPE_CHECKING:
    import pytest


def printed(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> list[list[str]]:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", str(width))
    row = ("990103001", "10,871", "2,172.3")
    print_table(("code", "on_the_spot", "close_median_min"), [row], numbers=("on_the_spot",))
    plain = re.sub("\x1b[^m]*m", "", capsys.readouterr().out)
    return [line.split() for line in plain.splitlines()]


def test_long_headers_break_between_their_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wide, narrow = (printed(width, monkeypatch, capsys) for width in (100, 36))
    assert ["code", "on_the_spot", "close_median_min"] in wide
    assert ["code", "spot", "min"] in narrow
    for told in (wide, narrow):
        assert ["990103001", "10,871", "2,172.3"] in told, told
