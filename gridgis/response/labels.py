"""How the words of the assembly line are said: to everybody, in city management, on the hotline."""

from __future__ import annotations

from gridgis.errors import InvalidInputError
from gridgis.response.vocabulary import VOCABULARIES
from gridgis.words import catalogue, word


def label(said: object, vocabulary: str, lang: str) -> str:
    """Return what a state, outcome, stage, tier, role, channel or level is called.

    A word that a vocabulary does not have is said as everybody says it.
    :meth:`gridgis.response.plan.ResponsePlan.labels` says which vocabulary a family speaks.

    Raises
    ------
    InvalidInputError
        The vocabulary or the language is not known.
    WordMissingError
        Nobody has the word.

    Examples
    --------
    >>> [label("filed", vocabulary, "zh") for vocabulary in ("general", "urban", "hotline")]
    ['已受理', '立案', '受理']
    >>> label(1, "urban", "en")
    'Level I, gravest'
    """
    if vocabulary not in VOCABULARIES:
        msg = f"vocabulary {vocabulary!r} is unknown; it is one of {', '.join(VOCABULARIES)}"
        raise InvalidInputError(msg)
    own = f"case.{vocabulary}.{said}"
    return word(own if own in catalogue(lang, own) else f"case.general.{said}", lang)
