"""Fenced blocks of the documents, and the marks that stand before them (CONTRIBUTING says which there are)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tests.conftest import ROOT

PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
PAGES += sorted((ROOT / "docs").rglob("*.md"))
FENCE = re.compile(
    r"(?:^ *<!-- (?P<mark>[^\n]*?) -->\n+)?^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$",
    re.M | re.S,
)
SHELL = ("console", "bash", "sh")
OURS = ("itemvec", "dvc", "make")


@dataclass(frozen=True)
class Block:
    """One fenced block; ``mark`` is the comment right before it, and ``follows`` what stood between it and the last."""

    page: Path
    line: int
    language: str
    text: str
    mark: str
    follows: str

    @property
    def where(self) -> str:
        """As an editor takes it."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def commands(self) -> list[str]:
        """Its command lines; a line that ends in a backslash goes on, and what follows a command is its output."""
        lines = self.text.replace("\\\n", " ").splitlines()
        if self.language == "console":
            return [line.removeprefix("$ ") for line in lines if line.startswith("$ ")]
        if self.language in SHELL:
            return [line for line in lines if line.strip() and not line.startswith("#")]
        if not self.language:  # shown as it is: a command only if it starts with a program of ours
            return [line for line in lines if line.startswith(tuple(f"{one} " for one in OURS))]
        return []


def blocks(page: Path) -> list[Block]:
    """All blocks of a page, in order."""
    text, found, end = page.read_text(encoding="utf-8"), [], 0
    for match in FENCE.finditer(text):
        body = re.sub(rf"^{match['indent']}", "", match["text"], flags=re.M)
        line = text[: match.start("language")].count("\n") + 1
        found.append(Block(page, line, match["language"], body, match["mark"] or "", text[end : match.start()]))
        end = match.end()
    return found


def prose(page: Path) -> str:
    """The page without its blocks."""
    return FENCE.sub("", page.read_text(encoding="utf-8"))


ALL = list(chain.from_iterable(map(blocks, PAGES)))
