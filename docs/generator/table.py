"""Tables and fenced blocks of Markdown."""

from collections.abc import Iterable, Sequence


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar or a line break inside a cell does not end it."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(_cell(one) for one in line)} |" for line in lines)


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def fenced(text: str, language: str = "text") -> str:
    """A block that is shown as it is."""
    return f"```{language}\n{text.rstrip()}\n```"


def page(title: str, lead: str, *parts: str) -> str:
    """A page of the reference; its first comment keeps people from editing it by hand."""
    note = "<!-- Made by `make docs` from the code; edit the code instead. -->"
    return "\n\n".join([f"# {title}", note, lead, *parts]) + "\n"
