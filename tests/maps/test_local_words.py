"""Whatever the local figures say has a word in every language."""

from __future__ import annotations

import pytest

from gridgis.words import catalogue, languages
from gridgis_maps.numbers.local import emerging, gistar
from gridgis_maps.numbers.local.weights import BAND, SHARED_EDGE

FOUND = (
    *(gistar.HOT, gistar.COLD, gistar.NEITHER),
    *(gistar.NOT_DECIDABLE, gistar.ISOLATED, gistar.NO_VALUE),
)
PATTERNS = [f"{kind}_{side}" for kind in emerging.KINDS for side in (gistar.HOT, gistar.COLD)]
TOLD = (
    *(gistar.NO_PATTERN, gistar.NO_GRID, gistar.ONE_GRID, gistar.FEW_GRIDS),
    *(gistar.NO_NEIGHBOURS, gistar.NOT_DECIDABLE, gistar.ISOLATED, gistar.NO_VALUE),
)


@pytest.mark.parametrize("lang", languages())
def test_every_value_has_a_word(lang):
    words = catalogue(lang)

    assert {f"local.found.{one}" for one in FOUND} <= set(words)
    assert {f"local.pattern.{one}" for one in [*PATTERNS, "none", "isolated", "no_value"]} <= set(
        words
    )
    assert {f"local.meaning.{one}" for one in PATTERNS} <= set(words)
    assert {f"local.told.{one}" for one in [*TOLD, "few_slices"]} <= set(words)
    assert {f"local.method.{one}" for one in (SHARED_EDGE, BAND, "count", "rate")} <= set(words)
