"""Find similar cases and incidents in a district's year of reports: how well, how fast.

The demo's 110,000 reports lie in the database by month. Echoes of some of them come in: the same
matter told by somebody else, elsewhere by what a position may be off, some hours later, in other
words. Every report of the year may raise an incident; seven outbreaks were planted. Chicago's own
flags judge four years of complaints.
"""

from __future__ import annotations

import math
import sys
import time
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from sqlalchemy import text
from town import REPORTS, machine, need_data, server

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from gridgis.demo import make as make_demo
from gridgis.demo.categories import CATEGORIES
from gridgis.duplicates.incidents import ClusterRule, on_report
from gridgis.duplicates.scoring import Around, Told, score
from gridgis.duplicates.similar import similar
from gridgis.model import Location, Report
from gridgis.settings import Settings
from gridgis.store import migrate
from gridgis.store.engine import Store
from gridgis.store.months import Months

if TYPE_CHECKING:
    from gridgis.demo import DemoDistrict

SETTINGS = Settings()
ECHOES, HOURS, CLOSED_AFTER_DAYS = 1_000, 4.0, 3
LON_M, LAT_M = 87_700.0, 111_000.0
_WRITE = """
WITH given AS (
    SELECT * FROM unnest(
        CAST(:ids AS UUID[]), CAST(:ats AS TIMESTAMPTZ[]), CAST(:categories AS TEXT[]),
        CAST(:words AS TEXT[]), CAST(:addresses AS TEXT[]), CAST(:lons AS FLOAT[]),
        CAST(:lats AS FLOAT[]), CAST(:offs AS FLOAT[])
    ) AS g (id, at, category, words, address, lon, lat, off)
),
keys AS (
    INSERT INTO report_key (id, captured_at, body_hash) SELECT id, at, '' FROM given
),
stored AS (
    INSERT INTO report (
        id, captured_at, received_at, source, category, description, address, location, accuracy_m
    )
    SELECT
        id, at, at, 'demo', category, words, address,
        ST_SetSRID(ST_MakePoint(lon, lat), 4326), off
    FROM given
)
INSERT INTO casefile (
    report_id, captured_at, received_at, category, state, state_since, closed_at
)
SELECT
    id, at, at, category,
    CASE WHEN at < :closed THEN 'closed' ELSE 'reported' END, at,
    CASE WHEN at < :closed THEN at + INTERVAL '1 day' END
FROM given
"""


class Quality(NamedTuple):
    """How many suggestions there were, and which share was right, and which share was found."""

    suggested: int
    precision: float
    recall: float


def main() -> None:
    need_data()
    demo = make_demo(1)
    rng = np.random.default_rng(7)
    with server() as url:
        migrate.upgrade(url)
        store = Store(url)
        ids = _fill(store, demo)
        print(f"\n## Similar cases and incidents ({machine()})\n")
        _tell_echoes(store, demo, ids, rng)
        _tell_incidents(store, demo, ids)
        store.close()
    for least in (0.35, 0.45, 0.55):
        found = chicago(least)
        print(
            f"Chicago, 2011-2014, score of at least {least}: {found.suggested:,} suggestions, "
            f"precision {found.precision:.3f}, recall {found.recall:.3f}"
        )


def _fill(store: Store, demo: DemoDistrict) -> list[UUID]:
    table = demo.reports
    ids = [UUID(int=n + 1) for n in range(len(table))]
    moments = pd.to_datetime(table["captured_at"], utc=True)
    Months(store).make(moments)
    with store.begin() as connection:
        connection.execute(
            text(_WRITE),
            {
                "ids": ids,
                "ats": [at.to_pydatetime() for at in moments],
                "categories": table["category"].tolist(),
                "words": table["description"].tolist(),
                "addresses": table["address"].tolist(),
                **{
                    name: table[column].astype(object).where(table[column].notna(), None).tolist()
                    for name, column in (("lons", "lon"), ("lats", "lat"), ("offs", "accuracy_m"))
                },
                "closed": (moments.max() - timedelta(days=31)).to_pydatetime(),
            },
        )
        connection.execute(text("ANALYZE"))
    return ids


