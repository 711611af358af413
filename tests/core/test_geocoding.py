"""A file of addresses goes in; the same rows come out, each with its place, or with a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from gridgis.errors import (
    AreaNotFoundError,
    ConflictError,
    GridgisError,
    InvalidInputError,
    UnreadableFileError,
)
from gridgis.model import Location
from gridgis.places.finding import LONGEST_QUESTION
from gridgis.places.frames import areas_frame, places_frame
from gridgis.places.index import PlaceIndex
from tests.addresses import DemoPlaces, demo_places
from tests.listed import TOWN_AREAS, as_said, geocoded, town_index
from tests.points import csv, read

if TYPE_CHECKING:
    from pathlib import Path


ADDED = ["match", "place", "precision", "score", "lon", "lat", "sure", "candidates"]
METRES = 111_000.0


@pytest.fixture(scope="module")
def town() -> PlaceIndex:
    return town_index()


@pytest.fixture(scope="module")
def demo() -> DemoPlaces:
    return demo_places()


def test_rows_keep_their_order_and_columns_and_get_their_place(
    town: PlaceIndex, tmp_path: Path
) -> None:
    file = csv(
        tmp_path / "a.csv",
        "id,where,note",
        '007,北城区建兰路12号,"first, surely"',
        "8,,empty",
        "9,建兰路16号,between",
        "10,南城区松庄新村,",
    )
    summary = geocoded(file, town, tmp_path / "o.csv", "where")
    out = read(tmp_path / "o.csv")
    assert list(out) == ["id", "where", "note", *ADDED]
    assert out["id"].tolist() == ["007", "8", "9", "10"]
    assert out["note"].tolist() == ["first, surely", "empty", "between", ""]
    assert out["place"].tolist() == ["list:1", "", "", "list:3"]
    assert out["match"].tolist() == [
        "临江市北城区建兰路12号建兰丽苑",
        "",
        "临江市北城区建兰路16号",
        "临江市南城区古渡路5号松庄新村",
    ]
    assert out["precision"].tolist() == ["building", "", "interpolated", "compound"]
    assert out["sure"].tolist() == ["true", "", "true", "true"]
    assert out.loc[1, ADDED].tolist() == [""] * len(ADDED)
    assert [float(x) for x in out["lon"][[0, 2, 3]]] == pytest.approx([104.001, 104.0015, 104.102])
    assert [float(x) for x in out["lat"][[0, 2, 3]]] == pytest.approx([30.001, 30.0015, 30.102])
    counts = summary.counts
    assert (counts.rows, counts.sure, counts.unsure, counts.empty) == (4, 3, 0, 1)
    assert (summary.review_file, summary.refused_file, summary.earlier) == (None, None, 0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "o.csv"]


def test_what_is_not_sure_is_listed_with_all_that_could_be_meant(
    town: PlaceIndex, tmp_path: Path
) -> None:
    file = csv(
        tmp_path / "a.csv",
        "where",
        "建兰路12号建兰丽苑",
        "松庄新村",
        "火星",
        "第一中学",
        "松" * (LONGEST_QUESTION + 1),
        "北城区大河路3号",
    )
    summary = geocoded(file, town, tmp_path / "o.csv", "where")
    listed = read(tmp_path / "o.csv.review.csv")
    assert summary.review_file == tmp_path / "o.csv.review.csv"
    assert (tmp_path / "o.csv.review.csv").read_bytes().startswith(b"\xef\xbb\xbfrow,address,")
    # As a spreadsheet numbers them: the header is row 1.
    assert listed["row"].tolist() == ["3", "4", "5", "6", "7"]
    assert listed["reason"].tolist() == [
        "several places fit about as well",
        "nothing is called so",
        "nobody knows where it is",
        f"the address has {LONGEST_QUESTION + 1} characters, at most {LONGEST_QUESTION}",
        "only a part of the words fits",
    ]
    assert listed["address"][0] == "松庄新村"
    assert listed["choice"].tolist() == [""] * 5
    assert listed.loc[0, ["place_1", "place_2", "place_3"]].tolist() == ["list:2", "list:3", ""]
    assert listed.loc[0, ["lon_1", "lat_1", "lon_2", "lat_2"]].astype(float).tolist() == [
        104.002, 30.002, 104.102, 30.102
    ]  # fmt: skip
    assert listed.loc[0, ["score_1", "score_2"]].astype(float).tolist() == [0.5, 0.5]
    assert listed["match_1"].tolist()[1:4] == ["", "临江市南城区古渡路9号第一中学", ""]
    out = read(tmp_path / "o.csv")
    assert out["sure"].tolist() == ["true", "false", "false", "false", "false", "false"]
    assert out["candidates"][1] == "临江市南城区古渡路5号松庄新村 (0.50)"
    assert out["match"][1] == "临江市北城区建兰路20号松庄新村", "the likeliest, for a first look"
    counts = summary.counts
    assert (counts.sure, counts.unsure, counts.unknown, counts.empty) == (1, 5, 2, 0)


def test_a_list_of_an_earlier_run_goes_when_nothing_is_left_to_ask(
    town: PlaceIndex, tmp_path: Path
) -> None:
    for where, there in (("松庄新村", True), ("南城区松庄新村", False)):
        geocoded(csv(tmp_path / "a.csv", "where", where), town, tmp_path / "o.csv", "where")
        assert (tmp_path / "o.csv.review.csv").exists() == there


@pytest.mark.parametrize(
    ("hint", "place", "sure"),
    [
        ({"area": "101"}, "list:2", "true"),
        ({"area": "102"}, "list:3", "true"),
        ({"near": Location(104.1, 30.1)}, "list:3", "false"),
        ({"near": Location(104.0, 30.0)}, "list:2", "false"),
    ],
)
def test_what_else_is_known_picks_among_namesakes(
    town: PlaceIndex, tmp_path: Path, hint: dict, place: str, sure: str
) -> None:
    file = csv(tmp_path / "a.csv", "where", "松庄新村")
    geocoded(file, town, tmp_path / "o.csv", "where", **hint)
    assert read(tmp_path / "o.csv")[["place", "sure"]].to_numpy().tolist() == [[place, sure]]


def test_an_address_may_stand_in_several_columns(town: PlaceIndex, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "area": ["北城区", None, " "],
            "road": ["建兰路", "古渡路", None],
            "id": [1, 2, 3],
            "number": [12, 5, None],
        }
    )
    for name, write in (("a.parquet", frame.to_parquet), ("a.xlsx", frame.to_excel)):
        write(tmp_path / name, index=False)
        geocoded(tmp_path / name, town, tmp_path / "o.csv", "area", "road", "number")
        assert read(tmp_path / "o.csv")["place"].tolist() == ["list:1", "list:3", ""]


@pytest.mark.parametrize("into", ["csv", "parquet", "gpkg", "xlsx"])
@pytest.mark.parametrize("out_of", ["csv", "csv.gz", "parquet", "xlsx", "geojson"])
def test_every_kind_of_file_goes_in_and_out(
    town: PlaceIndex, tmp_path: Path, out_of: str, into: str
) -> None:
    frame = pd.DataFrame({"id": ["a", "b", "c"], "where": ["建兰路12号", "第一中学", None]})
    path, out = tmp_path / f"a.{out_of}", tmp_path / f"o.{into}"
    if out_of == "geojson":
        shapes = gpd.points_from_xy([1, 2, 3], [1, 2, 3], crs=4326)
        gpd.GeoDataFrame(frame, geometry=shapes).to_file(path)
    else:
        kind = {"csv.gz": "csv", "xlsx": "excel"}.get(out_of, out_of)
        getattr(frame, f"to_{kind}")(path, index=False)
    geocoded(path, town, out, "where")
    if into == "gpkg":
        got = gpd.read_file(out)
        if out_of != "geojson":
            assert got.geometry.x.tolist()[0] == pytest.approx(104.001)
            assert got.geometry.isna().tolist() == [False, True, True]
    else:
        got = {"csv": read, "parquet": pd.read_parquet, "xlsx": _sheet}[into](out)
    assert got["id"].tolist() == ["a", "b", "c"]
    assert got["place"].fillna("").tolist() == ["list:1", "list:4", ""]
    assert got["sure"].tolist()[:2] in ([1, 0], ["true", "false"])
    assert float(got["lon"][0]) == pytest.approx(104.001)


def _sheet(path: Path) -> pd.DataFrame:
    return pd.read_excel(path, engine="openpyxl")


def test_texts_of_a_chinese_system_are_read_and_broken_rows_are_listed(
    town: PlaceIndex, tmp_path: Path
) -> None:
    file = csv(
        tmp_path / "a.csv", "id,where", "1,建兰路12号建兰丽苑", "2,a,b,c", "3,南城区松庄新村",
        encoding="gb18030",
    )  # fmt: skip
    summary = geocoded(file, town, tmp_path / "o.csv", "where", encoding="gb18030")
    assert read(tmp_path / "o.csv")["place"].tolist() == ["list:1", "list:3"]
    assert summary.counts.broken == 1
    refused = read(tmp_path / "o.csv.refused.csv")
    assert refused["row"].tolist() == ["3"]
    assert summary.refused_file == tmp_path / "o.csv.refused.csv"


def test_the_same_address_is_asked_once(
    town: PlaceIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gridgis.geocoding import answering  # noqa: PLC0415

    asked: list[str] = []
    real = answering.search

    def counted(index: PlaceIndex, text: str, *more: object, **options: object) -> list:
        asked.append(text)
        return real(index, text, *more, **options)

    monkeypatch.setattr(answering, "search", counted)
    file = csv(tmp_path / "a.csv", "where", *["建兰路12号", " 建兰路12号 ", "松庄新村"] * 5)
    geocoded(file, town, tmp_path / "o.csv", "where")
    assert asked == ["建兰路12号", "松庄新村"]
    assert len(read(tmp_path / "o.csv")) == 15


@pytest.mark.parametrize(
    ("columns", "options", "error", "sentence"),
    [
        (
            {"a": ["x"]},
            {},
            InvalidInputError,
            "--address: there is no column 'where'; a.parquet has",
        ),
        ({"where": ["x"], "lon": [1.0]}, {}, InvalidInputError, "has a column 'lon' already"),
        ({"where": ["x"], "match": ["x"]}, {}, InvalidInputError, "has a column 'match' already"),
        (
            {"where": [[1]]},
            {},
            InvalidInputError,
            r"'where' of a.parquet holds list<.*not addresses",
        ),
        ({"where": ["x"]}, {"area": "77"}, AreaNotFoundError, "has the code '77'"),
        ({"where": ["x"]}, {"chunk_rows": 0}, InvalidInputError, "0 rows at a time are none"),
        ({"where": ["x"]}, {"processes": 0}, InvalidInputError, "0 processes are none"),
    ],
)
def test_wrong_input_gets_one_sentence_and_leaves_nothing(
    town: PlaceIndex,
    tmp_path: Path,
    columns: dict,
    options: dict,
    error: type[GridgisError],
    sentence: str,
) -> None:
    pd.DataFrame(columns).to_parquet(tmp_path / "a.parquet")
    with pytest.raises(error, match=sentence):
        geocoded(tmp_path / "a.parquet", town, tmp_path / "o.csv", "where", **options)
    assert [path.name for path in tmp_path.iterdir()] == ["a.parquet"]


@pytest.mark.parametrize(
    ("files", "error", "sentence"),
    [
        (("a.csv", b"", "o.csv"), UnreadableFileError, "the file is empty"),
        (("a.csv", b'where\n"x', "o.csv"), UnreadableFileError, "a quotation never ends"),
        (("a.csv", b"where\n\xff\xfe\xff", "o.csv"), UnreadableFileError, "encoding"),
        (("a.parquet", b"PAR1 or not", "o.csv"), UnreadableFileError, "not a Parquet file"),
        (("a.xlsx", b"PK or not", "o.csv"), UnreadableFileError, "a.xlsx"),
        (("a.csv", b"where\nx\n", "o.doc"), InvalidInputError, "write to a file that ends in .csv"),
        (("a.csv", b"where\nx\n", "a.csv"), InvalidInputError, "is the file that is read"),
        (("a.csv", b"where\nx\n", "no/o.csv"), InvalidInputError, "there is no folder"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_sentence_and_leaves_nothing(
    town: PlaceIndex,
    tmp_path: Path,
    files: tuple[str, bytes, str],
    error: type[GridgisError],
    sentence: str,
) -> None:
    name, content, out = files
    (tmp_path / name).write_bytes(content)
    with pytest.raises(error, match=sentence):
        geocoded(tmp_path / name, town, tmp_path / out, "where")
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_file_without_rows_gives_one_without_rows(town: PlaceIndex, tmp_path: Path) -> None:
    summary = geocoded(csv(tmp_path / "a.csv", "where"), town, tmp_path / "o.csv", "where")
    assert summary.counts.rows == 0
    assert list(read(tmp_path / "o.csv")) == ["where", *ADDED]


def test_no_index_is_no_index(tmp_path: Path) -> None:
    file = csv(tmp_path / "a.csv", "where", "x")
    (tmp_path / "p.places").write_bytes(b"something else")
    for places, sentence in (("p.places", "no index of this version"), ("q.places", "cannot be")):
        with pytest.raises(UnreadableFileError, match=sentence):
            geocoded(file, tmp_path / places, tmp_path / "o.csv", "where")
    assert not (tmp_path / "o.csv.parts").exists()


def test_the_addresses_of_a_district_are_found_as_people_write_them(
    demo: DemoPlaces, tmp_path: Path
) -> None:
    rows = demo.rows.sample(600, random_state=3).reset_index(drop=True)
    kinds = ["untouched", "shortened", "Chinese numerals", "other marks", "another order"]
    said = pd.concat(
        [rows.assign(said=as_said(rows, kind), kind=kind) for kind in kinds], ignore_index=True
    )
    said = said[said["said"].notna()]
    said[["code", "said"]].to_csv(tmp_path / "a.csv", index=False)
    summary = geocoded(tmp_path / "a.csv", demo.index, tmp_path / "o.csv", "said", chunk_rows=1000)
    out = read(tmp_path / "o.csv")
    right = out["place"] == ("demo:" + out["code"])
    sure = out["sure"] == "true"
    assert summary.counts.rows == len(said)
    assert right[said["kind"].to_numpy() == "untouched"].mean() > 0.99
    assert right.mean() > 0.95
    assert sure.mean() > 0.9
    assert right[sure].mean() > 0.97, "what is sure is right"


def test_addresses_of_chicago_are_found_where_the_city_put_them(
    shared: Path, tmp_path: Path
) -> None:
    reports = pd.read_parquet(shared / "data/chicago/reports_311_sanitation.parquet")
    columns = {"Street_Address": "where", "Longitude": "x", "Latitude": "y"}
    known = reports[list(columns)].rename(columns=columns).dropna().drop_duplicates("where")
    listed = known.iloc[::2].reset_index(drop=True)
    places = gpd.GeoDataFrame(
        {
            "code": listed.index.astype(str),
            "kind": "number",
            "name": listed["where"],
            "standard_address": listed["where"] + ", Chicago",
        },
        geometry=gpd.points_from_xy(listed["x"], listed["y"], crs=4326),
    )
    index = PlaceIndex.of(places_frame(places), areas_frame(TOWN_AREAS))
    asked = pd.concat([known.iloc[0:2000:2], known.iloc[1:2000:2]])
    asked.to_csv(tmp_path / "a.csv", index=False)
    geocoded(tmp_path / "a.csv", index, tmp_path / "o.csv", "where", chunk_rows=500)
    out = read(tmp_path / "o.csv").replace("", np.nan).astype({"lon": float, "lat": float})
    east = (out["lon"] - out["x"].astype(float)) * METRES * np.cos(np.radians(41.9))
    apart_m = np.hypot(east, (out["lat"] - out["y"].astype(float)) * METRES)
    in_list, others = apart_m[:1000], apart_m[1000:]
    assert (in_list < 30).mean() > 0.99
    # Not in the list: found between their neighbours, where their street has some.
    interpolated = out["precision"][1000:] == "interpolated"
    assert interpolated.mean() > 0.8
    assert others[interpolated].median() < 60


def test_another_run_at_work_is_told_of_it(town: PlaceIndex, tmp_path: Path) -> None:
    from gridgis.geocoding.parts import Parts  # noqa: PLC0415

    file = csv(tmp_path / "a.csv", "where", "x")
    with (
        Parts(tmp_path / "o.csv"),
        pytest.raises(ConflictError, match=r"o\.csv\.parts: another run is at work there"),
    ):
        geocoded(file, town, tmp_path / "o.csv", "where")
    geocoded(file, town, tmp_path / "o.csv", "where")
