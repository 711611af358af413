"""A report in somebody's own words: which places does it speak of?"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gridgis.places.mentions import find_in
from tests.addresses import listed

if TYPE_CHECKING:
    from gridgis.places.index import PlaceIndex


@pytest.fixture(scope="module")
def index() -> PlaceIndex:
    return listed()


@pytest.mark.parametrize(
    ("text", "words", "name"),
    [
        ("麗苑社区2号楼旁边的井盖", "麗苑社区2号楼", "丽苑社区2号楼"),
        ("建兰丽苑11号楼E单元楼下有煤气味", "建兰丽苑11号楼E单元", "建兰丽苑11号楼E单元"),
        ("有人反映望河小学门口摆摊堵路", "望河小学", "望河小学"),
        ("请速来建蓝丽苑十一栋!电梯困人", "建蓝丽苑十一栋", "建兰丽苑11号楼"),
        ("昨晚8点,建兰丽苑门前积水30厘米", "建兰丽苑", "建兰丽苑"),
        ("gas smell at 233 N Michigan Ave, 3rd floor", "233 N Michigan Ave", "233 N Michigan Ave"),
    ],
)
def test_the_place_and_the_words_that_mention_it(
    index: PlaceIndex, text: str, words: str, name: str
) -> None:
    (mention,) = find_in(index, text)
    assert (mention.words, mention.candidate.name) == (words, name)
    assert text[mention.start : mention.end] == words


def test_several_places_in_their_order(index: PlaceIndex) -> None:
    found = find_in(index, "从望河小学到建兰路12号一路停电。松庄新村2号楼也没有电")
    assert [m.candidate.name for m in found] == ["望河小学", "建兰丽苑", "松庄新村2号楼"]


def test_where_two_are_meant_alike_both_are_told(index: PlaceIndex) -> None:
    found = find_in(index, "松庄有人吵架")
    assert {m.candidate.name for m in found} == {"松庄小区", "松庄新村"}
    assert {(m.start, m.end) for m in found} == {(0, 2)}
    assert max(m.candidate.score for m in found) <= 0.5


@pytest.mark.parametrize(
    "text",
    ["两户因漏水发生争执，有3个人", "", "1号楼", "有人乱停车", "🔥🔥🔥", "the cat sat on the mat"],
)
def test_a_text_without_a_place(index: PlaceIndex, text: str) -> None:
    assert find_in(index, text) == []


def test_a_long_text_is_read_to_its_end(index: PlaceIndex) -> None:
    text = "今天上午接到居民电话，反映小区里面垃圾没有清运。" * 40 + "地点是建兰丽苑11号楼"
    (mention,) = find_in(index, text)
    assert text[mention.start : mention.end] == "建兰丽苑11号楼"
