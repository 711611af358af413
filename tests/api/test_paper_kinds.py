"""Documents over HTTP: an atlas, notices to hang up, and the sheet on one report."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

MAPS = "/api/v1/maps"
SOMEWHERE = {"lon": 104.005, "lat": 30.005, "accuracy_m": 15}


def handed_in(client: httpx.Client, **report: object) -> dict[str, object]:
    """Hand in a report, and return what was answered."""
    body = {"description": "<script>x</script>", "source": "12345", "number": "A-1"} | report
    answered = client.post("/api/v1/reports", json=body)
    assert answered.status_code == 201
    return dict(answered.json())


def test_the_atlas_lists_every_grid_of_the_edition(client: httpx.Client) -> None:
    page = client.get(f"{MAPS}/atlas.html")
    assert page.status_code == 200
    codes = {
        one["properties"]["code"]
        for one in client.get("/api/v1/areas?level=grid").json()["features"]
    }
    assert codes
    assert [code for code in codes if f">{code}<" not in page.text] == []
    assert client.get(f"{MAPS}/atlas.html", params={"public": True}).status_code == 200


def test_a_notice_is_for_everybody_and_opens_what_was_asked_for(client: httpx.Client) -> None:
    code = handed_in(client, location=SOMEWHERE)["assignments"][0]["grid"]["code"]  # type: ignore[index]
    asked = {"area": code, "link": "https://example.org/{code}", "lang": "en"}
    page = client.get(f"{MAPS}/sign.html", params=asked)
    assert page.status_code == 200
    assert page.text.count('class="paper ') == 1
    assert "Scan to look up your grid" in page.text
    assert 'class="classification"' not in page.text
    nowhere = client.get(f"{MAPS}/sign.html", params={"area": "X"})
    assert "'X' is neither a grid" in assert_problem(nowhere, 404, "AreaNotFoundError")
    bare = client.get(f"{MAPS}/sign.html", params={"area": code, "link": "https://example.org/"})
    assert "write {code} there" in assert_problem(bare, 422, "InvalidInputError")


def test_the_sheet_on_a_report_follows_its_answers(client: httpx.Client) -> None:
    receipt = handed_in(client, address="somewhere")
    report = receipt["report"]["id"]  # type: ignore[index]
    page = client.get(f"{MAPS}/jurisdiction.html", params={"report": "A-1", "lang": "en"})
    assert page.status_code == 200
    assert "The report has no location" in page.text
    assert 'class="frame"' not in page.text

    moved = client.post(
        f"/api/v1/reports/{report}/location",
        json={"location": SOMEWHERE, "reason": "asked by phone"},
    )
    assert moved.is_success, moved.text
    page = client.get(f"{MAPS}/jurisdiction.html", params={"report": report, "lang": "en"})
    assert "The position lies within" in page.text
    assert page.text.count('class="frame"') in {1, 2}
    assert "<script>x" not in page.text
    drawn = re.search(r"gridgis\.papers\((.*)\);</script>", page.text)
    assert drawn
    library, _ = json.loads(f"[{drawn[1]}]")
    assert {"grids", "way", "sure"} <= set(library)

    public = client.get(f"{MAPS}/jurisdiction.html", params={"report": report, "public": True})
    assert_problem(public, 422, "InvalidInputError")
    unknown = client.get(f"{MAPS}/jurisdiction.html", params={"report": "none"})
    assert_problem(unknown, 404, "ReportNotFoundError")
