"""The next larger model of those that were tried here, or whose vectors lie in the row cache."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from itemvec.commands.diff import WORKSPACE
from itemvec.commands.encoding_estimate import ROLES, lacking
from itemvec.core.columns import TEXT
from itemvec.core.errors import TableError
from itemvec.core.files import read_parquet
from itemvec.core.machine import cache_folder
from itemvec.core.params import Params
from itemvec.core.temporary import TemporaryFolder
from itemvec.decision.larger_model import Candidate, next_larger, parameters_of, tried, tuned_tasks
from itemvec.decision.revisions import Revision, all_states, revision, workspace
from itemvec.decision.values import Measures, Values
from itemvec.encoders import ENCODERS, CachedEncoder, Corpus
from itemvec.models.checkpoint import stored
from itemvec.stages.cell import measure_cell
from itemvec.stages.embed import TABLES
from itemvec.store import ROWS, Block, write_database
from itemvec.store.cache_entries import entries


def larger_model(root: Path, params: Params) -> str:
    """What the next larger model gains in place of tuning, in a sentence; what to do where none is at hand.

    Nothing is encoded, and nothing is downloaded.
    """
    ours = workspace(root)
    if not tuned_tasks(ours.decision):
        return ""
    found = next_larger(ours, [*tried(ours, _states(root)), *_cached(root, params, ours)])
    return found or _advice(params, parameters_of(ours.decision))


def _advice(params: Params, parameters: int) -> str:
    rows = {name: int(row.get("parameters") or 0) for name, row in params.models.items()}
    larger = sorted((size, name) for name, size in rows.items() if size > parameters)
    if not larger:
        return ""
    size, name = larger[0]
    return (
        f"Instead of tuning, a larger model: none was tried, and none is cached. The next in models.yaml is {name} "
        f"({size / 1e6:,.1f} M parameters); `itemvec sweep model={name} --run` tries it."
    )


def _states(root: Path) -> list[Revision]:
    """What was committed or tried, as far as it can be read."""
    found = []
    for name, called in all_states(root):
        try:
            found.append(workspace(root) if name == WORKSPACE else revision(root, name, called))
        except TableError:  # a state without a decision was not measured
            continue
    return found


def _cached(root: Path, params: Params, ours: Revision) -> list[Candidate]:
    """Larger rows of models.yaml for which the row cache has every text."""
    if params.reducers[params.variants[0]]["kind"] != "identity":
        return []
    tables = root / "artifacts" / "tables"
    known = {one.about.get("options", {}).get("checkpoint") for one in entries(cache_folder())}
    found = []
    for name, row in params.models.items():
        size = int(row.get("parameters") or 0)
        if size <= parameters_of(ours.decision) or row.get("checkpoint") not in known:
            continue
        encoder, corpus = ENCODERS.build(name, row), Corpus(tables / "items.parquet")
        if "url" not in row and stored(row["checkpoint"], row.get("revision")) is None:
            continue  # its files would be fetched to know which vectors are its own
        texts = {table: read_parquet(tables / f"{table}.parquet", [TEXT])[TEXT].unique() for table in ROLES}
        if not any(lacking(encoder, corpus, texts[table], role) for table, role in ROLES.items()):
            cached = CachedEncoder(encoder, corpus, cache_folder())
            found.append(Candidate(name, size, "its vectors are cached", _Measured(params, cached, tables)))
    return found


class _Measured:
    """The cells of the first variant on vectors of the row cache; each is measured when it is first asked for."""

    def __init__(self, params: Params, cached: CachedEncoder, tables: Path) -> None:
        self.params, self.cached, self.tables = params, cached, tables
        self.place = TemporaryFolder()
        self.digest = Path(self.place.name) / "vectors.digest"
        self.measures = Measures(self._measure)

    def __call__(self, task: str, group: str, key: str) -> Values:
        protocol: Any = self.params.search if task == "search" else self.params.recommend
        return self.measures.of([f"{task}/{key.rsplit(' on ', 1)[0]}"], group, [protocol.metrics[0]])

    def _measure(self, cell: str) -> Any:
        if not self.digest.exists():
            dim = self.cached.encoder.dim
            write_database(self.digest.with_suffix(""), {name: (dim, self._blocks(name)) for name in TABLES})
        task, system = cell.split("/")
        return measure_cell(task, system, self.params, self.tables, self.digest)

    def _blocks(self, name: str) -> Any:
        role, key = TABLES[name]
        for batch in pq.ParquetFile(self.tables / f"{name}.parquet").iter_batches(ROWS, columns=[key, TEXT]):
            yield Block(batch[key], self.cached.read(batch[TEXT], role).vectors)
