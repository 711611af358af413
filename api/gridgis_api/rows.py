"""Rows of frames as plain values, for shapes that go out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd


def plain_rows(frame: pd.DataFrame) -> list[dict[Hashable, Any]]:
    """Return the rows as dictionaries; what is missing is None.

    >>> import pandas as pd
    >>> plain_rows(pd.DataFrame({"code": ["A"], "share": [float("nan")]}))
    [{'code': 'A', 'share': None}]
    """
    plain = frame.astype(object)
    return plain.where(frame.notna(), None).to_dict("records")
