"""A real city from its files to its maps: Chicago, as somebody types it for the first time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from tests.conftest import PROVE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.flows.conftest import Shell

pytestmark = [pytest.mark.slow]

BEATS = ["--level", "beat", "--code", "beat_num", "--dissolve", "district=district"]
BEATS += ["--dissolve", "sector=beat_num[:3]"]
NAMED = ["--id", "Service_Request_Number", "--lon", "Longitude", "--lat", "Latitude"]
NAMED += ["--time", "Creation_Date", "--category-value", "sanitation", "--source", "311"]
# The city counts these blocks to an area whose line, as the file draws it, runs up to 200 m beside
# them: the codes on the requests and the outlines are of different years.
MOVED_BLOCKS = {
    ("N MAPLEWOOD AVE", 22),
    ("S KEDZIE AVE", 58),
    ("N LARAMIE AVE", 19),
    ("W 45TH ST", 37),
    ("S EWING AVE", 52),
}
LOCATION = re.compile(r"\((-?[\d.]+), (-?[\d.]+)\)")


@dataclass(frozen=True)
class City:
    """What was said on the way, and where the files are."""

    shell: Shell
    data: Path
    said: dict[str, str]
    requests: pd.DataFrame


@pytest.fixture(scope="module")
def city(chicago_shell: Shell, shared: Path) -> City:
    shell, data = chicago_shell, shared / "data/chicago"
    beats = data / "boundaries_police_beats.geojson.gz"
    said = {}
    shell("layers", "add", "base", "--name", "Beats", "--levels", "district>sector>beat",
          "--grammar", "2+1+1")  # fmt: skip
    said["same code"] = shell("areas", "import", beats, "--layer", "base", *BEATS, ends=2)
    said["nothing written"] = shell("editions", "list")
    said["beats"] = shell("areas", "import", beats, "--layer", "base", *BEATS, "--merge-same-code")
    said["publish"] = shell("editions", "publish", 1, "--accept", "as the city delivers them")

    shell("layers", "add", "community", "--levels", "community", "--grammar", "none",
          "--priority", "-1")  # fmt: skip
    said["communities"] = shell(
        "areas", "import", data / "community_areas_pop.geojson.gz", "--layer", "community",
        "--level", "community", "--code", "NID", "--name", "community",
    )  # fmt: skip
    said["findings"] = shell("editions", "publish", 2, ends=2)
    said["accept"] = shell("editions", "publish", 2, "--accept", "as the city delivers them")

    pd.DataFrame(
        [["sanitation", "Sanitation", "sanitation"]], columns=["code", "name", "skills"]
    ).to_csv(shell.folder / "categories.csv", index=False)
    shell("categories", "import", "categories.csv")
    requests = pd.read_parquet(data / "reports_311_sanitation.parquet")
    requests.to_parquet(shell.folder / "requests.parquet")
    said["reports"] = shell("reports", "import", "requests.parquet", *NAMED)
    said["again"] = shell("reports", "import", "requests.parquet", *NAMED)
    _stations(data).to_csv(shell.folder / "stations.csv", index=False)
    said["stations"] = shell("responders", "import", "stations.csv", "--source", "city")
    return City(shell, data, said, requests)


def _stations(data: Path) -> pd.DataFrame:
    """Return fire and police stations; the fire stations' coordinates hide in a text column."""
    fire = pd.read_csv(data / "Fire_Stations.csv")
    place = fire["LOCATION"].str.extract(LOCATION).astype(float)
    police = pd.read_csv(data / "Police_Stations.csv")
    return pd.concat(
        [
            pd.DataFrame({"number": "fire " + fire["NAME"], "name": fire["NAME"],
                          "kind": "facility", "skills": "fire", "lon": place[1], "lat": place[0]}),
            pd.DataFrame({"number": "police " + police["DISTRICT"], "kind": "facility",
                          "name": police["DISTRICT NAME"], "skills": "police",
                          "lon": police["LONGITUDE"], "lat": police["LATITUDE"]}),
        ]
    )  # fmt: skip


def test_a_code_on_three_rows_is_refused_with_a_hint_and_nothing_is_written(city: City) -> None:
    assert "'3100' stands on rows 2, 56, 264" in city.said["same code"]
    assert "--merge-same-code" in city.said["same code"]
    assert "boundaries" not in city.said["nothing written"]


def test_districts_and_sectors_are_dissolved_from_the_beats(city: City) -> None:
    """Sector numbers repeat per district, so a sector's code is the beat's first three digits."""
    assert "23 district, 68 sector, 275 beat" in city.said["beats"]
    city.shell("areas", "export", "--layer", "base", "--level", "sector", "-o", "sectors.gpkg")
    city.shell("areas", "export", "--layer", "base", "--level", "beat", "-o", "beats.gpkg")
    checked = city.shell.check(
        "partition.py", "beats.gpkg", "--parent", "sectors.gpkg", "--nest", "parent_code"
    )
    assert "a partition" in checked


def test_a_finding_stops_publishing_until_somebody_accepts_it_with_a_reason(city: City) -> None:
    assert "made valid" in city.said["communities"]
    assert "Nested shells" in city.said["communities"]
    assert "gap: nobody covers 0.51 km²" in city.said["findings"]
    assert "was not published" in city.said["findings"]
    assert "one part: 3100 has 3 parts" in city.said["publish"]
    assert "7 findings accepted" in city.said["accept"]


