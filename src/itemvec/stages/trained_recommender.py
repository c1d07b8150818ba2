"""A recommender of the last run, trained again with the same seed, and how near its ranking is to the run's."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from itemvec.core.arrays import Floats, Ids
from itemvec.core.columns import ID, ITEM, RANK, SEED
from itemvec.core.errors import ParamsError, TableError
from itemvec.core.files import read_json, read_parquet
from itemvec.core.machine import torch_device, training_folder
from itemvec.core.params import Params, no_row
from itemvec.core.top_k import TieOrder, Top
from itemvec.metrics import Ranked, measure
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import Cases, Split, split
from itemvec.protocol.useful_depth import within
from itemvec.recommenders import RECOMMENDERS, Score, Training
from itemvec.recommenders.neural import Neural
from itemvec.stages.recommend import STOP, rank
from itemvec.store import open_vectors

if TYPE_CHECKING:
    from itemvec.recommenders.network import Network

FIRST = 10  # ranks that are compared


@dataclass(frozen=True)
class Trained:
    """A trained network, and what it was compared by.

    kind
        Of the recommender, which reads the latest ``max_history`` items of a history.
    network
        On the processor, in the state that validated best.
    items
        Ids of the catalogue, in the order of the network's table.
    test
        Histories of the test part, and ``score``, which scores them.
    same
        Share of the first ten ranks of the run that hold the same item here.
    """

    kind: str
    max_history: int
    network: Network
    items: Ids
    test: Histories
    score: Score
    same: float


def trained(root: Path, params: Params, cell: str) -> Trained:
    """Train the network of ``cell`` with the first seed of the run, on the part that trained there.

    The stages keep rankings and no weights, so it is trained again. The same machine, release of torch and number of
    threads give the same weights.

    Parameters
    ----------
    cell
        ``system@variant``, or ``system`` for a baseline, which uses no vectors.

    Raises
    ------
    ParamsError
        There is no such system, or it is no network.
    TableError
        The run did not measure it.
    """
    system, _, variant = cell.partition("@")
    recommender = _row(params, system, variant)
    artifacts = root / "artifacts"
    run = artifacts / "runs" / (f"recommend/{system}/{variant}" if variant else f"baseline/{system}")
    run = run.with_name(f"{run.name}.parquet")
    if not run.exists():
        raise TableError(f"{run} is missing: the run did not measure {cell!r}; name it in params.yaml, run `dvc repro`")
    items, vectors = _items(artifacts, params, variant)
    log = read_parquet(artifacts / "tables" / "interactions.parquet")
    parts = split(params.recommend.split, Histories.of(log, items), log)
    protocol, order = within(params.recommend, len(items)), TieOrder(items)

    def validate(score: Score) -> float:
        return _mean(rank(score, parts.validation.histories, FIRST, protocol.mask_history, order), parts.validation)

    network, score = _train(recommender, Training(parts.train, vectors, validate, params.seed))
    top = rank(score, parts.test.histories, FIRST, protocol.mask_history, order, True)
    same = _same(run, params.seed, items, parts, top)
    kind = RECOMMENDERS.kind_of(recommender)
    return Trained(kind, recommender.max_history, network, items, parts.test.histories, score, same)


def _row(params: Params, system: str, variant: str) -> Neural:
    if system not in params.systems:
        raise no_row("systems", system, params.systems)
    if params.systems[system].get("kind") not in RECOMMENDERS:
        raise ParamsError(f"systems: {system!r} is no recommender; write --recommender SYSTEM@VARIANT, as sasrec@full")
    recommender = RECOMMENDERS.build(system, params.systems[system])
    if not isinstance(recommender, Neural):
        raise ParamsError(
            f"systems: {system!r} is no network, and has no weights to write; kinds with weights are sasrec, gru4rec, "
            "unisrec, denserec and vqrec"
        )
    if recommender.needs_vectors and not variant:
        raise ParamsError(f"systems: {system!r} needs vectors; name their variant, as {system}@{params.variants[0]}")
    return recommender


def _items(artifacts: Path, params: Params, variant: str) -> tuple[Ids, Floats | None]:
    if not variant:
        return read_parquet(artifacts / "tables" / "items.parquet", [ITEM])[ITEM].combine_chunks(), None
    said = read_json(artifacts / "results" / "embed.json")["model"]
    if said != params.model:
        raise TableError(f"artifacts holds vectors of model {said!r}, not of {params.model!r}; run `dvc repro`")
    return open_vectors(artifacts / "vectors" / f"{variant}.digest", "items").load()


def _train(recommender: Neural, training: Training) -> tuple[Network, Score]:
    """What ``Neural.fit`` does, which keeps the network for itself."""
    import torch

    from itemvec.recommenders.fingerprint import fingerprint
    from itemvec.recommenders.network import scorer
    from itemvec.recommenders.training import train

    word = fingerprint(RECOMMENDERS.kind_of(recommender), recommender.options(), training, torch_device())
    with torch.random.fork_rng():
        torch.manual_seed(training.seed)
        network = recommender.network(training)
        train(network, training, recommender.schedule(), training_folder() / f"{word}.safetensors")
    return network.to("cpu"), scorer(network, recommender.max_history)


def _mean(top: Top, cases: Cases) -> float:
    return float(measure(Ranked.judge(top.positions, cases.judgments), [STOP])[STOP].mean())


def _same(path: Path, seed: int, items: Ids, parts: Split, top: Top) -> float:
    """Share of the first ranks of a run that hold the same item in ``top``."""
    run: Any = pq.read_table(path, filters=[(SEED, "=", seed), (RANK, "<=", FIRST)])
    case = pc.index_in(run[ID].cast("string"), value_set=parts.test.judgments.ids)
    if not len(run) or case.null_count:
        raise TableError(f"{path}: has other users, or another seed, than params.yaml gives; run `dvc repro`")
    place = pc.index_in(run[ITEM].cast("string"), value_set=items).to_numpy()
    return float(np.mean(top.positions[case.to_numpy(), run[RANK].to_numpy() - 1] == place))
