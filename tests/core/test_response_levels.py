"""How grave is it? The proposal and its reasons, as a dispatcher would read them."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gridgis.model import Location, NearPlace
from gridgis.response.levels import propose
from gridgis.response.plan import ResponsePlan
from gridgis.response.rules import IncidentRule, NearRule, Proposing

PLAN = ResponsePlan.read((files("gridgis.demo") / "response_plan.yaml").read_text(encoding="utf-8"))
GAS = PLAN.proposing("gas-smell")
SCHOOL = NearPlace("demo:S1", "school", "滨河小学", None, None, None, 120.4, Location(104.0, 30.0))


def test_a_smell_of_gas_is_level_three_unless_something_makes_it_graver() -> None:
    found = propose(GAS, "3号楼一楼住户反映厨房有煤气味")
    assert found.level == 3
    assert found.facts() == {
        "level": 3,
        "reasons": [{"sentence": "level 3 is usual for the category", "weight": 0}],
    }


def test_words_place_and_cluster_add_up_and_each_says_why() -> None:
    found = propose(GAS, "燃气泄漏,气味浓烈", [SCHOOL], reports=4)
    assert found.level == 1
    assert [tuple(why) for why in found.reasons] == [
        ("level 3 is usual for the category", 0),
        ("it says “泄漏”, “浓烈”, which is level 2", 1),
        ("school 滨河小学 is 120 m away, within 150 m", 1),
        ("4 reports of one incident, from 3 on graver", 1),
    ]


def test_the_strongest_place_counts_once() -> None:
    assert propose(GAS, "有煤气味", [replace(SCHOOL, distance_m=40.0), SCHOOL]).level == 2


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("发生爆炸", 1),
        ("没有爆炸", 3),
        ("无人昏迷,有煤气味", 3),
        ("没有爆炸。刚才又发生爆炸了", 1),
        ("an Explosion in the kitchen", 1),
        ("no explosion, a smell only", 3),
        ("a gas leak", 2),
        ("a bleak day, a smell of gas", 3),
        ("", 3),
    ],
)
def test_a_word_counts_when_it_is_said_and_not_denied(text: str, level: int) -> None:
    assert propose(GAS, text).level == level


def test_what_is_too_far_or_of_another_kind_does_not_count() -> None:
    rules = Proposing(usual=4, near=(NearRule(("hospital",), 500), NearRule(("school",), 100)))
    assert propose(rules, "", [SCHOOL]).level == 4
    assert rules.kinds == ("hospital", "school")
    assert rules.farthest_m == 500
    assert Proposing().farthest_m == 0


@given(
    usual=st.integers(1, 4),
    words=st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 4)),
    text=st.text("abcdef ", max_size=6),
    reports=st.integers(1, 9),
    raises=st.integers(1, 3),
)
def test_more_reasons_never_make_it_less_grave(
    usual: int, words: dict[str, int], text: str, reports: int, raises: int
) -> None:
    rules = Proposing(usual, words, (), (IncidentRule(5, raises),))
    bare = propose(Proposing(usual), text).level
    worded = propose(Proposing(usual, words), text).level
    both = propose(rules, text, reports=reports)
    assert 1 <= both.level <= worded <= bare == usual
    assert both.level == max(1, usual - sum(why.weight for why in both.reasons))
