"""The kinds of place that gridgis knows: their words, and how exactly each says where something is.

Any other word may be a kind, too; it counts as a point of interest.
"""

from __future__ import annotations

from functools import cache
from typing import Literal, NamedTuple

Precision = Literal["unit", "building", "compound"]


class Kind(NamedTuple):
    """A kind: what it is stored as, how exactly it is a spot, and the words that people use."""

    code: str
    precision: Precision
    words: tuple[str, ...]


POI = Kind("poi", "building", ("兴趣点", "其他", "point of interest"))

KINDS: tuple[Kind, ...] = (
    # Where people live, from the largest.
    Kind("compound", "compound", ("小区", "居民小区", "住宅小区", "家属院", "院落", "estate")),
    Kind("village", "compound", ("村庄", "自然村", "村")),
    Kind("building", "building", ("楼栋", "楼", "楼房", "楼宇", "建筑", "建筑物", "大厦", "大楼")),
    Kind("unit", "unit", ("单元", "单元门", "楼门")),
    Kind("number", "building", ("门牌", "门牌号", "门牌地址", "address", "house number")),
    Kind("entrance", "building", ("出入口", "入口", "大门", "门岗", "gate")),
    # Where people learn, are healed, are cared for.
    Kind("school", "compound", ("学校", "中学", "小学", "中小学")),
    Kind("kindergarten", "compound", ("幼儿园", "托儿所")),
    Kind("university", "compound", ("大学", "高校", "学院", "校园", "college")),
    Kind("hospital", "compound", ("医院",)),
    Kind("clinic", "building", ("诊所", "卫生站", "卫生室", "卫生服务站", "社区卫生服务中心")),
    Kind("pharmacy", "building", ("药店", "药房")),
    Kind("care_home", "compound", ("养老院", "敬老院", "福利院", "养老机构")),
    # Where people buy, work, stay.
    Kind("market", "compound", ("市场", "菜市场", "农贸市场", "集贸市场")),
    Kind("mall", "compound", ("商场", "购物中心", "百货商场")),
    Kind("shop", "building", ("商店", "店铺", "商铺", "超市", "便利店")),
    Kind("restaurant", "building", ("餐馆", "饭店", "餐厅", "餐饮", "咖啡馆", "酒吧")),
    Kind("hotel", "building", ("酒店", "宾馆", "旅馆", "招待所")),
    Kind("bank", "building", ("银行",)),
    Kind("post_office", "building", ("邮局", "快递点")),
    Kind("office", "building", ("写字楼", "办公楼", "公司", "单位")),
    Kind("works", "compound", ("工厂", "厂区", "厂", "企业", "factory")),
    Kind("construction_site", "compound", ("工地", "建筑工地", "施工工地")),
    Kind("fuel", "building", ("加油站", "加气站", "充电站", "petrol station")),
    # Who serves, who helps.
    Kind("government", "building", ("政府机关", "机关", "政府", "居委会", "街道办")),
    Kind("service_point", "building", ("便民服务点", "便民服务站", "便民服务中心", "党群服务中心")),
    Kind("police_station", "building", ("派出所", "公安局", "警务室", "police")),
    Kind("fire_station", "building", ("消防站", "消防救援站", "消防队", "微型消防站")),
    Kind("gas_station", "building", ("燃气站", "燃气抢修站", "燃气公司")),
    Kind("assembly_point", "compound", ("集合点", "应急避难场所", "避难场所", "疏散点")),
    # Where people go.
    Kind("park", "compound", ("公园", "广场", "绿地", "游园")),
    Kind("sports", "compound", ("体育馆", "体育场", "健身房", "运动场")),
    Kind("culture", "building", ("文化馆", "图书馆", "博物馆", "美术馆", "剧院", "影院", "电影院")),
    Kind("worship", "building", ("宗教场所", "寺庙", "清真寺", "教堂")),
    Kind("sight", "compound", ("景点", "名胜", "古迹", "地标")),
    Kind("station", "compound", ("车站", "火车站", "地铁站", "汽车站")),
    Kind("parking", "compound", ("停车场", "停车库")),
    Kind("toilet", "building", ("公厕", "公共厕所", "厕所")),
    Kind("locality", "compound", ("地名", "片区", "place")),
    POI,
)


def kind_of(code: str) -> Kind:
    """Return the kind that is stored so; an unknown one is a point of interest.

    >>> kind_of("unit").precision, kind_of("tea house").code
    ('unit', 'poi')
    """
    return _by_code().get(code, POI)


def code_of(word: str) -> str:
    """Return what a word for a kind is stored as; a word that is not known stays as it is.

    >>> code_of("楼栋"), code_of("Fire Station"), code_of("茶馆")
    ('building', 'fire_station', '茶馆')
    """
    return _by_word().get(_plain(word), word)


@cache
def _by_code() -> dict[str, Kind]:
    return {kind.code: kind for kind in KINDS}


@cache
def _by_word() -> dict[str, str]:
    return {
        _plain(word): kind.code for kind in reversed(KINDS) for word in (*kind.words, kind.code)
    }


def _plain(word: str) -> str:
    return word.strip().lower().replace("_", " ").replace("-", " ")
