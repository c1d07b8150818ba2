"""Calibration texts, from which int8 quantization learns the value range of each layer.

They are not taken from the catalogue, since one changed text would then change every vector.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from itemvec.core.errors import ParamsError

OWN = Path(__file__).with_name("calibration.txt")
FEWEST = 8


def calibration_texts(path: str | None) -> list[str]:
    """Lines of a text file that are not blank; our own if ``path`` is None."""
    try:
        lines = (Path(path) if path else OWN).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ParamsError(f"model: calibration {path!r} cannot be read as text: {error}") from None
    texts = [line.strip() for line in lines if line.strip()]
    if len(texts) < FEWEST:
        raise ParamsError(f"model: calibration {path!r} has {len(texts)} texts, expected {FEWEST} or more, one a line")
    return texts


def calibration_hash(path: str | None) -> str:
    """sha256 of the texts in order."""
    return hashlib.sha256("\n".join(calibration_texts(path)).encode()).hexdigest()
