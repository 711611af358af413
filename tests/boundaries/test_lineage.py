"""What becomes of areas, codes and people when an edition follows another."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gridgis.errors import ConflictError, PlanRejectedError
from gridgis.store import editions, lineage
from gridgis_boundaries import publishing
from gridgis_boundaries.publishing.became import became
from gridgis_boundaries.publishing.content import content_hash
from gridgis_boundaries.publishing.identities import identify
from gridgis_boundaries.publishing.pieces import pieces
from gridgis_boundaries.sizes import area_m2
from tests.boundaries.conftest import drawn, stored_frame, toy_layer
from tests.cities import staff
from tests.conftest import PROVE

if TYPE_CHECKING:
    import geopandas as gpd

    from tests.boundaries.conftest import Desk


@pytest.fixture
def town(desk: Desk) -> Desk:
    """A town of two grids, A in the west and B in the east, with 400 households each."""
    desk.add(toy_layer())
    publish(desk, "A A B B")
    return desk


def publish(desk: Desk, drawing: str, **how: object) -> publishing.Published:
    """Draw the town anew, an hour later."""
    desk.clock.advance(timedelta(hours=1))
    made = desk.bring(drawn(drawing, households=400), households="households")
    return desk.publish(made.edition, **how)


def ids(desk: Desk) -> dict[str, int]:
    frame = desk.frame()
    return dict(zip(frame["code"], frame["area_id"], strict=True))


def told(desk: Desk, edition: int) -> set[tuple[object, ...]]:
    """What became of the grids: kind, codes, shares of old and new."""
    with desk.store.begin() as connection:
        return {
            (
                one.kind,
                one.from_code,
                one.to_code,
                one.share_of_old and round(one.share_of_old, 3),
                one.share_of_new and round(one.share_of_new, 3),
            )
            for one in lineage.of_edition(connection, edition)
            if one.level == "grid"
        }


def households(desk: Desk, *cells: tuple[float, int]) -> None:
    """Cells as points in the middle of the row of letters: longitude, households."""
    with desk.store.begin() as connection:
        for number, (lon, count) in enumerate(cells):
            connection.execute(
                text(
                    "INSERT INTO cell (source, code, name, kind, households, geom) VALUES ('t',"
                    " :code, 'c', 'building', :n, ST_SetSRID(ST_MakePoint(:lon, 30.005), 4326))"
                ),
                {"code": str(number), "n": count, "lon": lon},
            )


def test_the_first_edition_comes_from_nowhere(town: Desk) -> None:
    assert told(town, 1) == set()


def test_a_shift_and_a_new_grid_are_told_with_their_shares(town: Desk) -> None:
    done = publish(town, "A B B C")
    assert told(town, done.edition.id) == {
        ("keep", "A", "A", 0.5, 1.0),
        ("transfer", "A", "B", 0.5, 0.5),
        ("keep", "B", "B", 0.5, 0.5),
        ("split", "B", "C", 0.5, 1.0),
    }
    assert done.lineage == {"keep": 3, "transfer": 1, "split": 1}


def test_two_grids_that_become_one_are_merged(town: Desk) -> None:
    before = ids(town)
    done = publish(town, "A A A A")
    assert told(town, done.edition.id) == {
        ("keep", "A", "A", 1.0, 0.5),
        ("merge", "B", "A", 1.0, 0.5),
    }
    assert ids(town) == {code: before[code] for code in "TA"}


def test_ground_that_is_given_up_and_won_is_told_too(town: Desk) -> None:
    done = publish(town, ". . . . D\nA A B . D", accept="a lake")
    assert told(town, done.edition.id) == {
        ("keep", "A", "A", 1.0, 1.0),
        ("keep", "B", "B", 0.5, 1.0),
        ("gone", "B", None, 0.5, None),
        ("new", None, "D", None, 1.0),
    }


def test_an_area_is_where_its_households_are_whatever_it_is_called(town: Desk) -> None:
    """Nine in ten of A's households live in its eastern square, which is called B now."""
    before = ids(town)
    households(town, (104.005, 10), (104.015, 90), (104.025, 20))
    made = town.bring(drawn("X B B B"), code="code").edition
    with pytest.raises(PlanRejectedError, match="B is a code met again"):
        town.publish(made)
    town.clock.advance(timedelta(hours=1))
    done = town.publish(made, accept="people keep the name")
    after = ids(town)
    assert after["B"] == before["A"]
    assert after["X"] not in before.values()
    assert {row[:3] for row in told(town, done.edition.id)} == {
        ("split", "A", "X"),
        ("keep", "A", "B"),
        ("merge", "B", "B"),
    }


