"""The catalogue speaks every language fully, and says clearly when it cannot."""

from __future__ import annotations

import json
import re
from importlib import resources

import pytest

from gridgis.errors import InvalidInputError, WordMissingError
from gridgis.words import catalogue, languages, placeholders, word

FILES = [file for file in resources.files("gridgis.words").iterdir() if file.suffix == ".json"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_word_is_said_in_every_language_with_the_same_facts(file):
    said = json.loads(file.read_text(encoding="utf-8"))

    for key, texts in said.items():
        assert set(texts) == set(languages()), key
        assert all(text.strip() for text in texts.values()), key
        assert len({frozenset(placeholders(text)) for text in texts.values()}) == 1, key


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_chinese_is_written_with_its_own_punctuation(file):
    said = json.loads(file.read_text(encoding="utf-8"))

    for key, texts in said.items():
        assert not re.search(r"[\u4e00-\u9fff][,;:!?()]|[()][\u4e00-\u9fff]", texts["zh"]), key


def test_no_key_stands_in_two_files():
    keys = [key for file in FILES for key in json.loads(file.read_text(encoding="utf-8"))]

    assert sorted(keys) == sorted(set(keys))
    assert len(catalogue("zh")) == len(keys)


def test_facts_are_filled_in():
    assert word("map.distance.km", "zh", value="1.25") == "1.25 公里"
    assert word("map.distance.km", "en", value="1.25") == "1.25 km"


def test_a_fact_is_never_read_as_a_text_with_facts():
    assert word("map.distance.km", "en", value="{0.__class__}") == "{0.__class__} km"


def test_a_missing_word_is_named():
    with pytest.raises(WordMissingError, match=r"no 'map\.nothing' in en"):
        word("map.nothing", "en")


def test_a_missing_fact_is_named():
    with pytest.raises(WordMissingError, match=r"'map\.distance\.km' in zh needs the fact 'value'"):
        word("map.distance.km", "zh")


@pytest.mark.parametrize("lang", ["fr", "", "ZH"])
def test_an_unknown_language_is_refused_with_those_that_exist(lang):
    with pytest.raises(InvalidInputError, match="zh, en"):
        word("map.distance.km", lang, value=1)


def test_part_of_the_catalogue_can_be_taken():
    distances = catalogue("en", "map.distance.")

    assert distances == {"map.distance.m": "{value} m", "map.distance.km": "{value} km"}
