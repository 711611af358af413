"""A report comes in: it is stored with its grids, its holder and its first event, or not at all.

A report that has words in place of a point is located by them when they are clear. One that no grid
covers, or that has no location yet, is stored with that as its reason.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from gridgis.body import body_hash
from gridgis.cases.beginning import begin
from gridgis.cases.rulings import Rulings
from gridgis.cases.words import CHANNELS
from gridgis.clock import FUTURE_ALLOWED, aware
from gridgis.deciding import Decided, decide
from gridgis.door import storable, storable_attributes
from gridgis.duplicates.arriving import set_beside
from gridgis.errors import InvalidInputError, ReportBodyDiffersError
from gridgis.locate.order import responsible_first
from gridgis.model import Receipt, Report
from gridgis.nearest import Nearby, Need
from gridgis.seeking import NOTHING
from gridgis.store import assignments, cases, categories, gazetteer, receiving, reports

if TYPE_CHECKING:
    from datetime import datetime

    from gridgis.actor import Actor
    from gridgis.cases.ruling import Ruling
    from gridgis.clock import Clock
    from gridgis.locate.territories import Territories
    from gridgis.locate.territory import Territory
    from gridgis.model import Assignment, Category, Location, NewReport
    from gridgis.nearest.finder import Finder
    from gridgis.places.answers import Candidate
    from gridgis.seeking import Seeker, Sought
    from gridgis.settings import Settings
    from gridgis.store.connection import Connection
    from gridgis.store.engine import Store
    from gridgis.store.months import Months

IN_THE_FUTURE = "captured_in_the_future"


class _Case(NamedTuple):
    """One report under way: as it is to be stored, and what was decided about it.

    `hashed` is of the body as it came, `report` may be located by what was `sought`.
    """

    report: NewReport
    hashed: bytes
    sought: Sought
    captured_at: datetime
    received_at: datetime
    flags: list[str]
    category: Category | None
    territory: Territory
    decided: Decided
    start: receiving.Start


class Known(NamedTuple):
    """Who answers what a report asks besides its grids; without them nobody does.

    `finder` knows who is near, `seeker` which places words mean, `rulings` which clocks start.
    """

    finder: Finder | None = None
    seeker: Seeker | None = None
    rulings: Rulings | None = None


class Intake:
    """The door for single reports of one process."""

    def __init__(
        self,
        store: Store,
        territories: Territories,
        months: Months,
        clock: Clock,
        settings: Settings,
        known: Known | None = None,
    ) -> None:
        self._store = store
        self._territories = territories
        self._months = months
        self._clock = clock
        self._settings = settings
        self._known = known or Known()
        self._rulings = self._known.rulings or Rulings(settings)
        self._categories: dict[str, Category] = {}

    def receive(self, new: NewReport, actor: Actor) -> Receipt:
        """Store a report and answer its grids and the nearest responders.

        The grids are found in memory; the write looks, under the layers' locks, whether they are
        still those in force, and if not they are found again. The same report again (same id, same
        body) changes nothing and gets the same grids.

        Without a location, the places that its words mean are looked for in memory. A clear one
        locates it, else they are the receipt's candidates: a person must choose.

        Raises
        ------
        ReportBodyDiffersError
            A report with this id is stored already, with another body.
        InvalidInputError
            A text cannot be stored, the category is unknown, or the time has no zone.
        """
        received_at = self._clock.now()
        checked = _checked(new)
        captured_at = checked.captured_at or received_at
        timed = replace(checked, captured_at=captured_at)
        sought = self._sought(checked)
        self._months.make([captured_at])
        territory = self._territories.current()
        while True:
            case = self._decide(timed, sought, received_at, territory)
            outcome = self._write(case, actor)
            if outcome.is_stored:
                return self._fresh(case)
            if outcome.is_current and outcome.is_known:
                return self._again(checked, sought)
            if not outcome.is_current:
                territory = self._territories.refresh()
            if not outcome.is_known:
                self._categories.clear()

    def _sought(self, new: NewReport) -> Sought:
        if new.location is not None or self._known.seeker is None:
            return NOTHING
        return self._known.seeker.soon(new.address, new.description) or NOTHING

    def _decide(
        self, timed: NewReport, sought: Sought, received_at: datetime, territory: Territory
    ) -> _Case:
        captured_at = timed.captured_at or received_at
        category = self._category(timed.category)
        at, flags = effective(captured_at, received_at)
        report = _located(timed, sought)
        decided = decide(
            territory,
            report.location,
            category,
            (at, received_at),
            self._settings.near_tolerance_m,
        )
        hashed = body_hash(timed)
        start = begin(report, received_at, self._store.ask(partial(self._ruling, at=received_at)))
        return _Case(
            report,
            hashed,
            sought,
            captured_at,
            received_at,
            flags,
            category,
            territory,
            decided,
            start,
        )

    def _ruling(self, connection: Connection, at: datetime) -> Ruling:
        return self._rulings.of(connection, cases.marks(connection, at))

    def _category(self, code: str | None) -> Category | None:
        """Return a category as it was last seen; the write finds out when it has changed."""
        if code is None:
            return None
        if code not in self._categories:
            found = self._store.ask(partial(known_category, code=code))
            if found is not None:
                self._categories[code] = found
        return self._categories[code]

    def _write(self, case: _Case, actor: Actor) -> receiving.Outcome:
        decision = receiving.Decision(
            case.territory.mark,
            case.decided.answers,
            case.decided.holder,
            case.category,
            case.flags,
            case.start,
        )

        # A question that writes: sent again after a lost connection it finds its number taken, by
        # itself, and answers the same.
        def written(connection: Connection) -> receiving.Outcome:
            outcome = receiving.receive(
                connection, case.report, case.hashed, case.received_at, decision, actor
            )
            if outcome.is_stored:
                _count(connection, case.sought, case.received_at)
            return outcome

        return self._store.ask(written)

    def _fresh(self, case: _Case) -> Receipt:
        new, decided = case.report, case.decided
        report = Report(
            id=new.id,
            source=new.source,
            number=new.number,
            captured_at=case.captured_at,
            received_at=case.received_at,
            state="reported",
            version=0,
            category=new.category,
            description=new.description,
            address=new.address,
            location=new.location,
            flags=case.flags,
            attributes=dict(new.attributes),
            held_by=case.territory.held_by(decided.holder, decided.answers),
            located=new.located,
        )
        made = [one._replace(made_at=case.received_at) for one in decided.answers]
        given = case.territory.named(made)
        answers = responsible_first(given, _own_layer(case.category))
        around = self._around(case.report.location, case.category)
        beside = set_beside(self._store, report, self._settings)
        return Receipt(report, answers, around, True, _candidates(report, case.sought), beside)

    def _again(self, new: NewReport, sought: Sought) -> Receipt:
        """Answer for a report whose number is taken: the same one, or another one's."""
        with self._store.begin() as connection:
            stored, key, given, category = _stored(connection, new)
        # A report that names no time is the same whenever it comes.
        same = replace(new, captured_at=new.captured_at or key.captured_at)
        if body_hash(same) != key.body_hash:
            msg = (
                f"report {new.id} is stored already and its content differs; "
                "send a correction, or a new id"
            )
            raise ReportBodyDiffersError(msg)
        answers = responsible_first(given, _own_layer(category))
        around = self._around(stored.location, category)
        return Receipt(stored, answers, around, False, _candidates(stored, sought))

    def _around(self, location: Location | None, category: Category | None) -> Nearby | None:
        if location is None or self._known.finder is None:
            return None
        need = Need(skills=() if category is None else tuple(category.skills))
        return self._known.finder.nearest(location, need, self._clock.now())


