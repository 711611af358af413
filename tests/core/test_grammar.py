"""Addresses taken apart: by the grammar that comes along, and by what a city adds to it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from gridgis.places.numerals import arabic
from gridgis.places.parsing import compose, parse
from tests.addresses import demo_places
from tests.disturbing import numeral

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        (
            "甘肃省兰州市七里河区西园街道柏树巷社区建兰路12号院3号楼2单元301室",
            "甘肃省 兰州市 七里河区 西园街道 柏树巷社区 建兰路 12 3 2 301",
        ),
        ("朝阳小区3栋2单元301", "朝阳小区 3 2 301"),
        ("新华街甲12号", "新华街 12A"),
        ("建兰路12-3号建兰丽苑", "建兰路 12-3 建兰丽苑"),
        ("仁寿山镇上庄村", "仁寿山镇 上庄村"),
        ("云亭农贸市场", "云亭农贸市场"),
        ("5700 S Cicero Ave, Chicago, IL 60638", "Chicago S Cicero Ave 5700"),
        ("Mannerheimintie 10 A, 00100 Helsinki", "Helsinki Mannerheimintie 10A"),
        ("Rue de la Lujerneta 2, Monaco", "Monaco Rue de la Lujerneta 2"),
    ],
)
def test_parts_of_an_address_from_the_largest(address: str, parts: str) -> None:
    assert " ".join(parse(address).values()) == parts


def test_the_addresses_of_the_demo_are_taken_apart_and_put_together_again() -> None:
    rows = demo_places().rows.sample(500, random_state=3)
    for address in rows["standard_address"]:
        assert compose(parse(address)) == address


@pytest.mark.parametrize("number", [*range(1, 130), 200, 208, 999])
def test_numerals_are_numbers(number: int) -> None:
    assert arabic(numeral(str(number))) == str(number)


OWN = """
[[part]]
name = "building"
marks = ["斋"]

[[same]]
weight = 0.45
words = [["strasse", "str"]]
"""

ASK = """
import sys
from pathlib import Path
from gridgis.places.grammar import adopt
from gridgis.places.parsing import parse
adopt(Path(sys.argv[1]))
print(parse("云川大学3斋"))
"""


def adopting(file: Path) -> subprocess.CompletedProcess[str]:
    """A process of its own: one grammar is for the whole of it."""
    return subprocess.run(
        [sys.executable, "-c", ASK, str(file)], capture_output=True, text=True, check=False
    )


def test_a_city_adds_words_of_its_own(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(OWN, encoding="utf-8")
    assert adopting(file).stdout.strip() == "{'compound': '云川大学', 'building': '3'}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[[part", "cannot be read as an address grammar"),
        ('[[part]]\nname = "castle"\n', "an address has no part 'castle'"),
    ],
)
def test_a_grammar_that_is_none_is_told(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "ours.toml"
    file.write_text(text, encoding="utf-8")
    assert says in adopting(file).stderr
