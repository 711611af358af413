"""The kinds of maps: one question, asked by a route and by a command alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    """What the service says of its routes."""
    return describe()


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_each_field_of_a_question_is_a_parameter_and_an_option(
    kind: Kind, described: dict[str, Any]
) -> None:
    fields = {field.alias or name: field for name, field in kind.query.model_fields.items()}
    told = described["paths"][f"{MAPS}/{kind.name}.html"]["get"]
    assert {one["name"] for one in told["parameters"]} >= set(fields)
    assert told["summary"] == f"{kind.summary.rstrip('.')}, as one HTML file"
    assert {"200", "404", "422", "503"} <= set(told["responses"])

    command = typer.main.get_command(maps.app).commands[kind.name]
    options = {option for one in command.params for option in one.opts}
    assert options >= {"-o", "--out", *(f"--{name.replace('_', '-')}" for name in fields)}
    assert command.help == kind.summary
    assert {one.name for one in command.params if getattr(one, "hidden", False)} == kind.refused


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
        ({"analyses": "gi,kde"}, "'kde' is none of gi, emerging, scan"),
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
        assert "n = 1 shown" in page, said


def test_what_is_on_by_itself_can_be_said_to_be_off() -> None:
    command = typer.main.get_command(maps.app).commands["hotspots"]
    flags = {one.name: (one.opts, one.secondary_opts) for one in command.params}
    assert flags["tiles"] == (["--tiles"], ["--no-tiles"])
    assert flags["public"] == (["--public"], [])


@pytest.mark.parametrize(
    "kind", [kind for kind in KINDS if not kind.public], ids=lambda one: one.name
)
def test_a_kind_that_was_not_made_for_everybody_refuses(kind: Kind) -> None:
    needed = {name: "x" for name, field in kind.query.model_fields.items() if field.is_required()}
    asked = kind.query.model_validate({**needed, "public": True})
    with pytest.raises(InvalidInputError, match=f"^{kind.name} .* has no public variant"):
        kind.page(None, asked)


@pytest.mark.parametrize(
    ("name", "said", "sentence"),
    [
        ("coverage", {"donut": "true", "public": "true"}, "has no points that donut could move"),
        ("hotspots", {"donut": "true"}, "donut goes with public"),
        ("hotspots", {"paper": "A5"}, "should be 'A4' or 'A3'"),
        ("hotspots", {"classification": "x" * 61}, "at most 60"),
        ("hotspots", {"public": "true", "period": "2026-Q1"}, "of one calendar month"),
        ("hotspots", {"public": "true", "days": "30"}, "of one calendar month"),
        ("hotspots", {"public": "true", "category": "gas"}, "of all categories"),
        ("coverage", {"skill": "magic"}, "skill 'magic' is unknown; these exist: "),
    ],
)
def test_what_does_not_go_together_is_refused(
    client: httpx.Client, name: str, said: dict[str, str], sentence: str
) -> None:
    refused = client.get(f"{MAPS}/{name}.html", params=said)
    assert sentence in assert_problem(refused, 422, "InvalidInputError")


def test_who_may_see_a_map_stands_on_it(client: httpx.Client) -> None:
    def page(**said: str) -> str:
        return client.get(f"{MAPS}/hotspots.html", params={"lang": "en", **said}).text

    assert "Internal use</p>" in page()
    assert "内部使用</p>" in page(lang="zh")
    assert "For the street office</p>" in page(classification="For the street office")
    assert 'class="classification"' not in page(classification="")
    everybody = page(public="true")
    assert 'class="classification"' not in everybody
    assert "Map approval number: missing" in everybody
    assert "Map approval number: GS(2026)0001" in page(public="true", approval="GS(2026)0001")


def test_a_public_map_masks_what_is_few_and_moves_its_points(client: httpx.Client) -> None:
    """Six reports in one grid, two in the next one; a third one goes with them."""
    for lon, count in ((104.005, 6), (104.015, 2), (104.025, 9)):
        for _ in range(count):
            body = {"description": "secret words", "location": {"lon": lon, "lat": 30.005}}
            body |= {"captured_at": "2026-04-30T00:00:00Z"}
            client.post("/api/v1/reports", json=body).raise_for_status()
    params = {"public": "true", "donut": "true", "lang": "en"}
    first, again = (client.get(f"{MAPS}/hotspots.html", params=params).text for _ in range(2))
    assert "secret words" not in first
    assert "2 grids are masked" in first
    assert "n = 9 shown; n = 8 masked" in first
    assert "9 points. None is where it happened" in first
    assert first == again, "points do not move from page to page"


def test_the_last_days_of_a_city_without_new_reports_end_with_its_newest(
    client: httpx.Client,
) -> None:
    """A city that loaded last year's reports asks for the last 30 days."""
    body = {"description": "dark", "location": {"lon": 104.005, "lat": 30.005}}
    body |= {"captured_at": "2025-12-31T12:00:00Z"}
    client.post("/api/v1/reports", json=body).raise_for_status()
    for name, asked in (("hotspots", {"days": "30"}), ("workload", {})):
        page = client.get(f"{MAPS}/{name}.html", params={"lang": "en", **asked}).text
        assert "2025-12-02 00:00 to 2026-01-01 00:00" in page, name
    compared = client.get(f"{MAPS}/compare.html", params={"lang": "en"}).text
    assert "Now 2025-12-02 to 2025-12-31" in compared


def test_a_page_is_not_written_into_a_workbook() -> None:
    shell = CliRunner()
    refused = shell.invoke(maps.app, ["hotspots", "-o", "x.xlsx"])
    assert "x.xlsx: hotspots is written to FILE.html; name the file so" in str(refused.exception)
