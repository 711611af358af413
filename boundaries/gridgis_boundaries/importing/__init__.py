"""From a file to a draft edition: all of it, or nothing."""

from gridgis_boundaries.importing.drafting import AreaImport, AreaImportSummary, import_frame

__all__ = ["AreaImport", "AreaImportSummary", "import_frame"]
