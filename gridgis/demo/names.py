"""Invented names, Chinese with pinyin: nothing here is meant to be a real place or person."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

CITY = ("云川市", "Yunchuan")
DISTRICT = ("柳溪区", "Liuxi")

STREETS = [
    ("柳溪", "Liuxi"), ("望河", "Wanghe"), ("石桥", "Shiqiao"), ("云台", "Yuntai"),
    ("古渡", "Gudu"), ("枣林", "Zaolin"), ("青崖", "Qingya"), ("临川", "Linchuan"),
    ("南塬", "Nanyuan"), ("北滩", "Beitan"), ("长堤", "Changdi"), ("砚山", "Yanshan"),
    ("杏坪", "Xingping"), ("沙湾", "Shawan"),
]  # fmt: skip

_FIRST = (
    "云yun 春chun 兰lan 桂gui 松song 竹zhu 梅mei 桃tao 槐huai 榆yu 枫feng 安an 和he 永yong 福fu "
    "康kang 宁ning 吉ji 祥xiang 文wen 明ming 德de 仁ren 礼li 华hua 新xin 兴xing 建jian 金jin 玉yu "
    "翠cui 碧bi 清qing 静jing 锦jin 瑞rui 景jing 朝zhao 晨chen 秀xiu 芳fang 嘉jia 泰tai 乐le"
)
_SECOND = (
    "亭ting 园yuan 河he 川chuan 溪xi 泉quan 林lin 坪ping 岭ling 台tai 桥qiao 门men 塘tang 湖hu "
    "坊fang 庄zhuang 堡pu 兰lan 源yuan 峰feng 谷gu 洲zhou 汀ting 岸an 阁ge 轩xuan 原yuan 澜lan"
)
_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
)
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红玲建国春梅志文斌宇浩凯健俊帆雪慧巧颖"
)

ESTATE_ENDINGS = [
    ("苑", "Court"), ("家园", "Homes"), ("小区", "Estate"), ("花园", "Gardens"),
    ("新村", "New Village"), ("公寓", "Apartments"), ("里", "Li"), ("名邸", "Mansions"),
]  # fmt: skip
ROAD_ENDINGS = [("路", "Road"), ("大街", "Avenue")]
LANE_ENDINGS = [("路", "Road"), ("街", "Street"), ("巷", "Lane")]

_SHORT_NAMES = 0.25


def _split(text: str) -> list[tuple[str, str]]:
    return [(word[0], word[1:]) for word in text.split()]


def _stems() -> list[tuple[str, str]]:
    """Return two-character names with their pinyin, none of them twice.

    >>> stems = _stems()
    >>> len(stems) > 1000, stems[0]
    (True, ('云亭', 'Yunting'))
    """
    return [
        (a + b, (x + y).capitalize())
        for a, x in _split(_FIRST)
        for b, y in _split(_SECOND)
        if a != b
    ]


@dataclass
class Names:
    """A supply of invented names; none is given twice within one purpose.

    Names of estates and of lanes have endings, so both may use the same stems.
    """

    rng: np.random.Generator
    _supply: dict[str, list[tuple[str, str]]] = field(default_factory=dict)

    def streets(self, count: int) -> list[tuple[str, str]]:
        """Return names of streets (the areas), zh and en, without 街道; 柳溪 is among them."""
        rest = self.rng.permutation(len(STREETS) - 1)[: count - 1] + 1
        picked = [0, *rest.tolist()]
        return [STREETS[picked[i]] for i in self.rng.permutation(count)]

    def stem(self) -> tuple[str, str]:
        """Return a bare two-character name, zh and en."""
        return self._next("stem", [("", "")])

    def estate(self) -> tuple[str, str]:
        """Return a residential compound's name, zh and en."""
        return self._next("estate", ESTATE_ENDINGS)

    def road(self) -> tuple[str, str]:
        """Return a main road's name, zh and en."""
        return self._next("road", ROAD_ENDINGS)

    def lane(self) -> tuple[str, str]:
        """Return a small road's name, zh and en; it may share its stem with a main one."""
        return self._next("lane", LANE_ENDINGS)

    def people(self, count: int) -> list[str]:
        """Return invented personal names, shape (count,); two people may share one."""
        family = self.rng.integers(len(_FAMILY), size=count)
        given = self.rng.integers(len(_GIVEN), size=(count, 2))
        short = self.rng.random(count) < _SHORT_NAMES
        return [
            _FAMILY[f] + _GIVEN[a] + ("" if s else _GIVEN[b])
            for f, (a, b), s in zip(family.tolist(), given.tolist(), short.tolist(), strict=True)
        ]

    def _next(self, purpose: str, endings: list[tuple[str, str]]) -> tuple[str, str]:
        if purpose not in self._supply:
            # Names that sound alike are alike in pinyin: one of them is enough.
            every = {
                f"{en} {more_en}".strip(): zh + more
                for zh, en in _stems()
                for more, more_en in endings
            }
            pairs = [(zh, en) for en, zh in every.items()]
            self._supply[purpose] = [pairs[i] for i in self.rng.permutation(len(pairs))]
        return self._supply[purpose].pop()
