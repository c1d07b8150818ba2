"""Numbers as people read them."""


def p_value(p: float) -> str:
    """``<.001``, or three digits without the zero before the point."""
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")
