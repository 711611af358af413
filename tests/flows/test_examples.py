"""What the API's page offers to try is answered by the demo district."""

from __future__ import annotations

import shapely

from gridgis_api.app import describe
from tests.demos import demo_district


def test_the_examples_of_the_api_lie_in_the_demo_district() -> None:
    demo = demo_district()
    report = describe()["components"]["schemas"]["ReportBody"]["examples"][0]
    asked = {
        parameter["name"]: parameter["schema"]["examples"][0]
        for parameter in describe()["paths"]["/api/v1/locate"]["get"]["parameters"]
        if parameter["name"] in {"lon", "lat"}
    }

    assert report["category"] in set(demo.categories["code"])
    for place in (report["location"], asked):
        there = demo.areas.covers(shapely.Point(place["lon"], place["lat"]))
        assert set(demo.areas.loc[there, "level"]) == {"district", "street", "community", "grid"}
