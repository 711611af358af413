"""What happened to a report, in words: one teller for the command line and for pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gridgis.errors import WordMissingError
from gridgis.response.labels import label
from gridgis.response.vocabulary import MARK
from gridgis.words import word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gridgis.model import Event
    from gridgis.store.worklists import Around

# Facts that are told in words of their own, or that only programs need.
_TEXTS = ("reason", "note", "answer", "document", "mark", "by", "until", "plan", "tier", "into")


def said(event: Event, around: Around, vocabulary: str, lang: str) -> str:
    """Return what an event says besides its kind: who is sent, how far, why."""
    facts: Mapping[str, Any] = event.facts
    parts = [
        f"{unit_name(around, one['unit'])}{_people(around, one)}" for one in facts.get("tasks", ())
    ]
    if "level" in facts and event.kind in {"levelled", "filed"}:
        parts.append(label(facts["level"], vocabulary, lang))
    if facts.get("distance_m") is not None:
        parts.append(word("case.said.from_report", lang, distance=f"{facts['distance_m']:g}"))
    if event.kind in {"warned", "escalated"}:
        parts.append(f"{facts.get('stage')}: {facts.get('limit', '')}".rstrip(": "))
    parts += [_text(name, str(facts[name]), lang) for name in _TEXTS if facts.get(name)]
    if "satisfaction" in facts:
        parts.append(word("case.said.satisfaction", lang, satisfaction=facts["satisfaction"]))
    return "; ".join(parts)


def happened(event: Event, vocabulary: str, lang: str) -> str:
    """Return what an event is called; one that nobody has a word for keeps its own."""
    try:
        return label(event.kind, vocabulary, lang)
    except WordMissingError:
        return event.kind.replace("_", " ")


def mark_name(name: str, lang: str) -> str:
    """Return what a mark is called; one of a city's own plan keeps its name."""
    try:
        return word(f"map.incident.mark.{name}", lang)
    except WordMissingError:
        return name


def unit_name(around: Around, code: str) -> str:
    """Return what a unit is called."""
    return around.units.get(code, code)


def stage_name(stage: str, vocabulary: str, lang: str) -> str:
    """Return what a clock limits: a mark, or a stage of a case or a task."""
    kind, _, name = stage.partition(":")
    return mark_name(name, lang) if kind == MARK else label(stage, vocabulary, lang)


def _text(name: str, text: str, lang: str) -> str:
    if name == "by" and text in {"road", "line"}:
        return word(f"case.said.by.{text}", lang)
    return text


def _people(around: Around, sent: Mapping[str, Any]) -> str:
    names = [around.people.get(one, one) for one in sent.get("responders", ())]
    return f": {', '.join(names)}" if names else ""
