"""Responders, cells, places and categories come from files, and are corrected one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from gridgis.errors import ConflictError, InUseError, InvalidInputError, RowNotFoundError
from gridgis.imports import Importer, ImportOptions
from gridgis.imports.cells import Cells
from gridgis.imports.correcting import Change, correct, retire
from gridgis.imports.responders import Responders
from gridgis.imports.undo import undo
from gridgis.store import corrections
from gridgis.store.responders import REGISTER
from tests.cities import draw

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.imports import Summary
    from gridgis.store.engine import Store

HEADER = "编号,类型,姓名,岗位,网格编码,技能,电话,值班时间,经度,纬度,工龄\n"
LI = "001,网格员,李娜,专职,A,巡查;调解,13800000000,周一至周五 8:00-18:00,104.005,30.005,7\n"
SUN = "002,人员,孙武,,B,,,,,,\n"


@pytest.fixture
def importer(store: Store, actor: Actor, clock: FixedClock) -> Importer:
    """Somebody who brings files in, in a town of nine grids."""
    with store.begin() as connection:
        draw(connection, made_at=clock.now())
    return Importer(store, actor, clock)


def bring(importer: Importer, path: Path, rows: str, **options: object) -> Summary:
    path.write_text(HEADER + rows, encoding="utf-8")
    return importer.file("responders", path, ImportOptions(source="roster", **options))


def ask(store: Store, question: str) -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return [tuple(row) for row in connection.execute(text(question))]


def test_a_roster_comes_in_with_chinese_words(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    summary = bring(importer, tmp_path / "roster.csv", LI + SUN)
    assert (summary.read, summary.added, summary.refused) == (2, 2, 0)
    stored = ask(
        store,
        "SELECT number, kind, role, v.code, skills, duty::text, phone,"
        " ST_AsText(home), responder.attributes"
        " FROM responder JOIN area_version AS v USING (area_id) ORDER BY number",
    )
    week = "{[480,1080),[1920,2520),[3360,3960),[4800,5400),[6240,6840)}"
    assert stored == [
        (
            *("001", "worker", "full-time", "A", ["巡查", "调解"], week, "13800000000"),
            *("POINT(104.005 30.005)", {"工龄": "7"}),
        ),
        ("002", "worker", None, "B", [], None, None, None, {}),
    ]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("网格员", "robot", "kind 'robot' is unknown; it is one of worker, team"),
        ("专职", "boss", "role 'boss' is unknown"),
        (",A,", ",Z,", "area Z is not in layer base's edition in force"),
        ("8:00-18:00", "morning", "is not a time of the week; write it like Mo-Fr"),
        ("李娜", "", "name is missing"),
        ("104.005,30.005", "104.005,", "half a coordinate"),
        ("13800000000", "1.38E+10", "format the column as text"),
    ],
)
def test_a_row_that_cannot_be_used_is_listed(
    importer: Importer, store: Store, tmp_path: Path, old: str, new: str, reason: str
) -> None:
    summary = bring(importer, tmp_path / "roster.csv", LI.replace(old, new) + SUN)
    assert (summary.added, summary.refused) == (1, 1)
    assert reason in summary.refusals[0].reason
    assert ask(store, "SELECT number FROM responder") == [("002",)]


def test_a_changed_row_waits_for_a_word(importer: Importer, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "roster.csv"
    bring(importer, path, LI + SUN)
    same = bring(importer, path, LI + SUN + SUN)
    assert (same.added, same.same, same.refused) == (0, 3, 0)
    moved = LI.replace(",A,", ",C,").replace("104.005", "104.025")
    held_back = bring(importer, path, moved + SUN)
    assert (held_back.added, held_back.same, held_back.refused) == (0, 1, 1)
    assert "--update replaces it" in held_back.refusals[0].reason
    done = bring(importer, path, moved + SUN, update="moved house")
    assert (done.updated, done.same, done.refused) == (1, 1, 0)
    assert ask(store, "SELECT ST_X(home) FROM responder WHERE number = '001'") == [(104.025,)]
    [kept] = ask(store, "SELECT before ->> 'home', reason, actor FROM correction")
    assert kept == ("SRID=4326;POINT(104.005 30.005)", "import 4: moved house", "Li Na")


def test_one_number_twice_in_a_file(importer: Importer, tmp_path: Path) -> None:
    summary = bring(importer, tmp_path / "r.csv", LI + LI + LI.replace("李娜", "王五"))
    assert (summary.added, summary.same, summary.refused) == (1, 1, 1)
    assert summary.refusals[0].reason == "row 2 has the same number, and differs"


def test_a_dry_run_leaves_no_trace(importer: Importer, store: Store, tmp_path: Path) -> None:
    dry = bring(importer, tmp_path / "r.csv", LI + SUN, dry_run=True)
    assert (dry.added, dry.refused) == (2, 0)
    assert ask(store, "SELECT (SELECT count(*) FROM responder), (SELECT count(*) FROM import_run)")[
        0
    ] == (0, 0)


def test_undoing_takes_the_rows_out_unless_somebody_worked_on_them(
    importer: Importer, store: Store, tmp_path: Path, actor: Actor, clock: FixedClock
) -> None:
    bring(importer, tmp_path / "r.csv", LI)
    bring(importer, tmp_path / "s.csv", SUN)
    why = Change("wrong spelling", actor, clock.now())
    with store.begin() as connection:
        correct(connection, Responders(), "001", {"name": "李那"}, why)
    with pytest.raises(InUseError, match="were corrected since"):
        undo(store, 1, actor, clock)
    assert undo(store, 2, actor, clock) == 1
    assert ask(store, "SELECT number FROM responder") == [("001",)]
    with pytest.raises(ConflictError, match="undone already, by Li Na"):
        undo(store, 2, actor, clock)


def test_a_single_row_is_corrected_and_the_old_one_kept(
    importer: Importer, store: Store, tmp_path: Path, actor: Actor, clock: FixedClock
) -> None:
    bring(importer, tmp_path / "r.csv", LI)
    why = Change("transferred", actor, clock.now())
    with store.begin() as connection:
        correct(connection, Responders(), "001", {"area": "I", "duty": None, "lon": "104.02"}, why)
    row = (
        "SELECT v.code, duty::text, ST_AsText(home), responder.name, phone, responder.attributes"
        " FROM responder"
    )
    assert ask(store, f"{row} JOIN area_version AS v USING (area_id)") == [
        ("I", None, "POINT(104.02 30.005)", "李娜", "13800000000", {"工龄": "7"})
    ]
    with store.begin() as connection:
        key = corrections.find(connection, REGISTER, "001").key
        [made] = corrections.history(connection, REGISTER, key)
    assert made.before["duty"].startswith("{[480,1080)")
    assert made.after["duty"] is None
    assert (made.reason, made.actor) == ("transferred", "Li Na")


@pytest.mark.parametrize(
    ("name", "values", "error", "sentence"),
    [
        ("009", {"name": "x"}, RowNotFoundError, "there is no row 009"),
        ("001", {"number": "x"}, InvalidInputError, "number cannot be corrected"),
        ("001", {"kind": "robot"}, InvalidInputError, "kind 'robot' is unknown"),
        ("001", {"area": "Z"}, InvalidInputError, "area Z is not in layer base"),
        ("001", {"name": "李娜"}, InvalidInputError, "nothing would change"),
        ("001", {"lat": None}, InvalidInputError, "half a coordinate"),
    ],
)
def test_a_wrong_correction_changes_nothing(  # noqa: PLR0917 - a table of cases
    importer: Importer,
    store: Store,
    tmp_path: Path,
    actor: Actor,
    clock: FixedClock,
    name: str,
    values: dict[str, str | None],
    error: type[Exception],
    sentence: str,
) -> None:
    bring(importer, tmp_path / "r.csv", LI)
    before = ask(store, "SELECT * FROM responder")
    why = Change("a try", actor, clock.now())
    with pytest.raises(error, match=sentence), store.begin() as connection:
        correct(connection, Responders(), name, values, why)
    assert ask(store, "SELECT * FROM responder") == before
    assert ask(store, "SELECT count(*) FROM correction") == [(0,)]


def test_a_retired_row_stays_readable(
    importer: Importer, store: Store, tmp_path: Path, actor: Actor, clock: FixedClock
) -> None:
    bring(importer, tmp_path / "r.csv", LI)
    why = Change("left", actor, clock.now())
    with store.begin() as connection:
        retire(connection, "responders", "001", why)
    assert ask(store, "SELECT name, retired_at IS NOT NULL FROM responder") == [("李娜", True)]
    for again in (
        lambda connection: retire(connection, "responders", "001", why),
        lambda connection: correct(connection, Responders(), "001", {"name": "x"}, why),
    ):
        with pytest.raises(ConflictError, match="is retired"), store.begin() as connection:
            again(connection)


def test_cells_with_shapes_are_made_valid_and_corrected_without_losing_them(
    importer: Importer, store: Store, actor: Actor, clock: FixedClock
) -> None:
    bow = shapely.from_wkt(
        "POLYGON ((104 30, 104.001 30.001, 104.001 30, 104 30.0012345678901234, 104 30))"
    )
    frame = gpd.GeoDataFrame(
        {"code": ["1", "2", "3"], "name": "Block", "kind": "building", "households": [40, None, 3]},
        geometry=[bow, shapely.Point(104.005, 30.005), None],
        crs="EPSG:4326",
    )
    summary = importer.frame("cells", frame, ImportOptions(source="survey"), "cells")
    assert (summary.added, summary.refused, summary.repaired) == (2, 1, 1)
    assert summary.refusals[0].reason == "a shape, or lon and lat, is missing"
    before = ask(store, "SELECT ST_AsBinary(geom) FROM cell WHERE code = '1'")
    with store.begin() as connection:
        why = Change("counted again", actor, clock.now())
        correct(connection, Cells(), "survey:1", {"households": "41"}, why)
    assert ask(store, "SELECT households FROM cell ORDER BY code") == [(41,), (None,)]
    assert ask(store, "SELECT ST_AsBinary(geom) FROM cell WHERE code = '1'") == before
    assert ask(store, "SELECT bool_and(ST_IsValid(geom)) FROM cell") == [(True,)]


def test_two_sources_may_use_one_code(
    importer: Importer, store: Store, actor: Actor, clock: FixedClock
) -> None:
    frame = pd.DataFrame({"code": ["1"], "name": ["East gate"], "kind": ["entrance"]})
    for source in ("survey", "police"):
        importer.frame("places", frame, ImportOptions(source=source), "places")
    why = Change("closed", actor, clock.now())
    with pytest.raises(ConflictError, match="survey:1"), store.begin() as connection:
        retire(connection, "places", "1", why)
    with store.begin() as connection:
        retire(connection, "places", "police:1", why)
    assert ask(store, "SELECT source FROM place WHERE retired_at IS NULL") == [("survey",)]


def test_categories_know_their_layer(importer: Importer, store: Store) -> None:
    frame = pd.DataFrame(
        {"code": ["road", "gas"], "name": ["道路", "燃气"], "layer": ["base", "mars"]}
    ).assign(skills=[["road", "night"], []])
    summary = importer.frame("categories", frame, ImportOptions(source="list"), "categories")
    assert (summary.added, summary.refused) == (1, 1)
    assert "layer mars is unknown" in summary.refusals[0].reason
    assert ask(
        store, "SELECT c.code, l.code, skills FROM category AS c JOIN layer AS l ON l.id = layer_id"
    ) == [("road", "base", ["road", "night"])]
