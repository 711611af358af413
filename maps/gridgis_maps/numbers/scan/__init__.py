"""Which places have had more cases of late than chance explains: Kulldorff's scan statistic."""

from gridgis_maps.numbers.scan.asked import Asked
from gridgis_maps.numbers.scan.clusters import Scanned
from gridgis_maps.numbers.scan.reported import Reported, reported_cases
from gridgis_maps.numbers.scan.scanning import scan

__all__ = ["Asked", "Reported", "Scanned", "reported_cases", "scan"]
