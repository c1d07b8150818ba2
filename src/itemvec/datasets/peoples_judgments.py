"""What people judged with `itemvec judge`, put over the judgments that a data set brings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.columns import GAIN, ITEM, PEOPLE_JUDGE, QRELS, QUERY
from itemvec.datasets.base import Tables
from itemvec.datasets.encoded_ids import is_among
from itemvec.datasets.judgment_log import FOLDER, Pair, is_judging, last_lines, logs, read_log
from itemvec.datasets.reading import note


def gains_of_people(root: Path) -> dict[Pair, float]:
    """The mean gain of each pair over the people who judged it; the last word of each counts.

    Raises
    ------
    DatasetError
        A line of a file is no judgment.
    """
    found: defaultdict[Pair, list[float]] = defaultdict(list)
    for path in logs(root).values():
        for pair, one in last_lines(read_log(path)).items():
            if one.gain is not None:
                found[pair].append(one.gain)
    return {pair: fmean(gains) for pair, gains in found.items()}


def with_peoples_judgments(tables: Tables, root: Path) -> Tables:
    """Tables with the judgments of ``root/judgments/*.csv``, which count in place of the data set's own of that pair.

    Left out, and counted, are judgments of queries and items that are not there. The queries get a column that says
    that people judge, whatever they have said so far.

    Raises
    ------
    DatasetError
        A line of a file is no judgment.
    """
    if not is_judging(root):
        return tables
    qrels = _merged(tables, root / FOLDER, gains_of_people(root))
    judge = pa.repeat(pa.scalar(True), len(tables.queries))
    return replace(tables, queries=tables.queries.append_column(PEOPLE_JUDGE, judge), qrels=qrels)


def _merged(tables: Tables, folder: Path, gains: Mapping[Pair, float]) -> Any:
    """The judgments of the data set and of people; none of people before one says that an item is relevant."""
    if not gains:
        return tables.qrels
    queries, items = ([pair[place] for pair in gains] for place in (0, 1))
    found = pa.table([queries, items, list(gains.values())], schema=QRELS)
    known = pc.and_(is_among(found[QUERY], tables.queries[QUERY]), is_among(found[ITEM], tables.items[ITEM]))
    if unknown := len(found) - (pc.sum(known).as_py() or 0):
        note("left out", folder, "the judgment is of a query or an item that is not there", unknown)
    found = found.filter(known)
    judged = set(gains)
    own = [pair not in judged for pair in zip(*(tables.qrels[key].to_pylist() for key in (QUERY, ITEM)), strict=True)]
    kept = tables.qrels.filter(pa.array(own, pa.bool_()))
    if replaced := len(tables.qrels) - len(kept):
        note("changed", folder, "people judged a pair that the data set judges too, and they count", replaced)
    whole = pa.concat_tables([kept, found.cast(kept.schema)])
    if not (pc.max(whole[GAIN]).as_py() or 0):
        note("not read", folder, f"none of {len(whole):,} judgments says that an item is relevant: judge more")
        return tables.qrels
    return whole.sort_by([(QUERY, "ascending"), (ITEM, "ascending")])
