"""Hold the service's two hot routes against bare ones of the same server, under the load of wrk.

`GET locate` against an empty coroutine; `POST reports`, which stores the report with its grids,
holder and first event and answers with the nearest responders, against a route that inserts the
same row by the same driver, pool and commit. The bars: at least 0.8 and 0.6 of their throughput.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pandas as pd
import uvicorn
from sqlalchemy import insert, text
from town import ACTOR, CHICAGO, CLOCK, beats, machine, need_data, server

from gridgis.imports import Importer, ImportOptions
from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis.store.tables import category
from gridgis_api.app import create_app
from gridgis_api.service import Service
from gridgis_api.serving import listening
from gridgis_api.shapes.reports import ReportBody  # noqa: TC001 - FastAPI reads it

if TYPE_CHECKING:
    from fastapi import FastAPI

HERE = Path(__file__).parent
SECONDS, CONNECTIONS, ROUNDS = 10, 16, 3
ROUTES = [
    ("empty coroutine", "/empty", "place.lua"),
    ("`GET /api/v1/locate`", "/api/v1/locate", "place.lua"),
    ("bare INSERT", "/bare", "report.lua"),
    ("`POST /api/v1/reports`", "/api/v1/reports", "report.lua"),
]

_INSERT = """
PREPARE bare (UUID, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, TEXT, FLOAT8, FLOAT8, FLOAT8) AS
INSERT INTO bare_report (
    id, captured_at, received_at, source, category, description, location, accuracy_m
) VALUES ($1, $2, $3, 'api', $4, $5, ST_SetSRID(ST_MakePoint($6, $7), 4326), $8)
"""


def main() -> None:
    need_data()
    if shutil.which("wrk") is None:
        msg = "wrk is not there; script/bench installs it"
        raise SystemExit(msg)
    with server() as url, tempfile.TemporaryDirectory() as folder:
        _settle(url)
        child = subprocess.Popen(
            [sys.executable, __file__, "--serve", url, folder], stdout=subprocess.PIPE, text=True
        )
        try:
            port = int(child.stdout.readline())
            speeds = _measure(port)
        finally:
            child.terminate()
            child.wait()
    print(f"\n## The service under load ({machine()})\n")
    print(f"wrk, {CONNECTIONS} connections, {SECONDS} s a round, best of {ROUNDS} in turns.\n")
    print("| route | requests/s | ratio | bar |")
    print("| --- | --- | --- | --- |")
    for (name, path, _), against, bar in zip(
        ROUTES, ("/empty", "/empty", "/bare", "/bare"), ("", "0.8", "", "0.6"), strict=True
    ):
        print(f"| {name} | {speeds[path]:,.0f} | {speeds[path] / speeds[against]:.2f} | {bar} |")


def _settle(url: str) -> None:
    """Put the beats in force, with fire stations and a category that needs them."""
    store = beats(url)
    with store.begin() as connection:
        connection.execute(
            insert(category).values(code="gas", name="Gas", skills=["fire"], layer_id=None)
        )
        connection.execute(text("CREATE TABLE bare_report (LIKE report INCLUDING ALL)"))
    Importer(store, ACTOR, CLOCK).frame("responders", _stations(), ImportOptions(), "stations")
    store.close()


def _stations() -> pd.DataFrame:
    table = pd.read_csv(CHICAGO / "Fire_Stations.csv", dtype=str)
    found = table["LOCATION"].str.extract(r"\(([-\d.]+),\s*([-\d.]+)\)")
    return pd.DataFrame(
        {
            "number": table["NAME"],
            "name": table["NAME"],
            "kind": "facility",
            "skills": "fire",
            "lat": found[0].astype(float),
            "lon": found[1].astype(float),
        }
    ).dropna()


def _measure(port: int) -> dict[str, float]:
    best = dict.fromkeys((path for _, path, _ in ROUTES), 0.0)
    for turn in range(ROUNDS + 1):
        for _, path, script in ROUTES:
            told = subprocess.run(
                [
                    *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS if turn else 2}s"),
                    *("-s", str(HERE / script), f"http://127.0.0.1:{port}{path}"),
                ],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
            assert "Non-2xx" not in told, f"{path}: {told}"
            speed = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
            # The first round warms up.
            best[path] = max(best[path], speed if turn else 0.0)
    return best


def serve(url: str, folder: str) -> None:
    """Serve the real program and the two bare routes on a free port, which is printed."""
    store = Store(url)
    settings = Settings(port=0, index_dir=Path(folder))
    service = Service(store, Months(store), CLOCK, settings)
    app = create_app(service)
    _add_bare_routes(app, store)
    with listening(settings) as sock:
        print(sock.getsockname()[1], flush=True)
        uvicorn.Server(
            uvicorn.Config(app, log_level="error", access_log=False, ws="none", lifespan="on")
        ).run(sockets=[sock])


def _add_bare_routes(app: FastAPI, store: Store) -> None:
    @app.get("/empty")
    async def empty() -> dict[str, str]:
        return {}

    @app.post("/bare", status_code=201)
    def bare(body: ReportBody) -> dict[str, str]:
        number = uuid4()
        place = body.location
        assert place is not None

        def write(connection: object) -> None:
            driver = connection.connection
            known = driver.info.setdefault("bare", set())
            with driver.cursor() as cursor:
                if not known:
                    cursor.execute(_INSERT)
                    known.add("bare")
                cursor.execute(
                    "EXECUTE bare (%s, %s, %s, %s, %s, %s, %s, %s)",
                    [
                        str(number),
                        body.captured_at,
                        CLOCK.now(),
                        body.category,
                        body.description,
                        place.lon,
                        place.lat,
                        place.accuracy_m,
                    ],
                )

        store.ask(write)
        return {"id": str(number)}

    # Before the pages' own routes, which answer what nobody else does.
    for _ in range(2):
        app.router.routes.insert(0, app.router.routes.pop())


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], sys.argv[3])
    else:
        main()
