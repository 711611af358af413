"""The examples in the pages on rules, measures and topology run, and answer what the pages say."""

from __future__ import annotations

import doctest

import pytest

import gridgis.demo
from tests.conftest import ROOT
from tests.demos import demo_district


@pytest.mark.parametrize("page", ["rules.md", "measures.md", "topology.md"])
def test_a_page_says_what_its_examples_answer(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The district of the pages is that of all tests, which is made once.
    monkeypatch.setattr(gridgis.demo, "make", lambda _: demo_district())
    failed, tried = doctest.testfile(
        str(ROOT / "docs" / page),
        module_relative=False,
        optionflags=doctest.NORMALIZE_WHITESPACE,
    )
    assert tried > 12
    assert failed == 0
