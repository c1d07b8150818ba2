"""Repair of UTF-8 text that was wrongly decoded as Windows-1252, such as "dÃ©cor" for "décor"."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

UNDEFINED = {0x81, 0x8D, 0x8F, 0x90, 0x9D}  # of Windows-1252; whoever wrote such files kept them as they were
BYTES = {ord(bytes([byte]).decode("cp1252")): byte for byte in set(range(0x80, 0xA0)) - UNDEFINED}
SUSPECT = r"[\x{C2}-\x{F4}]"  # what the first byte of a longer character was taken for


def repaired(texts: Any) -> Any:
    """Repair an Arrow array of strings; a text changes only if all of it is valid UTF-8 after encoding it back."""
    suspect = pc.match_substring_regex(texts, SUSPECT).fill_null(False)
    new = [_repaired(text) for text in texts.filter(suspect).to_pylist()]
    return pc.replace_with_mask(texts, pa.array(np.asarray(suspect)), pa.array(new, texts.type))


def _repaired(text: str) -> str:
    try:
        return text.translate(BYTES).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return text
