"""In which encoding are a shapefile's texts? Every text is tried strictly; the .cpg may lie."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, NamedTuple

from gridgis.errors import UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FIELD_BYTES = 32
_HEADER_END = 0x0D
# What byte 29 of the file says, where it says something that is not Latin.
_CODE_PAGES = {0x4D: "gb18030", 0x4E: "cp949", 0x4F: "big5", 0x13: "cp932", 0x57: None}
# Everyday Chinese lies in GB 2312, where both bytes are high. Latin and Big5 texts that GB18030
# can read all the same put many second bytes below.
_EVERYDAY = 0.9
_ASCII = 0x7F
_SAMPLES = 3


class Text(NamedTuple):
    """One text of a .dbf that is more than ASCII: row (the first is 1), field, bytes."""

    row: int
    field: str
    raw: bytes


class Decided(NamedTuple):
    """The encoding of a file's texts, and what a person should know of how it was found."""

    name: str
    notes: list[str]


def find_dbf_encoding(dbf: Path, said: str | None = None) -> Decided:
    """Return the encoding in which every text of a .dbf is valid.

    The one said; else UTF-8; else what the file claims (its .cpg, or its code page); else GB18030
    when that reads like everyday Chinese.

    Raises
    ------
    UnreadableFileError
        A text is not valid in the encoding that was said, or none fits for sure; the message shows
        samples and asks for --encoding.
    """
    texts = list(_texts(dbf))
    if said is not None:
        name = _known(said)
        if wrong := _first_wrong(texts, name):
            msg = f"{dbf.name}: row {wrong.row}, field {wrong.field} is not {said}: {wrong.raw!r}"
            raise UnreadableFileError(msg)
        return Decided(name, [])
    if not texts:
        return Decided("utf-8", [])
    claim = _claim(dbf)
    if _first_wrong(texts, "utf-8") is None:
        lied = claim not in {None, "utf-8"}
        return Decided("utf-8", [f"texts are UTF-8, not {claim} as the file says"] if lied else [])
    chinese = _first_wrong(texts, "gb18030") is None and _reads_like_chinese(texts)
    if claim in {None, "gb18030", "gbk", "gb2312"} and chinese:
        return Decided("gb18030", [] if claim else ["the file does not say it: read as GB18030"])
    if claim and claim != "utf-8" and not chinese and _first_wrong(texts, claim) is None:
        return Decided(claim, [])
    raise UnreadableFileError(_question(dbf, texts, claim))


def _texts(dbf: Path) -> Iterator[Text]:
    with dbf.open("rb") as file:
        head = file.read(_FIELD_BYTES)
        if len(head) < _FIELD_BYTES:
            msg = f"{dbf.name} is no dBASE table: it ends within its header"
            raise UnreadableFileError(msg)
        rows = int.from_bytes(head[4:8], "little")
        header_bytes, row_bytes = (int.from_bytes(head[at : at + 2], "little") for at in (8, 10))
        fields = file.read(header_bytes - _FIELD_BYTES)
        columns = list(_columns(fields))
        for number in range(1, rows + 1):
            row = file.read(row_bytes)
            if len(row) < row_bytes:
                msg = f"{dbf.name} is cut off: it ends in row {number} of {rows}"
                raise UnreadableFileError(msg)
            if row.isascii():
                continue
            for name, start, stop in columns:
                raw = row[start:stop].rstrip(b" \x00")
                if not raw.isascii():
                    yield Text(number, name, raw)


def _columns(header: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield the name and the place in a row of each text field; a row begins with one mark."""
    start = 1
    for at in range(0, len(header) - _FIELD_BYTES + 1, _FIELD_BYTES):
        field = header[at : at + _FIELD_BYTES]
        if field[0] == _HEADER_END:
            return
        stop = start + field[16]
        if field[11:12] == b"C":
            yield field[:11].split(b"\x00")[0].decode("utf-8", "replace"), start, stop
        start = stop


def _claim(dbf: Path) -> str | None:
    for cpg in (dbf.with_suffix(".cpg"), dbf.with_suffix(".CPG")):
        if cpg.is_file():
            text = cpg.read_text("ascii", "replace").strip().removeprefix("ANSI ")
            for name in (text, text.replace("-", ""), f"cp{text}"):
                try:
                    return codecs.lookup(name).name
                except LookupError:
                    continue
    with dbf.open("rb") as file:
        return _CODE_PAGES.get(file.read(30)[29])


def _known(said: str) -> str:
    try:
        return codecs.lookup(said).name
    except LookupError as error:
        msg = f"encoding {said!r} is unknown; write it like utf-8, gb18030 or big5"
        raise UnreadableFileError(msg) from error


def _first_wrong(texts: list[Text], encoding: str) -> Text | None:
    for text in texts:
        try:
            text.raw.decode(encoding)
        except UnicodeDecodeError:
            return text
    return None


def _reads_like_chinese(texts: list[Text]) -> bool:
    decoded = "".join(text.raw.decode("gb18030") for text in texts)
    double = [char.encode("gb18030") for char in decoded if ord(char) > _ASCII]
    everyday = sum(
        len(char) == 2 and char[0] > 0xA0 and char[1] > 0xA0  # noqa: PLR2004 - GB 2312
        for char in double
    )
    return everyday >= _EVERYDAY * len(double)


def _beyond_ascii(text: Text) -> int:
    return sum(byte > _ASCII for byte in text.raw)


def _question(dbf: Path, texts: list[Text], claim: str | None) -> str:
    shown = []
    # The longest ones show best whether an encoding makes words of them.
    sample = [text.raw for text in sorted(texts, key=_beyond_ascii, reverse=True)[:_SAMPLES]]
    for encoding in dict.fromkeys(["gb18030", claim or "latin-1", "big5"]):
        if _first_wrong(texts, encoding) is None:
            words = ", ".join(raw.decode(encoding) for raw in sample)
            shown.append(f"{encoding} reads {words}")
    wrong = _first_wrong(texts, "utf-8") or texts[0]
    return (
        f"{dbf.name}: the texts are not UTF-8 (row {wrong.row}, field {wrong.field}: "
        f"{wrong.raw!r}); say their encoding with --encoding. "
        + ("; ".join(shown) or "Neither GB18030 nor Big5 fits")
    )
