"""Where is it? Words, a point, a free text: asked over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.api.conftest import assert_problem

if TYPE_CHECKING:
    import httpx

ADDRESSES = "/api/v1/addresses"

pytestmark = pytest.mark.usefixtures("places")


def ask(client: httpx.Client, **asked: Any) -> dict[str, Any]:
    response = client.get(ADDRESSES, params=asked)
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


def test_from_words_to_a_building_its_grid_and_who_works_there(client: httpx.Client) -> None:
    told = ask(client, q="jlly11")
    building = told["addresses"][0]
    assert (building["name"], building["precision"]) == ("建兰丽苑11号楼", "building")
    assert building["grid"]["code"] == "X"
    assert building["matched"][0] == {
        "start": 0,
        "end": 4,
        "words": "jlly",
        "name": "建兰丽苑",
        "part": "name",
        "how": "spelled",
    }
    grid = building["grid"]["code"]
    assert client.get(f"/api/v1/areas/{grid}/responders?layer=campus").status_code == 200


def test_who_types_the_whole_address_gets_a_sure_answer(client: httpx.Client) -> None:
    assert ask(client, q="建兰丽苑11号楼")["sure"]
    two = ask(client, q="幸福小区")
    assert not two["sure"]
    assert [one["close"] for one in two["addresses"][:2]] == [True, True]


def test_what_is_near_goes_first(client: httpx.Client) -> None:
    found = [one["location"] for one in ask(client, q="幸福小区")["addresses"][:2]]
    for here in found:
        near = f"{here['lon']},{here['lat']}"
        assert ask(client, q="幸福小区", near=near)["addresses"][0]["location"] == here


def test_only_in_an_area(client: httpx.Client) -> None:
    message = client.get(ADDRESSES, params={"q": "幸福小区", "area": "no such"})
    assert "no such" in assert_problem(message, 404, "AreaNotFoundError")


def test_from_a_point_to_the_nearest_addresses(client: httpx.Client) -> None:
    response = client.get(f"{ADDRESSES}/reverse", params={"lon": 104.0156, "lat": 30.0155})
    first, *others = response.json()["addresses"]
    assert first["distance_m"] < 1
    assert first["grid"]["code"] == "X"
    far = [one["distance_m"] for one in (first, *others)]
    assert far == sorted(far)
    # In the middle of nowhere there is none.
    assert client.get(f"{ADDRESSES}/reverse?lon=0&lat=0").json()["addresses"] == []


def test_places_that_a_text_mentions(client: httpx.Client) -> None:
    text = "居民反映建蘭麗苑11号楼旁边井盖坏了"
    (mention,) = client.post(f"{ADDRESSES}/mentions", json={"text": text}).json()["mentions"]
    assert text[mention["start"] : mention["end"]] == mention["words"] == "建蘭麗苑11号楼"
    assert mention["address"]["grid"]["code"] == "X"


HOSTILE = [
    "建" * 501,
    "\x00",
    "\u202e建兰丽苑",
    "'; DROP TABLE place; --",
    "%' OR '1'='1",
    ".*(a+)+$",
    "[建-兰",
    "🔥" * 100,
    "<script>alert(1)</script>",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "建兰\n\t丽苑\x07",
    "1" * 400,
    "一" * 400,
    "a-" * 200,
    " ",
    "﷽" * 60,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_get_an_answer_or_a_clear_refusal(client: httpx.Client, text: str) -> None:
    response = client.get(ADDRESSES, params={"q": text})
    assert response.status_code in {200, 422}, response.text
    if response.status_code == 200:
        assert {"addresses", "sure"} == set(response.json())
    else:
        assert_problem(response, 422, "InvalidInputError")


@pytest.mark.parametrize("text", [*HOSTILE, "建兰丽苑11号楼" * 1_500])
def test_hostile_texts_are_read_for_places(client: httpx.Client, text: str) -> None:
    response = client.post(f"{ADDRESSES}/mentions", json={"text": text})
    assert response.status_code in {200, 422}, response.text


def test_marks_of_direction_and_letters_of_control_do_not_hide_a_place(
    client: httpx.Client,
) -> None:
    for text in ("\u202e建兰丽苑11号楼", "建兰\u200b丽苑11号楼", "建兰\x07丽苑 11号楼"):
        assert ask(client, q=text)["addresses"][0]["name"] == "建兰丽苑11号楼"


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "q"),
        ({"q": ""}, "q"),
        ({"q": "x", "near": "104.6"}, "lon,lat"),
        ({"q": "x", "near": "38.1,104.6"}, "lon,lat"),
        ({"q": "x", "limit": 0}, "limit"),
        ({"q": "x", "limit": 51}, "limit"),
        ({"q": "x", "fuzzy": 1}, "fuzzy"),
    ],
)
def test_a_question_in_the_wrong_form_is_told(
    client: httpx.Client, asked: dict[str, object], says: str
) -> None:
    assert says in assert_problem(client.get(ADDRESSES, params=asked), 422, "InvalidInputError")
