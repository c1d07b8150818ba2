"""Rewrites of queries by a language model: the options of the writer, its prompt, and what it wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Annotated

from annotated_types import Ge, Le

from itemvec.core.progress import progress
from itemvec.language_models.generation import Ask
from itemvec.language_models.options import LanguageModelOptions
from itemvec.language_models.query_lines import queries_of

CHARACTERS = 600  # of a query in the prompt, and of a rewrite
TOKENS = 64  # of an answer, for each rewrite
CHUNK = 256  # queries asked for at a time: enough to batch similar lengths, few enough to show progress


@dataclass(frozen=True, kw_only=True)
class Writer(LanguageModelOptions):
    """A language model that rewrites queries; its other options are those of ``llm``.

    n
        Rewrites of each query.
    """

    n: Annotated[int, Ge(1), Le(8)] = 2

    def __post_init__(self) -> None:
        self.check(self._subject)

    def load(self) -> Ask:
        """Read the key or the weights; no request is sent."""
        return self.ask(self._subject)

    @property
    def _subject(self) -> str:
        return f"retriever query-policy: writer {self.checkpoint!r}"


@dataclass(frozen=True)
class Written:
    """Rewrites by a writer, which is asked for each text once, and read when it is first needed."""

    writer: Writer
    known: dict[str, list[str]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the actions: one for each rewrite of a query."""
        return tuple(f"written {number}" for number in range(1, self.writer.n + 1))

    def forms(self, texts: Sequence[str]) -> dict[str, list[str]]:
        """Each query as rewritten, by the name of the action; as asked where too few rewrites were written."""
        written = self._of(texts)
        return {
            name: [some[place] if place < len(some) else text for text, some in zip(texts, written, strict=True)]
            for place, name in enumerate(self.names)
        }

    def fewer(self, texts: Sequence[str]) -> int:
        """For how many queries too few rewrites were written."""
        return sum(len(some) < self.writer.n for some in self._of(texts))

    @cached_property
    def _ask(self) -> Ask:
        return self.writer.load()

    def _of(self, texts: Sequence[str]) -> list[list[str]]:
        new = [text for text in dict.fromkeys(texts) if text not in self.known and re.search(r"\w", text)]
        if new:
            with progress(len(new), "rewrite queries", "queries") as shown:
                for start in range(0, len(new), CHUNK):
                    some = new[start : start + CHUNK]
                    answers = self._ask([prompt(text, self.writer.n) for text in some], TOKENS * self.writer.n)
                    for text, answer in zip(some, answers, strict=True):
                        self.known[text] = [line[:CHARACTERS] for line in queries_of(answer, self.writer.n)]
                    shown.update(len(some))
        return [self.known.get(text, []) for text in texts]


def prompt(text: str, n: int) -> str:
    """Ask for ``n`` rewrites of a query."""
    count = "one rewrite" if n == 1 else f"{n} different rewrites"
    query = " ".join(text[: 2 * CHARACTERS].split())[:CHARACTERS]
    return (
        "A search engine compares the words of a query with the texts of items. "
        f"Write {count} of the query below, with words that the wanted item is likely to have in its text. "
        f"Answer with the queries alone, one per line.\n\nQuery: {query}\nRewritten:"
    )
