"""Single queries worth a look: those a system answers worst, and those on which two runs differ most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Doubles, Ids
from itemvec.core.columns import GAIN, ID, ITEM, QUERY, RANK, SCORE, SEED, TEXT
from itemvec.core.files import read_parquet
from itemvec.decision.comparisons import pairs
from itemvec.decision.results import Result, Results
from itemvec.report.summary import name

SHOWN = 5  # queries of a list
RANKS = 3  # of what was returned, and relevant items, of a query
LENGTH = 160  # characters of a text


@dataclass(frozen=True)
class Answer:
    """What a system returned: its measure, and for each of the first ranks text, score, and gain where relevant."""

    system: str
    measure: float
    returned: list[tuple[str, float, float]]


@dataclass(frozen=True)
class Example:
    """A query, the items most relevant to it with their gains, how many are relevant, and who returned what."""

    text: str
    relevant: list[tuple[str, float]]
    n_relevant: int
    answers: list[Answer]


@dataclass(frozen=True)
class Listing:
    """Examples under a title."""

    title: str
    examples: list[Example]


def listings(results: Results, artifacts: Path) -> list[Listing]:
    """The worst queries of each system on the first variant and of each baseline; the most changed of each pair.

    Pairs are those of the comparisons, and the first metric decides. Where each pair of a query and an item is judged
    as a query of its own there are none.

    Parameters
    ----------
    artifacts
        Folder of the tables, the runs, and the values per query.
    """
    first = results.params.variants[0]
    cells = [one for one in results.of("search") if one.variant in (None, first)]
    if results.params.search.judge == "pair":
        return []
    metric = results.metrics("search")[0]
    values = {one.cell: _values(artifacts, one, metric) for one in results.of("search")}
    picked: list[tuple[str, list[Result], Ids]] = []
    for one in cells:
        ids, measured = values[one.cell]
        worst = np.argsort(measured, kind="stable")[:SHOWN]
        picked.append((f"{name(one)}: lowest {metric}", [one], ids.take(pa.array(worst))))
    for left, right in pairs(results, "search"):
        ids, measured = values[left.cell]
        change = measured - values[right.cell][1]
        most = np.argsort(-np.abs(change), kind="stable")[:SHOWN]
        most = most[change[most] != 0]
        title = f"{name(left)} against {name(right)}: {metric} changed most"
        picked.append((title, [left, right], ids.take(pa.array(most))))
    shown = _Shown.read(artifacts, [(of, ids) for _, of, ids in picked])
    return [
        Listing(title, [shown.example(key, of, values) for key in ids.to_pylist()])
        for title, of, ids in picked
        if len(ids)
    ]


def _values(artifacts: Path, one: Result, metric: str) -> tuple[Ids, Doubles]:
    """Queries in the order of their ids, and a metric of each, by the first seed."""
    table = _first_seed(read_parquet(artifacts / "measures" / f"{one.cell}.parquet", [ID, SEED, metric])).sort_by(ID)
    return table[ID].combine_chunks(), np.asarray(table[metric])


@dataclass(frozen=True)
class _Shown:
    """Texts, judgments and runs of the queries and items that are shown."""

    queries: dict[str, str]
    items: dict[str, str]
    relevant: dict[str, list[tuple[str, float]]]
    returned: dict[tuple[str, str], list[tuple[str, float]]]

    @classmethod
    def read(cls, artifacts: Path, picked: list[tuple[list[Result], Ids]]) -> _Shown:
        wanted: dict[str, list[Ids]] = {}
        for of, ids in picked:
            for one in of:
                wanted.setdefault(one.cell, []).append(ids)
        returned: dict[tuple[str, str], list[tuple[str, float]]] = {}
        for cell, parts in wanted.items():
            run = _first_seed(read_parquet(artifacts / "runs" / f"{cell}.parquet", [ID, SEED, ITEM, RANK, SCORE]))
            run = run.filter(pc.less_equal(run[RANK], RANKS))
            for row in _of(run, ID, pa.concat_arrays(parts)).sort_by(RANK).to_pylist():
                returned.setdefault((cell, row[ID]), []).append((row[ITEM], row[SCORE]))
        every = pa.concat_arrays([ids for _, ids in picked]) if picked else pa.array([], pa.string())
        qrels = _of(read_parquet(artifacts / "tables" / "qrels.parquet"), QUERY, every)
        qrels = qrels.filter(pc.greater(qrels[GAIN], 0)).sort_by([(GAIN, "descending"), (ITEM, "ascending")])
        relevant: dict[str, list[tuple[str, float]]] = {}
        for row in qrels.to_pylist():
            relevant.setdefault(row[QUERY], []).append((row[ITEM], row[GAIN]))
        named = {
            item for part in (*returned.values(), *(some[:RANKS] for some in relevant.values())) for item, _ in part
        }
        items = _texts(artifacts / "tables" / "items.parquet", ITEM, named)
        return cls(
            _texts(artifacts / "tables" / "queries.parquet", QUERY, every.to_pylist()), items, relevant, returned
        )

    def example(self, key: str, of: list[Result], values: dict[str, tuple[Ids, Doubles]]) -> Example:
        gains = dict(self.relevant[key])
        answers = []
        for one in of:
            ids, measured = values[one.cell]
            found = self.returned.get((one.cell, key), [])
            returned = [(self.items[item], score, gains.get(item, 0.0)) for item, score in found]
            place = pc.index(ids, key).as_py()
            answers.append(Answer(name(one), float(measured[place]), returned))
        relevant = [(self.items[item], gain) for item, gain in self.relevant[key][:RANKS]]
        return Example(self.queries[key], relevant, len(gains), answers)


def _first_seed(table: Any) -> Any:
    return table.filter(pc.equal(table[SEED], pc.min(table[SEED])))


def _of(table: Any, key: str, ids: Ids) -> Any:
    return table.filter(pc.is_in(table[key].cast(pa.string()), value_set=ids))


def _texts(path: Path, key: str, ids: Iterable[str]) -> dict[str, str]:
    """The texts of some items or queries, shortened."""
    table = _of(read_parquet(path, [key, TEXT]), key, pa.array(sorted(ids), pa.string()))
    texts = (" ".join(text.split()) for text in table[TEXT].to_pylist())
    short = (text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…" for text in texts)
    return dict(zip(table[key].to_pylist(), short, strict=True))
