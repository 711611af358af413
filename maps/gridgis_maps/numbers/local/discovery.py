"""Which of many small p are found when so many are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def discovered(p: ArrayLike, q: float, *, any_dependence: bool = False) -> NDArray[np.bool_]:
    """Return which p are discoveries when a share `q` of all discoveries may be false.

    Of n p in rising order all are found up to the last with ``p(i) <= q i / n`` (Benjamini and
    Hochberg 1995, doi:10.1111/j.2517-6161.1995.tb02031.x). That holds for independent p and for
    those that rise together, as neighbours' do; `any_dependence` divides q by
    ``1 + 1/2 + ... + 1/n`` and holds for all (Benjamini and Yekutieli 2001,
    doi:10.1214/aos/1013699998).

    Parameters
    ----------
    p
        Each 0 to 1, two-sided where both sides count; NaN was not tested and is never found.
    q
        Between 0 and 1.

    Raises
    ------
    InvalidInputError
        q is not between 0 and 1.

    Examples
    --------
    >>> discovered([0.001, 0.02, 0.04, 0.9, float("nan")], 0.05).tolist()
    [True, True, False, False, False]
    """
    checked_q(q)
    ps = np.asarray(p, dtype=np.float64)
    tested = np.flatnonzero(~np.isnan(ps))
    found = np.zeros(len(ps), dtype=bool)
    n = len(tested)
    if n == 0:
        return found
    ranks = np.arange(1, n + 1)
    shared = float((1 / ranks).sum()) if any_dependence else 1.0
    order = tested[np.argsort(ps[tested], kind="stable")]
    # p * n <= q * i, since q * i / n may lie a last digit below the p that it should equal.
    small = np.flatnonzero(ps[order] * n * shared <= q * ranks * (1 + 1e-12))
    if len(small):
        found[order[: small[-1] + 1]] = True
    return found


def checked_q(q: float) -> float:
    """Return the share of false discoveries.

    Raises
    ------
    InvalidInputError
        It is not between 0 and 1.
    """
    if not 0 < q < 1:
        msg = f"q: {q} must lie between 0 and 1; 0.05 lets one discovery in twenty be false"
        raise InvalidInputError(msg)
    return q