def test_every_good_row_goes_in_and_every_other_one_is_listed(city: City) -> None:
    said = city.said["reports"]
    assert "74,401 rows read: 74,026 added, 3 the same as stored, 372 refused" in said
    assert "24 without a location" in said
    refused = pd.read_csv(city.shell.folder / "requests.parquet.refused.csv", dtype=str)
    assert len(refused) == 372
    assert refused["reason"].str.contains("content differs").all()
    numbers = city.requests["Service_Request_Number"].iloc[refused["row"].astype(int) - 1]
    assert numbers.tolist() == refused["Service_Request_Number"].tolist()


def test_the_same_file_twice_adds_nothing(city: City) -> None:
    assert "0 added, 74,029 the same as stored, 372 refused" in city.said["again"]


def test_every_stored_assignment_equals_brute_force(city: City) -> None:
    stored = _exported(city, "base")
    assert (stored["rule"] == "no_location").sum() == 24
    assert stored["edition"].nunique() == 1, "old reports are answered by the first edition"
    points = city.requests.iloc[stored["import_row"] - 1]
    points.rename(columns={"Longitude": "lon", "Latitude": "lat"}).to_parquet(
        city.shell.folder / "points.parquet"
    )
    checked = city.shell.check(
        "assignment.py", city.data / "boundaries_police_beats.geojson.gz",
        "points.parquet", "base.parquet", "--code", "beat_num",
    )  # fmt: skip
    assert checked.startswith("0 of 74026 points differ")


def test_the_citys_own_area_codes_agree_but_at_the_boundaries(city: City) -> None:
    stored = _exported(city, "community")
    asked = city.requests.iloc[stored["import_row"] - 1].reset_index(drop=True)
    theirs = asked["Community_Area"]
    # 0 is no area, and without a location nobody can say.
    judged = theirs.notna() & (theirs > 0) & (stored["rule"] != "no_location")
    ours = pd.to_numeric(stored["grid_code"], errors="coerce")
    agree = judged & (ours == theirs)
    assert agree.sum() / judged.sum() >= 0.98
    areas = gpd.read_file(f"/vsigzip/{city.data}/community_areas_pop.geojson.gz").set_index("NID")
    areas["geometry"] = areas.geometry.make_valid()
    local = areas.to_crs(areas.estimate_utm_crs())
    differ = asked[judged & ~agree]
    points = gpd.GeoSeries.from_xy(differ["Longitude"], differ["Latitude"], crs=4326)
    theirs_shape = local.geometry.loc[differ["Community_Area"].astype(int)].to_numpy()
    distance_m = shapely.distance(theirs_shape, points.to_crs(local.crs).to_numpy())
    far = differ[distance_m > 50]
    street = far["Street_Address"].str.split(" ", n=1).str[1]
    assert set(zip(street, far["Community_Area"], strict=True)) == MOVED_BLOCKS
    assert distance_m.max() < 200


@pytest.mark.parametrize(
    ("kind", "options"),
    [("hotspots", []), *([("coverage", ["--skill", "fire"])] if PROVE else [])],
    ids=str,
)
def test_the_maps_open_without_a_network(city: City, kind: str, options: list[str]) -> None:
    city.shell("map", kind, "-o", f"{kind}.html", "--lang", "en", *options)
    assert "opens offline" in city.shell.check("offline_html.py", f"{kind}.html")


def test_the_map_counts_what_is_stored(city: City) -> None:
    city.shell("map", "hotspots", "-o", "all.html", "--lang", "en")
    page = (city.shell.folder / "all.html").read_text(encoding="utf-8")
    assert "74,026" in page
    assert "115 added" in city.said["stations"]


def test_old_months_in_files_change_no_export(city: City) -> None:
    export = ["reports", "export", "--from", "2014-01-01", "--to", "2014-12-31", "-o"]
    city.shell(*export, "before.csv")
    before = (city.shell.folder / "before.csv").read_bytes()
    said = city.shell("archive", "month", "2014-03", "2014-04", "2014-05")
    assert "2014-03 is archived: 2,133 reports, 2,133 events" in said
    assert len(list((city.shell.folder / "archive").iterdir())) == 6
    city.shell(*export, "away.csv")
    assert (city.shell.folder / "away.csv").read_bytes() == before
    assert before.count(b"\r\n") > 10_000
    city.shell("archive", "month", "2014-03", ends=2)
    city.shell("archive", "restore", "2014-03", "2014-04", "2014-05")
    city.shell(*export, "back.csv")
    assert (city.shell.folder / "back.csv").read_bytes() == before


def _exported(city: City, layer: str) -> pd.DataFrame:
    number = re.search(r"\(import (\d+)\)", city.said["reports"])[1]
    out = ["-o", f"{layer}.parquet", "--assignment", layer, "--import", number]
    city.shell("reports", "export", *out)
    stored = pd.read_parquet(city.shell.folder / f"{layer}.parquet")
    assert stored["import_row"].is_monotonic_increasing
    return stored
