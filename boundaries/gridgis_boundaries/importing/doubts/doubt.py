"""One question that a person must answer before a file is taken."""

from __future__ import annotations

from dataclasses import dataclass

AS_IT_IS = "--as-it-is"


@dataclass(frozen=True, slots=True)
class Doubt:
    """What a file may mean other than it says.

    Attributes
    ----------
    kind
        ``swapped_axes``, ``zone``, ``whole_degrees``, ``unit``, ``datum`` or ``control_point``.
    sentence
        What was seen, with figures.
    accept
        The option that takes the file as the doubt suspects, such as ``--datum gcj02``; None where
        the file itself must be put right.
    remedy
        What to do where no option helps.
    """

    kind: str
    sentence: str
    accept: str | None = None
    remedy: str = "put the file right"

    def __str__(self) -> str:
        """Return the question: what was seen, and what to write."""
        answer = f"if so, write {self.accept}" if self.accept else f"if so, {self.remedy}"
        return f"{self.sentence}; {answer}, and if the file is right, {AS_IT_IS}"
