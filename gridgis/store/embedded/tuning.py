"""Settings for the embedded server that suit the machine it runs on."""

from __future__ import annotations

import os
from pathlib import Path

MB = 1024 * 1024
GB = 1024 * MB

MAX_CONNECTIONS = 200
# Containers often get 64 MB of /dev/shm: too little for a parallel query.
LEAST_SHARED_MEMORY = 256 * MB

FIXED = {
    "max_connections": str(MAX_CONNECTIONS),
    "max_wal_size": "2GB",
    "max_locks_per_transaction": "256",  # one statement may touch all months of reports
    "random_page_cost": "1.1",
    "wal_compression": "on",
    "jit": "off",
    "timezone": "'UTC'",
    "log_timezone": "'UTC'",
    "lc_messages": "'C'",
    "default_text_search_config": "'pg_catalog.simple'",
    "log_line_prefix": "'%m [%p] '",
    # A statement's text carries what residents wrote and their telephone numbers.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}


def settings_text() -> str:
    """Return the text of a configuration file for this machine."""
    chosen = FIXED | memory_settings(_memory_bytes())
    if _shared_memory_bytes() < LEAST_SHARED_MEMORY:
        chosen["dynamic_shared_memory_type"] = "mmap"
    lines = [f"{name} = {setting}" for name, setting in chosen.items()]
    return "# Written at each start; put your own settings into postgresql.conf.\n" + (
        "\n".join(lines) + "\n"
    )


def memory_settings(memory_bytes: int) -> dict[str, str]:
    """Return the settings that follow from the machine's memory in bytes.

    >>> memory_settings(2 * GB)["shared_buffers"], memory_settings(64 * GB)["shared_buffers"]
    ('256MB', '512MB')
    """

    def share(divisor: int, least_mb: int, most_mb: int) -> str:
        return f"{min(max(memory_bytes // divisor // MB, least_mb), most_mb)}MB"

    return {
        "shared_buffers": share(8, 32, 512),
        "effective_cache_size": share(2, 128, 65536),
        "work_mem": share(512, 4, 32),
        "maintenance_work_mem": share(32, 64, 512),
    }


def _memory_bytes() -> int:
    machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    limits = [
        Path("/sys/fs/cgroup/memory.max"),
        Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
    ]
    allowed = [limit.read_text().strip() for limit in limits if limit.exists()]
    return min([machine, *(int(text) for text in allowed if text.isdigit())])


def _shared_memory_bytes() -> int:
    try:
        size = os.statvfs("/dev/shm")  # noqa: S108 - where PostgreSQL itself puts it
    except FileNotFoundError:
        return 0
    return size.f_frsize * size.f_blocks
