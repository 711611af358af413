"""The demo's duties have no gap and no double, and its response plan finds people."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gridgis.cases.words import LEVELS, TIERS
from gridgis.response.duty import Duties, Spot, cross_table
from gridgis.response.plan import ResponsePlan
from gridgis.store.units import StoredDuty
from tests.demos import demo_district

if TYPE_CHECKING:
    from gridgis.demo import DemoDistrict


@pytest.fixture(scope="module")
def demo() -> DemoDistrict:
    return demo_district()


def test_units_are_called_once_and_have_people(demo: DemoDistrict) -> None:
    units = demo.units
    assert units["code"].is_unique
    assert units["phone"].str.fullmatch(r"100\d{8}").all()
    assert set(units["tier"]) <= set(TIERS)
    offices = units[units["tier"].isin(["street", "community"])]
    assert offices["organisation"].isin(demo.responders["organisation"]).all()
    for bureau in ("safety", "housing"):
        (organisation,) = units.loc[units["code"] == bureau, "organisation"]
        assert (demo.responders["organisation"] == organisation).sum() == 2


def test_somebody_answers_for_everything_everywhere_and_only_one(demo: DemoDistrict) -> None:
    rows = demo.responsibilities
    assert rows["unit"].isin(demo.units["code"]).all()
    assert rows["category"].isin(demo.categories["code"]).all()
    assert not rows.duplicated(["category", "layer", "area"]).any()
    codes = {code: number for number, code in enumerate(demo.areas["code"])}
    layers = {"campus": 1, "hospital": 2}
    duties = Duties.of(
        StoredDuty(
            number, row.category, layers.get(row.layer), codes.get(row.area), row.unit,
            row.layer, row.area, None,
        )
        for number, row in enumerate(rows.itertuples())
    )  # fmt: skip
    spots = {
        code: Spot(tuple(("area", codes[code[:length]]) for length in (15, 12, 9, 6)))
        for code in demo.areas.loc[demo.areas["level"] == "grid", "code"]
    }
    table = cross_table(duties, demo.categories["code"].tolist(), spots)
    assert len(table) == 15 * 579
    assert table["unit"].notna().all()
    disputes = table[table["category"] == "dispute"]
    assert (disputes["unit"] == "unit-" + disputes["grid"].str[:9]).all()
    campus = Spot((("layer", 1), *spots[next(iter(spots))].wheres))
    found = duties.responsible("rubbish", campus)
    assert found is not None
    assert found.unit == "campus"


def test_the_plan_names_units_and_people_that_there_are(demo: DemoDistrict) -> None:
    skills = {skill for own in demo.responders["skills"] for skill in own}
    plan = ResponsePlan.read(
        demo.response_plan, skills, demo.categories["code"].tolist(), demo.units["code"].tolist()
    )
    staff = demo.responders
    for category in demo.categories["code"]:
        for level in LEVELS:
            response = plan.response(category, level)
            for party in response.parties if response else ():
                able = staff["skills"].map(lambda own, party=party: set(party.skills) <= set(own))
                fits = able & (staff["kind"].isin(party.kinds) | (not party.kinds))
                fits &= staff["role"].isin(party.roles) | (not party.roles)
                assert fits.sum() >= party.count, (category, level, party)
