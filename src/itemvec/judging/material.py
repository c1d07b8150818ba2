"""What is needed to judge: the tables and runs of the last `dvc repro`, and the judgments that there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Doubles, Ids, Ints
from itemvec.core.columns import GAIN, ITEM, QUERY, TEXT
from itemvec.core.errors import ParamsError
from itemvec.core.files import read_parquet
from itemvec.core.params import Params
from itemvec.datasets.judgment_log import GAINS, Pair, last_lines, logs, read_log
from itemvec.datasets.peoples_judgments import gains_of_people
from itemvec.judging.agreement import agreement
from itemvec.judging.agreement import as_text as agreement_as_text
from itemvec.judging.contest import Contest
from itemvec.judging.judge_file import scale
from itemvec.judging.measured import Rule
from itemvec.judging.page import GUIDELINES, PREFERENCES, Page
from itemvec.judging.people import People
from itemvec.judging.pool import Pool, pooled
from itemvec.judging.runs import elsewhere, experiments, in_workspace
from itemvec.judging.session import Session
from itemvec.metrics import parse

Notice = Callable[[str], object]
MOST_GRADES = 4  # of a data set of its own, that people can tell apart


@dataclass(frozen=True)
class Material:
    """Everything that does not change while people judge.

    data
        Folder of the data set.
    queries, items
        Ids, Arrow strings; ``texts`` are theirs.
    qrels
        Gain of each pair that the data set judges itself.
    runs
        By system, ranked items, int64 of shape (n_queries, depth of search).
    depth
        How many of them are pooled.
    """

    params: Params
    data: Path
    queries: Ids
    items: Ids
    texts: tuple[Ids, Ids]
    qrels: Mapping[Pair, float]
    runs: dict[str, Ints]
    depth: int

    @classmethod
    def load(cls, root: Path, params: Params, depth: int, revs: Sequence[str], every: bool, say: Notice) -> Material:
        """Read what lies below ``root``, and the runs of ``revs``, and of ``every`` experiment.

        Raises
        ------
        TableError
            Nothing was run yet, or there is no such revision.
        """
        tables = root / "artifacts" / "tables"
        queries, items = (read_parquet(tables / f"{name}.parquet").combine_chunks() for name in ("queries", "items"))
        ids = queries[QUERY].combine_chunks(), items[ITEM].combine_chunks()
        deep = max(depth, params.search.depth)
        runs = in_workspace(root, params, *ids, deep)
        others = [*revs, *(name for name in (experiments(root) if every else []) if name not in revs)]
        runs |= elsewhere(root, others, *ids, deep, say)
        data = root / "data" / params.dataset
        people = gains_of_people(data)
        qrels = read_parquet(tables / "qrels.parquet")
        pairs = zip(qrels[QUERY].to_pylist(), qrels[ITEM].to_pylist(), strict=True)
        own = {pair: gain for pair, gain in zip(pairs, qrels[GAIN].to_pylist(), strict=True) if pair not in people}
        texts = queries[TEXT].combine_chunks(), items[TEXT].combine_chunks()
        return cls(params, data, *ids, texts, own, runs, depth)

    @property
    def k(self) -> int:
        """Ranks that the first metric looks at."""
        return parse(self.params.search.metrics[0])[1]

    def pool(self) -> Pool:
        """What all systems rank first, and what is relevant to the same queries beyond that."""
        qrels = self.judgments()
        qrels = qrels.filter(pc.greater(qrels[GAIN], 0))
        columns = ((qrels[QUERY], self.queries), (qrels[ITEM], self.items))
        places = [np.asarray(pc.index_in(column, value_set=ids)).astype(np.int64) for column, ids in columns]
        return pooled(self.runs, self.queries, self.items, self.depth).with_judged(*places)

    def session(
        self, gains: tuple[float, ...] | None, overlap: float, whole: bool = False, writes: bool = True
    ) -> Session:
        """A session of judging items.

        Parameters
        ----------
        gains
            Of each grade; None for those of the data.
        whole
            Finish each query before the next one.
        writes
            Whether the folder of judgments may be made.

        Raises
        ------
        ParamsError
            People have judged by other gains before.
        """
        wanted = gains or own_scale(self.qrels.values())
        known = scale(self.data, wanted, writes)
        if gains and known != gains:
            said = ",".join(f"{one:g}" for one in known)
            raise ParamsError(f"--gains: people have judged {self.data} by {said}; leave the option out")
        pool = self.pool()
        own: Doubles = np.array([self.qrels.get(pair, np.nan) for pair in pool.pairs()], dtype=np.float64)
        least_gain, seed = self.params.search.least_gain, self.params.seed
        rule = Rule(self.k, least_gain / max(known), seed)
        return Session(People(pool, self.data, known, own, overlap), self.texts, rule, whole)

    def contest(self, names: tuple[str, str], side_by_side: bool) -> Contest:
        """A session of preferences between two systems.

        Raises
        ------
        ParamsError
            There is no such system.
        """
        for name in names:
            if name not in self.runs:
                known = ", ".join(self.runs)
                raise ParamsError(f"--interleave: no run is called {name!r}; there are {known}")
        runs = (self.runs[names[0]], self.runs[names[1]])
        return Contest(names, runs, self.queries, self.texts, self.data, side_by_side)

    def page(self, guidelines: Path | None, script: str, grades: int = 0) -> Page:
        """The page, with the text of a file above the items.

        Raises
        ------
        ParamsError
            It is no text.
        """
        try:
            usual = PREFERENCES if script == "prefer.js" else GUIDELINES
            text = usual if guidelines is None else guidelines.read_text(encoding="utf-8").strip()
        except UnicodeDecodeError as error:
            raise ParamsError(f"--guidelines: {guidelines} is not UTF-8 text: {error}") from None
        return Page(self.params.dataset, text, grades, script)

    def judgments(self) -> Any:
        """All judgments by now, those of people among them, as a table of judgments."""
        found = {**self.qrels, **gains_of_people(self.data)}
        known = [set(ids.to_pylist()) for ids in (self.queries, self.items)]
        rows = [(*pair, gain) for pair, gain in found.items() if pair[0] in known[0] and pair[1] in known[1]]
        columns = zip(*rows, strict=True) if rows else ([], [], [])
        types = (pa.string(), pa.string(), pa.float64())
        arrays = [pa.array(column, kind) for column, kind in zip(columns, types, strict=True)]
        return pa.table(arrays, [QUERY, ITEM, GAIN])


def own_scale(gains: Any) -> tuple[float, ...]:
    """The gains that a data set has, as far as people can tell so many grades apart."""
    found = sorted({0.0, *gains})
    return tuple(found) if 2 <= len(found) <= MOST_GRADES else GAINS


def agreement_text(root: Path, params: Params) -> str:
    """How far the people agree who judged the data set of the parameters."""
    found = logs(root / "data" / params.dataset)
    return agreement_as_text(agreement({who: last_lines(read_log(path)) for who, path in found.items()}))
