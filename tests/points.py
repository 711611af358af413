"""Files of points over nine grids, and what comes out of them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from pyarrow import parquet

from gridgis.assigning.answering import Answerer
from gridgis.assigning.options import Asked
from gridgis.assigning.part import do_part
from gridgis.errors import (
    GridgisError,
)
from gridgis.files import Reading
from gridgis.locate.index import GridIndex
from tests.cities import NINE, boxes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from gridgis.assigning.parts import Part, Plan


SHANGHAI = ZoneInfo("Asia/Shanghai")


def nine() -> gpd.GeoDataFrame:
    """Nine grids under two streets and a city, as an export of areas gives them."""
    shapes = boxes(NINE)
    streets = {"ABCDEF": "S1", "GHI": "S2"}
    rows = [("city", "1", None, shapely.union_all(list(shapes.values())))]
    for grids, street in streets.items():
        rows.append(("street", street, "1", shapely.union_all([shapes[one] for one in grids])))
    rows += [
        ("grid", code, street, shapes[code]) for grids, street in streets.items() for code in grids
    ]
    columns = ["level", "code", "parent_code", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows, columns=columns), crs="EPSG:4326")


def csv(path: Path, *lines: str, encoding: str = "utf-8") -> str:
    path.write_text("".join(f"{line}\n" for line in lines), encoding=encoding)
    return str(path)


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")


def asked(**options: object) -> Asked:
    reading = {
        name: options.pop(name)
        for name in ("encoding", "crs", "datum", "chunk_rows")
        if name in options
    }
    return Asked(reading=Reading(**({"chunk_rows": 1000} | reading)), zone=SHANGHAI, **options)


def write_points(folder: Path, files: int, rows: int = 1000, **options: object) -> Path:
    """Files p0, p1, ... of points over the nine grids; each row knows its number."""
    folder.mkdir(exist_ok=True)
    for number in range(files):
        rng = np.random.default_rng(number)
        table = pa.table(
            {
                "id": np.arange(number * rows, (number + 1) * rows),
                "lon": rng.uniform(103.999, 104.031, rows),
                "lat": rng.uniform(29.999, 30.031, rows),
            }
        )
        parquet.write_table(table, folder / f"p{number}.parquet", **options)
    return folder


def whole(out: Path) -> pa.Table:
    """The result as any reader of data sets sees it."""
    return parquet.read_table(out).replace_schema_metadata()


class Here:
    """Does the parts in this process, and remembers which."""

    def __init__(self, index: GridIndex, stop_after: int = 10**6) -> None:
        self.did: list[str] = []
        self._index = index
        self._stop_after = stop_after

    def each(self, plan: Plan, parts: Sequence[Part]) -> Iterator[tuple[Part, str | None]]:
        answerer = Answerer(GridIndex.load(plan.index), plan.asked)
        for part in parts:
            if len(self.did) == self._stop_after:
                raise KeyboardInterrupt
            self.did.append(part.out)
            try:
                do_part(part, answerer, plan.out)
            except GridgisError as error:
                yield part, str(error)
            else:
                yield part, None
