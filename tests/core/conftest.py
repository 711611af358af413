"""Nine grids that answer from memory."""

from __future__ import annotations

import pytest

from gridgis.locate.index import GridIndex
from tests.points import nine


@pytest.fixture(scope="session")
def index() -> GridIndex:
    grids = nine()
    return GridIndex.from_frame(grids[grids["level"] == "grid"].reset_index(drop=True))
