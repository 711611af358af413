"""A PostgreSQL with PostGIS that gridgis makes, starts and stops by itself.

::

    with lease(settings.data_dir) as url:
        ...

It listens on a socket in its own folder only, and never touches another server of the machine.
Several processes may share it; it stops with its last user.
"""

from __future__ import annotations

from gridgis.store.embedded.cluster import ClusterStatus, lease, start, status, stop

__all__ = ["ClusterStatus", "lease", "start", "status", "stop"]
