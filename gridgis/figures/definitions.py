"""Every figure: its name, its formula, over which rows, and what it does not say.

docs/figures.md is written from here, and a test compares the two.
"""

from __future__ import annotations

from typing import NamedTuple

from gridgis.cases.words import TIERS

STAGES = ("file", "dispatch", "accept", "arrive", "handle", "verify", "close")
"""The stages whose lengths are figures."""


class Definition(NamedTuple):
    """A figure: its column, names, unit, formula, rows, and what it does not say.

    A share or mean is the sum of `part` over the count `base`; of both empty, a figure is a count.
    """

    column: str
    zh: str
    en: str
    unit: str
    formula: str
    rows: str
    silent_on: str = ""
    base: str = ""
    part: str = ""


_R = "R: received in the period"
_C = "C: closed, the last closing in the period"
_E = "ended in the period: closed, rejected, merged or void"
_O = "O: received before the end, not ended before it"
_T = "T: tasks sent in the period"
_A = "A: ratings answered in the period"
_UNTIL_NOW = "what befalls them later is added later"
_FIRST = "the first time that it happened"


def _count(column: str, names: str, formula: str, rows: str, silent_on: str = "") -> Definition:
    zh, en = names.split(" / ")
    return Definition(column, zh, en, "count", formula, rows, silent_on)


def _share(column: str, names: str, of: str, rows: str, silent_on: str = "") -> Definition:
    """Define a share by `part / base`, counts of :mod:`gridgis.figures.counting`."""
    zh, en = names.split(" / ")
    part, base = of.split(" / ")
    return Definition(column, zh, en, "share", of, rows, silent_on, base, part)


def _stage(stage: str, zh: str, en: str, formula: str, silent_on: str) -> tuple[Definition, ...]:
    rows = f"not on the spot; {stage} ended in the period, not before it began"
    at = f"{formula}, elapsed"
    return (
        Definition(f"{stage}_n", f"{zh}件数", f"{en}, n", "count", "n", rows),
        Definition(
            f"{stage}_median_min",
            f"{zh}时长中位数",
            f"{en}, median",
            "min",
            f"median of {at}",
            rows,
            silent_on,
            f"{stage}_n",
        ),
        Definition(
            f"{stage}_p90_min",
            f"{zh}时长90分位",
            f"{en}, 90th percentile",
            "min",
            f"90th percentile of {at}, between ranks in proportion",
            rows,
            silent_on,
            f"{stage}_n",
        ),
    )


_CLOCKS = "nights, holidays and pauses count"
_TIER_NAMES = dict(zip(TIERS, ("网格", "社区", "街道", "区级", "市级"), strict=True))

