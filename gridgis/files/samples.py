"""A few rows of a file for a person's eye, who sees whether these are the right characters."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

SAMPLES = 3
_LONGEST = 40


def samples(frame: pd.DataFrame, count: int = SAMPLES) -> list[tuple[int, str]]:
    """Return the rows with the most characters beyond ASCII: number (the first is 1), texts.

    Mojibake shows there first. Rows that are all ASCII are no samples; equals keep the file's
    order.

    >>> import pandas as pd
    >>> samples(pd.DataFrame({"code": ["01", "02"], "name": ["West", "七里河"]}))
    [(2, '02, 七里河')]
    """
    texts = frame.select_dtypes(include=["object", "string"])
    rows = [
        [str(value) for value in row if isinstance(value, str) and value]
        for row in texts.itertuples(index=False)
    ]
    most = sorted(range(len(rows)), key=lambda at: (-beyond_ascii("".join(rows[at])), at))
    return [
        (at + 1, ", ".join(text[:_LONGEST] for text in rows[at]))
        for at in most[:count]
        if beyond_ascii("".join(rows[at]))
    ]


def beyond_ascii(text: str) -> int:
    """Return how many characters are more than ASCII.

    >>> beyond_ascii("第3 grid")
    1
    """
    return sum(not char.isascii() for char in text)
