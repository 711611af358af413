"""Hold a transition over HTTP against a bare route, and time the sweep of all clocks.

The bare route runs the same two statements (the same files, by the same driver, pool and prepared
names) with texts that were made before, and decides nothing. The bars: at least 0.6 of its
throughput; a sweep over 100,000 open cases within a second.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock
from uuid import UUID, uuid4

import uvicorn
from sqlalchemy import insert, text
from town import ACTOR, CLOCK, beats, machine, need_data, server

from gridgis.cases import commands as c
from gridgis.clocks.sweeping import sweep
from gridgis.model import Location, NewReport
from gridgis.settings import Settings
from gridgis.store import cases, response_plans
from gridgis.store.case_rows import Row
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis.store.queries import run_prepared
from gridgis.store.response_plans import NewResponsePlan
from gridgis.store.tables import category
from gridgis_api.app import create_app
from gridgis_api.service import Service
from gridgis_api.serving import listening

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

HERE = Path(__file__).parent
SECONDS, CONNECTIONS, ROUNDS = 10, 16, 3
CASES, OPEN, FEW = 500, 100_000, 100
_VERSION = Row._fields.index("version")
COMMANDS = {
    "urge": (c.Urge(note="seen"), c.Urge(note="seen")),
    "level": (c.SetLevel(level=2), c.SetLevel(level=3)),
}
PLAN = """
name: Benchmark
calendar: usual
defaults:
  limits: {file: 2 h, dispatch: 2 working hours, close: 10 working days}
  levels: {2: {limits: {dispatch: 15 min, close: 2 days}}}
"""

_OPEN_CASES = """
WITH made AS (
    SELECT gen_random_uuid() AS id, CAST(:at AS TIMESTAMPTZ) - make_interval(secs => n) AS at
    FROM generate_series(1, :count) AS n
),
keyed AS (
    INSERT INTO report_key (id, captured_at, body_hash) SELECT id, at, '' FROM made
),
reported AS (
    INSERT INTO report (id, captured_at, received_at, source, description)
    SELECT id, at, at, 'api', '' FROM made
),
opened AS (
    INSERT INTO casefile (report_id, captured_at, received_at, state_since)
    SELECT id, at, at, at FROM made
)
INSERT INTO clock (
    report_id, task, stage, round, started_at, spec, due_at, warn_at, warned_at, next_at,
    escalate_to
)
SELECT
    id, 0, stage, 0, at, '1 h', at + wait, at + wait, at, at + wait, 'community'
