"""The legends of the map of repairs, and the table of the changed areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gridgis.words import word
from gridgis_maps.drawing import told
from gridgis_maps.drawing.hotspot_tables import class_hatches, class_name
from gridgis_maps.drawing.ramps import BENEATH, NONE, ramp
from gridgis_maps.drawing.repairs import amount_told, rules_told
from gridgis_maps.drawing.sheet import Measure, Row, Table
from gridgis_maps.numbers.classes import EMPTY, class_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gridgis_maps.frames.repairs import RepairFrames

MOST_ROWS = 300


def repair_measures(
    frames: RepairFrames,
    figures: pd.DataFrame,
    breaks: Mapping[str, Sequence[float]],
    lang: str,
) -> tuple[Measure, ...]:
    """Return one shading for each measure: by ground changed, and by shift."""
    measures = []
    for key, ends in breaks.items():
        colours = {EMPTY: NONE}
        if ends:
            colours |= dict(enumerate(ramp(BENEATH, len(ends)), start=EMPTY + 1))
        measures.append(
            Measure(
                key=key,
                label=word(f"map.repairs.{key}", lang),
                colours=colours,
                hatches=class_hatches(len(ends)),
                legend=_legend(figures[key], key, ends, colours, lang),
                top=_changed(frames, key, lang),
            )
        )
    return tuple(measures)


def _legend(
    figures: pd.Series[float],
    key: str,
    ends: Sequence[float],
    colours: Mapping[int, str],
    lang: str,
) -> Table:
    of_area = class_of(figures, ends)
    rows = [
        Row(
            (class_name(number, ends, False, lang), told.whole(int((of_area == number).sum()))),
            colour=colours[number],
            hatch=class_hatches(len(ends))[number],
        )
        for number in range(EMPTY, len(ends) + 1)
    ]
    heads = ("map.repairs.class", "map.repairs.areas")
    caption = word(f"map.repairs.legend.{key}", lang)
    return Table(caption, tuple(word(head, lang) for head in heads), tuple(rows))


def _changed(frames: RepairFrames, key: str, lang: str) -> Table:
    """Return every changed area, the most changed first; very many are cut, and said so."""
    position = {code: at for at, code in enumerate(frames.areas["code"])}
    names = dict(zip(frames.areas["code"], frames.areas["name"], strict=True))
    changes = pd.DataFrame(frames.changes.drop(columns=frames.changes.geometry.name))
    changes["changed_m2"] = changes["added_m2"] + changes["removed_m2"]
    changes = changes.sort_values([key, "code"], ascending=[False, True], kind="stable")
    shown = changes.head(MOST_ROWS)
    numbers = shown[["added_m2", "removed_m2", "households", "shift_m"]].astype("Float64")
    rows = [
        Row(
            (
                _area(told.name_of(names.get(code), code), rules_told(wrong, lang), lang),
                f"{amount_told(won_m2)} / {amount_told(lost_m2)}",
                amount_told(households),
                told.shift(shift_m, lang),
            ),
            grid=position.get(code),
        )
        for code, wrong, (won_m2, lost_m2, households, shift_m) in zip(
            shown["code"],
            shown["wrong"],
            numbers.to_numpy("float64", na_value=float("nan")).tolist(),
            strict=True,
        )
    ]
    heads = ("area", "head.m2", "head.households", "head.shift")
    left = len(changes) - len(rows)
    return Table(
        word(f"map.repairs.top.{key}", lang),
        tuple(word(f"map.repairs.{head}", lang) for head in heads),
        tuple(rows),
        note=word("map.repairs.more", lang, count=told.whole(left)) if left else "",
    )


def _area(name: str, wrong: str, lang: str) -> str:
    return word("map.repairs.named", lang, area=name, wrong=wrong) if wrong else name
