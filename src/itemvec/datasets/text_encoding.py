"""How the text of a file is encoded: by its mark, by its zero bytes, else by the letters it would hold."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from pathlib import Path

from itemvec.core.errors import DatasetError, ParamsError
from itemvec.core.shown import shown
from itemvec.datasets.reading import note

# A mark at the start -> encoding; the longer marks first, as that of UTF-16 begins that of UTF-32.
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
SAMPLE = 1 << 16  # bytes of lines that are not ASCII, by which a guess is made
LIKELY = [
    *("cp1252", "latin_1", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp874", "koi8_r"),
    *("iso8859_2", "cp932", "euc_jp", "gb18030", "big5", "euc_kr"),
]
CLOSE = 0.05  # coherence by which another encoding must be better than Windows-1252


def marked(head: bytes) -> str | None:
    """Encoding that the first bytes of a file tell: by a mark, or by where its zero bytes are."""
    for mark, name in MARKS.items():
        if head.startswith(mark):
            return name
    whole = head[: len(head) // 4 * 4]
    zero = [whole[place::4].count(0) / max(1, len(whole) // 4) for place in range(4)]
    for name, pattern in (("utf-32-le", "0111"), ("utf-32-be", "1110"), ("utf-16-le", "0101"), ("utf-16-be", "1010")):
        if len(whole) >= 8 and all((share > 0.6) == (one == "1") for share, one in zip(zero, pattern, strict=True)):
            return name
    return None


def checked(encoding: str, where: str) -> str:
    """The name of an encoding that Python knows.

    Raises
    ------
    ParamsError
        It knows none of that name.
    """
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise ParamsError(f"{where}: encoding {encoding!r} is unknown; write one as utf-8, cp1252, utf-16") from None


def guessed(lines: Iterable[bytes], path: Path) -> str:
    """Encoding of a file that is not UTF-8, guessed from its lines; said with an example.

    Raises
    ------
    DatasetError
        No encoding fits.
    """
    from charset_normalizer import from_bytes

    foreign, first = bytearray(), b""
    for line in lines:
        if not line.isascii():
            first = first or line
            foreign += line + b"\n"
        if len(foreign) > SAMPLE:
            break
    matches = from_bytes(bytes(foreign), cp_isolation=LIKELY)
    best = matches.best()
    if best is None:
        raise DatasetError(
            f"{path}: is not UTF-8, and no other encoding fits: {shown(first)}; name it in the option 'encoding', or "
            "save the file as UTF-8"
        )
    name = best.encoding
    western = next((one for one in matches if one.encoding == "cp1252"), None)
    like = western is not None and western.chaos <= best.chaos and western.coherence > best.coherence - CLOSE
    if like or "cp1252" in best.could_be_from_charset:
        name = "cp1252"
    words = re.split(r"[\s,;|\"]+", first.decode(name, "replace"))
    word = next((word for word in words if not word.isascii()), "")
    note("guessed", path, f"it is not UTF-8; read as {name}, in which a word is {shown(word)}")
    return name
