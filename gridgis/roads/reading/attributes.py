"""What the columns of a line file say of its roads; every word that is not understood is listed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gridgis.door import storable
from gridgis.errors import InvalidInputError
from gridgis.roads.classes import OTHERWISE, USERS, plain
from gridgis.roads.modes import VEHICLES
from gridgis.roads.reading import words
from gridgis.roads.reading.limits import read_kmh
from gridgis.roads.reading.ways import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd

    from gridgis.roads.reading.options import RoadOptions

_NAMES = {
    "code": ("code", "way", "road_id", "osm_id", "id", "fid"),
    "class": ("class", "fclass", "highway", "road_class", "roadclass", "type", "kind"),
    "name": ("name", "road_name", "street", "名称", "路名"),
    "oneway": ("oneway", "one_way", "direction", "单行"),
    "speed": ("speed_kmh", "speed", "maxspeed", "speed_limit", "speed_mph", "限速"),
    "bridge": ("bridge", "is_bridge", "桥"),
    "level": ("level", "layer", "zlevel", "z_level"),
    "modes": ("modes",),
}
_LONGEST_NAME = 500
_LONGEST_CODE = 100
_MPH = ("mph",)


def attributes(
    frame: gpd.GeoDataFrame, options: RoadOptions, findings: list[Finding]
) -> pd.DataFrame:
    """Return the ways' table of a frame of lines, on the frame's index; add findings.

    Raises
    ------
    InvalidInputError
        A named column is not there, or a code or name holds what no database stores.
    """
    columns = _columns(frame, options.columns)
    reading = _Reading(frame, columns, findings)
    bridge = reading.read("bridge", words.truth, False)
    level = reading.read("level", words.level, None)
    road = reading.classes(options.classes)
    usable = road.map(USERS).to_numpy(dtype=np.int64)
    said = reading.read("modes", words.modes, None)
    usable = np.where(said.notna(), said.fillna(0).to_numpy(dtype=np.int64), usable)
    along = reading.read("oneway", words.direction, 0).to_numpy(dtype=np.int64)
    stored = np.where(bridge.to_numpy(dtype=bool), 1, 0)
    return pd.DataFrame(
        {
            "way": reading.way,
            "class": road,
            "name": reading.names(),
            "level": level.fillna(pd.Series(stored, index=frame.index)).astype("int16"),
            "bridge": bridge.astype(bool),
            "forward": np.where(along < 0, usable & ~VEHICLES, usable).astype("int16"),
            "backward": np.where(along > 0, usable & ~VEHICLES, usable).astype("int16"),
            "speed_kmh": reading.speeds(),
        }
    )


def _columns(frame: gpd.GeoDataFrame, said: Mapping[str, str]) -> dict[str, str]:
    found = {}
    there = {str(name).lower(): str(name) for name in frame.columns if name != frame.geometry.name}
    for field, names in _NAMES.items():
        if field in said:
            if said[field] not in frame:
                msg = f"there is no column {said[field]!r}; there are {', '.join(there.values())}"
                raise InvalidInputError(msg)
            found[field] = said[field]
        else:
            known = [there[name] for name in names if name in there]
            # Geofabrik's code is that of the class, beside the number of the way.
            if field == "code" and "osm_id" in there and "fclass" in there:
                known = [there["osm_id"]]
            if known:
                found[field] = known[0]
    return found


class _Reading:
    """Reads one column after the other."""

    def __init__(
        self, frame: gpd.GeoDataFrame, columns: Mapping[str, str], findings: list[Finding]
    ) -> None:
        self._frame = frame
        self._columns = columns
        self._findings = findings
        self.way = self._codes()

    def read(self, field: str, reader: Callable[[str], object], otherwise: object) -> pd.Series:
        """Return what the words of a column mean; those that mean nothing are listed."""
        if field not in self._columns:
            return pd.Series(otherwise, index=self._frame.index, dtype=object)
        text = words.texts(self._frame[self._columns[field]])
        found = words.each(text, lambda word: otherwise if not word.strip() else reader(word))
        wrong = found.isna() & (text.str.strip() != "")
        taken = "nothing" if otherwise is None else "no" if otherwise is False else "both ways"
        for row in np.flatnonzero(wrong).tolist():
            self._tell(field, row, f"{field} {text.iloc[row]!r} is not known; {taken} is taken")
        return found if otherwise is None else found.where(found.notna(), otherwise)

    def classes(self, said: Mapping[str, str]) -> pd.Series:
        """Return the classes; words that mean none are listed once each, with their number."""
        if "class" not in self._columns:
            sentence = f"no column says the class; all lines are taken as {OTHERWISE}"
            self._findings.append(Finding("class", sentence))
            return pd.Series(OTHERWISE, index=self._frame.index, dtype=object)
        text = words.texts(self._frame[self._columns["class"]])
        found = words.each(text, lambda word: said.get(word) or plain(word))
        for word, count in text[found.isna()].value_counts(sort=False).items():
            sentence = (
                f"class {word!r} is not known and taken as {OTHERWISE}; lines: {count:,}; "
                f"say what it is, like --class '{word}=residential'"
            )
            self._findings.append(Finding("class", sentence))
        return found.fillna(OTHERWISE)

    def names(self) -> pd.Series:
        """Return the names; None where there is none."""
        if "name" not in self._columns:
            return pd.Series(None, index=self._frame.index, dtype=object)
        text = words.texts(self._frame[self._columns["name"]])
        return words.each(text, lambda word: storable(word.strip()[:_LONGEST_NAME], "name") or None)

    def speeds(self) -> pd.Series:
        """Return the limits in km/h; NaN is the class's own. Absurd ones are listed."""
        if "speed" not in self._columns:
            return pd.Series(np.nan, index=self._frame.index)
        column = self._columns["speed"]
        unit = " mph" if column.lower().endswith(_MPH) else ""
        text = words.texts(self._frame[column]).str.strip()
        # Who has no number for a road often writes 0.
        none = text.isin(["0", "0.0"])
        if none.any():
            sentence = f"the speed 0 is taken as not known; lines: {int(none.sum()):,}"
            self._findings.append(Finding("speed", sentence))
        text = text.where(~none, "")
        kmh = words.each(text, lambda word: read_kmh(word + (unit if word else "")))
        found = kmh.astype("float64")
        for row in np.flatnonzero(np.isinf(found)).tolist():
            said = text.iloc[row]
            self._tell("speed", row, f"the speed {said!r} is absurd; the class's own is taken")
        return found.where(~np.isinf(found))

    def _codes(self) -> pd.Series:
        rows = pd.Series(np.arange(1, len(self._frame) + 1).astype(str), index=self._frame.index)
        if "code" not in self._columns:
            return rows.astype(object)
        text = words.texts(self._frame[self._columns["code"]]).str.strip()
        text = text.str.replace(r"\.0$", "", regex=True)
        kept = text.map(lambda code: storable(code, "code", _LONGEST_CODE))
        return kept.where(kept != "", "row " + rows)

    def _tell(self, kind: str, row: int, sentence: str) -> None:
        shape = self._frame.geometry.iloc[row]
        first = shapely.get_coordinates(shape)[:1]
        lon, lat = first[0] if len(first) else (np.nan, np.nan)
        way = str(self.way.iloc[row])
        self._findings.append(Finding(kind, sentence, way, float(lon), float(lat)))
