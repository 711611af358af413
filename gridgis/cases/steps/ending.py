"""How a case ends: verified on site, closed with what came of it, rated, taken up again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.cases.steps.deciding import distance_m, told
from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from gridgis.cases import commands as c
    from gridgis.cases.steps.deciding import Deciding
    from gridgis.model import Location

BEST = 5
LOW = 2
"""A satisfaction so low brings the case back."""

_GRAVE = 2
# Nobody outside waits for an answer to what staff or a camera saw.
_OWN_CHANNELS = frozenset({"patrol", "camera"})
_AFTER_WORK = frozenset({"solved", "not_in_scope", "withdrawn"})


def start_verifying(on: Deciding, command: c.StartVerifying) -> None:
    """Go and look."""
    on.move("verifying", "verifying", note=command.note)


def verify(on: Deciding, command: c.Verify) -> None:
    """Say what was found; what is not done goes back, what is done may be closed."""
    far = _on_site(on, command.location) if command.passed else _far(on, command.location)
    said = {
        "location": told(command.location),
        "distance_m": far,
        "note": command.note,
        "passed": command.passed,
    }
    if command.passed:
        on.move("verified", "verifying", **said)
        return
    if not (command.reason or "").strip():
        msg = "reason: say what is not done, so that it can be done"
        raise InvalidInputError(msg)
    on.move("failed", "failed", reason=command.reason, **said)


def _far(on: Deciding, location: Location | None) -> float | None:
    if location is None or on.case.location is None:
        return None
    return round(distance_m(on.case.location, location), 1)


def _on_site(on: Deciding, location: Location | None) -> float | None:
    """Return how far from the report somebody stood, when that is near enough for the category."""
    closing = on.ruling.plan.closing(on.case.category)
    far = _far(on, location)
    if not closing.site_check or on.case.location is None:
        return far
    if far is None:
        on.refuse("is verified on site: say where you stand")
    allowed = closing.within_m + ((location.accuracy_m or 0.0) if location is not None else 0.0)
    if far > allowed:
        on.refuse(
            f"is verified on site, within {closing.within_m:.0f} m; this position is {far:.0f} m "
            "away"
        )
    return far


def rework(on: Deciding, command: c.Rework) -> None:
    """Send those who led back to it."""
    lead = on.case.leading
    if lead is None or lead.state != "done":
        on.refuse("has nobody who led and was done; dispatch it anew")
    on.move(
        "reworked",
        "handling",
        task=lead.number,
        task_version=lead.version + 1,
        task_from=lead.state,
        task_to="accepted",
        round=on.case.round + 1,
        note=command.note,
        **on.clocks("handle"),
    )


def close(on: Deciding, command: c.Close) -> None:
    """End it: all tasks done, verified where the category asks for that, the resident asked."""
    case = on.case
    if command.outcome not in _AFTER_WORK:
        msg = (
            f"outcome is {command.outcome!r}; a case is closed as {', '.join(sorted(_AFTER_WORK))}"
        )
        raise InvalidInputError(msg)
    if case.at_work:
        on.refuse(f"has {len(case.at_work)} tasks that are not done: {_named(on)}")
    if any(one.kind == "return" for one in case.wishes):
        on.refuse("has a task that was given back; take it back or refuse that first")
    closing = on.ruling.plan.closing(case.category)
    if command.outcome == "solved":
        if case.leading is None or case.leading.state != "done":
            on.refuse("cannot be closed as solved: whoever leads has not said that it is done")
        if closing.site_check and not _is_verified(on):
            on.refuse("cannot be closed as solved: it was not verified on site")
    if closing.rating and case.channel not in _OWN_CHANNELS:
        on.write("rating_asked", round=case.round)
    on.move("closed", "closed", outcome=command.outcome, reason=command.reason, note=command.note)


def _is_verified(on: Deciding) -> bool:
    return on.case.verification is not None and bool(on.case.verification.get("passed"))


def _named(on: Deciding) -> str:
    return ", ".join(f"{one.number} ({one.unit})" for one in on.case.at_work)


def solve_on_the_spot(on: Deciding, command: c.SolveOnTheSpot) -> None:
    """Solve a small matter where it was found, by one command."""
    case = on.case
    if case.level is not None and case.level <= _GRAVE:
        on.refuse(f"is of level {case.level}; only small matters are solved on the spot")
    far = _on_site(on, command.location)
    on.move(
        "solved_on_the_spot",
        "closed",
        outcome="solved",
        location=told(command.location),
        distance_m=far,
        note=command.note,
    )


def reopen(on: Deciding, command: c.Reopen) -> None:
    """Take it up again, within the window."""
    case = on.case
    if case.closed_at is not None and on.at > case.closed_at + on.ruling.reopen_within:
        days = on.ruling.reopen_within.days
        on.refuse(f"was closed more than {days} days ago; report it anew")
    on.move(
        "reopened",
        "reopened",
        round=case.round + 1,
        reason=command.reason,
        **_anew(on, case.round + 1),
    )


def _anew(on: Deciding, round_: int) -> dict[str, object]:
    found = [on.ruling.clock(on.case, stage) for stage in ("dispatch", "close")]
    return on.running([{**one, "round": round_} for one in found if one is not None])


def rate(on: Deciding, command: c.Rate) -> None:
    """Keep what the resident says; a low rating brings the case back, as long as that goes."""
    if not 1 <= command.satisfaction <= BEST:
        msg = f"satisfaction is {command.satisfaction}; it is 1 to {BEST}"
        raise InvalidInputError(msg)
    on.write(
        "rated",
        contacted=command.contacted,
        solved=command.solved,
        satisfaction=command.satisfaction,
        note=command.note,
    )
    case = on.case
    in_time = case.closed_at is not None and on.at <= case.closed_at + on.ruling.reopen_within
    if case.state == "closed" and in_time and _is_low(command):
        why = (
            "the resident says that it is not solved"
            if not command.solved
            else (f"the resident's satisfaction is {command.satisfaction} of {BEST}")
        )
        on.move(
            "reopened", "reopened", round=case.round + 1, reason=why, **_anew(on, case.round + 1)
        )


def _is_low(command: c.Rate) -> bool:
    return command.satisfaction <= LOW or not command.solved
