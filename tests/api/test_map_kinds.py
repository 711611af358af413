"""The kinds of maps: one question, asked by a route and by a command alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import typer.main
from typer.testing import CliRunner

from gridgis.errors import InvalidInputError
from gridgis_api.app import describe
from gridgis_api.cli import maps
from gridgis_api.cli.asking import answered
from gridgis_api.kinds import KINDS
from gridgis_api.kinds.hotspots import HotspotsQuery
from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

    from gridgis_api.kinds import Kind

MAPS = "/api/v1/maps"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_field_of_a_question_is_a_parameter_and_an_option(kind: Kind) -> None:
    fields = {field.alias or name: field for name, field in kind.query.model_fields.items()}
    told = describe()["paths"][f"{MAPS}/{kind.name}.html"]["get"]
    assert {one["name"] for one in told["parameters"]} >= set(fields)
    assert told["summary"] == f"{kind.summary.rstrip('.')}, as one HTML file"
    assert {"200", "404", "422", "503"} <= set(told["responses"])

    command = typer.main.get_command(maps.app).commands[kind.name]
    options = {option for one in command.params for option in one.opts}
    assert options >= {"-o", "--out", *(f"--{name.replace('_', '-')}" for name in fields)}
    assert command.help == kind.summary


def test_a_day_on_the_command_line_is_a_day_of_the_city() -> None:
    asked = answered(HotspotsQuery, {"since": "2026-05-01", "before": None, "lang": "en"})
    assert asked.since.isoformat() == "2026-04-30T16:00:00+00:00"
    assert (asked.before, asked.lang) == (None, "en")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"lang": "fr"}, "--lang is 'fr': should be 'zh' or 'en'"),
        ({"since": "May"}, "--from: 'May' is no time; write 2026-05-01 or 2026-05-01T08:00"),
        ({"days": 0}, "--days is 0: should be greater than or equal to 1"),
        ({"edition": -1}, "--edition is -1: should be greater than or equal to 1"),
        ({"layer": "a\x00"}, "layer: a NUL byte at character 2"),
    ],
)
def test_a_wrong_option_is_named_with_what_is_wrong(said: dict[str, object], sentence: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        answered(HotspotsQuery, said)
    assert str(refused.value).startswith(sentence)


def test_a_kind_that_is_none_and_an_option_that_is_none_are_refused(client: httpx.Client) -> None:
    shell = CliRunner()
    kind = shell.invoke(maps.app, ["heatmap", "-o", "x.html"])
    assert (kind.exit_code, "No such command 'heatmap'" in kind.output) == (2, True)
    option = shell.invoke(maps.app, ["hotspots", "-o", "x.html", "--skil", "gas"])
    assert (option.exit_code, "No such option" in option.output) == (2, True)
    assert client.get(f"{MAPS}/heatmap.html").status_code == 404
    unknown = client.get(f"{MAPS}/hotspots.html", params={"skil": "gas"})
    assert assert_problem(unknown, 422, "InvalidInputError") == "skil is unknown here"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"period": "2026-13"}, "'2026-13' is no period"),
        ({"period": "2026-04", "days": "30"}, "say the period once"),
        ({"days": "30", "from": "2026-04-01T00:00:00Z"}, "say the period once"),
        ({"from": "2026-04-01T00:00:00Z", "to": "2026-03-01T00:00:00Z"}, "must be later than from"),
        ({"from": "2026-04-01"}, "has no zone"),
        ({"category": "ufo"}, "`gridgis categories list` shows those that exist"),
    ],
)
def test_a_wrong_question_is_refused_in_words(
    client: httpx.Client, said: dict[str, str], sentence: str
) -> None:
    refused = client.get(f"{MAPS}/hotspots.html", params=said)
    assert sentence in assert_problem(refused, 422, "InvalidInputError")


def test_the_last_days_a_month_and_two_moments_say_the_same(client: httpx.Client) -> None:
    """It is Friday, 1 May 2026, 09:00 in the town."""
    for lon, captured in ((104.005, "2026-04-30T00:00:00Z"), (104.025, "2026-03-01T00:00:00Z")):
        body = {"description": "dark", "location": {"lon": lon, "lat": 30.005}}
        client.post("/api/v1/reports", json={**body, "captured_at": captured}).raise_for_status()
    asked = [
        {"days": "30"},
        {"period": "2026-04"},
        {"from": "2026-04-01T00:00:00Z", "to": "2026-05-01T00:00:00Z"},
    ]
    for said in asked:
        page = client.get(f"{MAPS}/hotspots.html", params={**said, "lang": "en"}).text
        assert "2026-04-01" in page
        assert '"drawn":1' in page.replace(" ", ""), said
