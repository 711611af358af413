"""States that wait, by their time: buckets of half a second, each a list without order.

Within a bucket states are taken as they come. One whose time becomes less after it was taken is
taken again, which only a road shorter than a bucket can cause; so all times of a bucket are final
when it is empty. That costs half of what a heap costs: nothing is compared, and the processor may
load what it needs for the next state while it works on this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gridgis.compiling import bare
from gridgis.roads.kernels.heap import push, settle

if TYPE_CHECKING:
    from gridgis.roads.kernels.shapes import Scratch

TIME_BITS = 32
BUCKET_BITS = 9
BUCKETS = 4096
"""With 512 ms each they reach 35 minutes ahead; what is farther waits in a heap."""

STATE = (1 << TIME_BITS) - 1
"""The bits of a key that name the state."""

# Places in Scratch.now.
_FREE, _USED, _WAITING, _FAR = 0, 1, 2, 3


@bare
def clear(scratch: Scratch) -> None:
    """Let nothing wait."""
    scratch.bucket[:] = -1
    scratch.now[_FREE], scratch.now[_USED] = -1, 0
    scratch.now[_WAITING], scratch.now[_FAR] = 0, 0


@bare
def wait(scratch: Scratch, bucket: int, time_ms: int, state: int) -> None:
    """Have a state wait for its time; `bucket` is the present one."""
    key = (time_ms << TIME_BITS) | state
    own = time_ms >> BUCKET_BITS
    if own - bucket >= BUCKETS:
        if scratch.now[_FAR] == len(scratch.heap):
            _tidy_heap(scratch)
        scratch.now[_FAR] = push(scratch.heap, scratch.now[_FAR], key)
        return
    if scratch.now[_FREE] < 0 and scratch.now[_USED] == len(scratch.key):
        _tidy_buckets(scratch)
    slot = scratch.now[_FREE]
    if slot >= 0:
        scratch.now[_FREE] = scratch.after[slot]
    else:
        slot = scratch.now[_USED]
        scratch.now[_USED] += 1
    place = own & (BUCKETS - 1)
    scratch.key[slot] = key
    scratch.after[slot] = scratch.bucket[place]
    scratch.bucket[place] = slot
    scratch.now[_WAITING] += 1


@bare
def _is_outdated(scratch: Scratch, key: int) -> bool:
    return bool(scratch.label[key & STATE] & STATE != key >> TIME_BITS)


@bare
def _tidy_heap(scratch: Scratch) -> None:
    """Drop what was come to sooner by now: then there is room, since each state waits once."""
    size = 0
    for i in range(scratch.now[_FAR]):
        # What is read lies at or behind what is written.
        if not _is_outdated(scratch, scratch.heap[i]):
            size = push(scratch.heap, size, scratch.heap[i])
    scratch.now[_FAR] = size


@bare
def _tidy_buckets(scratch: Scratch) -> None:
    """Drop what was come to sooner by now: then there is room, since each state waits once."""
    for place in range(BUCKETS):
        slot, kept = scratch.bucket[place], -1
        while slot >= 0:
            following = scratch.after[slot]
            if _is_outdated(scratch, scratch.key[slot]):
                scratch.after[slot] = scratch.now[_FREE]
                scratch.now[_FREE] = slot
                scratch.now[_WAITING] -= 1
            else:
                scratch.after[slot], kept = kept, slot
            slot = following
        scratch.bucket[place] = kept


@bare
def open_bucket(scratch: Scratch, bucket: int) -> int:
    """Return the next bucket to be looked at, `bucket` or a later one; -1: nobody waits."""
    if scratch.now[_WAITING] == 0:
        if scratch.now[_FAR] == 0:
            return -1
        bucket = max(bucket, scratch.heap[0] >> TIME_BITS >> BUCKET_BITS)
    while scratch.now[_FAR] > 0 and scratch.heap[0] >> TIME_BITS >> BUCKET_BITS <= bucket:
        key = scratch.heap[0]
        scratch.now[_FAR] = settle(scratch.heap, scratch.now[_FAR])
        wait(scratch, bucket, key >> TIME_BITS, key & STATE)
    return bucket


@bare
def take(scratch: Scratch, bucket: int) -> int:
    """Take the key of a state of the bucket; -1: it is empty."""
    place = bucket & (BUCKETS - 1)
    slot = scratch.bucket[place]
    while slot >= 0:
        key = scratch.key[slot]
        scratch.bucket[place] = scratch.after[slot]
        scratch.after[slot] = scratch.now[_FREE]
        scratch.now[_FREE] = slot
        scratch.now[_WAITING] -= 1
        if not _is_outdated(scratch, key):
            return int(key)
        slot = scratch.bucket[place]
    return -1
