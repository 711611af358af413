"""A zone on the roads: which lie in it, which lead out of it, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.reach.planes import Plane
from gridgis.roads.modes import Mode
from gridgis.roads.speeds import CLASSES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gridgis.polygons import Drawn
    from gridgis.roads.network import RoadNetwork

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Zone:
    """A closed polygon on a road network.

    Attributes
    ----------
    network, shape
        What it is of; EPSG:4326, longitude first.
    plane
        Metres around it.
    inside
        bool [roads]: the whole road lies in the zone.
    cuts
        Where roads meet the zone's border: shares of their lengths, in order, by road.
    """

    network: RoadNetwork
    shape: Drawn
    plane: Plane
    inside: NDArray[np.bool_]
    cuts: dict[int, list[float]]

    @classmethod
    def of(cls, network: RoadNetwork, shape: Drawn) -> Zone:
        """Put a zone on a network."""
        centre = shape.envelope.centroid
        plane = Plane.at(centre.x, centre.y)
        flat = plane.put(shape)
        near = _near(network, shape)
        lines = _lines(network, plane, near)
        shapely.prepare(flat)
        meets = shapely.intersects(lines, flat.boundary)
        inside = np.zeros(len(network), dtype=np.bool_)
        inside[near] = ~meets & shapely.intersects(flat, lines)
        cuts = {
            road: _shares(line, flat.boundary)
            for road, line in zip(near[meets].tolist(), lines[meets], strict=True)
        }
        return cls(network, shape, plane, inside, cuts)

    def points(self, roads: NDArray[np.int64], shares: Floats) -> Floats:
        """Return the points on roads at shares of their lengths, EPSG:4326 degrees, (n, 2)."""
        once, which = np.unique(roads, return_inverse=True)
        lines = _lines(self.network, self.plane, once)[which]
        at = shapely.line_interpolate_point(lines, shares, normalized=True)
        return self.plane.degrees(shapely.get_coordinates(at))

    def covers(self, roads: NDArray[np.int64], shares: Floats) -> NDArray[np.bool_]:
        """Say whether points on roads lie in the zone; on its border they do."""
        covered = np.asarray(self.inside[roads])
        cut = np.array([road in self.cuts for road in roads.tolist()], dtype=np.bool_)
        if cut.any():
            lon, lat = self.points(roads[cut], shares[cut]).T
            covered[cut] = shapely.intersects_xy(self.shape, lon, lat)
        return covered

    def roads_out(self) -> pd.DataFrame:
        """Return the roads that lead over the border, one row for each spot where they do.

        Columns: road (its number), way (SOURCE:WAY), name ("" for none), class, vehicles (whether
        cars or fire engines may use it), lon, lat; by road, then along it. A road that only touches
        the border does not lead over it.
        """
        rows = []
        for road, shares in self.cuts.items():
            ends = np.array([0.0, *shares, 1.0])
            middles = (ends[:-1] + ends[1:]) / 2
            within = self.covers(np.full(len(middles), road), middles)
            # A road may begin or end on the border itself.
            within[ends[:-1] == ends[1:]] = False
            rows += [
                (road, share)
                for share, before, after in zip(shares, within, within[1:], strict=False)
                if before != after
            ]
        over = np.array([row[0] for row in rows], dtype=np.int64)
        modes = self.network.forward[over] | self.network.backward[over]
        at = self.points(over, np.array([row[1] for row in rows], dtype=np.float64))
        return pd.DataFrame(
            {
                "road": over,
                "way": [self.network.way[one] for one in over.tolist()],
                "name": [self.network.name[one] for one in over.tolist()],
                "class": [CLASSES[kind] for kind in self.network.kind[over].tolist()],
                "vehicles": (modes & (Mode.CAR.bit | Mode.FIRE.bit)) != 0,
                "lon": at[:, 0],
                "lat": at[:, 1],
            }
        )


def _near(network: RoadNetwork, shape: Drawn) -> NDArray[np.int64]:
    """Return the roads whose boxes meet the shape's box."""
    west, south, east, north = shape.bounds
    low_lon, low_lat, high_lon, high_lat = network.boxes.T
    beside = (high_lon < west) | (low_lon > east) | (high_lat < south) | (low_lat > north)
    return np.flatnonzero(~beside)


def _lines(network: RoadNetwork, plane: Plane, roads: NDArray[np.int64]) -> NDArray[np.object_]:
    lines = [shapely.LineString(plane.metres(*network.line(road).T)) for road in roads.tolist()]
    return np.array(lines, dtype=object)


def _shares(line: shapely.LineString, border: shapely.Geometry) -> list[float]:
    """Return where a line meets a border; where it runs along it, the ends of that."""
    met = shapely.get_coordinates(shapely.intersection(line, border))
    shares = np.atleast_1d(shapely.line_locate_point(line, shapely.points(met), normalized=True))
    return sorted(set(shares.tolist()))
