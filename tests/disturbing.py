"""Addresses as people write them: shortened, misspelt, in another order, in pinyin.

Each kind of disturbance takes the parts of a standard address and what else its place is called,
and gives other words for the same place, or None where it has nothing to change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from opencc import OpenCC
from pypinyin import lazy_pinyin
from pypinyin.pinyin_dict import pinyin_dict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np

AREAS = ("city", "district", "street", "community")
ENDINGS = ("街道", "社区", "市", "区")
SHORTER = ("家园", "小区", "花园", "新村", "公寓", "名邸", "苑", "里")
# Characters that are common in names of places, but not those of the demo alone.
COMMON = (
    "东西南北中大小上下长安平和永福康宁文明华新兴建金玉翠清锦瑞景阳光明月星海"
    "江山水木花草春夏秋冬天地人民友谊团结胜利解放红旗前进向阳工农兵学商"
)
DIGITS = "零一二三四五六七八九"


class Spoken(NamedTuple):
    """A place's address in parts, with its own name and former names."""

    parts: Mapping[str, str]
    name: str
    former: tuple[str, ...]


Disturbance = "Callable[[Spoken, np.random.Generator], str | None]"


def whole(parts: Mapping[str, str], *left_out: str) -> str:
    """The address from its parts, without some."""
    marks = {"number": "号", "building": "号楼", "unit": "单元"}
    said = [n for n in (*AREAS, "road", "number", "compound", "building", "unit") if parts.get(n)]
    return "".join(parts[n] + marks.get(n, "") for n in said if n not in left_out)


def untouched(spoken: Spoken, _rng: np.random.Generator) -> str:
    return whole(spoken.parts)


def shortened(spoken: Spoken, _rng: np.random.Generator) -> str | None:
    """古渡街道福台社区松庄新村1号楼 -> 古渡福台松庄1栋."""
    parts = spoken.parts
    if not parts.get("compound"):
        return None
    compound = parts["compound"]
    for ending in SHORTER:
        if compound.endswith(ending) and len(compound) > len(ending) + 1:
            compound = compound.removesuffix(ending)
            break
    areas = "".join(parts[n].removesuffix("街道").removesuffix("社区") for n in AREAS[2:])
    tail = "".join(
        parts[n] + mark for n, mark in (("building", "栋"), ("unit", "单元")) if n in parts
    )
    return areas + compound + tail


def in_chinese_numerals(spoken: Spoken, _rng: np.random.Generator) -> str | None:
    parts = dict(spoken.parts)
    for name in ("number", "building", "unit"):
        if name in parts:
            parts[name] = numeral(parts[name])
    return whole(parts) if "number" in parts else None


