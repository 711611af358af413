"""Pydantic's findings about a request, each as one clear sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST_ECHO = 60
_MOST_SENTENCES = 20

# What pydantic would say about itself instead of about the input.
_PHRASES = {
    "missing": "is missing",
    "extra_forbidden": "is unknown here",
    "finite_number": "is not a finite number",
    "string_unicode": "has half a character (a lone surrogate)",
    "model_attributes_type": "is not a JSON object",
    "dict_type": "is not a JSON object",
}


def sentences(findings: Sequence[Any]) -> list[dict[str, str]]:
    """Return for each finding where it is (``query.lon``) and what is wrong with it.

    >>> sentences([{"type": "missing", "loc": ("query", "lon"), "msg": "Field required"}])
    [{'where': 'query.lon', 'detail': 'lon is missing'}]
    """
    return [_sentence(finding) for finding in findings[:_MOST_SENTENCES]]


def _sentence(finding: dict[str, Any]) -> dict[str, str]:
    where = _writable(".".join(str(part) for part in finding["loc"]))
    if finding["type"] == "json_invalid":
        said = finding.get("ctx", {}).get("error", "it cannot be read")
        return {
            "where": "body",
            "detail": f"the body is not JSON: {said} at character {finding['loc'][-1]}",
        }
    name = _writable(".".join(str(part) for part in finding["loc"][1:])) or where
    if phrase := _PHRASES.get(finding["type"]):
        return {"where": where, "detail": f"{name} {phrase}"}
    if finding["type"] == "value_error":
        return {"where": where, "detail": f"{name}: {finding['msg'].removeprefix('Value error, ')}"}
    said = finding["msg"].removeprefix("Input ")
    return {"where": where, "detail": _writable(f"{name}{_echo(finding.get('input'))}: {said}")}


def _echo(given: object) -> str:
    """Return a short scalar as it was given; anything longer would hide the sentence."""
    if not isinstance(given, str | int | float) or len(text := repr(given)) > _LONGEST_ECHO:
        return ""
    return f" is {text}"


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")