def _tell_echoes(
    store: Store, demo: DemoDistrict, ids: list[UUID], rng: np.random.Generator
) -> None:
    """Hand in echoes of reports of the last month, and reports that are no echo."""
    moments = pd.to_datetime(demo.reports["captured_at"], utc=True)
    late = np.flatnonzero(
        (moments > moments.max() - timedelta(days=28)) & demo.reports["lon"].notna()
    )
    chosen = rng.choice(late, ECHOES, replace=False)
    first = best = suggested = alone = 0
    took: list[float] = []
    for row in chosen.tolist():
        echo = _echo(demo, row, rng)
        began = time.perf_counter()
        found = store.ask(partial(similar, report=echo, settings=SETTINGS))
        took.append(time.perf_counter() - began)
        numbers = [one.report_id for one in found]
        suggested += len(numbers)
        best += ids[row] in numbers
        first += numbers[:1] == [ids[row]]
        # The report itself, held against those before it: what it resembles is chance.
        itself = _report(demo, row, ids[row])
        before = store.ask(partial(similar, report=itself, settings=SETTINGS))
        alone += any(one.minutes > 0 for one in before)
    print(
        f"Echoes: {best / ECHOES:.3f} find what they repeat, {first / ECHOES:.3f} in the first "
        f"place, {suggested / ECHOES:.2f} suggestions each; a report that repeats nothing gets one "
        f"in {alone / ECHOES:.3f}"
    )
    print(f"similar: {_times(took)}")


def _echo(demo: DemoDistrict, row: int, rng: np.random.Generator) -> Report:
    """Return the same matter as somebody else tells it."""
    told = _report(demo, row, uuid4())
    law = next(one for one in CATEGORIES if one.code == told.category)
    off_m = float(rng.choice([8.0, 25.0, 60.0])) * float(rng.lognormal(0, 0.5))
    east_m, north_m = rng.normal(0, 1, 2).clip(-2, 2) * off_m / 2.5
    where = demo.reports["description"].iat[row]
    # The place as the first one wrote it, and another sentence about the category.
    place = next(
        (where.removesuffix(end) for end in _endings(law.texts) if where.endswith(end)), ""
    )
    words = place + str(rng.choice(_endings(law.texts)))
    at = told.captured_at + timedelta(hours=float(rng.exponential(HOURS)))
    lon, lat = told.location.lon + east_m / LON_M, told.location.lat + north_m / LAT_M
    location = Location(float(lon), float(lat), off_m)
    return Report(
        **{
            **{name: getattr(told, name) for name in Report.__slots__},
            "captured_at": at,
            "received_at": at,
            "description": words,
            "address": told.address if rng.random() < 0.5 else None,
            "location": location,
        }
    )


def _endings(texts: tuple[str, ...]) -> list[str]:
    return [one.split("{}")[1] for one in texts]


def _report(demo: DemoDistrict, row: int, number: UUID) -> Report:
    one = demo.reports.iloc[row]
    at = pd.Timestamp(one["captured_at"]).tz_convert("UTC").to_pydatetime()
    return Report(
        id=number,
        source="demo",
        number=None,
        captured_at=at,
        received_at=at,
        state="reported",
        version=0,
        category=one["category"],
        description=one["description"],
        address=one["address"],
        location=Location(float(one["lon"]), float(one["lat"]), float(one["accuracy_m"])),
        flags=[],
        attributes={},
        held_by=None,
    )


