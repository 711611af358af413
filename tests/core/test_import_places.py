"""Places come in with the parts of their addresses, former names, and kinds in people's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from gridgis.errors import InvalidInputError
from gridgis.exports.templates import write_template
from gridgis.imports import Importer, ImportOptions
from gridgis.imports.correcting import Change, correct
from gridgis.imports.places import Places
from gridgis.places.kinds import KINDS, POI, code_of, kind_of

if TYPE_CHECKING:
    from pathlib import Path

    from gridgis.actor import Actor
    from gridgis.clock import FixedClock
    from gridgis.store.engine import Store

ADDRESS = "云川市柳溪区临川街道仁轩社区建兰路12号建兰丽苑11号楼1单元"
PARTS = {
    **{"city": "云川市", "district": "柳溪区", "street": "临川街道", "community": "仁轩社区"},
    **{"road": "建兰路", "number": "12", "compound": "建兰丽苑", "building": "11", "unit": "1"},
}


@pytest.fixture
def importer(store: Store, actor: Actor, clock: FixedClock) -> Importer:
    return Importer(store, actor, clock)


@pytest.fixture
def why(actor: Actor, clock: FixedClock) -> Change:
    return Change("wrong", actor, clock.now())


def bring(importer: Importer, path: Path, table: str) -> None:
    path.write_text(table, encoding="utf-8")
    assert importer.file("places", path, ImportOptions(source="town")).refusals == []


def stored(store: Store, columns: str = "standard_address, parts") -> list[tuple[object, ...]]:
    with store.begin() as connection:
        return [
            tuple(row)
            for row in connection.execute(text(f"SELECT {columns} FROM place ORDER BY code"))  # noqa: S608
        ]


def test_an_address_is_taken_apart(importer: Importer, store: Store, tmp_path: Path) -> None:
    bring(
        importer, tmp_path / "p.csv", f"编码,类型,名称,标准地址\n1,单元,甲,{ADDRESS}\n2,单元,乙,\n"
    )
    assert stored(store) == [(ADDRESS, PARTS), (None, {})]


def test_columns_of_parts_win_over_the_address(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    bring(
        importer,
        tmp_path / "p.csv",
        "编码,类型,名称,标准地址,社区,楼栋,邮编,道路曾用名\n"
        f"1,单元,甲,{ADDRESS},和平社区,十二号楼,730030,工农路\n"
        f"2,单元,乙,{ADDRESS},,,,\n",
    )
    other = {
        "community": "和平社区",
        "building": "12",
        "postcode": "730030",
        "road_former": "工农路",
    }
    assert stored(store) == [(ADDRESS, PARTS | other), (ADDRESS, PARTS)]


def test_an_address_is_composed_from_its_parts(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    bring(
        importer,
        tmp_path / "p.csv",
        "编码,类型,名称,市,区县,街道,社区,道路,门牌号,小区名,楼栋,单元\n"
        "1,单元,甲,云川市,柳溪区,临川街道,仁轩社区,建兰路,12号,建兰丽苑,11栋,1单元\n"
        "2,兴趣点,乙,云川市,柳溪区,,,,,,,\n",
    )
    areas = {"city": "云川市", "district": "柳溪区"}
    # That it lies in a district is known, but it is no address.
    assert stored(store) == [(ADDRESS, PARTS), (None, areas)]


def test_elsewhere_a_street_is_what_the_house_number_is_of(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    table = "code,kind,name,street,house number,city\n1,shop,A,Kaivokatu,1,Helsinki\n"
    bring(importer, tmp_path / "p.csv", table)
    parts = {"road": "Kaivokatu", "number": "1", "city": "Helsinki"}
    assert stored(store) == [("Kaivokatu 1, Helsinki", parts)]


def test_former_names_are_kept_apart_from_aliases(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    table = "编码,类型,名称,别名,曾用名\n1,小区,建兰丽苑,建兰,兰棉厂家属院；老棉纺院\n"
    bring(importer, tmp_path / "p.csv", table)
    kept = (["建兰"], ["兰棉厂家属院", "老棉纺院"])
    assert stored(store, "aliases, former_names") == [kept]


def test_kinds_are_understood_and_any_other_word_stays(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    words = [
        "小区",
        "楼栋",
        "单元",
        "学校",
        "消防救援站",
        "Fire station",
        "COMPOUND",
        "茶馆",
        "entrance",
    ]
    rows = "".join(f"{place},{word},甲\n" for place, word in enumerate(words))
    bring(importer, tmp_path / "p.csv", "编码,类型,名称\n" + rows)
    assert [kind for (kind,) in stored(store, "kind")] == [
        *("compound", "building", "unit", "school", "fire_station", "fire_station", "compound"),
        *("茶馆", "entrance"),
    ]


def test_the_vocabulary_has_each_word_once_and_a_point_of_interest_for_the_rest() -> None:
    words = [word.lower() for kind in KINDS for word in kind.words]
    assert len(words) == len(set(words))
    assert not set(words) & {kind.code for kind in KINDS}
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert all(code_of(kind.code) == kind.code for kind in KINDS)
    assert kind_of("茶馆") is POI


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"house_number": "14"},
            (ADDRESS.replace("12号", "14号"), PARTS | {"number": "14"}),
        ),
        (
            {"standard_address": ADDRESS.replace("建兰路", "滨河路")},
            (ADDRESS.replace("建兰路", "滨河路"), PARTS | {"road": "滨河路"}),
        ),
        ({"road_former": "工农路"}, (ADDRESS, PARTS | {"road_former": "工农路"})),
        ({"name": "丙"}, (ADDRESS, PARTS)),
    ],
)
def test_an_address_and_its_parts_are_corrected_together(
    importer: Importer,
    store: Store,
    tmp_path: Path,
    why: Change,
    values: dict[str, str],
    expected: tuple[str, dict[str, str]],
) -> None:
    table = f"编码,类型,名称,标准地址,邮编\n1,单元,甲,{ADDRESS},730030\n"
    bring(importer, tmp_path / "p.csv", table)
    with store.begin() as connection:
        correct(connection, Places(), "1", values, why)
    address, parts = expected
    # A column of its own stays, whatever the address says.
    assert stored(store) == [(address, parts | {"postcode": "730030"})]


def test_a_part_that_the_address_says_cannot_be_cleared_alone(
    importer: Importer, store: Store, tmp_path: Path, why: Change
) -> None:
    # 号院 is another way of writing than the composed one, so the address is somebody's own.
    table = "编码,类型,名称,标准地址\n1,单元,甲,建兰路12号院3栋\n"
    bring(importer, tmp_path / "p.csv", table)
    with (
        pytest.raises(InvalidInputError, match="nothing would change"),
        store.begin() as connection,
    ):
        correct(connection, Places(), "1", {"building": None}, why)


def test_the_template_asks_for_parts_and_former_names(tmp_path: Path) -> None:
    write_template("places", tmp_path / "t.xlsx")
    first = next(load_workbook(tmp_path / "t.xlsx").active.iter_rows(values_only=True))
    assert {"曾用名 former names", "门牌号 house number", "小区名 compound"} <= set(first)


def test_a_filled_in_template_comes_in_without_its_example(
    importer: Importer, store: Store, tmp_path: Path
) -> None:
    path = tmp_path / "t.xlsx"
    write_template("places", path)
    book = load_workbook(path)
    sheet = book.active
    heads = [cell.value.split()[0] for cell in sheet[1]]
    filled = {"编码": "1", "类型": "楼栋", "名称": "甲", "道路": "建兰路", "门牌号": "12"}
    for name, value in filled.items():
        sheet.cell(3, heads.index(name) + 1, value)
    book.save(path)
    assert importer.file("places", path, ImportOptions(source="town")).read == 1
    assert stored(store) == [("建兰路12号", {"road": "建兰路", "number": "12"})]


def test_a_frame_may_have_missing_parts(importer: Importer, store: Store) -> None:
    frame = pd.DataFrame(
        {
            "code": ["1", "2"],
            "kind": "poi",
            "name": "A",
            "road": ["High St", None],
            "house_number": 5,
        }
    )
    assert importer.frame("places", frame, ImportOptions(source="t"), "t").refusals == []
    assert stored(store, "parts") == [({"road": "High St", "number": "5"},), ({"number": "5"},)]
