"""From a chunk of judged reports to the rows of all tables that keep them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gridgis.cases.words import CHANNELS
from gridgis.locate.answering import RULES
from gridgis.locate.explaining import responsible_rank
from gridgis.locate.tiles import NOBODY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gridgis.imports.options import Session
    from gridgis.locate.explaining import Answered
    from gridgis.locate.territory import Territory

_OF_REPORT = [
    *("id", "captured_at", "number", "category", "description", "address"),
    *("reporter_name", "reporter_contact", "accuracy_m", "located", "flags", "attributes"),
    "import_row",
]


def stored_tables(
    new: pd.DataFrame,
    territory: Territory,
    layers: Mapping[str, int | None],
    session: Session,
) -> dict[str, pd.DataFrame]:
    """Return the rows of report, assignment, case, holder and event, by table.

    Parameters
    ----------
    new
        Reports whose numbers were claimed: id (text), captured_at, effective_at (it picks the
        editions; aware), number, category, description, address, reporter_name, reporter_contact,
        lon, lat (EPSG:4326 degrees, NaN without a location), accuracy_m, located (JSON
        text or None), flags (an array's text), attributes (JSON text), import_row.
    territory
        The layers as they are held.
    layers
        Category -> the layer whose grid is responsible for it.
    """
    lon, lat = new["lon"].to_numpy(np.float64), new["lat"].to_numpy(np.float64)
    near_m = session.options.near_tolerance_m
    then = territory.index.answers(
        lon,
        lat,
        new["accuracy_m"].to_numpy(np.float64),
        new["effective_at"],
        near_tolerance_m=near_m,
    )
    # An edition may have come into force since the import began.
    present = territory.present(session.received_at)
    now = territory.index.answers(lon, lat, None, present, near_tolerance_m=near_m)
    ids = new["id"].to_numpy(object)
    own = new["category"].map(layers).to_numpy(np.float64, na_value=np.nan)
    return {
        "report": _reports(new, session),
        "assignment": _assignments(ids, territory, then).assign(made_at=session.received_at),
        "casefile": _cases(new, session),
        "holder": _holders(ids, territory, now, own).assign(since=session.received_at),
        "event": _events(new, session),
    }


def _reports(new: pd.DataFrame, session: Session) -> pd.DataFrame:
    there = new["lon"].notna().to_numpy()
    # Extended WKB of a point: byte order, type with a reference, 4326, lon, lat.
    points = np.zeros(len(new), np.dtype("u1, <u4, <u4, <f8, <f8"))
    points["f0"], points["f1"], points["f2"] = 1, 0x20000001, 4326
    points["f3"], points["f4"] = new["lon"].fillna(0.0), new["lat"].fillna(0.0)
    written = points.tobytes().hex()
    size = 2 * points.itemsize
    return new[_OF_REPORT].assign(
        received_at=session.received_at,
        source=session.options.source,
        location=pd.Series(
            [
                written[place * size : (place + 1) * size] if has else None
                for place, has in enumerate(there)
            ],
            index=new.index,
            dtype=object,
        ),
    )


def _assignments(
    ids: NDArray[np.object_], territory: Territory, given: list[Answered]
) -> pd.DataFrame:
    """Return a row for each report and layer, by report, then in the layers' order."""
    parts = [_of_edition(ids, territory, one) for one in given]
    if not parts:
        return pd.DataFrame({"report_id": []})
    points = np.concatenate([one.points for one in given])
    return pd.concat(parts, ignore_index=True).iloc[np.argsort(points, kind="stable")]


def _of_edition(ids: NDArray[np.object_], territory: Territory, one: Answered) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "report_id": ids[one.points],
            "layer_id": territory.of(one.edition).layer_id,
            "edition_id": one.edition.edition,
            "area_id": _area_ids(territory, one),
            "rule": np.array(RULES, dtype=object)[one.answers.rule],
            "boundary_distance_m": one.answers.boundary_distance_m,
            "runner_up": _runners_up(territory, one),
        }
    )


def _area_ids(territory: Territory, one: Answered) -> pd.arrays.IntegerArray:
    ids = np.append(territory.area_ids(one.edition), 0)
    return pd.arrays.IntegerArray(ids[one.answers.grid], one.answers.grid == NOBODY)


def _runners_up(territory: Territory, one: Answered) -> NDArray[np.object_]:
    """Return the other grids as JSON, nearest first."""
    told = np.full(len(one.points), "[]", dtype=object)
    if one.runners_up is None or not len(one.runners_up.point):
        return told
    ids = territory.area_ids(one.edition)[one.runners_up.grid].tolist()
    others = [
        {"area_id": area_id, "distance_m": far}
        for area_id, far in zip(ids, one.runners_up.distance_m.tolist(), strict=True)
    ]
    points, firsts = np.unique(one.runners_up.point, return_index=True)
    for point, first, end in zip(points, firsts, [*firsts[1:], len(others)], strict=True):
        told[point] = json.dumps(others[first:end])
    return told


def _holders(
    ids: NDArray[np.object_], territory: Territory, now: list[Answered], own: NDArray[np.float64]
) -> pd.DataFrame:
    """Return who is responsible: the own layer first, then what covers, then in their order."""
    best = np.full(len(ids), np.iinfo(np.int64).max)
    area = pd.array([pd.NA] * len(ids), dtype="Int64")
    layer = pd.array([pd.NA] * len(ids), dtype="Int64")
    for place, one in enumerate(now):
        layer_id = territory.of(one.edition).layer_id
        rank = responsible_rank(one.answers.rule).astype(np.int64)
        score = ((own[one.points] != layer_id) * 2 + rank) * len(now) + place
        wins = (one.answers.grid != NOBODY) & (score < best[one.points])
        here = one.points[wins]
        best[here] = score[wins]
        area[here] = _area_ids(territory, one)[wins]
        layer[here] = layer_id
    return pd.DataFrame({"report_id": ids, "area_id": area, "layer_id": layer})


def _cases(new: pd.DataFrame, session: Session) -> pd.DataFrame:
    """Return a case for each report: nobody's clock runs over it until somebody files it."""
    return pd.DataFrame(
        {
            "report_id": new["id"],
            "captured_at": new["captured_at"],
            "received_at": session.received_at,
            "category": new["category"],
            "channel": _channels(new["attributes"]),
            "state_since": session.received_at,
        }
    )


def _channels(attributes: pd.Series) -> pd.Series:
    """Return the channel that a file's column of that name says, where it is one of ours."""
    said = attributes.str.extract(r'"channel": ?"([a-z]+)"', expand=False)
    return said.astype(object).where(said.isin(CHANNELS), None)


def _events(new: pd.DataFrame, session: Session) -> pd.DataFrame:
    facts = {"source": session.options.source, "import": session.import_id}
    return pd.DataFrame(
        {
            "report_id": new["id"],
            "captured_at": new["captured_at"],
            "kind": "reported",
            "at": new["captured_at"],
            "recorded_at": session.received_at,
            "actor": session.actor.name,
            "role": session.actor.role,
            "facts": json.dumps(facts, ensure_ascii=False),
        }
    )