def _tell_incidents(store: Store, demo: DemoDistrict, ids: list[UUID]) -> None:
    """Let each report of the year look for others, in the order of their capture."""
    rule = ClusterRule.of(SETTINGS)
    moments = pd.to_datetime(demo.reports["captured_at"], utc=True)
    took: list[float] = []
    for row in np.argsort(moments.to_numpy(), kind="stable").tolist():
        began = time.perf_counter()
        with store.begin() as connection:
            on_report(connection, ids[row], moments.iat[row].to_pydatetime(), rule)
        took.append(time.perf_counter() - began)
    with store.begin() as connection:
        rows = connection.execute(
            text("SELECT report_id, incident_id FROM casefile WHERE incident_id IS NOT NULL")
        ).all()
    planted = _planted(demo)
    number_of = {one: n for n, one in enumerate(ids)}
    members = pd.DataFrame(
        [(row.incident_id, planted[number_of[row.report_id]]) for row in rows],
        columns=["incident", "planted"],
    )
    share = members.assign(hit=members["planted"] >= 0).groupby("incident")["hit"].mean()
    right = int((share > 0.5).sum())
    seen = members.loc[members["planted"] >= 0, "planted"]
    print(
        f"Incidents: {len(share)} raised, {right} of them in an outbreak; "
        f"{seen.nunique()} of {len(demo.clusters)} outbreaks found, with "
        f"{len(seen) / (planted >= 0).sum():.3f} of what was reported in them"
    )
    print(f"on_report: {_times(took)}")


def _planted(demo: DemoDistrict) -> np.ndarray:
    """Return the outbreak that each report lies in; -1: none."""
    found = np.full(len(demo.reports), -1)
    moments = pd.to_datetime(demo.reports["captured_at"], utc=True)
    for number, one in demo.clusters.reset_index(drop=True).iterrows():
        east_m = (demo.reports["lon"] - one["lon"]) * LON_M
        north_m = (demo.reports["lat"] - one["lat"]) * LAT_M
        near = np.hypot(east_m, north_m) <= one["radius_m"]
        then = (moments >= one["from"]) & (moments < one["to"])
        found[(near & then & (demo.reports["category"] == one["category"])).to_numpy()] = number
    return found


def chicago(least: float) -> Quality:
    """Judge four years of complaints by the city's flags; days are all that is known of times."""
    table = pd.read_parquet(REPORTS).drop_duplicates("Service_Request_Number")
    table = table.dropna(subset=["Latitude"])
    table = table[table["Creation_Date"].dt.year.between(2011, 2014)]
    table = table.sort_values(["Creation_Date", "Service_Request_Number"], ignore_index=True)
    flagged = table["Status"].str.endswith("Dup").to_numpy()
    metres = np.column_stack([table["Longitude"] * 82_900, table["Latitude"] * 111_070])
    pairs = np.sort(cKDTree(metres).query_pairs(SETTINGS.similar_m, output_type="ndarray"))
    day = table["Creation_Date"].to_numpy().astype("datetime64[D]")
    done = table["Completion_Date"].to_numpy().astype("datetime64[D]")
    hours = (day[pairs[:, 1]] - day[pairs[:, 0]]).astype(int) * 24
    over = (done[pairs[:, 0]] < day[pairs[:, 1]]) & ~np.isnat(done[pairs[:, 0]])
    told = [
        Told(at.to_pydatetime(), "sanitation", None, nature, address, 10.0)
        for at, nature, address in zip(
            table["Creation_Date"], table["Nature"], table["Street_Address"], strict=True
        )
    ]
    best: dict[int, tuple[float, int]] = {}
    for first, second in pairs[(hours <= SETTINGS.similar_hours) & ~over].tolist():
        apart_m = math.dist(metres[first], metres[second])
        one = score(told[second], told[first], apart_m, Around.of(SETTINGS), least).total
        best[second] = max(best.get(second, (0.0, 0)), (one, first))
    suggested = [(n, other) for n, (one, other) in best.items() if one >= least]
    right = sum(bool(flagged[n] or flagged[other]) for n, other in suggested)
    seen = {n for pair in suggested for n in pair}
    recall = sum(bool(flagged[n]) for n in seen) / flagged.sum()
    return Quality(len(suggested), right / len(suggested), recall)


def _times(took: list[float]) -> str:
    half, most = np.percentile(np.array(took) * 1e3, [50, 95])
    return f"{half:.2f} ms in the middle, {most:.2f} ms at the 95th percentile, of {len(took):,}"


if __name__ == "__main__":
    main()
