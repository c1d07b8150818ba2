"""Whether a text holds anything that a reader can see."""

from __future__ import annotations

from typing import Any

import pyarrow.compute as pc

# Not seen: spaces of every script, control and format characters (zero width, byte order mark, soft hyphen), marks that
# only choose a form, fillers of Hangul, and the blank of braille.
MARKS = r"\x{034f}\x{115f}\x{1160}\x{17b4}\x{17b5}\x{180b}-\x{180f}\x{2800}\x{3164}\x{fe00}-\x{fe0f}\x{ffa0}"
SEEN = rf"[^\s\p{{Z}}\p{{Cc}}\p{{Cf}}{MARKS}]"


def is_written(texts: Any) -> Any:
    """Where Arrow strings hold a character that is seen; a missing text holds none."""
    return pc.match_substring_regex(texts, SEEN).fill_null(False)
