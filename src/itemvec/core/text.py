"""Numbers and texts as people read them."""

import unicodedata

HIDDEN = {"Cc", "Cf", "Cs"}  # control, format (bidirectional among them), and halves of pairs
KEPT = set("\t\n\r\u200c\u200d")  # the joiners belong to the spelling of Persian, of Hindi, and of emoji


def p_value(p: float) -> str:
    """``<.001``, or three digits without the zero before the point."""
    return "<.001" if p < 0.001 else f"{p:.3f}".removeprefix("0")


def visible(text: str) -> str:
    r"""The same text with what a reader could not see written out: control and bidirectional characters as ``\u202e``.

    Tabs, ends of lines and joiners stay. Left in, such characters can turn a line round on the screen, or hide a part.
    """
    return "".join(_escaped(one) if _hidden(one) else one for one in text)


def without_markup(text: str) -> str:
    r"""Text for a file that another program puts into a page as it is: ``<`` is ``\u003c``, and so on for ``>``, ``&``.

    ``dvc plots show`` writes the values of a CSV into a script of its page, which ``</script>`` would end.
    """
    return "".join(_escaped(one) if one in "<>&" else one for one in visible(text))


def _hidden(one: str) -> bool:
    return unicodedata.category(one) in HIDDEN and one not in KEPT


def _escaped(one: str) -> str:
    return f"\\u{ord(one):04x}"


def metric_name(metric: str) -> str:
    """A metric as the literature writes it: ``nDCG@10``; the others as they are."""
    return metric.replace("ndcg", "nDCG")
