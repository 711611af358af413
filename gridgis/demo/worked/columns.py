"""What people say on the demo's cases: reasons, plans, papers, and the residents' answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gridgis.cases.words import TIERS

if TYPE_CHECKING:
    from gridgis.demo.reports import Words
    from gridgis.demo.terrain import Floats

_SAID = {
    "why_rejected": (
        "不属于网格事项",
        "已由上级部门受理",
        "反映内容无法核实",
        "属于个人之间的民事约定",
    ),
    "why_not_ours": ("不属于本单位职责", "该路段由市管", "设施权属不在本单位", "应由属地街道处理"),
    "why_not_now": ("人手不足,请另派", "设备检修中"),
    "why_refused": ("权责清单明确由你单位负责", "现场核实属于你单位"),
    "why_cannot": ("缺少配件", "现场无法进入", "需大型设备"),
    "why_lifted": ("需要部门配合", "超出本级处置能力", "涉及多个社区"),
    "why_urged": ("居民再次来电", "超过承诺时间", "领导关注"),
    "why_extended": ("等待配件到货", "连日降雨,无法施工", "当事人外出"),
    "why_deferred": ("待雨季过后施工", "学校放假后处理"),
    "why_parked": ("列入年度改造计划", "等待专项资金", "待规划审批"),
    "why_failed": ("现场仍未处理干净", "问题仍然存在", "只处理了一部分"),
    "why_reopened": ("抽查发现问题反弹", "同一问题再次出现"),
    "why_withdrawn": ("反映人撤回", "反映人表示已自行解决"),
    "plan": ("纳入明年老旧管网改造", "纳入下季度道路大修", "报区里统一整治"),
    "words": ("没有解决", "只是看了看就走了", "等了太久", "过两天又是老样子"),
}
_CONTACTED = 0.93
_SUPERVISED = "督办单(2025)第{}号"
# Of those who are not discontent: 3, 4 or 5, and how much that falls with a slow case.
_CONTENT = (0.12, 0.38)
_LIFTS = (0.5, 0.33, 0.13, 0.04)
_LOW = (1, 2)
_UNSOLVED = 0.6


def make_columns(
    staff: dict[str, Words], category: Words, pace: Floats, rng: np.random.Generator
) -> dict[str, Words]:
    """Return the columns that patterns name, one value per case.

    Parameters
    ----------
    staff
        Who does what, by column.
    pace
        How slow a case is: whoever waits long is less content.
    """
    count = len(category)
    said = {
        name: np.array(texts, dtype=object)[rng.integers(len(texts), size=count)]
        for name, texts in _SAID.items()
    }
    number = rng.permutation(count) + 1
    columns: dict[str, Words] = {
        **staff,
        **said,
        "resident": np.full(count, "anonymous", dtype=object),
        "document": np.array([_SUPERVISED.format(one) for one in number.tolist()], dtype=object),
        "lift_to": np.array(TIERS[1:], dtype=object)[rng.choice(4, count, p=_LIFTS)],
        **{name: np.full(count, None, dtype=object) for name in ("into", "until", "to_anew")},
        **{
            name: np.full(count, TIERS[0], dtype=object)
            for name in ("tier_before", "tier_anew", "tier")
        },
    }
    contacted = rng.random(count) < _CONTACTED
    columns["contacted"] = np.where(contacted, "true", "false").astype(object)
    slow = np.clip(pace, 0.5, 3.0)
    draw = rng.random(count)
    good = 5 - (draw < _CONTENT[1] * slow) - (draw < _CONTENT[0] * slow)
    columns["good"] = good.astype(object)
    columns["low"] = np.array(_LOW, dtype=object)[rng.integers(2, size=count)]
    return columns


def answered(columns: dict[str, Words], low: np.ndarray, rng: np.random.Generator) -> None:
    """Add what residents answer; of those who are `low`, half say that it is not solved."""
    unsolved = low & (rng.random(len(low)) < _UNSOLVED)
    satisfaction = np.where(low, columns["low"], columns["good"])
    columns["satisfaction"] = satisfaction
    columns["solved"] = np.where(unsolved, "false", "true").astype(object)
    content = [f"the resident's satisfaction is {one} of 5" for one in satisfaction.tolist()]
    columns["why_low"] = np.where(
        unsolved, "the resident says that it is not solved", np.array(content, dtype=object)
    ).astype(object)
