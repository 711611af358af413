"""On which side of an edge does a point lie? Exact in sign for all doubles up to 2^400 in size.

A rounded determinant decides while it is surely larger than its error; else the determinant is
summed without any error, as an expansion: a sum of doubles that do not overlap. Near the equator
and Greenwich a number can be so small that its products are no doubles any more; then the sum is
taken in whole numbers.

J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic and Fast Robust Geometric Predicates,
Discrete & Computational Geometry 18 (1997), doi:10.1007/PL00009321.
"""

from __future__ import annotations

import math

import numpy as np

from gridgis.compiling import kernel

# (3 + 16 u) u with u = 2^-53: the determinant's rounding error, as a share of its two products.
_ERROR_BOUND = (3.0 + 16.0 * 2.0**-53) * 2.0**-53
# Far more than what the two products lose together when they fall below the smallest double.
_UNDERFLOW = 2.0**-1000
_SPLITTER = 2.0**27 + 1.0
# The products of smaller numbers, split in two, could fall below the smallest double.
_TINY = 2.0**-400
# A long number: digits of 27 bits; the lowest is worth less than the smallest double squared.
_DIGIT_BITS = 27
_DIGIT_MASK = (1 << _DIGIT_BITS) - 1
_DIGITS = 128
_LOWEST_EXPONENT = -2252
_MANTISSA = 2.0**53


@kernel
def orientation(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> float:
    """Return a number whose sign says where (x, y) lies as seen from (x1, y1) towards (x2, y2).

    Positive: left, negative: right, zero: on the line. Any planar unit.

    >>> orientation(0.0, 0.0, 2.0, 1.0, 1.0, 0.5)
    0.0
    >>> orientation(0.0, 0.0, 2.0, 1.0, 1.0, np.nextafter(0.5, 1.0)) > 0
    True
    """
    left = (x2 - x1) * (y - y1)
    right = (y2 - y1) * (x - x1)
    if is_sure(left, right):
        return left - right
    return _exact_orientation(x1, y1, x2, y2, x, y)


@kernel
def is_sure(left: float, right: float) -> bool:
    """Say whether the sign of a determinant, `left` - `right`, is right in spite of rounding."""
    return bool(abs(left - right) > _ERROR_BOUND * (abs(left) + abs(right)) + _UNDERFLOW)


@kernel
def side(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> bool:
    """Say whether (x, y), moved a little up and far less to the right, lies left of the edge.

    So moved no point lies on an edge, and crossings along a path can be counted without exceptions.

    >>> side(0.0, 0.0, 2.0, 0.0, 1.0, 0.0), side(0.0, 0.0, 0.0, 2.0, 0.0, 1.0)
    (True, False)
    """
    sign = orientation(x1, y1, x2, y2, x, y)
    if sign == 0.0:
        sign = x2 - x1
        if sign == 0.0:
            sign = y1 - y2
    return sign > 0.0


@kernel
def _exact_orientation(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> float:
    if _is_tiny(x1) or _is_tiny(y1) or _is_tiny(x2) or _is_tiny(y2) or _is_tiny(x) or _is_tiny(y):
        return _long_orientation(x1, y1, x2, y2, x, y)
    terms = np.zeros(12)
    _add_product(terms, 0, x2, y)
    _add_product(terms, 2, -x2, y1)
    _add_product(terms, 4, -x1, y)
    _add_product(terms, 6, -y2, x)
    _add_product(terms, 8, y2, x1)
    _add_product(terms, 10, y1, x)
    for place in range(11, -1, -1):
        if terms[place] != 0.0:
            return float(terms[place])
    return 0.0


@kernel
def _add_product(terms: np.ndarray, count: int, left: float, right: float) -> None:
    """Add left * right to the expansion of `count` terms; it grows by two."""
    product = left * right
    left_high, left_low = _split(left)
    right_high, right_low = _split(right)
    error = left_low * right_low - (
        ((product - left_high * right_high) - left_low * right_high) - left_high * right_low
    )
    _add_term(terms, count, error)
    _add_term(terms, count + 1, product)


@kernel
def _add_term(terms: np.ndarray, count: int, term: float) -> None:
    for place in range(count):
        total = term + terms[place]
        virtual = total - term
        terms[place] = (term - (total - virtual)) + (terms[place] - virtual)
        term = total
    terms[count] = term


@kernel
def _split(value: float) -> tuple[float, float]:
    scaled = _SPLITTER * value
    high = scaled - (scaled - value)
    return high, value - high


@kernel
def _is_tiny(value: float) -> bool:
    return value != 0.0 and abs(value) < _TINY


@kernel
def _long_orientation(x1: float, y1: float, x2: float, y2: float, x: float, y: float) -> float:
    """Return -1, 0 or 1, summed in whole numbers of any smallness (a long accumulator)."""
    digits = np.zeros(_DIGITS, np.int64)
    _add_whole(digits, x2, y)
    _add_whole(digits, -x2, y1)
    _add_whole(digits, -x1, y)
    _add_whole(digits, -y2, x)
    _add_whole(digits, y2, x1)
    _add_whole(digits, y1, x)
    carry, rest = np.int64(0), np.int64(0)
    for place in range(_DIGITS):
        total = digits[place] + carry
        carry = total >> _DIGIT_BITS
        rest |= total & _DIGIT_MASK
    if carry < 0:
        return -1.0
    return 1.0 if rest != 0 else 0.0


@kernel
def _add_whole(digits: np.ndarray, left: float, right: float) -> None:
    """Add left * right to a long number, without any carry yet."""
    left_share, left_exponent = math.frexp(left)
    right_share, right_exponent = math.frexp(right)
    a, b = np.int64(left_share * _MANTISSA), np.int64(right_share * _MANTISSA)
    a_high, a_low = a >> _DIGIT_BITS, a & _DIGIT_MASK
    b_high, b_low = b >> _DIGIT_BITS, b & _DIGIT_MASK
    if a == 0 or b == 0:
        return
    bit = left_exponent + right_exponent - 106 - _LOWEST_EXPONENT
    place, shift = bit // _DIGIT_BITS, bit % _DIGIT_BITS
    _add_digits(digits, place, a_low * b_low, shift)
    _add_digits(digits, place + 1, a_low * b_high, shift)
    _add_digits(digits, place + 1, a_high * b_low, shift)
    _add_digits(digits, place + 2, a_high * b_high, shift)


@kernel
def _add_digits(digits: np.ndarray, place: int, product: np.int64, shift: int) -> None:
    digits[place] += (product & _DIGIT_MASK) << shift
    digits[place + 1] += (product >> _DIGIT_BITS) << shift