def _located(new: NewReport, sought: Sought) -> NewReport:
    if sought.taken is None:
        return new
    return replace(new, location=sought.taken.candidate.location, located=sought.taken.located)


def _count(connection: Connection, sought: Sought, at: datetime) -> None:
    """Count a place as used: it goes before others that words may mean as well."""
    if sought.taken is not None and sought.taken.candidate.place_id is not None:
        gazetteer.used(connection, {sought.taken.candidate.place_id: 1}, at)


def _candidates(report: Report, sought: Sought) -> list[Candidate]:
    """Return what a person may choose from, when there is something to choose."""
    return sought.candidates if report.location is None else []


def _own_layer(category: Category | None) -> str | None:
    return None if category is None else category.layer


def _stored(
    connection: Connection, new: NewReport
) -> tuple[Report, reports.Key, list[Assignment], Category | None]:
    key = reports.key_of(connection, new.id)
    stored = reports.one(connection, new.id)
    if key is None:  # a report that was found a moment ago
        key = reports.Key(stored.captured_at, b"")
    given = assignments.named(connection, assignments.stored(connection, new.id))
    # It may be out of use by now; the report keeps it all the same.
    category = None if stored.category is None else categories.one(connection, stored.category)
    return stored, key, latest(given), category


def effective(captured_at: datetime, received_at: datetime) -> tuple[datetime, list[str]]:
    """Return the time that picks the edition, and what a person should know about it.

    >>> from datetime import UTC, datetime, timedelta
    >>> noon = datetime(2026, 5, 1, 12, tzinfo=UTC)
    >>> effective(noon + timedelta(hours=1), noon)[1]
    ['captured_in_the_future']
    """
    if captured_at > received_at + FUTURE_ALLOWED:
        return received_at, [IN_THE_FUTURE]
    return captured_at, []


def latest(given: list[Assignment]) -> list[Assignment]:
    """Return the newest answer of each layer, in the order in which the layers answer."""
    if not given:
        return []
    newest = max(one.made_at for one in given if one.made_at is not None)
    return [one for one in given if one.made_at == newest]


def _checked(new: NewReport) -> NewReport:
    for name in ("description", "address", "reporter_name", "reporter_contact", "number", "source"):
        if (value := getattr(new, name)) is not None:
            storable(value, name)
    storable_attributes(dict(new.attributes), "attributes")
    if new.channel is not None and new.channel not in CHANNELS:
        msg = f"channel {new.channel!r} is unknown; {', '.join(CHANNELS)} are"
        raise InvalidInputError(msg)
    captured_at, external_due_at = new.captured_at, new.external_due_at
    return replace(
        new,
        captured_at=None if captured_at is None else aware(captured_at, "captured_at"),
        external_due_at=None
        if external_due_at is None
        else aware(external_due_at, "external_due_at"),
    )


def known_category(connection: Connection, code: str | None) -> Category | None:
    """Return the category with this code; None for a report that has none.

    Raises
    ------
    InvalidInputError
        There is none with this code.
    """
    if code is None:
        return None
    found = categories.one(connection, code)
    if found is None:
        msg = f"category {code!r} is unknown; `gridgis categories list` shows those that exist"
        raise InvalidInputError(msg)
    return found
