"""All grids of the service in memory: every layer, every published edition, with their names."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import numpy as np
import pandas as pd
import shapely

from gridgis.errors import LayerNotFoundError
from gridgis.locate.answering import NO_LOCATION, RULES, answer_point
from gridgis.locate.edition import EditionIndex
from gridgis.locate.explaining import InForce
from gridgis.locate.index import GridIndex
from gridgis.locate.instants import ALWAYS, EVER, instant
from gridgis.locate.kept import kept_shapes
from gridgis.locate.outlines import outlines_of
from gridgis.model import AreaName, Assignment, HeldBy, RunnerUp
from gridgis.store import territory as store
from gridgis.store.assignments import Answer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from gridgis.locate.answering import RunnersUp
    from gridgis.model import Location
    from gridgis.store.connection import Connection


class OfLayer(NamedTuple):
    """How the tables know an edition's layer, and when the edition was published.

    Open reports followed it at `followed_at`; empty: they have not yet.
    """

    layer_id: int
    layer_name: str
    published_at: str
    followed_at: str = ""


class _Names(NamedTuple):
    grid: AreaName
    parents: list[AreaName]


@dataclass(frozen=True)
class Territory:
    """One state of all layers, known by its mark.

    Attributes
    ----------
    index
        The engine; its table has one row a grid: code, layer, edition, area_id, level, name,
        parents (JSON: level, code, name of each, top first).
    layers
        The codes of all layers, also of those without an edition.
    """

    mark: UUID
    index: GridIndex
    layers: tuple[str, ...]
    of_layers: dict[int, OfLayer]
    _area_ids: list[int] = field(init=False, repr=False)
    _names: dict[int, _Names] = field(init=False, repr=False, default_factory=dict)
    _rows: dict[tuple[int | None, int], int] = field(init=False, repr=False)
    _newest: datetime | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        table = self.index.grids
        ids = table["area_id"].to_list()
        object.__setattr__(self, "_area_ids", ids)
        rows = dict(
            zip(zip(table["edition"].to_list(), ids, strict=True), range(len(ids)), strict=True)
        )
        object.__setattr__(self, "_rows", rows)
        known = [told for one in self.of_layers.values() for told in one[2:] if told]
        newest = max(map(datetime.fromisoformat, known), default=None)
        object.__setattr__(self, "_newest", newest)

    def locate(
        self,
        location: Location | None,
        at: datetime,
        *,
        near_tolerance_m: float,
        layer: str | None = None,
    ) -> list[Answer]:
        """Return each layer's answer for one place, exclusive layers first; None: not known where.

        Parameters
        ----------
        location
            EPSG:4326, longitude first; with `accuracy_m` the answers carry runner-up grids.
        at
            It picks the editions; a layer without one at that time does not answer.
        near_tolerance_m
            How far a grid may be from a point that none covers, in metres.
        layer
            Ask this layer only.

        Raises
        ------
        LayerNotFoundError
            There is no such layer.
        """
        if layer is not None and layer not in self.layers:
            known = ", ".join(self.layers) or "none yet"
            msg = (
                f"there is no layer {layer!r} (there are: {known}); "
                f"make it first with `gridgis layers add {layer}`"
            )
            raise LayerNotFoundError(msg)
        moment = instant(at)
        return [
            self._answer(edition, location, near_tolerance_m)
            for edition in self.index.editions
            if edition.since <= moment < edition.until and (layer is None or edition.layer == layer)
        ]

    def named(self, answers: Iterable[Answer]) -> list[Assignment]:
        """Return answers of this state with the codes and names that their editions give."""
        return [self._assignment(answer) for answer in answers]

    def held_by(self, holder: Answer | None, answers: Iterable[Answer]) -> HeldBy | None:
        """Return the responsible grid as the newest edition names it, and the rule that found it.

        The rule is that of the answer, at the time of capture, which names the same grid.
        """
        if holder is None or holder.area_id is None:
            return None
        of_layer = [one.edition for one in self.index.editions if one.layer == holder.layer]
        newest = next(
            edition for edition in reversed(of_layer) if (edition, holder.area_id) in self._rows
        )
        names = self._named(int(newest or 0), holder.area_id)
        rules = [one.rule for one in answers if one.area_id == holder.area_id]
        return HeldBy(holder.layer, names.grid.code, names.grid.name, rules[-1] if rules else None)

    def is_same(self, then: datetime, now: datetime) -> bool:
        """Say whether the same editions are in force at both times."""
        first, second = instant(then), instant(now)
        return all(
            (one.since <= first < one.until) == (one.since <= second < one.until)
            for one in self.index.editions
        )

    def present(self, now: datetime) -> datetime:
        """Return the present for somebody who looked at the clock a while ago.

        It is not before any publication, nor before open reports followed an edition: who decides
        after that decides by that edition.
        """
        return max(now, self._newest) if self._newest is not None else now

    def of(self, edition: InForce) -> OfLayer:
        """Return how the tables know the layer of an edition."""
        return self.of_layers[int(edition.edition or 0)]

    def area_ids(self, edition: InForce) -> np.ndarray:
        """Return the areas' ids of an edition's grids, in the order in which they are counted."""
        count = len(edition.engine.borders.outlines.boxes)
        return self.index.grids["area_id"].to_numpy()[edition.first : edition.first + count]

    def save(self, path: Path) -> None:
        """Write it to a file that all processes may map.

        Raises
        ------
        OSError
            The file cannot be written.
        """
        self.index.save(
            path, {"mark": str(self.mark), "layers": self.layers, "of_layers": self.of_layers}
        )

    @classmethod
    def load(cls, path: Path) -> Territory:
        """Return what :meth:`save` wrote, mapped into memory.

        Raises
        ------
        UnreadableFileError
            It is not such a file, or not whole.
        """
        index, facts = GridIndex.load_with_facts(path)
        of_layers = {int(key): OfLayer(*told) for key, told in facts["of_layers"].items()}
        return cls(UUID(facts["mark"]), index, tuple(facts["layers"]), of_layers)

    def _answer(
        self, edition: InForce, location: Location | None, near_tolerance_m: float
    ) -> Answer:
        known = self.of(edition)
        number = int(edition.edition or 0)
        if location is None:
            rule = RULES[NO_LOCATION]
            return Answer(
                known.layer_id, edition.layer, known.layer_name, number, rule, None, None, []
            )
        engine = edition.engine
        grid, rule_place, distance_m, others = answer_point(
            engine.tiles,
            engine.borders,
            (location.lon, location.lat),
            near_tolerance_m,
            location.accuracy_m or 0.0,
        )
        return Answer(
            known.layer_id,
            edition.layer,
            known.layer_name,
            number,
            RULES[rule_place],
            None if grid < 0 else self._area_ids[edition.first + grid],
            None if math.isnan(distance_m) else distance_m,
            self._runners_up(edition, others) if len(others.grid) else [],
        )

    def _runners_up(self, edition: InForce, others: RunnersUp) -> list[dict[str, Any]]:
        return [
            {"area_id": self._area_ids[edition.first + other], "distance_m": far}
            for other, far in zip(others.grid.tolist(), others.distance_m.tolist(), strict=True)
        ]

    def _assignment(self, answer: Answer) -> Assignment:
        names = None
        if answer.area_id is not None:
            names = self._named(answer.edition_id, answer.area_id)
        return Assignment(
            layer=answer.layer,
            layer_name=answer.layer_name,
            edition=answer.edition_id,
            rule=answer.rule,
            grid=None if names is None else names.grid,
            parents=[] if names is None else names.parents,
            boundary_distance_m=answer.boundary_distance_m,
            runner_up=[
                RunnerUp(other.code, other.name, near["distance_m"])
                for near in answer.runner_up
                for other in [self._named(answer.edition_id, near["area_id"]).grid]
            ],
            made_at=answer.made_at,
        )

    def _named(self, edition_id: int | None, area_id: int) -> _Names:
        row = self._rows[edition_id, area_id]
        if row not in self._names:
            told = self.index.grids.iloc[row]
            parents = [AreaName(*parent) for parent in json.loads(told["parents"])]
            self._names[row] = _Names(AreaName(told["level"], told["code"], told["name"]), parents)
        return self._names[row]


def read_territory(connection: Connection, before: Territory | None = None) -> Territory:
    """Return the present state from the database; publishing waits until the transaction ends.

    What did not change since `before` is taken over: whole editions, and of a redrawn edition the
    tiles that no changed grid touches.
    """
    mark = store.hold(connection)
    used = store.editions(connection)
    layers = store.layer_codes(connection)
    old = _known(before)
    fresh = [one.id for one in used if (one.id, one.published_at.isoformat()) not in old]
    areas = pd.DataFrame(store.areas(connection, fresh), columns=store.StoredArea._fields)
    tables: list[pd.DataFrame] = []
    editions: list[InForce] = []
    first = 0
    for one in used:
        taken = old.get((one.id, one.published_at.isoformat()))
        if taken is None:
            earlier = editions[-1].engine if editions and editions[-1].layer == one.layer else None
            table, engine = _built(areas[areas["edition_id"] == one.id], earlier)
        else:
            table, engine = taken
        tables.append(table.assign(layer=one.layer, edition=one.id))
        since = ALWAYS if one.since is None else instant(one.since)
        until = EVER if one.until is None else instant(one.until)
        editions.append(InForce(one.layer, one.priority, one.id, since, until, first, engine))
        first += len(table)
    grids = pd.concat(tables, ignore_index=True) if tables else _no_grids()
    of_layers = {
        one.id: OfLayer(
            one.layer_id,
            one.layer_name,
            one.published_at.isoformat(),
            "" if one.followed_at is None else one.followed_at.isoformat(),
        )
        for one in used
    }
    return Territory(mark, GridIndex(grids, tuple(editions)), tuple(layers), of_layers)


_COLUMNS = ["code", "layer", "edition", "area_id", "level", "name", "parents"]


def _no_grids() -> pd.DataFrame:
    return pd.DataFrame(columns=_COLUMNS)


def _known(
    before: Territory | None,
) -> dict[tuple[int, str], tuple[pd.DataFrame, EditionIndex]]:
    """Return the tables and engines of the editions that were known, by number and publication."""
    if before is None:
        return {}
    known = {}
    for one in before.index.editions:
        count = len(one.engine.borders.outlines.boxes)
        table = before.index.grids.iloc[one.first : one.first + count]
        known[int(one.edition or 0), before.of(one).published_at] = (table, one.engine)
    return known


def _built(areas: pd.DataFrame, earlier: EditionIndex | None) -> tuple[pd.DataFrame, EditionIndex]:
    grids = areas[areas["is_grid"].astype(bool)]
    lines = dict(
        zip(
            areas["area_id"],
            areas[["parent_id", "level", "code", "name"]].values.tolist(),
            strict=True,
        )
    )
    table = pd.DataFrame(
        {
            "code": grids["code"].to_numpy(object),
            "layer": None,
            "edition": None,
            "area_id": grids["area_id"].to_numpy(np.int64),
            "level": grids["level"].to_numpy(object),
            "name": grids["name"].to_numpy(object),
            "parents": [
                json.dumps(list(_parents(lines, parent)), ensure_ascii=False)
                for parent in grids["parent_id"]
            ],
        }
    )
    shapes: np.ndarray = shapely.from_wkb(grids["shape"].to_numpy(object))
    if earlier is None:
        return table, EditionIndex.of(shapes)
    return table, earlier.redrawn(
        shapes, kept_shapes(earlier.borders.outlines, outlines_of(shapes))
    )


def _parents(lines: dict[int, Sequence[object]], parent: object) -> Iterator[list[str]]:
    """Yield level, code and name of the ancestors, the top first."""
    if parent is None or pd.isna(parent):  # type: ignore[call-overload]
        return
    above, level, code, name = lines[int(parent)]  # type: ignore[call-overload]
    yield from _parents(lines, above)
    yield [str(level), str(code), str(name)]
