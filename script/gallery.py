"""Draw docs/gallery: each kind of map at its best, with its sentence and its command.

    .venv/bin/python script/gallery.py [--out FOLDER] [PICTURE ...]

It needs Chromium, and makes a database of its own with the demo (some minutes) unless
GRIDGIS_DATA_DIR or GRIDGIS_DATABASE_URL names one. Chicago needs the real data beside the checkout.
The pages themselves are left in the folder of the temporary files, or in FOLDER.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

import geopandas as gpd
import pandas as pd
from PIL import Image
from playwright.sync_api import sync_playwright

import gridgis
from gridgis_api.cli import context
from gridgis_api.cli.asking import answered
from gridgis_api.demo import Demo
from gridgis_api.gas_leak import GasLeak
from gridgis_api.kinds import KINDS
from gridgis_api.kinds.maker import Maker
from gridgis_maps import About, BaseMap, HotspotFrames, Period, hotspots
from gridgis_maps.printing import found_browser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from playwright.sync_api import Browser

    from gridgis_api.service import Service
    from gridgis_maps import Page

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "docs/gallery"
CHICAGO = ROOT.parent / "shared/data/chicago"
WIDE, HIGH = 1400, 900
MOST_BYTES = 350_000
BETWEEN = 24
SCRIPTS_MS = 800
"""Scripts have run when a page is loaded; what they asked the browser to draw takes a moment."""


class Picture(NamedTuple):
    """One picture: its kind, what is asked of it, its sentence, and how much is shown.

    `sheets` are those of a document that are shown beside each other; none: the page on a screen.
    `does` is what somebody does on the page first: selectors to click.
    """

    name: str
    kind: str
    said: dict[str, Any]
    sentence: str
    sheets: tuple[int, ...] = ()
    does: tuple[str, ...] = ()


MONTH = {"period": "2025-06"}
PICTURES = (
    Picture(
        "coverage",
        "coverage",
        {"skill": "fire"},
        "How soon the fire brigade is in each grid by road, who is never reached, and who is "
        "reached by one station only.",
    ),
    Picture(
        "hotspots",
        "hotspots",
        {**MONTH, "lang": "en"},
        "The reports of a month for each square kilometre, each with its place; counts, rates and "
        "verdicts are a click away.",
    ),
    Picture(
        "outbreak",
        "hotspots",
        {"category": "gas-smell", "since": "2025-08-02", "before": "2025-08-30"},
        "A smell of gas that was planted in the demo: Gi* says which grids are hot beyond chance, "
        "the scan statistic since when, and how often chance alone would give as much.",
        does=("input[value=gi]", "#marks:checked"),
    ),
    Picture(
        "workload",
        "workload",
        MONTH,
        "What came in, what is open and late, for each grid and each of its workers.",
    ),
    Picture(
        "response-time",
        "response-time",
        {**MONTH, "lang": "en"},
        "How long it takes to arrive, to handle and to close, as medians; too few cases are no "
        "figure.",
    ),
    Picture(
        "satisfaction",
        "satisfaction",
        MONTH,
        "What residents say of what was done for them, and how many of them say anything.",
    ),
    Picture(
        "timeline",
        "timeline",
        {"period": "2025-Q2", "lang": "en"},
        "A quarter day by day, with a slider that keys move as well.",
    ),
    Picture(
        "compare",
        "compare",
        {
            "since": "2025-06-01",
            "before": "2025-07-01",
            "before_from": "2025-05-01",
            "before_to": "2025-06-01",
        },
        "June beside May, under a divider, in one legend for both sides.",
    ),
    Picture(
        "incident",
        "incident",
        {"report": "gas-leak"},
        "A gas leak (`gridgis demo gas-leak` replays it): seven parties by road, 500 households "
        "out 13.5 minutes after the report, sealed after 18.",
    ),
    Picture(
        "monthly",
        "monthly",
        {"month": "2025-06"},
        "The meeting pack of a month: what changed beyond chance, tables and maps; as .docx too.",
        sheets=(0, 3),
    ),
    Picture(
        "atlas",
        "atlas",
        {},
        "An edition with codes and names: the district, then a sheet for each street.",
        sheets=(1,),
    ),
    Picture(
        "sign",
        "sign",
        {"area": "990103005002", "approval": "柳审图(2025)008号"},
        "The public notice of each grid of a community: its border in words, who works there, whom "
        "to call.",
        sheets=(0, 1),
    ),
    Picture(
        "jurisdiction",
        "jurisdiction",
        {"report": "YC2025-045070"},
        "Which grid answers for a report, by which rule, how far the border is, and who is next.",
        sheets=(0,),
    ),
    Picture(
        "public",
        "hotspots",
        {
            **MONTH,
            "public": True,
            "donut": True,
            "approval": "柳审图(2025)007号",
        },
        "For everybody: small counts masked so that no total gives them away, and each point moved "
        "at random.",
        does=("#marks:not(:checked)",),
    ),
)
CITY = Picture(
    "chicago",
    "hotspots",
    {},
    "A real city: 19,041 sanitation complaints of a year on Chicago's police beats. Gi* with "
    "false-discovery control leaves six hot beats on the north side; the airport, the Loop and "
    "parts of the south are cold.",
    does=("input[value=gi]",),
)


def main() -> None:
    """Draw the pictures that are named, else all, and the page that shows them."""
    read = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    read.add_argument("pictures", nargs="*", help="only these")
    read.add_argument("--out", type=Path, help="where the pages themselves are left")
    asked = read.parse_args()
    out = asked.out or Path(tempfile.mkdtemp(prefix="gridgis-gallery-"))
    out.mkdir(parents=True, exist_ok=True)
    GALLERY.mkdir(exist_ok=True)
    every = {one.name: one for one in (CITY, *PICTURES)}
    wanted = [every[name] for name in asked.pictures] or list(every.values())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found_browser(), args=["--no-sandbox", "--disable-gpu"]
        )
        for picture, page in pages(wanted):
            file = page.save(out / f"{picture.name}.html")
            size = save(seen(browser, file, picture), GALLERY / f"{picture.name}.png")
            context.say(f"{picture.name}: {file} ({file.stat().st_size / 1e6:.1f} MB), {size:,} B")
        browser.close()
    (GALLERY / "README.md").write_text(told(list(every.values())), encoding="utf-8")


def pages(wanted: Sequence[Picture]) -> Iterator[tuple[Picture, Page]]:
    """Yield each picture with its page."""
    if CITY in wanted:
        yield CITY, chicago()
    of_demo = [one for one in wanted if one is not CITY]
    if not of_demo:
        return
    if not os.environ.keys() & {"GRIDGIS_DATA_DIR", "GRIDGIS_DATABASE_URL"}:
        os.environ["GRIDGIS_DATA_DIR"] = tempfile.mkdtemp(prefix="gridgis-gallery-", dir="/tmp")
    with context.open_store() as store:
        service = context.service(store)
        prepare(service)
        for picture in of_demo:
            kind = next(one for one in KINDS if one.name == picture.kind)
            with store.begin() as connection:
                maker = Maker(connection, context.clock, context.settings(), service)
                yield picture, kind.page(maker, answered(kind.query, picture.said))


def prepare(service: Service) -> None:
    """Load the demo and its gas leak, where they are not there yet."""
    with service.store.begin() as connection:
        known = gridgis.store.layers.listing(connection, context.clock.now())
    if not known:
        demo = Demo(service.store, context.actor(), context.clock, context.settings())
        demo.load(tell=context.say)
    GasLeak(service).replay()


def chicago() -> Page:
    """Return Chicago's beats with the sanitation complaints of the last year that is told whole."""
    read = gpd.read_file(f"/vsigzip/{CHICAGO / 'boundaries_police_beats.geojson.gz'}")
    read = read.dissolve("beat_num").reset_index()
    district = read["beat_num"].str[:2]
    grids = read.assign(
        code=read["beat_num"],
        name="Beat " + read["beat_num"],
        level="beat",
        parent_code=district,
        parent_name="District " + district,
        households=float("nan"),
    )
    merged = grids.dissolve("parent_code").reset_index()
    outlines = merged.assign(
        code=merged["parent_code"], name=merged["parent_name"], level="district", parent_name=None
    ).assign(parent_code=None)
    table = pd.read_parquet(CHICAGO / "reports_311_sanitation.parquet")
    places = gpd.points_from_xy(table["Longitude"], table["Latitude"], crs=4326)
    reports = gpd.GeoDataFrame(table, geometry=places).loc[lambda frame: frame["Longitude"].notna()]
    zone = ZoneInfo("America/Chicago")
    captured = pd.to_datetime(reports["Creation_Date"]).dt.tz_localize(zone)
    last = captured.max().to_pydatetime()
    found = gridgis.assign(reports, grids)
    reports = reports.assign(
        captured_at=captured,
        category_name="Sanitation",
        description=reports["Nature"].fillna(""),
        grid_code=found["grid_code"],
        rule=found["rule"],
    )
    return hotspots(
        HotspotFrames(grids, reports, base=BaseMap(outlines=outlines)),
        About(
            "Chicago",
            "police beats",
            last,
            datetime.now(UTC),
            zone,
            source="City of Chicago, 311 sanitation code complaints",
        ),
        period=Period(last.replace(year=last.year - 1), last),
        category_name="sanitation",
        lang="en",
    )


