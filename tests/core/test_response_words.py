"""The page about response plans is true, and every word of the assembly line can be said."""

from __future__ import annotations

import re

import pytest

from gridgis.cases import words
from gridgis.errors import InvalidInputError, WordMissingError
from gridgis.response import parties, reading
from gridgis.response.labels import label
from gridgis.response.plan import ResponsePlan
from gridgis.response.vocabulary import VOCABULARIES
from gridgis.words import LANGUAGES
from tests.conftest import ROOT

PAGE = (ROOT / "docs/response-plan.md").read_text(encoding="utf-8")
KEYS = {
    *reading._TOP,
    *reading._RULES,
    *reading._CLOSING,
    *reading._PROPOSE,
    *parties.RESPONSE_KEYS,
    *parties._PARTY,
    *parties._EVACUATE,
    *words.STAGES,
}
SAID = (
    *words.STATES,
    *words.OUTCOMES,
    *words.TASK_STATES,
    *words.REASON_KINDS,
    *words.TIERS,
    *words.CHANNELS,
    *words.STAGES,
    *words.WISHES,
    *words.ROLES,
    *words.LEVELS,
)


def test_the_example_of_the_page_can_be_used() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    plan = ResponsePlan.read(example, {"gas", "fire"}, ["gas-smell", "question"])
    response = plan.response("gas-smell", 2)
    assert response is not None
    assert [party.name for party in response.parties] == ["gas", "fire", "housing", "grid"]
    assert {name: str(limit) for name, limit in response.marks.items()} == {
        "evacuated": "15 min",
        "sealed": "20 min",
    }
    assert plan.escalate_to("tree", 4, "mark:sealed", "street") == "leader"
    assert plan.escalate_to("gas-smell", 1, "mark:sealed", "street") == "leader"
    assert not plan.closing("question").site_check


@pytest.mark.parametrize("key", sorted(KEYS))
def test_every_key_stands_on_the_page(key: str) -> None:
    assert f"`{key}`" in PAGE


@pytest.mark.parametrize("vocabulary", VOCABULARIES)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_word_can_be_said(vocabulary: str, lang: str) -> None:
    for said in SAID:
        assert label(said, vocabulary, lang)
    states = [label(said, vocabulary, lang) for said in words.STATES]
    assert len(set(states)) == len(states), "no two states are called the same"


def test_each_family_speaks_its_own_words() -> None:
    steps = ("reported", "filed", "dispatched", "handling", "verifying", "closed")
    assert [label(one, "urban", "zh") for one in steps] == [
        "上报", "立案", "派遣", "处置", "核查", "结案",
    ]  # fmt: skip
    steps = ("filed", "dispatched", "handling", "fed_back", "verifying", "closed")
    assert [label(one, "hotline", "zh") for one in steps] == [
        "受理", "转办", "办理", "反馈", "回访", "办结",
    ]  # fmt: skip
    assert label("parked", "urban", "zh") == "挂账"
    with pytest.raises(InvalidInputError, match="vocabulary 'army' is unknown"):
        label("filed", "army", "zh")
    with pytest.raises(WordMissingError):
        label("flown", "urban", "zh")
