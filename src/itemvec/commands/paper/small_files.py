"""Small files of the published forms: Amazon Reviews 2023, ESCI and Amazon-C4, drawn at random with a plain structure.

Products belong to kinds; their texts share words by kind. Users stay with one kind at a time, and queries name one.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from itemvec.core.files import write_parquet, write_text

KINDS = "lamp chair kettle tent racket binder pencil bottle stroller puzzle cable speaker"
MADE_OF = "steel oak cotton plastic glass bamboo leather wool paper rubber ceramic linen"
LOOKS = "red blue green black white grey round slim tall folding portable bright soft quiet sturdy light"
START, DAY = 1_500_000_000_000, 86_400_000  # milliseconds
SHARES = (0.7, 0.85)  # of the time: up to here training, up to there validation
HEAD = "user_id,parent_asin,rating,timestamp,history\n"


def write_small_files(data: Path, items: int = 60, users: int = 80, queries: int = 40) -> list[str]:
    """Write the data sets of ``paper/small.yaml`` into ``data`` and return their names."""
    made = {"small-beauty": "All_Beauty", "small-games": "Video_Games", "small-baby": "Baby_Products"}
    for number, (name, category) in enumerate(made.items()):
        _reviews(data / name, category, items, users, np.random.default_rng(number))
    _esci(data / "small-esci", 2 * items, queries, np.random.default_rng(10))
    _amazon_c4(data / "small-c4", 2 * items, queries, np.random.default_rng(11))
    return [*made, "small-esci", "small-c4"]


def _products(n: int, prefix: str, rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """Id, kind and title of each."""
    kinds, stuff, looks = (words.split() for words in (KINDS, MADE_OF, LOOKS))
    found = []
    for number in range(n):
        kind = kinds[number % len(kinds)]
        words = [*rng.choice(looks, 2, replace=False), stuff[number % len(stuff)], rng.choice(stuff), kind]
        found.append((f"{prefix}{number:05}", kind, " ".join(map(str, words))))
    return found


def _reviews(folder: Path, category: str, items: int, users: int, rng: np.random.Generator) -> None:
    products = _products(items, f"B{category[0]}", rng)
    by_kind: dict[str, list[str]] = {}
    for asin, kind, _ in products:
        by_kind.setdefault(kind, []).append(asin)
    parts: dict[str, list[str]] = {"train": [], "valid": [], "test": []}
    for user in range(users):
        kind = str(rng.choice(list(by_kind)))
        history: list[str] = []
        for day in np.sort(rng.choice(1000, 8, replace=False)):
            if rng.random() < 0.1:
                kind = str(rng.choice(list(by_kind)))
            asin = str(rng.choice(by_kind[kind]))
            part = list(parts)[int(np.searchsorted(SHARES, day / 1000, side="right"))]
            parts[part].append(f"U{user:04},{asin},5.0,{START + int(day) * DAY + user},{' '.join(history)}\n")
            history.append(asin)
    for part, lines in parts.items():
        write_text(folder / f"{category}.{part}.csv", HEAD + "".join(lines))
    rows = [
        {"parent_asin": asin, "title": title, "features": [f"A {kind}."], "categories": [category], "description": []}
        for asin, kind, title in products
    ]
    write_text(folder / f"meta_{category}.jsonl", _lines(rows))


def _esci(folder: Path, items: int, queries: int, rng: np.random.Generator) -> None:
    products = _products(items, "E", rng)
    rows = []
    for number in range(queries):
        kind = products[int(rng.integers(items))][1]
        near = [asin for asin, other, _ in products if other == kind]
        for label, asin in zip(("E", "E", "S", "I"), rng.choice(near, 4, replace=False), strict=True):
            rows.append((f"{kind} {number}", number, str(asin), "us", label, 1, 1, "test"))
    names = [
        "query",
        "query_id",
        "product_id",
        "product_locale",
        "esci_label",
        "small_version",
        "large_version",
        "split",
    ]
    write_parquet(folder / "shopping_queries_dataset_examples.parquet", _table(rows, names))
    facts = [(asin, title, None, None, None, None, "us") for asin, _, title in products]
    names = ["title", "description", "bullet_point", "brand", "color", "locale"]
    table = _table(facts, ["product_id", *(f"product_{name}" for name in names)])
    write_parquet(folder / "shopping_queries_dataset_products.parquet", table)
    write_text(folder / "asin2category.json", json.dumps({asin: kind for asin, kind, _ in products}))


def _amazon_c4(folder: Path, items: int, queries: int, rng: np.random.Generator) -> None:
    products = _products(items, "C", rng)
    category = dict(zip(KINDS.split(), ["Office", "Sports", "Home"] * 4, strict=True))
    wanted = [one for one in products if category[one[1]] != "Home"]
    lines = ["qid,query,item_id,user_id,ori_rating,ori_review\n"]
    for number, place in enumerate(rng.choice(len(wanted), queries, replace=False)):
        asin, kind, title = wanted[int(place)]
        lines.append(f"{number},I need a {kind} that is {title.split()[0]} for my home,{asin},u,5,fine\n")
    write_text(folder / "test.csv", "".join(lines))
    pool = [{"item_id": asin, "category": category[kind], "metadata": f"{title}."} for asin, kind, title in products]
    write_text(folder / "sampled_item_metadata_1M.jsonl", _lines(pool))


def _lines(rows: list[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def _table(rows: list[tuple[Any, ...]], names: list[str]) -> Any:
    return pa.table([pa.array(list(column)) for column in zip(*rows, strict=True)], names)
