"""Maps over HTTP: each one file that loads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

MAPS = "/api/v1/maps"


@pytest.mark.parametrize("name", ["coverage", "hotspots"])
def test_a_map_is_one_page_that_may_load_nothing(client: httpx.Client, name: str) -> None:
    body = {"description": "<script>alert(1)</script>", "location": {"lon": 104.005, "lat": 30.005}}
    client.post("/api/v1/reports", json=body)
    response = client.get(f"{MAPS}/{name}.html")
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert response.headers["content-security-policy"].startswith("default-src 'none'")
    assert "Toytown" in response.text
    assert "<script>alert(1)" not in response.text


def test_a_map_speaks_both_languages(client: httpx.Client) -> None:
    assert '<html lang="en"' in client.get(f"{MAPS}/coverage.html", params={"lang": "en"}).text
    assert '<html lang="zh' in client.get(f"{MAPS}/coverage.html").text


def test_a_map_of_nothing_says_what_is_missing(
    client: httpx.Client, empty_service: httpx.Client
) -> None:
    layer = client.get(f"{MAPS}/coverage.html", params={"layer": "fire"})
    assert "'fire'" in assert_problem(layer, 404, "LayerNotFoundError")
    category = client.get(f"{MAPS}/hotspots.html", params={"category": "ufo"})
    assert "'ufo'" in assert_problem(category, 422, "InvalidInputError")
    language = client.get(f"{MAPS}/hotspots.html", params={"lang": "fr"})
    assert_problem(language, 422, "InvalidInputError")
    assert_problem(empty_service.get(f"{MAPS}/coverage.html"), 404, "AreaNotFoundError")
