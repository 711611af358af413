"""The words of a response plan, and what else people write for them."""

from __future__ import annotations

from gridgis.cases.words import ROLES

CALENDAR = "city"
"""The calendar of a plan that names none."""

WARN_SHARE = 0.8
"""After this share of a limit people are warned, unless the plan says otherwise."""

HEARING = tuple(role for role in ROLES if role not in {"resident", "service"})
"""The roles that may hear when something is late, besides a tier."""

MARK = "mark"
"""The clocks of marks; the clock of one is called mark:NAME."""

EVERY = "every"
"""Any stage that is not named by itself."""

VOCABULARIES = ("general", "urban", "hotline")
"""Whose words label a state: our own, those of city management, those of the hotline."""

LEVEL_WORDS: dict[str, int] = {
    word: level
    for words in (
        ("1", "2", "3", "4"),
        ("Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ"),
        ("I", "II", "III", "IV"),
        ("一级", "二级", "三级", "四级"),
    )
    for level, word in enumerate(words, 1)
}
"""What people write for a level."""