DEFINITIONS: tuple[Definition, ...] = (
    _count("received", "上报数 / received", "n(R)", _R, "whether they were worth reporting"),
    _count("filed", "立案/受理数 / filed", "n", "filed in the period", _FIRST),
    _count("closed", "结案数 / closed", "n(C)", _C, "what came of them; undone closings are gone"),
    _count("solved", "解决数 / solved", "n(C, outcome solved)", _C, "whether the resident agrees"),
    _share("solved_share", "解决率 / solved share", "solved / closed", _C),
    _count("on_the_spot", "自办自结数 / solved on the spot", "n(C, on the spot)", _C),
    _share("on_the_spot_share", "自办自结率 / on-the-spot share", "on_the_spot / closed", _C),
    _count("not_in_scope", "不属实/不受理数 / not in scope", "n(outcome not_in_scope)", _E),
    _count("duplicates", "重复件数 / duplicates", "n(outcome duplicate)", _E),
    _count("withdrawn", "撤回数 / withdrawn", "n(outcome withdrawn)", _E),
    _count("open", "在办数 / open at the end", "n(O)", _O, "how long they have been open"),
    _count(
        "parked",
        "挂账数 / parked",
        "n(O, outcome parked)",
        _O,
        "since when: parked now counts as parked then; they stay in open and late",
    ),
    _count(
        "late_open",
        "超期在办数 / open past due",
        "n(O, limit before the end)",
        _O,
        "limits as they are now, extended ones too; no limit, or paused, is not late",
    ),
    _count("limited", "有时限结案数 / closed with a limit", "n(C, not on the spot, limit)", _C),
    _count(
        "late_closed",
        "超期结案数 / closed past due",
        "n(limited, closed after the limit)",
        _C,
        "extended limits count as extended",
    ),
    _share(
        "on_time_share",
        "按时结案率 / on-time share",
        "on_time / limited",
        f"{_C}; on_time = limited - late_closed",
        "cases still open past due: see late_open",
    ),
    *_stage("file", "立案", "filing", "filed - received", _CLOCKS),
    *_stage("dispatch", "派遣", "dispatching", "first dispatched - filed", _CLOCKS),
    *_stage("accept", "接单", "accepting", "first accepted - first dispatched", _CLOCKS),
    *_stage("arrive", "到场", "arriving", "first arrived - first dispatched", _CLOCKS),
    *_stage("handle", "处置", "handling", "last fed back - first dispatched", _CLOCKS),
    *_stage("verify", "核查", "verifying", "closed - last fed back; of C", _CLOCKS),
    *_stage("close", "全程", "from receipt to closing", "closed - received; of C", _CLOCKS),
    _count("returned", "回退件数 / returned", "n(R, given back at least once)", _R, _UNTIL_NOW),
    _share("returned_share", "回退率 / returned share", "returned / received", _R, _UNTIL_NOW),
    _count("tasks_sent", "派单数 / tasks sent", "n(T)", _T, "tasks of cases that ended before"),
    _count(
        "wrong_dispatches",
        "错派数 / wrong dispatches",
        "n(T, given back as not_ours)",
        _T,
        _UNTIL_NOW,
    ),
    _share(
        "wrong_dispatch_share",
        "错派率 / wrong dispatch share",
        "wrong_dispatches / tasks_sent",
        _T,
        _UNTIL_NOW,
    ),
    _count("reopened", "返工件数 / reopened", "n(R, reopened at least once)", _R, _UNTIL_NOW),
    _share("reopened_share", "返工率 / reopened share", "reopened / received", _R, _UNTIL_NOW),
    _count("failed", "核查不通过数 / failed verification", "n(R, failed)", _R, _UNTIL_NOW),
    _share("failed_share", "核查不通过率 / failed share", "failed / received", _R, _UNTIL_NOW),
    _count("extended", "延期件数 / extended", "n(R, extended at least once)", _R, _UNTIL_NOW),
    _share("extended_share", "延期率 / extended share", "extended / received", _R, _UNTIL_NOW),
    _count("deferred", "缓办件数 / deferred", "n(R, deferred at least once)", _R, _UNTIL_NOW),
    _share("deferred_share", "缓办率 / deferred share", "deferred / received", _R, _UNTIL_NOW),
    _count("voided", "作废件数 / voided", "n(R, void)", _R, _UNTIL_NOW),
    _share("voided_share", "作废率 / voided share", "voided / received", _R, _UNTIL_NOW),
    *(
        _share(
            f"solved_{tier}_share",
            f"{_TIER_NAMES[tier]}解决率 / solved at the {tier}",
            f"solved_{tier} / solved",
            f"{_C}, outcome solved; by the tier at last",
            "who else worked on it",
        )
        for tier in TIERS
    ),
    _count("asked", "回访数 / asked", "n", "ratings asked for in the period"),
    _share(
        "response_share",
        "回访应答率 / response share",
        "responded / asked",
        "ratings asked for in the period; responded: answered by now",
        "why the others are silent",
    ),
    _count("answered", "评价数 / answered, n", "n(A)", _A, "each round of a case counts"),
    Definition(
        "satisfaction_mean",
        "满意度均分",
        "mean satisfaction",
        "1 to 5",
        "sum of satisfaction / answered",
        _A,
        "the silent: they are in no satisfaction",
        "answered",
        "satisfaction_sum",
    ),
    _share(
        "satisfied_share",
        "满意率 / satisfied share",
        "satisfied / answered",
        f"{_A}; satisfied: 4 or 5",
        "the silent: they are in no satisfaction",
    ),
    _share(
        "contacted_share",
        "见面/联系率 / contacted share",
        "contacted / contacted_said",
        f"{_A}, who said whether they were contacted",
    ),
    _share(
        "said_solved_share",
        "居民认可解决率 / solved by their word",
        "said_solved / solved_said",
        f"{_A}, who said whether it is solved",
    ),
    _count("urgings", "催办次数 / urgings", "sum of urgings", _R, _UNTIL_NOW),
    _count("supervisions", "督办次数 / supervisions", "sum of supervisions", _R, _UNTIL_NOW),
    _count(
        "escalations",
        "升级次数 / escalations",
        "n",
        "clocks, of cases and tasks, that escalated in the period",
    ),
    _count(
        "grids",
        "网格数 / grids",
        "n",
        "grids of the edition; by areas and of all only",
    ),
    _count(
        "silent_grids",
        "静默网格数 / silent grids",
        "n(grids with no case of R)",
        "grids of the edition; by areas and of all only",
        "whether nothing happened or nobody looked",
    ),
)

BY_COLUMN = {one.column: one for one in DEFINITIONS}
COUNTS = tuple(one.column for one in DEFINITIONS if not one.base)
DERIVED = tuple(one for one in DEFINITIONS if one.part)
OF_GRIDS = ("grids", "silent_grids")


def table() -> list[str]:
    """Return the lines of the table in docs/figures.md."""
    lines = [
        "| column | 中文 | English | unit | formula | rows | does not say |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for one in DEFINITIONS:
        cells = (one.zh, one.en, one.unit, one.formula, one.rows, one.silent_on)
        lines.append(f"| `{one.column}` | {' | '.join(cells)} |".replace("  ", " "))
    return lines
