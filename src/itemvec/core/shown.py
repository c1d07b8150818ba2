"""Values of foreign files in messages: no byte of a file reaches the terminal as it stands."""

import unicodedata
from decimal import Decimal

WIDTH = 60  # characters of a value


def shown(value: object, width: int = WIDTH) -> str:
    r"""``value`` as Python writes it, cut to about ``width`` characters.

    Control characters, escape sequences and marks of direction become escapes such as ``\x1b`` and ``\u202e``.
    """
    if isinstance(value, (str, bytes)) and len(value) > width:
        half = value[: width - 3]
        return f"{half!r}..."
    said = f"{value.normalize():f}" if isinstance(value, Decimal) and value.is_finite() else repr(value)
    return said if len(said) <= width + 2 else f"{said[: width - 1]}..."


def printable(text: str) -> str:
    """``text`` with everything escaped that a terminal could take for a command; line breaks, tabs and spaces stay."""
    if text.isprintable():
        return text
    return "".join(one if _is_harmless(one) else _escaped(one) for one in text)


def _is_harmless(character: str) -> bool:
    return character.isprintable() or character in "\n\t" or unicodedata.category(character) == "Zs"


def _escaped(character: str) -> str:
    return character.encode("unicode_escape", "surrogatepass").decode("ascii")
