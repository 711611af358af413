"""A parent's code is made from its children's fields, and from nothing else."""

from __future__ import annotations

import pytest

from gridgis.errors import InvalidInputError
from gridgis_boundaries.importing.expressions import Expression

ROW = {"beat_num": "1713", "district": 17, "街道": "001", "a b": "x", "p": {"q": 620100}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("district", "17"),
        ("beat_num[:3]", "171"),
        ("beat_num[2:]", "13"),
        ("beat_num[1:3]", "71"),
        ("'6201' + 街道", "6201001"),
        (" district+ 'x' +beat_num[:1] ", "17x1"),
        ('"a b"', "x"),
        ("p.q[:4]", "6201"),
    ],
)
def test_fields_parts_and_texts(text: str, value: str) -> None:
    assert Expression.parse(text).of(ROW) == value


@pytest.mark.parametrize(
    "text", ["", "+", "a+", "a b", "a[3]", "a[:3", "__import__('os')", "a.b()", "'x", "a[-1:]", "1"]
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError, match="cannot be read"):
        Expression.parse(text)


def test_an_empty_field_is_named() -> None:
    with pytest.raises(InvalidInputError, match="field 'ward' has no code"):
        Expression.parse("district + ward").of({"district": 1, "ward": None})
