"""Prompts and protocols for ranking with a language model: pointwise, pairwise and listwise (arXiv 2508.16757)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations

import numpy as np

from itemvec.core.arrays import Ints
from itemvec.language_models.generation import Ask
from itemvec.rerankers.parsing import by_rating, permutation, preference, rating

HIGHEST = 10  # of a rating
WORD = 16  # tokens of an answer that is one word
NUMBER = 6  # tokens that a place of a ranking takes, as "[12] > "

Lists = Sequence[Sequence[str]]  # texts of each query, best first so far
Protocol = Callable[[Ask, Sequence[str], Lists], list[Ints]]  # -> for each query, places in their new order

RATE = """How relevant is the item to the search query? Answer with one number from 0 (not at all) to {highest} \
(exactly what is asked for) and nothing else.

Query: {query}
Item: {item}"""

CHOOSE = """Which of the two items is more relevant to the search query? Answer with A or B and nothing else.

Query: {query}
Item A: {first}
Item B: {second}"""

RANK = """Here are {n} items, each with a number in brackets. Rank them by relevance to the search query.

Query: {query}
{items}

Answer with all {n} numbers, the most relevant first, as in [2] > [1], and nothing else."""


def pointwise(ask: Ask, queries: Sequence[str], texts: Lists) -> list[Ints]:
    """Rank by a rating of every item; an item without a rating keeps its rank."""
    prompts = [
        RATE.format(highest=HIGHEST, query=query, item=text)
        for query, some in zip(queries, texts, strict=True)
        for text in some
    ]
    answers = iter(ask(prompts, WORD))
    return [by_rating([rating(next(answers), HIGHEST) for _ in some]) for some in texts]


def all_pairs(ask: Ask, queries: Sequence[str], texts: Lists) -> list[Ints]:
    """Compare every pair in both orders (Qin et al., 2023): a win counts 1, contradicting answers a half for each.

    That takes n (n - 1) prompts for n items, so queries are processed one at a time.
    """
    orders = []
    for row, some in enumerate(texts):
        pairs = [(row, left, right) for left, right in combinations(range(len(some)), 2)]
        wins = np.zeros(len(some))
        for (_, left, right), first in zip(pairs, _prefers(ask, queries, texts, pairs), strict=True):
            wins[left] += first
            wins[right] += 1 - first
        orders.append(np.argsort(-wins, kind="stable"))
    return orders


def sliding_pairs(passes: int) -> Protocol:
    """Compare neighbours from the last to the first, and swap them if the later wins; repeat ``passes`` times."""

    def rank(ask: Ask, queries: Sequence[str], texts: Lists) -> list[Ints]:
        orders = [np.arange(len(some)) for some in texts]
        longest = max(map(len, texts), default=0)
        for done in range(passes):
            for place in range(longest - 2, done - 1, -1):  # after a pass, one more of the first places is settled
                pairs = [
                    (row, int(order[place]), int(order[place + 1]))
                    for row, order in enumerate(orders)
                    if place + 1 < len(order)
                ]
                for (row, _, _), first in zip(pairs, _prefers(ask, queries, texts, pairs), strict=True):
                    if first == 0:
                        orders[row][[place, place + 1]] = orders[row][[place + 1, place]]
        return orders

    return rank


def listwise(window: int, step: int) -> Protocol:
    """Slide a window from the last items to the first by ``step``, and rank the items in it each time (RankGPT)."""

    def rank(ask: Ask, queries: Sequence[str], texts: Lists) -> list[Ints]:
        orders = [np.arange(len(some)) for some in texts]
        starts = [_starts(len(some), window, step) for some in texts]
        for turn in range(max(map(len, starts), default=0)):
            moving = [row for row, some in enumerate(starts) if turn < len(some)]
            inside = {row: orders[row][starts[row][turn] : starts[row][turn] + window] for row in moving}
            prompts = [_ranking(queries[row], [texts[row][place] for place in inside[row]]) for row in moving]
            for row, answer in zip(moving, ask(prompts, NUMBER * window + WORD), strict=True):
                start = starts[row][turn]
                orders[row][start : start + window] = inside[row][permutation(answer, len(inside[row]))]
        return orders

    return rank


def _starts(n: int, window: int, step: int) -> list[int]:
    """Starts of the window, from the last items to the first; none if there is nothing to rank."""
    if n < 2:
        return []
    return [*range(n - window, 0, -step), 0]


def _ranking(query: str, texts: list[str]) -> str:
    items = "\n".join(f"[{number}] {text}" for number, text in enumerate(texts, 1))
    return RANK.format(n=len(texts), query=query, items=items)


def _prefers(ask: Ask, queries: Sequence[str], texts: Lists, pairs: list[tuple[int, int, int]]) -> list[float]:
    """For each (row, left, right): 1 if left wins in both orders, 0 if right does, else a half."""
    prompts = [
        CHOOSE.format(query=queries[row], first=texts[row][first], second=texts[row][second])
        for row, left, right in pairs
        for first, second in ((left, right), (right, left))
    ]
    said = [preference(answer) for answer in (ask(prompts, WORD) if prompts else [])]
    both = list(zip(said[::2], said[1::2], strict=True))
    return [1.0 if one == ("A", "B") else 0.0 if one == ("B", "A") else 0.5 for one in both]
