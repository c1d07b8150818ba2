"""Constructed queries and judgments, made from the items' metadata for catalogues that have none.

They measure whether a model finds items by what their text says, not by what people ask. Use them as a sanity check
only.
"""

from collections import defaultdict
from itertools import combinations
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import QRELS, QUERIES

KNOWN_ITEM = "constructed: known item"
ATTRIBUTE = "constructed: attribute"
MATCHES = 5  # fewest items an attribute query must describe in full
FULL, PART = 2.0, 1.0  # gains


def typed(titles: Any) -> Any:
    """Titles as a person would type them: lower case, without accents, punctuation, article or bracketed title."""
    plain = pc.replace_substring_regex(pc.utf8_normalize(titles, "NFD"), r"\p{Mn}", "")
    plain = pc.utf8_lower(pc.replace_substring_regex(plain, r"\(.*\)", ""))
    plain = pc.replace_substring_regex(plain, r"'", "")
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"[^\p{L}\p{N}]+", " "))
    return pc.replace_substring_regex(plain, r"^(the|a|an) (.)", r"\2")


def known_item_queries(ids: Any, titles: Any) -> tuple[Any, Any]:
    """One query per distinct title; every item of that title is relevant.

    Returns queries and judgments, Arrow tables.
    """
    wanted: dict[str, list[str]] = defaultdict(list)
    for item, words in zip(ids.to_pylist(), typed(titles).to_pylist(), strict=True):
        if words:
            wanted[words].append(item)
    queries = [(f"known-{items[0]}", words, KNOWN_ITEM) for words, items in wanted.items()]
    qrels = [(f"known-{items[0]}", item, FULL) for items in wanted.values() for item in items]
    return _table(queries, QUERIES), _table(qrels, QRELS)


def attribute_queries(ids: Any, genres: Any, years: Any) -> tuple[Any, Any]:
    """One query per pair of genres and decade with at least ``MATCHES`` items.

    An item of both genres and the decade has gain 2, one of both genres and another decade gain 1.

    Parameters
    ----------
    ids, genres, years
        Of the items: strings, lists of strings, and four-digit strings or null.

    Returns
    -------
    Queries and judgments, Arrow tables.
    """
    decades: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)  # pair -> (item, decade)
    for item, names, year in zip(ids.to_pylist(), genres.to_pylist(), years.to_pylist(), strict=True):
        for pair in combinations(sorted(names), 2) if year else ():
            decades[pair].append((item, f"{year[:3]}0s"))
    queries, qrels = [], []
    for (first, second), items in sorted(decades.items()):
        for asked in sorted({decade for _, decade in items}):
            if sum(decade == asked for _, decade in items) >= MATCHES:
                query = f"attribute-{first}-{second}-{asked}"
                queries.append((query, f"{first} {second} movies from the {asked}".lower(), ATTRIBUTE))
                qrels += [(query, item, FULL if decade == asked else PART) for item, decade in items]
    return _table(queries, QUERIES), _table(qrels, QRELS)


def _table(rows: list[Any], schema: pa.Schema) -> Any:
    return pa.table([list(column) for column in zip(*rows, strict=True)] or [[] for _ in schema], schema=schema)