def numeral(number: str) -> str:
    """11 -> 十一, 203 -> 二百零三."""
    if not number.isdigit():
        return number
    value = int(number)
    if value >= 1000:
        return "".join(DIGITS[int(digit)] for digit in number)
    if value < 10:
        return DIGITS[value]
    if value < 20:
        return "十" + (DIGITS[value - 10] if value > 10 else "")
    if value < 100:
        return DIGITS[value // 10] + "十" + (DIGITS[value % 10] if value % 10 else "")
    rest = value % 100
    tail = "" if not rest else ("零" + DIGITS[rest] if rest < 10 else DIGITS[rest // 10] + "十"
            + (DIGITS[rest % 10] if rest % 10 else ""))  # fmt: skip
    return DIGITS[value // 100] + "百" + tail


def with_other_marks(spoken: Spoken, rng: np.random.Generator) -> str | None:
    if "building" not in spoken.parts:
        return None
    mark = ("栋", "幢", "座", "#", "＃楼")[rng.integers(5)]
    return whole(spoken.parts).replace("号楼", mark)


def with_parts_dropped(spoken: Spoken, rng: np.random.Generator) -> str:
    """What people leave away: the upper areas; and the street with its number, or the compound."""
    left_out = [name for name in AREAS if rng.random() < 0.7]
    if spoken.parts.get("compound") and rng.random() < 0.6:
        left_out += ["road", "number"]
    elif spoken.parts.get("compound") and spoken.parts.get("building"):
        left_out += ["compound"]
    return whole(spoken.parts, *left_out)


def in_another_order(spoken: Spoken, rng: np.random.Generator) -> str | None:
    parts = spoken.parts
    street = whole({n: parts[n] for n in ("road", "number") if n in parts})
    inside = whole({n: parts[n] for n in ("compound", "building", "unit") if n in parts})
    area = parts["street"] + parts["community"]
    if not parts.get("compound"):
        return None if not street else rng.choice([" ", "，"]).join([inside, street, area])
    orders = (
        [inside, street, area],
        [area, inside, street],
        [inside, area],
        [street, area, inside],
    )
    order = orders[rng.integers(len(orders))]
    if not inside:
        return None
    return rng.choice([" ", "", "，"]).join(order)


def with_a_wrong_character(spoken: Spoken, rng: np.random.Generator) -> str | None:
    return _replaced(spoken, rng, lambda _: COMMON[rng.integers(len(COMMON))])


def with_a_homophone(spoken: Spoken, rng: np.random.Generator) -> str | None:
    def same_sound(character: str) -> str:
        sound = lazy_pinyin(character)[0]
        others = [c for c in _by_sound().get(sound, "") if c != character]
        return others[rng.integers(len(others))] if others else character

    return _replaced(spoken, rng, same_sound)


def in_full_width(spoken: Spoken, _rng: np.random.Generator) -> str:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return OpenCC("s2t").convert(whole(spoken.parts)).translate(wide)


def in_pinyin(spoken: Spoken, _rng: np.random.Generator) -> str | None:
    if not spoken.parts.get("compound"):
        return None
    name = "".join(lazy_pinyin(spoken.parts["compound"]))
    return name + " " + " ".join(spoken.parts[n] for n in ("building", "unit") if n in spoken.parts)


def in_initials(spoken: Spoken, _rng: np.random.Generator) -> str | None:
    """松庄新村1号楼 in 福台社区 -> ft szxc1."""
    if not spoken.parts.get("compound") or "unit" in spoken.parts:
        return None
    name = "".join(s[0] for s in lazy_pinyin(spoken.parts["compound"]))
    area = "".join(s[0] for s in lazy_pinyin(spoken.parts["community"].removesuffix("社区")))
    return f"{area} {name}{spoken.parts.get('building', '')}"


def by_a_former_name(spoken: Spoken, rng: np.random.Generator) -> str | None:
    if not spoken.former:
        return None
    parts = dict(spoken.parts) | {"compound": spoken.former[rng.integers(len(spoken.former))]}
    return whole(parts, "city", "district", "street", "community", "road", "number")


def _replaced(spoken: Spoken, rng: np.random.Generator, other: Callable[[str], str]) -> str | None:
    """The address, or its shorter half, with one character of a name replaced."""
    left_out = () if rng.random() < 0.5 else ("city", "district", "street")
    text = whole(spoken.parts, *left_out)
    named = [
        at
        for at, c in enumerate(text)
        if "\u4e00" <= c <= "\u9fff" and c not in "市区街道社号楼单元路巷"
    ]
    at = int(rng.choice(named))
    new = other(text[at])
    return None if new == text[at] else text[:at] + new + text[at + 1 :]


def _by_sound() -> dict[str, str]:
    if not _SOUNDS:
        for code in pinyin_dict:
            # The common characters: those that GB 2312 lists first.
            try:
                first = chr(code).encode("gb2312")[0]
            except UnicodeEncodeError:
                continue
            if 0xB0 <= first <= 0xD7:
                _SOUNDS.setdefault(lazy_pinyin(chr(code))[0], []).append(chr(code))
    return {sound: "".join(characters) for sound, characters in _SOUNDS.items()}


_SOUNDS: dict[str, list[str]] = {}

KINDS: dict[str, Disturbance] = {
    "untouched": untouched,
    "shortened": shortened,
    "Chinese numerals": in_chinese_numerals,
    "other marks": with_other_marks,
    "parts dropped": with_parts_dropped,
    "another order": in_another_order,
    "a wrong character": with_a_wrong_character,
    "a homophone": with_a_homophone,
    "full width, traditional": in_full_width,
    "pinyin": in_pinyin,
    "initials": in_initials,
    "a former name": by_a_former_name,
}
