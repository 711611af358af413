"""Who is able: has the skills, is on duty, is free; and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gridgis.compiling import bare

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Why somebody is passed over, in the order in which it is looked at; 0 is able.
ABLE = 0
OTHER_KIND = 1
OTHER_ROLE = 2
OTHER_AREA = 3
NO_SKILL = 4
OFF_DUTY = 5
BUSY = 6
OFF = 7
OUT_OF_REACH = 8
FULL = 9


class People(NamedTuple):
    """What a search looks at, by row of the crowd; see :class:`gridgis.nearest.crowd.Crowd`.

    Attributes
    ----------
    kind, role
        int8: places in KINDS and ROLES; role -1: none.
    area
        int64: the area they are bound to; -1: none.
    skills
        uint64.
    status, load, capacity
        int8, int32, int32.
    until_ms
        int64: until when the status holds; then they are free.
    at_ms
        int64: when the live position was taken.
    duty_start
        int64 [rows + 1]: a row's spans of the week.
    duty_from, duty_to
        int32: minutes of the week, the end not included.
    except_start
        int64 [rows + 1]: a row's exceptions.
    except_from, except_to
        int64 epoch ms, the end not included.
    except_on
        int8: 1 on duty, 0 not.
    """

    kind: NDArray[np.int8]
    role: NDArray[np.int8]
    area: NDArray[np.int64]
    skills: NDArray[np.uint64]
    status: NDArray[np.int8]
    until_ms: NDArray[np.int64]
    load: NDArray[np.int32]
    capacity: NDArray[np.int32]
    at_ms: NDArray[np.int64]
    duty_start: NDArray[np.int64]
    duty_from: NDArray[np.int32]
    duty_to: NDArray[np.int32]
    except_start: NDArray[np.int64]
    except_from: NDArray[np.int64]
    except_to: NDArray[np.int64]
    except_on: NDArray[np.int8]


class Asked(NamedTuple):
    """What is asked of responders, and when.

    Attributes
    ----------
    skills
        uint64: all of these.
    kinds, roles
        Masks of places in KINDS and ROLES; -1: any.
    area
        Bound to this one; -1: any.
    now_ms, minute_of_week
        The time that is asked for.
    fresh_from_ms, fresh_to_ms
        A live position of this time counts.
    """

    skills: np.uint64
    kinds: int
    roles: int
    area: int
    now_ms: int
    minute_of_week: int
    fresh_from_ms: int
    fresh_to_ms: int


@bare
def on_duty(people: People, row: int, asked: Asked) -> bool:
    """Say whether somebody is on duty: the last exception that holds counts, else the week."""
    for i in range(people.except_start[row + 1] - 1, people.except_start[row] - 1, -1):
        if people.except_from[i] <= asked.now_ms < people.except_to[i]:
            return bool(people.except_on[i] == 1)
    for i in range(people.duty_start[row], people.duty_start[row + 1]):
        if people.duty_from[i] <= asked.minute_of_week < people.duty_to[i]:
            return True
    return False


@bare
def judge(people: People, row: int, asked: Asked) -> int:  # noqa: PLR0911 - one a reason
    """Return ABLE, or the first reason why somebody is not."""
    if asked.kinds >= 0 and not (asked.kinds >> people.kind[row]) & 1:
        return OTHER_KIND
    if asked.roles >= 0 and (people.role[row] < 0 or not (asked.roles >> people.role[row]) & 1):
        return OTHER_ROLE
    if asked.area >= 0 and asked.area != people.area[row]:
        return OTHER_AREA
    if people.skills[row] & asked.skills != asked.skills:
        return NO_SKILL
    if not on_duty(people, row, asked):
        return OFF_DUTY
    if people.status[row] != 0 and people.until_ms[row] > asked.now_ms:
        return BUSY - 1 + int(people.status[row])
    if people.load[row] >= people.capacity[row]:
        return FULL
    return ABLE


@bare
def is_live(people: People, row: int, asked: Asked) -> bool:
    """Say whether the live position counts, and not the home point."""
    return bool(asked.fresh_from_ms <= people.at_ms[row] <= asked.fresh_to_ms)
