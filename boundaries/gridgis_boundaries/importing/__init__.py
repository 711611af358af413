"""From a file to a draft edition: all of it, or nothing."""

from gridgis_boundaries.importing.drafting import AreaImport, AreaImportSummary, import_frame
from gridgis_boundaries.importing.mending import RepairWish

__all__ = ["AreaImport", "AreaImportSummary", "RepairWish", "import_frame"]