def test_a_code_for_wholly_other_ground_is_another_area(town: Desk) -> None:
    before = ids(town)
    with pytest.raises(PlanRejectedError, match="grid B is a code met again") as caught:
        publish(town, "A B C C")
    assert [finding.rule for finding in caught.value.findings] == ["retired codes"]
    publish(town, "A B C C", accept="the sign is up already")
    after = ids(town)
    assert after["C"] == before["B"], "all who lived in B live in C"
    assert after["B"] not in before.values()


def test_a_person_who_knows_better_says_which_area_it_is_and_why(town: Desk) -> None:
    """Half of A each way: the rule keeps A where its code is; the office knows it moved to B."""
    before = ids(town)
    made = town.bring(drawn("A B B B", households=400), households="households").edition
    assert made is not None
    town.clock.advance(timedelta(hours=1))
    now = town.clock.now()
    with town.store.begin() as connection:
        listed = publishing.identities_of_draft(connection, made, now)
    assert {(one.code, one.before, one.why) for one in listed} == {
        ("T", "T", "share"),
        ("A", "A", "share"),
        ("B", "B", "share"),
    }
    why = ("its chief moved along", town.actor, now)
    with town.store.begin() as connection:
        publishing.say_identity_of_draft(connection, made, ("grid", "B"), "A", why)
        publishing.say_identity_of_draft(connection, made, ("grid", "A"), "B", why)
    with pytest.raises(PlanRejectedError, match="retired codes: grid A is a code met again"):
        town.publish(made)
    town.publish(made, accept="the signs stay")
    after = ids(town)
    assert (after["A"], after["B"]) == (before["B"], before["A"]), "they changed places"


def test_a_retired_code_is_not_used_again_and_a_grid_that_is_recoded_is_the_same(
    town: Desk,
) -> None:
    before = ids(town)
    publish(town, "A A A A")
    with pytest.raises(PlanRejectedError, match="grid B is a code met again: in edition 1"):
        publish(town, "A A B B")
    done = publish(town, "Q Q Q C")
    assert ids(town)["Q"] == before["A"]
    assert {row[0] for row in told(town, done.edition.id)} == {"keep", "split"}


def test_people_go_where_most_of_their_grid_went_and_come_back_with_it(town: Desk) -> None:
    before = ids(town)
    with town.store.begin() as connection:
        stays = staff(connection, "stays", 104.005, 30.005, area_id=before["A"])
        goes = staff(connection, "goes", 104.025, 30.005, area_id=before["B"])

    def bound() -> list[int]:
        with town.store.begin() as connection:
            rows = connection.execute(text("SELECT id, area_id FROM responder")).all()
        by_id = {row.id: row.area_id for row in rows}
        return [by_id[stays], by_id[goes]]

    done = publish(town, "A A A A")
    assert bound() == [before["A"], before["A"]]
    assert done.moved_responders == 1
    with town.store.begin() as connection:
        (receipt,) = lineage.receipts(connection, done.edition.id)
    assert (receipt.noun, receipt.moved) == ("responder", goes)
    assert (receipt.from_code, receipt.to_code) == ("B", "A")
    town.clock.advance(timedelta(hours=1))
    with town.store.begin() as connection:
        back = publishing.restore(connection, 1, actor=town.actor, clock=town.clock)
    assert bound() == [before["A"], before["B"]]
    assert back.moved_responders == 1


def test_going_back_brings_the_same_bits_under_a_new_number(town: Desk) -> None:
    first = town.frame()
    publish(town, "A B B C")
    town.clock.advance(timedelta(hours=1))
    with town.store.begin() as connection:
        done = publishing.restore(connection, 1, actor=town.actor, clock=town.clock)
        original = editions.find(connection, 1)
    now = town.frame()
    assert done.edition.id == 3
    assert done.edition.restores == 1
    assert done.edition.content_hash == original.content_hash
    assert now["area_id"].tolist() == first["area_id"].tolist()
    assert now.geometry.to_wkb().tolist() == first.geometry.to_wkb().tolist()
    assert ("merge", "C", "B", 1.0, 0.667) in told(town, 3), "C has 400 in one square"


