"""Chinese numerals in addresses: 十一号楼 is 11号楼, 二〇一室 is 201室."""

from __future__ import annotations

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5,
          "六": 6, "七": 7, "八": 8, "九": 9}  # fmt: skip
TENS = {"十": 10, "百": 100, "千": 1000}
CHARACTERS = "".join([*DIGITS, *TENS])


def arabic(numeral: str) -> str:
    """Return a Chinese numeral in Arabic digits: counted (十一) or spelled (二〇一).

    >>> arabic("十一"), arabic("二十三"), arabic("一百零二"), arabic("二〇一"), arabic("十")
    ('11', '23', '102', '201', '10')
    """
    if not any(character in TENS for character in numeral):
        return "".join(str(DIGITS[character]) for character in numeral)
    total = 0
    digit: int | None = None
    for character in numeral:
        if character in DIGITS:
            digit = DIGITS[character]
        else:
            total += (1 if digit is None else digit) * TENS[character]
            digit = None
    return str(total + (digit or 0))
