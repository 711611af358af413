"""A street office edits its response plan: what it says holds, and each mistake has its line."""

from __future__ import annotations

from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from gridgis.cases.words import LEVELS, STAGES, TIERS
from gridgis.demo.categories import CATEGORIES
from gridgis.errors import ResponsePlanError
from gridgis.response.escalating import _cycles
from gridgis.response.plan import NO_PLAN, ResponsePlan
from gridgis.response.vocabulary import HEARING

DEMO = (files("gridgis.demo") / "response_plan.yaml").read_text(encoding="utf-8")

PLAN = """\
name: Our street
warn_share: 0.75
tiers: [grid, community, street]
families: {safety: general, environment: urban, people: hotline}
defaults:
  limits: {file: "30 min, 1 h at night", handle: 5 working days}
  closing: {within_m: 80}
  escalate:
    every: {grid: community, community: street}
    file: dispatcher
  levels:
    1:
      limits: {handle: 4 h}
      parties: {police: {skills: [police]}}
categories:
  gas:
    closing: {rating: false}
    limits: {handle: 1 day}
    escalate: {handle: street}
    levels:
      1-2:
        limits: {handle: 2 h}
        escalate: {every: leader}
        parties:
          gas: {skills: [gas], count: 2, within: 15 min, lead: true, unit: gas-company}
          fire: {skills: [fire, rescue], kinds: [vehicle], within: "15 min, 20 min at night"}
          grid: {roles: [full-time], of: grid}
        tell: [leader, housing]
        evacuate: {radius_m: 150, within: 15 min}
        marks: {sealed: 20 min}
      Ⅲ:
        limits: {handle: 6 h}
"""


@pytest.fixture
def plan() -> ResponsePlan:
    return ResponsePlan.read(PLAN, {"gas", "fire", "rescue", "police"}, ["gas", "noise"])


def said(text: str, **known: object) -> list[str]:
    with pytest.raises(ResponsePlanError) as refused:
        ResponsePlan.read(text, **known)  # type: ignore[arg-type]
    return [f"{line}: {sentence}" for line, sentence in refused.value.findings]


def test_the_most_special_limit_counts(plan: ResponsePlan) -> None:
    def limit(category: str, level: int, stage: str) -> str:
        return str(plan.limit(category, level, stage))

    assert limit("gas", 2, "handle") == "2 h"
    assert limit("gas", 3, "handle") == "6 h"
    assert limit("gas", 4, "handle") == "1 day"
    assert limit("noise", 1, "handle") == "4 h"
    assert limit("noise", 4, "handle") == "5 working days"
    assert limit("gas", 1, "file") == "30 min, 1 h at night"
    assert plan.limit("gas", 1, "verify") is None
    assert plan.limit(None, None, "file") == plan.limit("gas", 1, "file")


def test_who_comes_who_is_told_and_what_must_have_happened(plan: ResponsePlan) -> None:
    response = plan.response("gas", 2)
    assert response is not None
    gas, fire, grid = response.parties
    assert (gas.name, gas.skills, gas.count, str(gas.within), gas.unit) == (
        "gas", ("gas",), 2, "15 min", "gas-company",
    )  # fmt: skip
    assert response.lead == gas
    assert (fire.skills, fire.kinds, fire.count, fire.lead) == (
        ("fire", "rescue"), ("vehicle",), 1, False,
    )  # fmt: skip
    assert (grid.roles, grid.of, grid.searched) == (("full-time",), "grid", True)
    assert response.tell == ("leader", "housing")
    assert response.evacuate_m == 150
    assert {name: str(limit) for name, limit in response.marks.items()} == {
        "evacuated": "15 min",
        "sealed": "20 min",
    }
    assert (plan.response("gas", 1) or response).level == 1


def test_without_a_response_of_its_own_the_defaults_send_somebody(plan: ResponsePlan) -> None:
    response = plan.response("noise", 1)
    assert response is not None
    assert response.parties[0].lead, "who comes alone leads"
    assert plan.response("noise", 3) is None
    assert plan.response("gas", 3) is None
    assert plan.response("gas", None) is None


def test_who_hears_when_it_is_late(plan: ResponsePlan) -> None:
    assert plan.escalate_to("gas", 1, "arrive", "grid") == "leader"
    assert plan.escalate_to("gas", 4, "handle", "grid") == "street"
    assert plan.escalate_to("gas", 4, "handle", "street") is None, "nobody is above"
    assert plan.escalate_to("noise", 4, "handle", "grid") == "community"
    assert plan.escalate_to("noise", 4, "handle", None) == "community"
    assert plan.escalate_to("noise", 4, "file", "community") == "dispatcher"


