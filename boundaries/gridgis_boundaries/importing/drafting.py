"""Fill a draft edition with the areas of a file: all of them, or nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gridgis.codes import Grammar
from gridgis.errors import (
    ConflictError,
    InvalidInputError,
    LevelNotFoundError,
    RowsRefusedError,
    UnsupportedCrsError,
)
from gridgis.store import areas, editions, imports, layers
from gridgis_boundaries.importing import linking
from gridgis_boundaries.importing.doubts import require_no_doubt
from gridgis_boundaries.importing.expressions import Expression
from gridgis_boundaries.importing.known import known_areas
from gridgis_boundaries.importing.mending import NO_REPAIR, RepairWish, checked
from gridgis_boundaries.importing.newareas import dissolve, merge_same_code, refuse_same_code
from gridgis_boundaries.importing.rows import Fields, RowReader

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    import geopandas as gpd

    from gridgis.actor import Actor
    from gridgis.clock import Clock
    from gridgis.model import Layer, Level
    from gridgis.store.connection import Connection
    from gridgis.store.layers import StoredLayer
    from gridgis_boundaries.importing.newareas import NewArea, Refusals
    from gridgis_boundaries.importing.rows import AreaRows


@dataclass(frozen=True, slots=True)
class AreaImport:
    """What to import, and how.

    Fields of the file: `code`, `name`, `parent`, `households`, `population`. `dissolve` gives the
    code of parents that are made from their children, as an expression by level. `edition` is a
    draft to fill; None makes a new one, called `title`. `valid_from` is the wished start.
    `as_it_is` answers every doubt about where the file lies: it is right.
    `repair` says whether the areas are repaired into a partition first.
    """

    layer: str
    level: str
    code: str
    name: str | None = None
    parent: str | None = None
    households: str | None = None
    population: str | None = None
    dissolve: Mapping[str, str] = field(default_factory=dict)
    merge_same_code: bool = False
    edition: int | None = None
    title: str | None = None
    valid_from: datetime | None = None
    grammar: str | None = None
    file: str = ""
    dry_run: bool = False
    as_it_is: bool = False
    repair: RepairWish = NO_REPAIR

    @property
    def fields(self) -> Fields:
        """Which field holds what."""
        return Fields(self.code, self.name, self.parent, self.households, self.population)


@dataclass(frozen=True, slots=True)
class AreaImportSummary:
    """What an import did, or would do: `edition` is None when nothing was written.

    `added` counts the new areas by level; `repaired` says which shapes were made valid and why;
    `merged` is the number of rows that went into another row's area. `findings` is what keeps the
    areas from being a partition, `changes` what repair did about it, where it was wished.
    """

    layer: str
    edition: int | None
    read: int
    added: dict[str, int]
    merged: int
    repaired: list[str]
    notes: list[str]
    findings: list[str] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)


def import_frame(
    connection: Connection,
    frame: gpd.GeoDataFrame,
    *,
    options: AreaImport,
    actor: Actor,
    clock: Clock,
    tell: Callable[[str], None] = lambda _: None,
) -> AreaImportSummary:
    """Write the areas of a frame into a draft edition, with the parents dissolved from them.

    Parameters
    ----------
    frame
        Polygons, EPSG:4326, longitude first; the fields that the options name. Further columns
        become attributes.
    tell
        Called with the name of each step.

    Raises
    ------
    LayerNotFoundError, LevelNotFoundError, EditionNotFoundError, EditionNotDraftError
        What the options name is not there.
    InvalidInputError
        A field is missing, or options contradict each other.
    DoubtfulFileError
        The file may mean something else than it says; `doubts` lists what to answer.
    RowsRefusedError
        Some rows cannot become areas; `refusals` lists each with its reason.
    InvalidGeometryError
        The areas cannot be repaired, although it was wished.
    """
    began = clock.now()
    stored = layers.find(connection, options.layer, began)
    plan = _plan(stored.layer, options)
    _require_degrees(frame)
    _require_rows(frame, options)
    if not options.as_it_is:
        tell("looking for doubts")
        known = known_areas(connection, options.layer, edition=options.edition, at=began)
        require_no_doubt(frame, known, file=options.file or "the file")
    tell("reading shapes")
    rows = plan.reader.read(frame)
    new = rows.areas
    if options.merge_same_code:
        new = merge_same_code(new, rows.refusals)
    else:
        refuse_same_code(new, rows.refusals)
    _refuse(rows, len(frame), options)
    merged = len(frame) - len(new)
    tell("checking how areas meet")
    meeting = checked(new, options.repair)
    tell("dissolving parents")
    new = _with_parents(meeting.areas, plan, rows.refusals)
    there = _held_areas(connection, stored.id, options)
    linking.link(new, plan.levels, there, rows.refusals)
    _refuse(rows, len(frame), options)
    notes = [*frame.attrs.get("notes", []), *_set_grammar(connection, stored, options)]
    edition = None
    if not options.dry_run:
        tell("writing")
        edition = _draft(connection, stored, options, actor, clock)
        linking.write(connection, stored, edition, new, there)
        run = imports.NewRun("areas", options.layer, options.file, actor.name, began)
        number = imports.start(connection, run)
        imports.fills(connection, number, edition)
        imports.count(connection, number, imports.Counts(read=len(frame), added=len(new)))
        imports.finish(connection, number, clock.now())
    return AreaImportSummary(
        layer=options.layer,
        edition=edition,
        read=len(frame),
        added=dict(Counter(area.level for area in new)),
        merged=merged,
        repaired=rows.repaired,
        notes=notes,
        findings=meeting.findings,
        changes=meeting.changes,
    )


@dataclass(frozen=True, slots=True)
class _Plan:
    """The reader of the rows, and all levels of the layer by code, the imported one among them."""

    reader: RowReader
    levels: dict[str, Level]
    dissolved: list[Level]


def _plan(layer: Layer, options: AreaImport) -> _Plan:
    levels = {level.code: level for level in layer.levels}
    for code in (options.level, *options.dissolve):
        if code not in levels:
            msg = f"layer {layer.code!r} has no level {code!r}; its levels are {' > '.join(levels)}"
            raise LevelNotFoundError(msg)
    level = levels[options.level]
    dissolved = sorted((levels[code] for code in options.dissolve), key=lambda made: -made.rank)
    for made in dissolved:
        if made.rank >= level.rank:
            msg = f"{made.code!r} cannot be dissolved from {level.code!r}: it does not lie above it"
            raise InvalidInputError(msg)
    if dissolved and options.parent:
        msg = "the parents come from --parent or from --dissolve, not from both"
        raise InvalidInputError(msg)
    grammar = Grammar.parse(options.grammar or layer.grammar)
    grammar.require_levels(len(levels))
    above = {code: Expression.parse(text) for code, text in options.dissolve.items()}
    return _Plan(RowReader(level, grammar, options.fields, above), levels, dissolved)


def _with_parents(new: list[NewArea], plan: _Plan, refusals: Refusals) -> list[NewArea]:
    """Return the areas with the parents made from them, from the top."""
    grammar = plan.reader.grammar
    made = []
    for level, upper in zip(plan.dissolved, [*plan.dissolved[1:], None], strict=False):
        made.append(dissolve(new, level, upper, grammar, refusals))
    for area in new if plan.dissolved else ():
        nearest = plan.dissolved[0]
        area.parent_code = area.above[nearest.code]
        prefix = grammar.parent_code(area.code, plan.reader.level.rank)
        if prefix and not prefix.startswith(area.parent_code):
            refusals.add(
                area, f"code {area.code!r} does not begin with its parent's, {area.parent_code!r}"
            )
    return [area for level in reversed(made) for area in level] + new


def _held_areas(
    connection: Connection, layer_id: int, options: AreaImport
) -> dict[tuple[str, str], int]:
    if options.edition is None:
        return {}
    draft = editions.hold_draft(connection, options.edition)
    if draft.layer_id != layer_id:
        msg = f"edition {draft.id} belongs to another layer than {options.layer!r}"
        raise ConflictError(msg)
    return areas.ids_by_code(connection, draft.id)


def _draft(
    connection: Connection, stored: StoredLayer, options: AreaImport, actor: Actor, clock: Clock
) -> int:
    if options.edition is None:
        return editions.make_draft(
            connection,
            stored.id,
            name=options.title or options.file or options.layer,
            wished_from=options.valid_from,
            actor=actor,
            at=clock.now(),
        )
    if options.valid_from is not None:
        editions.wish_from(connection, options.edition, options.valid_from)
    return options.edition


def _set_grammar(connection: Connection, stored: StoredLayer, options: AreaImport) -> list[str]:
    if options.grammar in {None, stored.layer.grammar}:
        return []
    if editions.has_published(connection, stored.id):
        msg = (
            f"the codes of layer {options.layer!r} follow the grammar {stored.layer.grammar}, and "
            "an edition with such codes is published; it cannot change any more"
        )
        raise ConflictError(msg)
    if not options.dry_run and options.grammar:
        layers.set_grammar(connection, stored.id, options.grammar)
    return [f"codes of layer {options.layer} follow {options.grammar} now, whatever the edition"]


def _require_degrees(frame: gpd.GeoDataFrame) -> None:
    if frame.crs is None or frame.crs.to_epsg() != 4326:  # noqa: PLR2004 - WGS 84
        msg = f"areas are taken in EPSG:4326, not in {frame.crs or 'an unknown system'}"
        raise UnsupportedCrsError(msg)


def _require_rows(frame: gpd.GeoDataFrame, options: AreaImport) -> None:
    if not len(frame):
        msg = f"{options.file or 'the file'} holds no areas"
        raise InvalidInputError(msg)


def _refuse(rows: AreaRows, read: int, options: AreaImport) -> None:
    if rows.refusals.found:
        refusals = sorted(rows.refusals.found)
        count = len({number for number, _ in refusals})
        number, reason = refusals[0]
        msg = (
            f"{count} of {read} rows of {options.file or 'the file'} were refused, so nothing was "
            f"written; row {number}: {reason}"
        )
        raise RowsRefusedError(msg, refusals)