def seen(browser: Browser, file: Path, picture: Picture) -> Image.Image:
    """Return what one sees of a page in a browser, or of its sheets as they are printed."""
    context_ = browser.new_context(viewport={"width": WIDE, "height": HIGH})
    shown = context_.new_page()
    shown.goto(file.as_uri())
    for selector in picture.does:
        if shown.locator(selector).count():
            shown.locator(selector).first.dispatch_event("click")
    shown.wait_for_timeout(SCRIPTS_MS)
    if not picture.sheets:
        image = Image.open(BytesIO(shown.screenshot()))
    else:
        papers = shown.locator(".paper")
        shots = [papers.nth(at).screenshot() for at in picture.sheets if at < papers.count()]
        image = beside([Image.open(BytesIO(shot)) for shot in shots])
    context_.close()
    return image.convert("RGB")


def beside(sheets: Sequence[Image.Image]) -> Image.Image:
    """Return sheets next to each other on a table."""
    wide = sum(sheet.width for sheet in sheets) + BETWEEN * (len(sheets) + 1)
    high = max(sheet.height for sheet in sheets) + 2 * BETWEEN
    laid = Image.new("RGB", (wide, high), "#d5d8d8")
    left = BETWEEN
    for sheet in sheets:
        laid.paste(sheet, (left, BETWEEN))
        left += sheet.width + BETWEEN
    return laid


