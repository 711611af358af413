"""Where is it? Words to a place, as a dispatcher types them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gridgis.errors import AreaNotFoundError, InvalidInputError
from gridgis.model import Location
from gridgis.places.finding import LONGEST_QUESTION, SURE, Hint, is_sure, search
from tests.addresses import LIST, at, first, listed

if TYPE_CHECKING:
    from gridgis.places.index import PlaceIndex


@pytest.fixture(scope="module")
def index() -> PlaceIndex:
    """A few compounds, buildings and streets, Chinese and Latin."""
    return listed()


@pytest.mark.parametrize(
    "words",
    [
        "云川市柳溪区临川街道仁轩社区建兰路12号建兰丽苑11号楼",
        "建兰丽苑11号楼",
        "建兰丽苑11栋",
        "建兰丽苑１１幢",
        "建兰丽苑11座",
        "建兰丽苑11#",
        "建兰丽苑十一号楼",
        "建蘭麗苑11號樓",
        "11号楼建兰丽苑",
        "11号楼 建兰丽苑 临川街道",
        "建兰路12号11号楼",
        "建兰丽苑11",
        "丽苑小区11号楼",
        "皮革厂家属院11号楼",
        "建蓝丽苑11号楼",
        "建兰历苑11号楼",
        "建文丽苑11号楼",
        "jlly11",
        "JLLY11",
        "jianlanliyuan11",
        "jianlan ly 11",
        "仁轩建兰丽苑11栋",
    ],
)
def test_a_building_is_found_however_people_write_it(index: PlaceIndex, words: str) -> None:
    found = first(index, words)
    assert (found.name, found.precision) == ("建兰丽苑11号楼", "building")


def test_each_answer_says_what_it_was_found_by(index: PlaceIndex) -> None:
    found = first(index, "皮革厂家属院11栋E单元")
    assert [(m.words, m.name, m.part, m.how) for m in found.matched] == [
        ("皮革厂家属院", "建兰丽苑", "name", "former"),
        ("11栋", "11栋", "building", "exact"),
        ("E单元", "E单元", "unit", "exact"),
    ]
    assert found.precision == "unit"


@pytest.mark.parametrize(
    ("words", "how"),
    [
        ("建兰丽苑", "exact"),
        ("建兰丽", "begun"),
        ("丽苑小区", "alias"),
        ("皮革厂家属院", "former"),
        ("建蓝丽苑", "sound"),
        ("建云丽苑", "mistyped"),
        ("jlly", "spelled"),
    ],
)
def test_how_a_name_was_understood(index: PlaceIndex, words: str, how: str) -> None:
    names = [c for c in search(index, words) if c.name == "建兰丽苑"]
    assert names[0].matched[0].how == how


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("第一人民医院", "云川市第一人民医院"),
        ("市一医院", "云川市第一人民医院"),
        ("第一医院", "云川市第一人民医院"),
        ("望河完小", "望河小学"),
        ("wanghexx", "望河小学"),
    ],
)
def test_full_short_and_former_names(index: PlaceIndex, words: str, name: str) -> None:
    assert first(index, words).name == name


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("233 N Michigan Ave", "233 N Michigan Ave, Chicago"),
        ("233 North Michigan Avenue", "233 N Michigan Ave, Chicago"),
        ("233 n. michigan", "233 N Michigan Ave, Chicago"),
        ("N Michigan Ave 233", "233 N Michigan Ave, Chicago"),
        ("401 N Michgan Ave", "401 N Michigan Ave, Chicago"),
        ("233 Wacker", "233 S Wacker Dr, Chicago"),
        ("233 South Wacker Drive", "233 S Wacker Dr, Chicago"),
        ("kaivokatu 1", "Kaivokatu 1, 00100 Helsinki"),
    ],
)
def test_latin_addresses(index: PlaceIndex, words: str, address: str) -> None:
    found = first(index, words)
    assert (found.address, found.precision) == (address, "building")


def test_two_close_answers_are_both_shown_and_neither_is_sure(index: PlaceIndex) -> None:
    found = search(index, "松庄2号楼")
    assert {c.name for c in found[:2]} == {"松庄小区2号楼", "松庄新村2号楼"}
    assert found[0].score == found[1].score < SURE
    assert found[0].close
    assert found[1].close
    assert not is_sure(found)
    # One word more tells them apart.
    assert is_sure(search(index, "望河大街松庄2号楼"))


@pytest.mark.parametrize("gap", ["", " ", "，"])
def test_a_whole_standard_address_has_one_answer(index: PlaceIndex, gap: str) -> None:
    words = f"雲川市柳溪區臨川街道丽苑社区{gap}建兰路２０号松庄小区"
    kept = search(index, words, typing=False)[0]
    assert (kept.name, kept.precision, kept.score) == ("松庄小区", "compound", 1.0)
    said = "".join(match.words for match in kept.matched)
    assert said.replace(gap, "") == words.replace(gap, "")
    if not gap:
        assert search(index, words, typing=False) == [kept]
        assert search(index, words, typing=False, hint=Hint(area="99002001"))[:1] != [kept]


def test_an_address_of_two_places_is_neither_of_them() -> None:
    """A list may have a school and a library at one house number."""
    address = "云川市柳溪区望河街道云亭社区望河大街60号"
    twice = [
        at(104.1300, 30.05, "school", "望河小学", address),
        at(104.1302, 30.05, "library", "望河书屋", address),
    ]
    found = first(listed(twice), address, typing=False)
    assert (found.place, found.kind, found.address) == (None, "number", address)


def test_a_number_between_known_ones_lies_between_them_and_says_so(index: PlaceIndex) -> None:
    found = first(index, "望河大街20号")
    assert (found.precision, found.place, found.kind) == ("interpolated", None, "road")
    assert found.address == "云川市柳溪区望河大街20号"
    assert found.location is not None
    assert found.location.lon == pytest.approx(104.116)
    assert found.matched[-1].how == "interpolated"
    american = first(index, "317 N Michigan Ave")
    assert american.name == "317 N Michigan Ave"
    assert american.location is not None
    assert american.location.lat == pytest.approx(41.888)


def test_a_number_that_does_not_exist_is_not_made_up(index: PlaceIndex) -> None:
    compound = first(index, "建兰丽苑99号楼")
    assert (compound.name, compound.precision) == ("建兰丽苑", "compound")
    assert compound.score < SURE
    street = first(index, "望河大街900号")
    assert street.precision == "street"
    assert street.score < SURE


def test_how_exactly_the_words_say_where(index: PlaceIndex) -> None:
    said = {
        "unit": "建兰丽苑11号楼E单元",
        "building": "建兰丽苑11号楼",
        "compound": "建兰丽苑",
        "interpolated": "望河大街12号",
        "street": "望河大街",
        "area": "云亭社区",
    }
    found = {precision: first(index, words) for precision, words in said.items()}
    assert {p: c.precision for p, c in found.items()} == {p: p for p in said}
    # The guess of how far it may be off grows with it.
    assert found["unit"].location.accuracy_m < found["compound"].location.accuracy_m
    assert found["area"].code == "99002001"


def test_what_else_is_known_helps(index: PlaceIndex) -> None:
    west, east = Location(104.06, 30.05), Location(104.11, 30.05)
    assert first(index, "松庄2号楼", hint=Hint(near=west)).name == "松庄小区2号楼"
    assert first(index, "松庄2号楼", hint=Hint(near=east)).name == "松庄新村2号楼"
    inside = search(index, "松庄2号楼", hint=Hint(area="99002"))
    assert [c.name for c in inside] == ["松庄新村2号楼"]
    with pytest.raises(AreaNotFoundError, match="'98'"):
        search(index, "松庄", hint=Hint(area="98"))


def test_what_is_asked_for_more_often_goes_first() -> None:
    rows = [
        at(104.01, 30.05, "compound", "东苑小区", "建兰路1号东苑小区"),
        at(104.02, 30.05, "compound", "东苑花园", "建兰路9号东苑花园"),
    ]
    index = listed(rows)
    assert [c.name for c in search(index, "东苑")] == ["东苑小区", "东苑花园"]
    index.note_uses([(1, 50)])
    assert [c.name for c in search(index, "东苑")] == ["东苑花园", "东苑小区"]


@pytest.mark.parametrize("words", ["建兰", "松庄", "望河", "jl", "mi"])
def test_two_characters_are_enough(index: PlaceIndex, words: str) -> None:
    assert search(index, words)


def test_while_one_types_the_number_may_still_grow(index: PlaceIndex) -> None:
    names = [c.name for c in search(index, "建兰丽苑1")]
    assert names[:2] == ["建兰丽苑1号楼", "建兰丽苑11号楼"]
    assert [c.name for c in search(index, "建兰丽苑1", typing=False)][:1] == ["建兰丽苑1号楼"]
    assert "建兰丽苑11号楼" not in {c.name for c in search(index, "建兰丽苑1", typing=False)}


def test_nothing_that_is_called_so_is_an_empty_answer(index: PlaceIndex) -> None:
    assert search(index, "北京路") == []
    assert search(listed([LIST[0]]), "zzz") == []


def test_a_question_that_is_no_question_is_refused(index: PlaceIndex) -> None:
    with pytest.raises(InvalidInputError, match="501 characters"):
        search(index, "建" * (LONGEST_QUESTION + 1))


def test_a_compound_that_a_list_names_in_two_ways_is_one() -> None:
    rows = [
        at(104.01, 30.05, "building", "建兰丽苑11号楼", LIST[2]["standard_address"]),
        at(104.01, 30.05, "unit", "建兰丽苑11号楼E单元", "建兰丽苑11号楼E单元"),
    ]
    found = search(listed(rows), "建兰丽苑11号楼E单元")
    assert (found[0].name, found[0].score) == ("建兰丽苑11号楼E单元", 1.0)
    assert not found[0].close


@pytest.mark.parametrize("words", ["建兰丽苑一楼", "建兰丽苑一排路灯", "建兰丽苑3楼"])
def test_a_floor_or_a_row_is_no_building(index: PlaceIndex, words: str) -> None:
    assert first(index, words, typing=False).name == "建兰丽苑"
