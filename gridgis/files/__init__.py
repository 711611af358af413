"""Files of rows: read in chunks, one reader for every kind, and written whole or not at all.

Rows are numbered as people see them: where a header stands in the file it is row 1 (CSV, Excel),
else the first row is 1 (Parquet, vector files).
"""

from __future__ import annotations

from gridgis.files.rows import CHUNK_ROWS, Reading, Rows
from gridgis.files.tables import open_rows

__all__ = ["CHUNK_ROWS", "Reading", "Rows", "open_rows"]