def test_exceptions_are_carried_back_and_what_is_new_today_is_not(desk: Desk) -> None:
    desk.add(toy_layer())
    publish(desk, "G H I\nD . F\nA B C", accept="a lake")
    publish(desk, "G H I\nD E F\nA B C")
    desk.clock.advance(timedelta(hours=1))
    with desk.store.begin() as connection:
        done = publishing.restore(connection, 1, actor=desk.actor, clock=desk.clock)
        (known,) = editions.accepted(connection, done.edition.id)
    assert (known.rule, known.reason, known.areas) == ("gap", "a lake", tuple("ABCDFGHI"))
    draft = desk.bring(drawn("A B")).edition
    with pytest.raises(ConflictError, match="is a draft"), desk.store.begin() as connection:
        publishing.restore(connection, draft, actor=desk.actor, clock=desk.clock)


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE edition SET valid = '(,)', published_at = now() WHERE id = 2", "not judged"),
        (
            "UPDATE edition SET valid = '(,)', published_at = now(), content_hash = 'x',"
            " findings = 1 WHERE id = 2",
            "has 1 findings, and 0 of them are accepted",
        ),
        ("UPDATE area_version SET code = 'Z' WHERE edition_id = 1 AND code = 'A'", "not redrawn"),
        ("DELETE FROM area_version WHERE edition_id = 1 AND code = 'A'", "not redrawn"),
        ("UPDATE area_version SET edition_id = 1 WHERE edition_id = 2", "not redrawn"),
    ],
)
def test_the_database_itself_is_the_last_door(town: Desk, statement: str, sentence: str) -> None:
    """Whatever program writes: an edition opens judged, and stays as it was judged."""
    town.bring(drawn("U U V V", city="W"))
    with pytest.raises(ConflictError, match=sentence), town.store.begin() as connection:
        connection.execute(text(statement))


def as_stored(drawing: str) -> gpd.GeoDataFrame:
    frame = drawn(drawing, households=400, level="grid", parent_code=None, name="x")
    whole = frame.assign(population=None)
    return stored_frame(whole).astype({"households": "Int64", "population": "Int64"})


def nobody() -> gpd.GeoDataFrame:
    return as_stored("A").iloc[:0]


letters = st.lists(st.sampled_from("ABCD"), min_size=6, max_size=6)


@settings(max_examples=200 if PROVE else 20, deadline=None)
@given(letters, letters)
def test_nothing_of_ground_and_households_is_lost_between_two_editions(
    old: list[str], new: list[str]
) -> None:
    """Shapely judges the ground; shares of each area add up to one."""
    frames = [as_stored(f"{' '.join(row[:3])}\n{' '.join(row[3:])}") for row in (old, new)]
    frames[1]["area_id"] += 100
    shared = pieces(*frames, nobody)
    for side, frame in zip(("old", "new"), frames, strict=True):
        sums = shared.groupby(side)[["area_m2", f"share_of_{side}"]].sum()
        assert np.allclose(sums["area_m2"], area_m2(frame.geometry), rtol=1e-9)
        assert np.allclose(sums[f"share_of_{side}"], 1)
    for row in shared.itertuples():
        ground = shapely.intersection(
            frames[0].geometry.iloc[row.old], frames[1].geometry.iloc[row.new]
        )
        assert np.isclose(row.area_m2, area_m2([ground])[0], rtol=1e-6)
    assert np.isclose(shared["households"].sum(), frames[0]["households"].sum())
    found = identify(*frames, shared, {}, given=False)
    kept = [one.area_id for one in found if one.area_id is not None]
    assert len(kept) == len(set(kept)), "no area becomes two"
    for one in found:
        if one.why == "share":
            assert min(one.share_of_old or 0, one.share_of_new or 0) >= 0.5 - 1e-9
    table = became(*frames, shared)
    assert set(table["kind"]) <= {"split", "merge"}, "all ids differ here"


def test_the_hash_does_not_look_at_where_a_ring_begins_and_at_all_else() -> None:
    frame = as_stored("A B\nC D")
    turned = frame.iloc[::-1].assign(geometry=[shape.reverse() for shape in frame.geometry[::-1]])
    assert content_hash(turned) == content_hash(frame)
    moved = frame.copy()
    corner = shapely.get_coordinates(frame.geometry[0])
    corner[1] = np.nextafter(corner[1], 200)
    moved.geometry = [shapely.multipolygons([shapely.Polygon(corner)]), *frame.geometry[1:]]
    assert content_hash(moved) != content_hash(frame)
    for column, value in (("code", "Z"), ("name", "Z"), ("level", "Z"), ("parent_code", "Z")):
        assert content_hash(frame.assign(**{column: value})) != content_hash(frame)
