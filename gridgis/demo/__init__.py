"""A fictional district of real size, made from a seed: to try everything before real files come.

Pure frames: no database, no network. `make` is the front door.
"""

from gridgis.demo.district import DemoDistrict, make

__all__ = ["DemoDistrict", "make"]
