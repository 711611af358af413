"""Codes are text, made by their layer's grammar."""

from __future__ import annotations

import numpy as np
import pytest

from gridgis.codes import Grammar, as_code
from gridgis.errors import InvalidInputError


def test_a_grid_code_of_the_usual_grammar_carries_all_its_parents() -> None:
    grammar = Grammar.parse("6+3+3+3")
    assert grammar.complaint("620103001002003", rank=3) is None
    assert grammar.parent_code("620103001002003", rank=3) == "620103001002"
    assert grammar.parent_code("620103001002", rank=2) == "620103001"
    assert grammar.parent_code("620103", rank=0) is None


@pytest.mark.parametrize("code", ["62010", "6201033", "62010a", "６２０１０３"])
def test_a_code_against_the_grammar_is_told_so(code: str) -> None:
    assert "6+3+3+3" in (Grammar.parse("6+3+3+3").complaint(code, rank=0) or "")


def test_without_a_grammar_any_text_is_a_code() -> None:
    grammar = Grammar.parse("none")
    assert grammar.complaint("beat 12-A", rank=0) is None
    assert str(grammar) == "none"


@pytest.mark.parametrize("text", ["", "6+", "6+0", "six", "+3", "6-3", "６"])
def test_a_grammar_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="digits that each level adds"):
        Grammar.parse(text)


def test_a_grammar_must_speak_of_every_level() -> None:
    with pytest.raises(InvalidInputError, match="4 levels and the layer has 3"):
        Grammar.parse("6+3+3+3").require_levels(3)
    Grammar.parse("2+1+1").require_levels(3)
    Grammar.parse("none").require_levels(7)


@pytest.mark.parametrize(
    "rounded", ["6.2E+14", "6.20103001002E+14", "6,2e+14", 6.2010300100200301e15]
)
def test_a_number_that_a_spreadsheet_rounded_is_refused(rounded: object) -> None:
    with pytest.raises(InvalidInputError, match="rounded number"):
        as_code(rounded)


@pytest.mark.parametrize("empty", [None, "", "  ", float("nan"), np.float64("nan")])
def test_an_empty_cell_has_no_code(empty: object) -> None:
    with pytest.raises(InvalidInputError, match="has no code"):
        as_code(empty)


@pytest.mark.parametrize("hostile", ["62\x000103", "62\ud8000103", "6" * 300, True])
def test_what_no_database_takes_is_refused_at_the_door(hostile: object) -> None:
    with pytest.raises(InvalidInputError):
        as_code(hostile)


def test_whole_numbers_are_written_out_and_leading_zeros_of_texts_stay() -> None:
    assert as_code(620103001002003.0) == "620103001002003"
    assert as_code(np.int32(620103)) == "620103"
    assert as_code(" 0713 ") == "0713"
