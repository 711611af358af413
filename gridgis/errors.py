"""Every error that gridgis raises on purpose.

::

    GridgisError
    ├ InvalidInputError          what was given cannot be used
    │ ├ InvalidGeometryError     a shape that is no shape
    │ ├ UnsupportedCrsError      coordinates of an unknown or unsuitable system
    │ ├ UnreadableFileError      a file that is not what it says
    │ ├ EditRefusedError         .place: where an edit would break the partition

    │ ├ DoubtfulFileError        .doubts: what a person must answer first
    │ ├ ResponsePlanError        .findings: which lines of the document, and why
    │ └ RowsRefusedError         .refusals: which rows, and why
    ├ NotFoundError
    │ ├ LayerNotFoundError, LevelNotFoundError, AreaNotFoundError, EditionNotFoundError
    │ ├ ReportNotFoundError, ResponderNotFoundError, RowNotFoundError, ImportNotFoundError
    │ ├ PlaceNotFoundError, MonthNotFoundError, PlanNotFoundError
    │ ├ IncidentNotFoundError, TaskNotFoundError, EarlyWarningNotFoundError
    │ ├ RatingLinkError          a link to rate that is none of ours
    │ ├ ResponsePlanNotFoundError, UnitNotFoundError, CalendarNotFoundError
    │ └ RoadsMissingError        no way can be found where no road is known
    ├ ConflictError              it fits, but not to what is there
    │ ├ ReportBodyDiffersError   one number, two reports
    │ ├ VisitBodyDiffersError    one number, two visits
    │ ├ EditionNotDraftError, EditionOverlapsError
    │ ├ PlanStateError           not in this state, or not by this person
    │ ├ EarlyWarningStateError   decided already, or not by this person
    │ ├ PlanOutdatedError        the edition before, or the content, is another by now
    │ ├ EditConflictError        .conflicts: who else changed the same, and what
    │ ├ RatingExpiredError       it is too late to rate, or somebody was asked again since
    │ ├ RatingAnsweredError      rated already, and otherwise
    │ ├ CaseRefusedError         a case in this state, or this person, or without what is needed
    │ ├ CaseChangedError         .state, .version, .unit, .actor: somebody was quicker
    │ ├ AlreadyThereError, InUseError
    │ └ ArchivedError          .months: which of them to bring back
    ├ PlanRejectedError          .findings: what stands against publishing
    ├ StoreError                 the database; the driver's error is the cause
    │ ├ StoreUnavailableError, StoreFullError, StoreBusyError
    │ ├ QueueFullError           more waits for a database that is away than may
    │ ├ SchemaOutdatedError
    │ ├ ArchiveFileError         an archived month's file cannot be written or read
    │ └ ClusterError             the embedded server and its data folder
    ├ PartsUnfinishedError      .failed: parts of a data set that could not be done, and why
    ├ WordMissingError          the catalogue of words has a hole
    ├ PageError                 a page's script or style is missing, or lies outside the page
    ├ PrintingError             no browser, or no glyphs, to make a picture or a PDF of a page
    └ SettingsError

The message is the class's own sentence unless the raiser has a better one: it names the thing,
the place and the next step. Facts that a program may want are attributes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class GridgisError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or (type(self).__doc__ or "").strip())


class InvalidInputError(GridgisError):
    """What was given cannot be used."""


class InvalidGeometryError(InvalidInputError):
    """The shape is not valid."""


class UnsupportedCrsError(InvalidInputError):
    """The coordinate reference system is missing or cannot be used; say it with --crs."""


class UnreadableFileError(InvalidInputError):
    """The file cannot be read as what its name says."""


class EditRefusedError(InvalidInputError):
    """The edit would break the partition, so nothing was changed."""

    def __init__(
        self, message: str | None = None, place: tuple[float, float] | None = None
    ) -> None:
        super().__init__(message)
        # lon and lat in degrees, EPSG:4326; None: it has no spot.
        self.place = place


class DoubtfulFileError(InvalidInputError):
    """The file may mean something else than it says, so nothing was written."""

    def __init__(self, message: str | None = None, doubts: Sequence[object] = ()) -> None:
        super().__init__(message)
        # Each reads as a sentence, and is a value that a program may look into.
        self.doubts = list(doubts)


class ResponsePlanError(InvalidInputError):
    """The response plan cannot be used, so nothing was written."""

    def __init__(
        self, message: str | None = None, findings: Sequence[tuple[int, str]] = ()
    ) -> None:
        super().__init__(message)
        # By line, from 1; each reads as a sentence.
        self.findings = sorted(findings)


class RowsRefusedError(InvalidInputError):
    """Some rows were refused, so nothing was written."""

    def __init__(
        self, message: str | None = None, refusals: Sequence[tuple[int, str]] = ()
    ) -> None:
        super().__init__(message)
        self.refusals = list(refusals)


class NotFoundError(GridgisError):
    """There is no such thing."""


class LayerNotFoundError(NotFoundError):
    """There is no such layer; `gridgis layers list` shows those that exist."""


class LevelNotFoundError(NotFoundError):
    """The layer has no such level; `gridgis layers list` shows its levels."""


class AreaNotFoundError(NotFoundError):
    """No area has this code in the edition in force at that time."""


class EditionNotFoundError(NotFoundError):
    """There is no such edition; `gridgis editions list` shows those that exist."""


class ReportNotFoundError(NotFoundError):
    """There is no report with this number."""


class ResponderNotFoundError(NotFoundError):
    """There is no responder with this number."""


class RowNotFoundError(NotFoundError):
    """There is no such row."""


class PlaceNotFoundError(NotFoundError):
    """No place in use is called so; `gridgis find WORDS` shows those that are."""


class ImportNotFoundError(NotFoundError):
    """There is no import with this number; `gridgis imports list` shows those that exist."""


class MonthNotFoundError(NotFoundError):
    """There is no such month; `gridgis archive list` shows those that exist."""


class PlanNotFoundError(NotFoundError):
    """There is no plan with this number; `gridgis plan list` shows those that exist."""


class IncidentNotFoundError(NotFoundError):
    """There is no incident with this number; `gridgis incidents list` shows those that exist."""


class EarlyWarningNotFoundError(NotFoundError):
    """There is no early warning with this number; `gridgis warnings list` shows which exist."""


class RatingLinkError(NotFoundError):
    """The link is not one that was given out; open it again as it was sent."""


class ResponsePlanNotFoundError(NotFoundError):
    """There is no such response plan; `gridgis response-plan list` shows those that exist."""


class UnitNotFoundError(NotFoundError):
    """There is no such unit; `gridgis units list` shows those that exist."""


class CalendarNotFoundError(NotFoundError):
    """There is no such calendar; `gridgis calendar list` shows those that are there."""


class TaskNotFoundError(NotFoundError):
    """There is no such task."""


class RoadsMissingError(NotFoundError):
    """There are no roads; `gridgis roads import FILE` brings them."""


class ConflictError(GridgisError):
    """It does not fit to what is already there."""


class ReportBodyDiffersError(ConflictError):
    """A report with this number is stored already, and its content differs."""


class VisitBodyDiffersError(ConflictError):
    """A visit with this number is stored already, and its content differs."""


class EditionNotDraftError(ConflictError):
    """The edition is published already; make a new draft instead."""


class EditionOverlapsError(ConflictError):
    """Another edition of this layer is in force at that time."""


class PlanStateError(ConflictError):
    """A plan in this state cannot be changed so, or not by this person."""


class EarlyWarningStateError(ConflictError):
    """The early warning was decided already."""


class PlanOutdatedError(ConflictError):
    """What the plan stands on is another by now; rebase it with `gridgis plan rebase`."""


class EditConflictError(ConflictError):
    """Somebody else has changed the same border or area since; look at it and edit again."""

    def __init__(self, message: str | None = None, conflicts: Sequence[object] = ()) -> None:
        super().__init__(message)
        # Each reads as a sentence, and is a value that a program may look into.
        self.conflicts = list(conflicts)


class RatingExpiredError(ConflictError):
    """The link is too old to rate by; report the matter again if it is not solved."""


class RatingAnsweredError(ConflictError):
    """It was rated already, and the first answer counts."""


class CaseRefusedError(ConflictError):
    """The case is not in a state for that, or not for this person."""

    def __init__(
        self,
        message: str | None = None,
        *,
        state: str | None = None,
        version: int | None = None,
        unit: str | None = None,
        actor: str | None = None,
    ) -> None:
        super().__init__(message)
        self.state, self.version = state, version
        self.unit, self.actor = unit, actor


class CaseChangedError(ConflictError):
    """Somebody else has changed the case since; look at it and try again."""

    def __init__(
        self,
        message: str | None = None,
        *,
        state: str | None = None,
        version: int | None = None,
        unit: str | None = None,
        actor: str | None = None,
    ) -> None:
        super().__init__(message)
        self.state, self.version = state, version
        self.unit, self.actor = unit, actor


class AlreadyThereError(ConflictError):
    """It exists already."""


class InUseError(ConflictError):
    """Something else still needs it."""


class ArchivedError(ConflictError):
    """It is of a month that is archived; bring the month back by `gridgis archive restore`."""

    def __init__(self, message: str | None = None, months: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.months = list(months)


class PlanRejectedError(GridgisError):
    """The edition breaks a rule, so it was not published."""

    def __init__(self, message: str | None = None, findings: Sequence[object] = ()) -> None:
        super().__init__(message)
        # Each reads as a sentence, and is a value that a program may look into.
        self.findings = list(findings)


class StoreError(GridgisError):
    """The database refused the work; nothing of it was written."""


class StoreUnavailableError(StoreError):
    """The database cannot be reached; nothing was written. See `gridgis db status`."""


class StoreFullError(StoreError):
    """The database's disk is full; nothing was written. Free some space and try again."""


class StoreBusyError(StoreError):
    """Others use these tables all the time; nothing was written. Try again later."""


class QueueFullError(StoreError):
    """Too much waits for the database, which is away; nothing was taken. Send it again later."""


class SchemaOutdatedError(StoreError):
    """The database's tables are not those of this version; run `gridgis db migrate`."""


class ArchiveFileError(StoreError):
    """The file of an archived month is missing or damaged; put it back from a backup."""


class ClusterError(StoreError):
    """The embedded database cannot be used."""


class PartsUnfinishedError(GridgisError):
    """Some parts could not be done; the finished ones are kept."""

    def __init__(self, message: str | None = None, failed: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.failed = list(failed)


class WordMissingError(GridgisError):
    """The catalogue of words has no such text."""


class PageError(GridgisError):
    """A page's script or style is missing; run script/bootstrap."""


class PrintingError(GridgisError):
    """A page cannot be made a picture or a PDF on this machine."""


class SettingsError(GridgisError):
    """A setting is wrong."""