def test_closing_and_labels_and_the_rest(plan: ResponsePlan) -> None:
    closing = plan.closing("gas")
    assert (closing.site_check, closing.within_m, closing.rating) == (True, 80, False)
    assert plan.closing("noise").rating
    assert [plan.labels(family) for family in ("environment", "people", "other", None)] == [
        "urban", "hotline", "general", "general",
    ]  # fmt: skip
    assert (plan.name, plan.calendar, plan.warn_share) == ("Our street", "city", 0.75)
    assert plan.tiers == ("grid", "community", "street")


def test_before_any_plan_nothing_is_asked() -> None:
    assert NO_PLAN.limit("gas", 1, "handle") is None
    assert NO_PLAN.response("gas", 1) is None
    assert NO_PLAN.escalate_to("gas", 1, "handle", "grid") is None
    assert NO_PLAN.closing("gas").site_check


MISTAKES = [
    ("skills: [gas]", "skills: [gass]", "skill 'gass' is unknown; did you mean 'gas'? (known: "),
    ("\n  gas:\n", "\n  gsa:\n", "category 'gsa' is unknown; did you mean 'gas'?"),
    ("of: grid", "of: gird", "tier 'gird' is unknown; did you mean 'grid'?"),
    ("of: grid", "of: city", "tier 'city' is unknown"),
    ("within: 15 min, lead", "within: 15, lead", '"15" has no unit'),
    ("sealed: 20 min", "sealed: 20 mins", "is not known"),
    ("radius_m: 150", "radius: 150", "'radius' has no unit; write radius_m"),
    ("radius_m: 150", "radius_m: -3", "radius_m is '-3'; it is a number 1 to 20000"),
    ("count: 2", "count: 0", "count is '0'; it is a whole number 1 to 200"),
    ("count: 2", "count: two", "count is 'two'"),
    ("count: 2", "cuont: 2", "the key 'cuont' is unknown; did you mean 'count'?"),
    (", lead: true", "", "nobody leads; give one of gas, fire, grid `lead: true`"),
    ("of: grid}", "of: grid, lead: yes}", "gas and grid lead; only one can"),
    (", lead: true", ", lead: maybe", "lead is 'maybe'; it is true or false"),
    ("{roles: [full-time], of: grid}", "{count: 3}", "say who it is by skills"),
    ("community: street}", "community: grid}", "goes in a circle: grid -> community -> grid"),
    ("handle: street", "handle: sreet", "'sreet' is unknown; did you mean 'street'?"),
    ("      Ⅲ:", "      Ⅱ:", "level 2 is said twice"),
    ("      Ⅲ:", "      5:", "'5' is no level; write 1 to 4"),
    ("    limits: {handle: 1 day}", "    limits: {handel: 1 day}", "the key 'handel' is unknown"),
    ("environment: urban", "environment: urbane", "did you mean 'urban'?"),
    ("warn_share: 0.75", "warn_share: 75", "warn_share is '75'"),
    ("tiers: [grid, community, street]", "tiers: [street, community, grid]", "from the lowest"),
    ("name: Our street", "nmae: Our street", "the key 'nmae' is unknown; did you mean 'name'?"),
    ("marks: {sealed: 20 min}", "marks: {evacuated: 20 min}", "but the mark evacuated says"),
    ("tell: [leader, housing]", "tell: [leader, leader]", "'leader' is said twice"),
    ("closing: {rating: false}", "closing:", "gas: closing is empty"),
    ("closing: {within_m: 80}", "closing: near", "closing is a table of keys"),
]


@pytest.mark.parametrize(("right", "wrong", "sentence"), MISTAKES)
def test_each_mistake_has_its_line(right: str, wrong: str, sentence: str) -> None:
    assert PLAN.count(right) == 1
    line = PLAN[: PLAN.index(right) + len(right) - len(right.lstrip())].count("\n") + 1
    text = PLAN.replace(right, wrong)
    found = said(
        text, skills={"gas", "fire", "rescue", "police"}, categories=["gas", "noise", "water"]
    )
    fitting = [one for one in found if sentence in one]
    assert fitting, found
    # A table's own sentence may stand at the head of the table.
    assert abs(int(fitting[0].split(":")[0]) - line) <= 1, fitting


def test_all_mistakes_are_said_at_once_and_in_order() -> None:
    text = PLAN
    for right, wrong, _ in MISTAKES:
        if right in text and "\n" not in right and right not in {"name: Our street"}:
            text = text.replace(right, wrong)
    found = said(text, skills={"gas", "fire", "rescue", "police"}, categories=["noise"])
    lines = [int(one.split(":")[0]) for one in found]
    assert len(found) > 15
    assert lines == sorted(lines)


