"""Which column of a file means what: the one that was said, or one whose name is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gridgis.errors import InvalidInputError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Headers = dict[str, tuple[str, ...]]
"""A noun's fields; each with the heading of its template first, then other names people use."""

REPORTS: Headers = {
    "number": (
        "编号",
        "number",
        "id",
        "report id",
        "case number",
        "工单号",
        "工单编号",
        "上报编号",
    ),
    "lon": ("经度", "lon", "longitude", "lng", "x"),
    "lat": ("纬度", "lat", "latitude", "y"),
    "captured_at": ("上报时间", "time", "captured at", "reported at", "时间", "发生时间"),
    "category": ("类别", "category", "事件类别", "案件类别", "问题类别"),
    "description": ("描述", "description", "问题描述", "内容"),
    "address": ("地址", "address", "地点", "发生地址"),
    "accuracy_m": ("定位精度米", "accuracy m", "accuracy", "精度"),
    "reporter_name": ("上报人", "reporter", "reporter name"),
    "reporter_contact": ("上报人电话", "reporter contact", "reporter phone"),
}

RESPONDERS: Headers = {
    "number": ("编号", "number", "id", "工号"),
    "kind": ("类型", "kind", "type"),
    "name": ("姓名", "name", "名称"),
    "organisation": ("单位", "organisation", "organization", "所属单位"),
    "role": ("岗位", "role", "角色", "职务"),
    "area": ("网格编码", "area", "area code", "grid code", "所属网格"),
    "skills": ("技能", "skills", "专长"),
    "phone": ("电话", "phone", "手机", "联系电话"),
    "duty": ("值班时间", "duty", "工作时间"),
    "capacity": ("可接任务数", "capacity", "任务上限"),
    "lon": ("经度", "lon", "longitude", "lng", "x"),
    "lat": ("纬度", "lat", "latitude", "y"),
}

CELLS: Headers = {
    "code": ("编码", "code", "小区编码", "楼栋编码"),
    "name": ("名称", "name"),
    "kind": ("类型", "kind"),
    "parent_code": ("上级编码", "parent code", "parent"),
    "households": ("户数", "households"),
    "population": ("人口", "population"),
    "floors": ("层数", "floors"),
    "lon": ("经度", "lon", "longitude", "lng", "x"),
    "lat": ("纬度", "lat", "latitude", "y"),
    "geometry": ("图形", "geometry", "wkt"),
}

PLACES: Headers = {
    "code": ("编码", "code", "地址编码"),
    "kind": ("类型", "kind"),
    "name": ("名称", "name"),
    "standard_address": ("标准地址", "standard address", "address", "地址"),
    "province": ("省", "province", "省份"),
    "city": ("市", "city", "城市"),
    "district": ("区县", "district", "县区", "区"),
    "street": ("街道", "street", "subdistrict", "街镇", "乡镇"),
    "community": ("社区", "community", "社区村"),
    "road": ("道路", "road", "road name", "street name", "路名", "街路巷"),
    "road_former": ("道路曾用名", "road former", "former road name"),
    "house_number": ("门牌号", "house number", "housenumber", "门牌"),
    "compound": ("小区名", "compound", "小区名称", "小区"),
    "building": ("楼栋", "building", "楼栋号", "栋号", "幢号", "楼号"),
    "unit": ("单元", "unit", "单元号"),
    "postcode": ("邮编", "postcode", "postal code", "zip code", "邮政编码"),
    "aliases": ("别名", "aliases", "alias"),
    "former_names": ("曾用名", "former names", "former name", "old name", "原名"),
    "households": ("户数", "households"),
    "floors": ("层数", "floors"),
    "cell_code": ("小区编码", "cell code", "cell"),
    "lon": ("经度", "lon", "longitude", "lng", "x"),
    "lat": ("纬度", "lat", "latitude", "y"),
    "geometry": ("图形", "geometry", "wkt"),
}

CATEGORIES: Headers = {
    "code": ("编码", "code", "类别编码"),
    "name": ("名称", "name", "类别名称"),
    "name_en": ("英文名称", "name en", "english name"),
    "family": ("大类", "family"),
    "layer": ("责任层", "layer"),
    "skills": ("技能", "skills"),
}

VISIT_PLANS: Headers = {
    "code": ("编码", "code", "计划编码"),
    "place": ("地点编码", "place", "place code"),
    "kind": ("类型", "kind"),
    "name": ("名称", "name", "事项"),
    "every_days": ("间隔天数", "every days", "周期天"),
    "hours": ("可访时间", "hours", "时段"),
    "service_s": ("时长秒", "service s", "duration s"),
    "priority": ("优先级", "priority"),
    "skills": ("技能", "skills"),
    "responder": ("责任人编号", "responder", "responder number", "责任人"),
    "starts_on": ("起始日期", "starts on", "start date"),
}

UNITS: Headers = {
    "code": ("单位编码", "unit code", "code", "编码", "单位代码"),
    "name": ("单位名称", "unit name", "name", "名称"),
    "name_en": ("英文名称", "name en", "english name"),
    "tier": ("层级", "tier", "级别"),
    "organisation": ("人员所属单位", "organisation", "organization", "所属单位"),
    "phone": ("电话", "phone", "联系电话", "值班电话"),
}

RESPONSIBILITIES: Headers = {
    "category": ("事项编码", "category", "类别", "类别编码", "事项类别", "事项"),
    "layer": ("责任层", "layer", "图层"),
    "area": ("区域编码", "area", "area code", "网格编码", "区域", "辖区编码"),
    "unit": ("责任单位编码", "unit", "unit code", "单位编码", "责任单位"),
}

HEADERS: dict[str, Headers] = {
    "reports": REPORTS,
    "responders": RESPONDERS,
    "cells": CELLS,
    "places": PLACES,
    "categories": CATEGORIES,
    "visit-plans": VISIT_PLANS,
    "units": UNITS,
    "responsibilities": RESPONSIBILITIES,
}


def find_columns(
    columns: Sequence[str], headers: Headers, said: Mapping[str, str | None]
) -> dict[str, str]:
    """Return field -> column: first those that were said, then those that are called so.

    A template's heading, such as ``经度 lon``, is known by any of its words.

    Raises
    ------
    InvalidInputError
        The file has no column of the name that was said.

    Examples
    --------
    >>> find_columns(["SR", "经度 lon", "Latitude"], REPORTS, {"number": "SR"})
    {'number': 'SR', 'lon': '经度 lon', 'lat': 'Latitude'}
    """
    found: dict[str, str] = {}
    for field, column in said.items():
        if column is None:
            continue
        if column not in columns:
            msg = f"there is no column {column!r}; the file has {', '.join(columns)}"
            raise InvalidInputError(msg)
        found[field] = column
    free = {
        name: column
        for column in columns
        if column not in found.values()
        for name in _names(column)
    }
    for field, names in headers.items():
        if field not in found:
            match = next((free[_plain(name)] for name in names if _plain(name) in free), None)
            if match is not None and match not in found.values():
                found[field] = match
    return found


def _names(column: str) -> list[str]:
    """Return the plain names by which a heading may be known, the whole of it first."""
    chinese = "".join(re.findall(r"[\u4e00-\u9fff]+", column))
    other = re.sub(r"[\u4e00-\u9fff]+", " ", column)
    return [
        name for name in dict.fromkeys([_plain(column), _plain(chinese), _plain(other)]) if name
    ]


def _plain(name: str) -> str:
    return re.sub(r"[^0-9a-z\u4e00-\u9fff]", "", name.lower())
