"""What is reported in the demo district: fifteen categories and how they come about."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Category:
    """A category and the law of its reports.

    Attributes
    ----------
    share
        Of all reports.
    summer
        Strength and sign of the season: 1 many in July, -1 many in January.
    rhythm
        Which hours: day, evening, night or office.
    on_road
        Share of the reports that lie on a road, not at a building.
    texts
        Descriptions; {} is where.
    channels
        Weights of patrol, resident, hotline, camera.
    """

    code: str
    name: str
    name_en: str
    family: str
    skills: tuple[str, ...]
    share: float
    summer: float
    rhythm: str
    on_road: float
    texts: tuple[str, ...]
    channels: tuple[float, float, float, float] = (5, 4, 1, 0)


CATEGORIES = (
    Category(
        code="gas-smell",
        name="燃气异味",
        name_en="Gas smell",
        family="safety",
        skills=("gas", "fire"),
        share=0.02,
        summer=-0.5,
        rhythm="evening",
        on_road=0.1,
        texts=("{}楼道内闻到煤气味", "{}附近有燃气异味,请尽快查看", "{}一楼住户反映厨房有煤气味"),
        channels=(1, 5, 4, 0),
    ),
    Category(
        code="fire-hazard",
        name="消防隐患",
        name_en="Fire hazard",
        family="safety",
        skills=("fire",),
        share=0.06,
        summer=-0.3,
        rhythm="day",
        on_road=0.1,
        texts=("{}消防通道被占用", "{}楼道堆放杂物", "{}有人飞线充电", "{}灭火器过期"),
    ),
    Category(
        code="rubbish",
        name="垃圾堆积",
        name_en="Rubbish",
        family="environment",
        skills=("sanitation",),
        share=0.2,
        summer=0.45,
        rhythm="day",
        on_road=0.35,
        texts=("{}垃圾桶满溢", "{}有建筑垃圾堆放", "{}旁边生活垃圾没有清运", "{}绿化带里有垃圾"),
        channels=(6, 3, 1, 1),
    ),
    Category(
        code="manhole-cover",
        name="井盖缺损",
        name_en="Manhole cover",
        family="facilities",
        skills=("sanitation",),
        share=0.03,
        summer=0.1,
        rhythm="day",
        on_road=0.9,
        texts=("{}井盖破损", "{}井盖缺失,很危险", "{}井盖松动,车过有响声"),
    ),
    Category(
        code="noise",
        name="噪声扰民",
        name_en="Noise",
        family="order",
        skills=("police", "mediation"),
        share=0.09,
        summer=0.5,
        rhythm="night",
        on_road=0.2,
        texts=(
            "{}夜间施工噪音大",
            "{}广场舞音响声音太大",
            "{}有人深夜吵闹",
            "{}烧烤摊到半夜还很吵",
        ),
        channels=(1, 6, 4, 0),
    ),
    Category(
        code="street-light",
        name="路灯故障",
        name_en="Street light",
        family="facilities",
        skills=("electricity",),
        share=0.05,
        summer=-0.35,
        rhythm="evening",
        on_road=0.9,
        texts=("{}路灯不亮", "{}一排路灯全灭", "{}路灯白天不关"),
    ),
    Category(
        code="water-leak",
        name="水管漏水",
        name_en="Water leak",
        family="facilities",
        skills=("water",),
        share=0.06,
        summer=-0.25,
        rhythm="day",
        on_road=0.3,
        texts=("{}水管爆裂,路面积水", "{}自来水管漏水", "{}楼上漏水,墙面渗水", "{}阀门井往外冒水"),
    ),
    Category(
        code="parking",
        name="违章停车",
        name_en="Parking",
        family="order",
        skills=("police", "patrol"),
        share=0.14,
        summer=0.05,
        rhythm="day",
        on_road=0.65,
        texts=("{}车辆乱停乱放", "{}私家车堵住出入口", "{}占用盲道停车", "{}电动车停放混乱"),
        channels=(5, 3, 1, 3),
    ),
    Category(
        code="dispute",
        name="邻里纠纷",
        name_en="Dispute",
        family="people",
        skills=("mediation",),
        share=0.07,
        summer=0.1,
        rhythm="evening",
        on_road=0.0,
        texts=("{}两户因漏水发生争执", "{}邻居因停车位吵架", "{}住户反映楼上太吵,请调解"),
    ),
    Category(
        code="elevator",
        name="电梯故障",
        name_en="Elevator",
        family="facilities",
        skills=("elevator",),
        share=0.04,
        summer=0.15,
        rhythm="day",
        on_road=0.0,
        texts=("{}电梯停运", "{}电梯异响", "{}电梯门关不上", "{}电梯困人,请马上救援"),
        channels=(1, 6, 3, 0),
    ),
    Category(
        code="illegal-building",
        name="违法建设",
        name_en="Illegal building",
        family="order",
        skills=("patrol",),
        share=0.03,
        summer=0.2,
        rhythm="office",
        on_road=0.1,
        texts=("{}楼顶搭建彩钢房", "{}一楼住户私自扩建", "{}有人违规开挖地下室"),
    ),
    Category(
        code="tree",
        name="树木倒伏",
        name_en="Tree",
        family="environment",
        skills=("sanitation",),
        share=0.03,
        summer=0.6,
        rhythm="day",
        on_road=0.7,
        texts=("{}树枝折断,压住电线", "{}大风后树木倒伏", "{}行道树枯死"),
    ),
    Category(
        code="stray-dog",
        name="流浪犬",
        name_en="Stray dog",
        family="people",
        skills=("police", "patrol"),
        share=0.05,
        summer=0.3,
        rhythm="evening",
        on_road=0.4,
        texts=("{}有流浪狗追人", "{}三四条流浪狗聚集", "{}遛狗不牵绳"),
    ),
    Category(
        code="road-damage",
        name="道路破损",
        name_en="Road damage",
        family="facilities",
        skills=("sanitation",),
        share=0.06,
        summer=0.15,
        rhythm="day",
        on_road=1.0,
        texts=("{}路面有坑", "{}人行道地砖松动", "{}路面塌陷,有积水"),
    ),
    Category(
        code="question",
        name="政策咨询",
        name_en="Question",
        family="people",
        skills=("mediation",),
        share=0.07,
        summer=0.0,
        rhythm="office",
        on_road=0.0,
        texts=("{}居民咨询医保缴费", "{}居民询问老旧小区改造时间", "{}居民咨询居住证办理"),
        channels=(3, 5, 5, 0),
    ),
)


def make_categories() -> pd.DataFrame:
    """Tabulate the categories.

    Returns
    -------
    Columns code, name, name_en, family, skills (list[str]), layer ("base"); index 0..n-1.

    >>> make_categories().loc[0, ["code", "name", "skills"]].tolist()
    ['gas-smell', '燃气异味', ['gas', 'fire']]
    """
    return pd.DataFrame(
        [
            {
                "code": c.code,
                "name": c.name,
                "name_en": c.name_en,
                "family": c.family,
                "skills": list(c.skills),
                "layer": "base",
            }
            for c in CATEGORIES
        ]
    )
