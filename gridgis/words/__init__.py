"""What people read, in every language, from one catalogue.

Each ``*.json`` file beside this module holds ``{"key": {"zh": "...", "en": "..."}}``; together
they are the catalogue. A key stands in one file only, and facts are filled in by name:
``"{count} reports"``.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from string import Formatter
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError, WordMissingError

if TYPE_CHECKING:
    from collections.abc import Mapping

LANGUAGES = ("zh", "en")


def languages() -> tuple[str, ...]:
    """Return the languages of the catalogue, the default first.

    >>> languages()
    ('zh', 'en')
    """
    return LANGUAGES


def word(key: str, lang: str, **facts: object) -> str:
    """Return what the key says in a language, with the facts filled in.

    The text is plain: whoever puts it into a page escapes it.

    Raises
    ------
    InvalidInputError
        The catalogue does not speak the language.
    WordMissingError
        No file has the key, or a fact that the text needs was not given.

    Examples
    --------
    >>> word("map.distance.m", "en", value=850)
    '850 m'
    """
    spoken(lang)
    try:
        text = _everything()[key][lang]
    except KeyError as error:
        msg = f"words: no {key!r} in {lang}; add it to a file of gridgis/words"
        raise WordMissingError(msg) from error
    try:
        return text.format(**facts)
    except KeyError as error:
        msg = f"words: {key!r} in {lang} needs the fact {error.args[0]!r}"
        raise WordMissingError(msg) from error


def catalogue(lang: str, prefix: str = "") -> dict[str, str]:
    """Return every text of a language whose key begins with the prefix, facts not filled in.

    Raises
    ------
    InvalidInputError
        The catalogue does not speak the language.
    """
    spoken(lang)
    return {key: said[lang] for key, said in _everything().items() if key.startswith(prefix)}


def spoken(lang: str) -> str:
    """Return the language if the catalogue speaks it.

    Raises
    ------
    InvalidInputError
        The catalogue does not speak the language.
    """
    if lang not in LANGUAGES:
        msg = f"lang: {lang!r} is not spoken here; use one of {', '.join(LANGUAGES)}"
        raise InvalidInputError(msg)
    return lang


def placeholders(text: str) -> set[str]:
    """Return the names of the facts that a text needs.

    >>> sorted(placeholders("{count} of {total}"))
    ['count', 'total']
    """
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@cache
def _everything() -> Mapping[str, Mapping[str, str]]:
    merged: dict[str, dict[str, str]] = {}
    files = (file for file in resources.files(__name__).iterdir() if file.name.endswith(".json"))
    for file in sorted(files, key=lambda file: file.name):
        said = json.loads(file.read_text(encoding="utf-8"))
        twice = sorted(merged.keys() & said.keys())
        if twice:
            msg = f"words: {file.name} repeats {twice[0]!r} of another file; keep one of them"
            raise WordMissingError(msg)
        merged.update(said)
    return merged
