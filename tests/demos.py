"""The demo district, made once in a run: whoever needs it first makes it, the others read it."""

from __future__ import annotations

import fcntl
import os
import pickle
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gridgis.demo import make

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridgis.demo import DemoDistrict


@contextmanager
def made_once(name: str) -> Iterator[Path]:
    """Yield a folder that all processes of a run share, to one of them at a time."""
    folder = Path(os.environ["GRIDGIS_TEST_SERVER"]) / name
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder


def demo_district() -> DemoDistrict:
    """The district of the first seed; whoever asks may change what they get."""
    with made_once("demo") as folder:
        file = folder / "district.pickle"
        if not file.exists():
            written = folder / "writing"
            written.write_bytes(pickle.dumps(make(1)))
            written.rename(file)
        return pickle.loads(file.read_bytes())  # noqa: S301 - our own