def save(image: Image.Image, path: Path) -> int:
    """Write a picture, in 256 colours where it would be too large; return its bytes."""
    image.save(path, optimize=True)
    for colours in (256, 128, 64):
        if path.stat().st_size < MOST_BYTES:
            break
        fewer = image.quantize(colours, dither=Image.Dither.NONE)
        fewer.save(path, optimize=True)
    return path.stat().st_size


def told(pictures: Sequence[Picture]) -> str:
    """Return the page of the gallery."""
    shown = [
        f"## {one.name}\n\n{one.sentence}\n\n![{one.name}]({one.name}.png)\n\n{command(one)}\n"
        for one in pictures
        if (GALLERY / f"{one.name}.png").is_file()
    ]
    first = (
        "# Gallery\n\n"
        "Each kind of map at its best: one HTML file each, as it opens on an office PC without a "
        "network, or as it\nprints. All but the first show the demo district, which is fictional. "
        "[Maps](../maps.md) says what can be asked;\n`script/gallery.py` draws this page anew.\n"
    )
    return "\n".join([first, *shown])


def command(picture: Picture) -> str:
    """Return the words that make the page at a terminal."""
    if picture is CITY:
        return "    page = hotspots(HotspotFrames(beats, complaints), about, period=year)"
    fields = next(one for one in KINDS if one.name == picture.kind).query.model_fields
    words = ["gridgis map", picture.kind]
    for name, value in picture.said.items():
        option = (fields[name].alias or name).replace("_", "-")
        words.append(f"--{option}" if value is True else f"--{option} {value}")
    return f"    {' '.join(words)} -o {picture.name}.html"


if __name__ == "__main__":
    main()
