"""From rows as the store has them to columns of one type each, as files want them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.duty import write_duty

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

NUMBERS = frozenset({"lon", "lat", "accuracy_m", "boundary_distance_m"})
COUNTS = frozenset(
    {
        *("households", "population", "floors", "capacity", "import_row", "edition"),
        *("every_days", "service_s", "priority"),
    }
)
MOMENTS = frozenset({"captured_at", "received_at", "retired_at"})
FREE_TEXTS = frozenset(
    {
        "description",
        "address",
        "reporter_name",
        "reporter_contact",
        "name",
        "organisation",
        "standard_address",
        *("province", "city", "district", "street", "community", "road", "road_former"),
        *("house_number", "compound", "building", "unit", "postcode"),
        *("aliases", "former_names"),
    }
)
"""Columns in which residents and clerks write what they like."""

GEOMETRY = "geometry"

FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula; an apostrophe before it keeps it a text."""

_SPAN = re.compile(r"\[(\d+),(\d+)\)")


def shaped(part: pd.DataFrame, zone: ZoneInfo) -> pd.DataFrame:
    """Return a part with typed columns; points become `lon` and `lat`, other shapes stay shapes.

    Doubles for degrees and metres, nullable integers for counts, aware times in `zone`, strings.
    """
    table = part.copy()
    for name in table.columns:
        if name in NUMBERS:
            table[name] = table[name].astype("float64")
        elif name in COUNTS:
            table[name] = table[name].astype("Int64")
        elif name in MOMENTS:
            table[name] = pd.to_datetime(table[name], utc=True).dt.as_unit("us").dt.tz_convert(zone)
        elif name == GEOMETRY:
            wkb = [None if shape is None else bytes(shape) for shape in table[name]]
            table[name] = pd.Series(
                shapely.from_wkb(np.array(wkb, dtype=object)), table.index, dtype=object
            )
        else:
            table[name] = table[name].astype("string")
    for name in {"duty", "hours"}.intersection(table.columns):
        table[name] = table[name].map(_duty, na_action="ignore").astype("string")
    return table


def _duty(written: str) -> str:
    return write_duty(tuple((int(first), int(end)) for first, end in _SPAN.findall(written)))