def test_a_key_that_stands_twice_is_said_with_the_first_line() -> None:
    text = "name: x\ncategories:\n  gas: {limits: {handle: 1 h}}\n  gas: {limits: {handle: 2 h}}\n"
    assert said(text) == ["4: categories: 'gas' stands already in line 3"]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "1: the document is empty"),
        ("# only a comment\n", "1: the document is empty"),
        ("- a list\n", "1: a response plan is a table of keys"),
        ("a word", "1: a response plan is a table of keys"),
        ("name: x\nfamilies: [", "this is no YAML"),
        ("name: x\n\tfamilies: y", "this is no YAML"),
        ("name: x\n---\nname: y\n", "2: a second document begins here"),
        ("name: &a x\n", "1: anchors (&) and aliases (*) are not read"),
        ("name: x\nfamilies: *a\n", "anchors"),
        ("name: !!python/object:os.system x\n", "1: the tag tag:yaml.org,2002:python/object"),
        ("name: x\x00", "1: "),
        ("name: " + "x" * 201, "1: name has 201 characters"),
        ("[" * 100_000, "1: more than 12 tables and lists inside each other"),
        ("x" * 400_000, "1: 400,000 characters"),
        ("? [a, b]\n: c\nname: x", "1: a response plan: a key is a word"),
    ],
)
def test_what_is_no_plan_is_said_so(text: str, sentence: str) -> None:
    assert sentence in said(text)[0]


def test_a_bomb_of_aliases_does_not_grow() -> None:
    bomb = "a: &a [x,x]\n" + "".join(
        f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
    )
    assert "anchors" in said(bomb)[0]


def test_a_text_of_100_kb_is_read_or_refused_soon() -> None:
    rules = "".join(
        f"  c{number}: {{levels: {{1-4: {{limits: {{handle: 1 day, close: 2 days}}}}}}}}\n"
        for number in range(1800)
    )
    text = f"name: big\ncategories:\n{rules}"
    assert len(text) > 100_000
    assert str(ResponsePlan.read(text).limit("c1799", 3, "close")) == "2 days"
    assert len(said(text.replace("1 day", "1"))) == 500


def test_units_are_known_once_there_are_some() -> None:
    found = said(PLAN, units=["gas-co", "housing"])
    assert [one.split(" (known")[0] for one in found] == [
        "25: gas level 1-2, gas: unit 'gas-company' is unknown; did you mean 'gas-co'?",
    ]
    assert "tell 'housing' is unknown" in said(PLAN, units=["gas-company"])[0]


def test_the_demo_plan_is_whole() -> None:
    skills = {skill for one in CATEGORIES for skill in one.skills}
    skills |= {"medical", "safety", "housing", "street-office"}
    plan = ResponsePlan.read(DEMO, skills, [one.code for one in CATEGORIES])
    assert set(plan.categories) == {one.code for one in CATEGORIES}
    assert set(plan.families) == {one.family for one in CATEGORIES}
    for category in plan.categories:
        for level in LEVELS:
            for stage in ("file", "dispatch", "handle", "verify", "close", "accept"):
                assert plan.limit(category, level, stage) is not None, (category, level, stage)
    for level in (1, 2):
        response = plan.response("gas-smell", level)
        assert response is not None
        assert {"gas", "fire", "police", "safety", "housing", "street", "grid"} <= {
            party.name for party in response.parties
        }
        assert (response.lead.name if response.lead else None) == "gas"
        assert str(response.marks["evacuated"]) == "15 min"
        assert str(response.marks["sealed"]) == "20 min"
        assert response.evacuate_m == (200 if level == 1 else 150)
    assert not plan.closing("question").site_check
    assert {plan.labels(one.family) for one in CATEGORIES} == {"general", "urban", "hotline"}


@given(st.dictionaries(st.sampled_from([*TIERS, *HEARING]), st.sampled_from([*TIERS, *HEARING])))
def test_a_circle_is_found_where_there_is_one(chain: dict[str, str]) -> None:
    """Judged by walking from everybody, one step more than there are."""

    def returns(start: str) -> bool:
        now: str | None = start
        for _ in range(len(chain) + 1):
            now = chain.get(now or "")
            if now == start:
                return True
        return False

    circles = _cycles(chain)
    assert {one for circle in circles for one in circle} == {one for one in chain if returns(one)}
    for circle in circles:
        for one, other in zip(circle, [*circle[1:], circle[0]], strict=True):
            assert chain[one] == other


@how(max_examples=150, deadline=None)
@given(
    cut=st.integers(0, len(PLAN)),
    gone=st.integers(0, 40),
    put=st.text(st.sampled_from("{}[]:,-#&*!|>'\"\n\t xⅠ15min") | st.characters(), max_size=8),
)
def test_any_damage_to_a_plan_is_a_plan_or_findings_with_lines(
    cut: int, gone: int, put: str
) -> None:
    text = PLAN[:cut] + put + PLAN[cut + gone :]
    found: list[tuple[int, str]] | None = None
    try:
        plan = ResponsePlan.read(text, {"gas", "fire", "rescue", "police"}, ["gas"])
    except ResponsePlanError as error:
        found = error.findings
    if found is None:
        for stage in STAGES:
            plan.limit("gas", 1, stage)
            plan.escalate_to("gas", 1, stage, "grid")
    else:
        assert found
        assert all(1 <= line <= len(text.splitlines()) + 1 for line, _ in found), found
