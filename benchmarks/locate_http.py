"""Hold `GET locate` against an empty route of the same server.

One connection asks in turns, so that both see the same machine. The bar: p50 at most 3 times.
"""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import time

import numpy as np
import uvicorn
from town import CLOCK, beats, machine, need_data, server

from gridgis.settings import Settings
from gridgis.store.engine import Store
from gridgis.store.months import Months
from gridgis_api.app import create_app
from gridgis_api.service import Service
from gridgis_api.serving import listening

ROUNDS = 3000
WARM_UP = 300
BAR = 3.0


def main() -> None:
    need_data()
    with server() as url:
        beats(url).close()
        child = subprocess.Popen(
            [sys.executable, __file__, "--serve", url], stdout=subprocess.PIPE, text=True
        )
        try:
            port = int(child.stdout.readline())
            empty, located = measure(port)
        finally:
            child.terminate()
            child.wait()
    ratio = statistics.median(located) / statistics.median(empty)
    print(f"\n## locate over HTTP ({machine()})\n")
    print(f"{ROUNDS} requests each, in turns, over one connection.\n")
    print("| route | p50 ms | p95 ms | p50 ratio |")
    print("| --- | --- | --- | --- |")
    for name, times in (("empty", empty), ("GET /api/v1/locate", located)):
        p50, p95 = np.percentile(times, [50, 95]) * 1e3
        print(f"| {name} | {p50:.2f} | {p95:.2f} | {p50 / statistics.median(empty) / 1e3:.2f} |")
    print(f"\nBar: {BAR}; {'met' if ratio <= BAR else 'MISSED'}.")


def measure(port: int) -> tuple[list[float], list[float]]:
    connection = http.client.HTTPConnection("127.0.0.1", port)
    rng = np.random.default_rng(1)
    points = rng.uniform([-87.80, 41.70], [-87.60, 42.00], (ROUNDS + WARM_UP, 2))
    empty, located = [], []
    for lon, lat in points:
        empty.append(ask(connection, "/empty"))
        located.append(ask(connection, f"/api/v1/locate?lon={lon:.6f}&lat={lat:.6f}"))
    return empty[WARM_UP:], located[WARM_UP:]


def ask(connection: http.client.HTTPConnection, path: str) -> float:
    began = time.perf_counter()
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200, path
    return time.perf_counter() - began


def serve(url: str) -> None:
    """Serve the real program and one empty route on a free port, which is printed."""
    store = Store(url)
    settings = Settings(port=0)
    app = create_app(Service(store, Months(store), CLOCK, settings))

    @app.get("/empty")
    async def empty() -> dict[str, str]:
        return {}

    # Before the routes of pages, which answer what nobody else does.
    app.router.routes.insert(0, app.router.routes.pop())
    with listening(settings) as sock:
        print(sock.getsockname()[1], flush=True)
        uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[sock])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--serve"]:
        serve(sys.argv[2])
    else:
        main()
