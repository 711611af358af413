"""What the benchmarks stand on: a database server of their own, and the beats of Chicago in it."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gridgis.actor import Actor
from gridgis.clock import SystemClock
from gridgis.files.vectors import open_vector
from gridgis.model import Layer, Level
from gridgis.store import embedded, layers, migrate
from gridgis.store.engine import Store
from gridgis_boundaries.importing import AreaImport, import_frame
from gridgis_boundaries.publishing import Publishing, publish

if TYPE_CHECKING:
    from collections.abc import Iterator

CHICAGO = Path(__file__).resolve().parents[2] / "shared/data/chicago"
REPORTS = CHICAGO / "reports_311_sanitation.parquet"
ACTOR = Actor("benchmark")
CLOCK = SystemClock()


def need_data() -> None:
    """End when the real data is not there."""
    if not REPORTS.exists():
        msg = "skipped for want of data: ../shared/data is not there"
        raise SystemExit(msg)


@contextmanager
def server() -> Iterator[str]:
    """Yield the address of an embedded server that is gone afterwards."""
    # Not the temporary folder of a session: it may be closed to the server's account.
    folder = Path(tempfile.mkdtemp(prefix="gridgis-bench-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        with embedded.lease(folder / "data") as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def beats(url: str) -> Store:
    """Return a store with the police beats of Chicago in force, districts above them."""
    migrate.upgrade(url)
    store = Store(url)
    levels = [Level("district", "District", 0, False), Level("beat", "Beat", 1, True)]
    frame = open_vector(CHICAGO / "boundaries_police_beats.geojson.gz")
    options = AreaImport(
        layer="base",
        level="beat",
        code="beat_num",
        dissolve={"district": "district"},
        merge_same_code=True,
    )
    with store.begin() as connection:
        layers.add(connection, Layer("base", "Beats", True, 0, "none", levels, None))
        made = import_frame(connection, frame, options=options, actor=ACTOR, clock=CLOCK)
        assert made.edition is not None
        how = Publishing(accept="as the city delivers them")
        publish(connection, made.edition, how, actor=ACTOR, clock=CLOCK)
    return store


def machine() -> str:
    """Return the machine in a few words."""
    model = platform.processor() or platform.machine()
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores, {model}, Python {platform.python_version()}"
