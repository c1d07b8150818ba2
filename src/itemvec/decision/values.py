"""The values per query or user of every cell of a run, laid side by side for comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from itemvec.core.arrays import Doubles, Ids
from itemvec.core.columns import GROUP, ID, JUDGMENT, OWNER, SEED
from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet
from itemvec.metrics import Spread, by_owner

Read = Callable[[str], Any]  # from the name of a cell to its table of measures


@dataclass(frozen=True)
class Values:
    """One metric of several cells over the same queries.

    by_seed
        For each cell, float64 of shape (n_queries, n_seeds): a value for every seed of its training.
    owners
        Whose each query is, Arrow strings of shape (n_queries,): owners are independent, their queries are not.
    ids, judgments
        Id of each query, and the hash of what is relevant to it; Arrow strings, and int64.
    """

    by_seed: list[Doubles]
    owners: Ids
    ids: Ids
    judgments: Any

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def means(self) -> Doubles:
        """Averaged over the seeds, float64 of shape (n_queries, n_cells)."""
        return np.column_stack([values.mean(axis=1) for values in self.by_seed])

    @property
    def seeds(self) -> list[Spread]:
        """For each cell, what the seeds of training add to the error of its mean.

        The luck of a seed is thought to be as large in all cells: three seeds of one alone would say little about it.
        """
        return Spread.pooled([values.mean(axis=0) for values in self.by_seed], f"seeds {id(self)}")

    @property
    def bound(self) -> float:
        """The largest difference that a row of ``independent`` can have where values lie between 0 and 1."""
        encoded = self.owners.dictionary_encode()
        most = int(np.bincount(encoded.indices.to_numpy()).max(initial=1)) if len(self) else 1
        return most * len(encoded.dictionary) / max(len(self), 1)

    def independent(self, differences: Doubles) -> Doubles:
        """One row per owner in place of one per query, for tests; float64 of shape (n_owners, ...)."""
        return by_owner(differences, self.owners, about=0)


@dataclass
class Measures:
    """Tables of measures by cell, each read once."""

    read: Read
    tables: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def below(cls, folder: Path) -> Measures:
        """Those of the Parquet files ``folder/CELL.parquet``."""
        return cls(lambda cell: read_parquet(folder / f"{cell}.parquet"))

    def table(self, cell: str) -> Any:
        """Arrow table of a cell: one row for each query and seed."""
        if cell not in self.tables:
            self.tables[cell] = self.read(cell)
        return self.tables[cell]

    def has(self, cell: str, column: str) -> bool:
        """Whether a cell was measured so."""
        return column in self.table(cell).column_names

    def of(self, cells: Sequence[str], group: str, metrics: Sequence[str]) -> Values:
        """The values of ``cells``, each in its metric, on the queries of one group.

        Raises
        ------
        TableError
            The cells were measured on different queries.
        """
        found = [self._one(cell, group, metric) for cell, metric in zip(cells, metrics, strict=True)]
        ids, owners, judgments, _ = found[0]
        for cell, one in zip(cells, found, strict=True):
            if not one[0].equals(ids):
                raise TableError(f"{cell} and {cells[0]} were measured on different queries; run `dvc repro`")
        return Values([values for *_, values in found], owners, ids, judgments)

    def _one(self, cell: str, group: str, metric: str) -> tuple[Ids, Ids, Any, Doubles]:
        table = self.table(cell)
        chosen = table.filter(pc.equal(table[GROUP], group)).sort_by([(ID, "ascending"), (SEED, "ascending")])
        n_seeds = max(1, len(chosen[SEED].unique()))
        ids, owners, judgments = (chosen[name].combine_chunks()[::n_seeds] for name in (ID, OWNER, JUDGMENT))
        return ids, owners, judgments, np.asarray(chosen[metric]).reshape(-1, n_seeds)


def common(left: Values, right: Values) -> tuple[Values, Values, int]:
    """Both on the queries that they share with the same judgments; and how many share the id but not the judgments."""
    place = pc.index_in(left.ids, value_set=right.ids)
    shared = np.asarray(place.is_valid())
    others = place.drop_null().to_numpy()
    same = np.asarray(left.judgments)[shared] == np.asarray(right.judgments)[others]
    mine, theirs = np.flatnonzero(shared)[same], others[same]
    return _rows(left, mine), _rows(right, theirs), int(np.count_nonzero(~same))


def together(each: Sequence[Values]) -> Values:
    """Cells of several states side by side, on the queries that all of them have with the same judgments."""
    whole = each[0]
    for one in each[1:]:
        whole, _, _ = common(whole, one)
    columns = [column for one in each for column in common(one, whole)[0].by_seed]
    first = common(each[0], whole)[0]
    return Values(columns, first.owners, first.ids, first.judgments)


def _rows(values: Values, rows: Any) -> Values:
    take = pa.array(rows)
    by_seed = [one[rows] for one in values.by_seed]
    return Values(by_seed, values.owners.take(take), values.ids.take(take), values.judgments.take(take))