FROM made
CROSS JOIN (VALUES ('close', interval '40 days'), ('file', interval '30 days')) AS one (stage, wait)
"""


def main() -> None:
    need_data()
    if shutil.which("wrk") is None:
        msg = "wrk is not there; script/bench installs it"
        raise SystemExit(msg)
    with server() as url, tempfile.TemporaryDirectory() as folder:
        store = _settle(url)
        _transitions(url, folder)
        _sweeps(store)
        store.close()


def _settle(url: str) -> Store:
    store = beats(url)
    with store.begin() as connection:
        connection.execute(insert(category).values(code="lamp", name="Lamp", skills=[]))
        new = NewResponsePlan("Benchmark", PLAN, CLOCK.now() - timedelta(days=1))
        response_plans.put(connection, new, ACTOR, CLOCK.now())
    return store


def _transitions(url: str, folder: str) -> None:
    listed = Path(folder) / "cases"
    child = subprocess.Popen(
        [sys.executable, __file__, "--serve", url, folder],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "CASES": str(listed)},
    )
    try:
        port = int(child.stdout.readline())
        speeds = _measure(port, listed)
    finally:
        child.terminate()
        child.wait()
    print(f"\n## A transition under load ({machine()})\n")
    print(f"wrk, {CONNECTIONS} connections, {SECONDS} s a round, best of {ROUNDS} in turns.\n")
    print("| command | bare route, requests/s | `POST /api/v1/reports/{id}/...` | ratio | bar |")
    print("| --- | --- | --- | --- | --- |")
    for name in COMMANDS:
        bare, ours = speeds[f"/bare/REPORT/{name}"], speeds[f"/api/v1/reports/REPORT/{name}"]
        print(f"| {name} | {bare:,.0f} | {ours:,.0f} | {ours / bare:.2f} | 0.6 |")


def _measure(port: int, listed: Path) -> dict[str, float]:
    paths = [f"{way}/REPORT/{name}" for name in COMMANDS for way in ("/bare", "/api/v1/reports")]
    best = dict.fromkeys(paths, 0.0)
    for turn in range(ROUNDS + 1):
        for path in paths:
            told = subprocess.run(
                [
                    *("wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS if turn else 2}s"),
                    *("-s", str(HERE / "case.lua"), f"http://127.0.0.1:{port}{path}"),
                ],
                capture_output=True,
                text=True,
                check=True,
                env={**os.environ, "CASES": str(listed)},
            ).stdout
            assert "Non-2xx" not in told, f"{path}: {told}"
            # The first round warms up.
            speed = float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1])
            best[path] = max(best[path], speed if turn else 0.0)
    return best


def _sweeps(store: Store) -> None:
    now = CLOCK.now()
    with store.begin() as connection:
        connection.execute(text(_OPEN_CASES), {"at": now, "count": OPEN})
        for table in ("report", "casefile", "clock"):
            connection.execute(text(f"ANALYZE {table}"))
    print(f"\n## The sweep over {OPEN:,} open cases\n")
    print("| due | clocks | s | bar |\n| --- | --- | --- | --- |")
    # Each case is a second older than the one before.
    few_at = now + timedelta(days=30) - timedelta(seconds=OPEN - FEW)
    for words, at, bar in (
        ("nothing", now, "1"),
        ("few", few_at, "1"),
        ("all", now + timedelta(days=35), ""),
    ):
        began = time.perf_counter()
        done = sweep(store, ACTOR, at)
        print(f"| {words} | {done.clocks:,} | {time.perf_counter() - began:.2f} | {bar} |")


def serve(url: str, folder: str) -> None:
    """Serve the real program and the bare routes on a free port, which is printed."""
    store = Store(url)
    settings = Settings(port=0, index_dir=Path(folder))
    service = Service(store, Months(store), CLOCK, settings)
    app = create_app(service)
    listed = _report(service)
    _add_bare_route(app, store, {name: _recorded(service, listed, name) for name in COMMANDS})
    with listening(settings) as sock:
        print(sock.getsockname()[1], flush=True)
        uvicorn.Server(
            uvicorn.Config(app, log_level="error", access_log=False, ws="none", lifespan="on")
        ).run(sockets=[sock])


def _report(service: Service) -> list[UUID]:
    """Let cases begin and be filed, and list their numbers."""
    reports = [uuid4() for _ in range(CASES)]
    for number in reports:
        place = Location(-87.7, 41.85)
        service.intake.receive(NewReport(number, None, "lamp", "It is dark", place), ACTOR)
        service.workflow.change(number, c.File(), ACTOR)
    listed = "".join(f"{number}\n" for number in reports)
    Path(os.environ["CASES"]).write_text(listed, encoding="utf-8")
    return reports


def _recorded(service: Service, reports: list[UUID], name: str) -> list[dict[str, Any]]:
    """Return what is written for a command: the parameters of the statement, with texts as such."""
    found: list[dict[str, Any]] = []

    def recording(connection: Any, query: str, parameters: dict[str, Any]) -> list[Any]:  # noqa: ANN401
        if query == "write_case":
            found.append(dict(parameters))
        return run_prepared(connection, query, parameters)

    with mock.patch.object(cases, "run_prepared", recording):
        for command in COMMANDS[name]:
            service.workflow.change(reports[0], command, ACTOR)
    for one in found:
        one["file"], one["events"] = json.loads(one["file"]), json.loads(one["events"])
    return found


def _add_bare_route(app: FastAPI, store: Store, known: dict[str, list[dict[str, Any]]]) -> None:
    @app.post("/bare/{report_id}/{name}")
    def bare(report_id: UUID, name: str, body: dict[str, Any]) -> dict[str, int]:
        return {
            "version": store.ask(_writing(str(report_id), known[name][body.get("level", 2) - 2]))
        }

    # Before the pages' own routes, which answer what nobody else does.
    app.router.routes.insert(0, app.router.routes.pop())


def _writing(report: str, said: dict[str, Any]) -> Callable[[Any], int]:
    def write(connection: Any) -> int:  # noqa: ANN401 - a connection
        while True:
            asked = {"report_id": report, "at": CLOCK.now()}
            version = run_prepared(connection, "casefile", asked)[0][_VERSION]
            first = said["events"][0]
            facts = {**first["facts"], "version": version + 1, "key": uuid4().hex}
            parameters = {
                **said,
                "report_id": report,
                "expected": version,
                "file": json.dumps({**said["file"], "version": version + 1}),
                "events": json.dumps([{**first, "facts": facts}]),
                "key": facts["key"],
            }
            if run_prepared(connection, "write_case", parameters)[0][0]:
                return version + 1

    return write


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2], sys.argv[3])
    else:
        main()
