"""Generator of LIMIT data sets, on which single vectors must fail: people and what they like (arXiv 2508.21038).

Every query has k relevant items, and the texts are very simple. The difficulty is how the sets of relevant items
overlap. Names and likes are made from our own syllables and words, so that there are enough of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, islice
from math import comb
from pathlib import Path

import numpy as np

from itemvec.core.arrays import Ints
from itemvec.core.errors import DatasetError
from itemvec.core.files import replacing, write_text
from itemvec.core.options import Pattern

SYLLABLES = ("ba", "do", "fen", "gri", "hu", "ja", "kel", "lo", "mi", "nar", "os", "pel", "qui", "ru", "sto", "ta")
WORDS = Path(__file__).with_name("likes.txt")  # adjectives, an empty line, nouns


def make_limit(folder: Path, items: int, queries: int, k: int, pattern: Pattern, likes: int, seed: int) -> None:
    """Write ``corpus.jsonl``, ``queries.jsonl`` and ``qrels.jsonl`` in BEIR layout; equal arguments give equal bytes.

    Parameters
    ----------
    folder
        Replaced as a whole.
    items
        Number of people; those not relevant to any query are distractors.
    k
        Relevant items per query.
    pattern
        ``dense``: all sets of k items, of as few items as give enough sets. ``random``: random sets of k of all items.
        ``cycle``: k neighbours on a circle of all items. ``disjoint``: sets without common items.
    likes
        Likes per person, those that no query asks for included; more if queries need more.

    Raises
    ------
    DatasetError
        There are too few items or too few different likes.
    """
    rng = np.random.default_rng(seed)
    sets = _sets(items, queries, k, pattern, rng)  # (queries, k)
    adjectives, nouns = (part.split() for part in WORDS.read_text().split("\n\n"))
    words = [f"{adjective} {noun}" for adjective in adjectives for noun in nouns]
    if queries + likes > len(words):
        raise DatasetError(
            f"make-limit: {queries:,} queries and {likes:,} likes of a person take more than the {len(words):,} likes "
            "there are; ask for fewer"
        )
    words = [words[one] for one in rng.permutation(len(words))]
    asked: list[list[str]] = [[] for _ in range(items)]
    for query, chosen in enumerate(sets):
        for item in chosen:
            asked[item].append(words[query])
    names = _names(items, rng)
    with replacing(folder) as partial:
        partial.mkdir()
        write_text(partial / "corpus.jsonl", "".join(_people(names, asked, words[queries:], likes, rng)))
        lines = (f'{{"_id": "q{query}", "text": "Who likes {words[query]}?"}}\n' for query in range(queries))
        write_text(partial / "queries.jsonl", "".join(lines))
        pairs = ((query, item) for query, chosen in enumerate(sets) for item in np.sort(chosen))
        lines = (f'{{"query-id": "q{query}", "corpus-id": "p{item}", "score": 1}}\n' for query, item in pairs)
        write_text(partial / "qrels.jsonl", "".join(lines))


def _sets(items: int, queries: int, k: int, pattern: Pattern, rng: np.random.Generator) -> Ints:
    """The relevant items of each query, int64 of shape (queries, k), all sets different."""
    if pattern == "dense":
        few = next((n for n in range(k, items + 1) if comb(n, k) >= queries), items + 1)
        needed, most = few, comb(items, k)
    else:
        needed = {"random": k, "cycle": k + 1, "disjoint": k * queries}[pattern]
        most = {"random": comb(items, k), "cycle": items, "disjoint": items // k}[pattern]
    if items < needed or queries > most:
        raise DatasetError(
            f"make-limit: {queries} queries for {k} of {items} items, {pattern}, are more than the {most} there are; "
            "ask for more items or fewer queries"
        )
    names = rng.permutation(items)
    if pattern == "dense":
        chosen = np.array(list(islice(combinations(range(few), k), queries)))
    elif pattern == "disjoint":
        chosen = np.arange(k * queries).reshape(queries, k)
    elif pattern == "cycle":
        chosen = (np.arange(queries)[:, None] + np.arange(k)) % items
    else:
        found: dict[tuple[int, ...], None] = {}
        while len(found) < queries:
            found[tuple(sorted(rng.choice(items, k, replace=False).tolist()))] = None
        chosen = np.array(list(found))
    sets: Ints = names[chosen]
    return sets


def _people(
    names: list[str], asked: list[list[str]], others: list[str], likes: int, rng: np.random.Generator
) -> Iterator[str]:
    """One line of JSON per person: a name, and likes in random order; nothing in them needs escaping."""
    for number, (name, wanted) in enumerate(zip(names, asked, strict=True)):
        more = rng.choice(len(others), max(likes - len(wanted), 0), replace=False)
        mine = [*wanted, *(others[one] for one in more)]
        said = ", ".join(mine[one] for one in rng.permutation(len(mine)))
        yield f'{{"_id": "p{number}", "title": "", "text": "{name} likes {said}."}}\n'


def _names(n: int, rng: np.random.Generator) -> list[str]:
    """First names of two syllables and last names of three; some may be equal, since no query asks for a name."""
    drawn = rng.integers(len(SYLLABLES), size=(n, 5))
    parts = [[SYLLABLES[one] for one in row] for row in drawn]
    return [f"{''.join(row[:2]).capitalize()} {''.join(row[2:]).capitalize()}" for row in parts]
