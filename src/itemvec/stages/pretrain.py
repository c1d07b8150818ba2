"""Pre-training of a recommender on several catalogues at once, for use on another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Floats, Ints
from itemvec.core.columns import PART
from itemvec.core.errors import ItemvecError, ParamsError
from itemvec.core.files import read_parquet
from itemvec.core.params import Params
from itemvec.core.top_k import TieOrder
from itemvec.metrics import Ranked, measure
from itemvec.protocol.histories import Histories
from itemvec.protocol.splits import Cases, split
from itemvec.recommenders import RECOMMENDERS, Score, Training
from itemvec.stages.recommend import STOP, rank
from itemvec.store import open_vectors


@dataclass(frozen=True)
class Catalogue:
    """One of the catalogues: its item vectors, training histories, and cases to validate on.

    place
        Positions of its items among those of all catalogues.
    """

    vectors: Floats
    train: Histories
    validation: Cases
    place: slice
    order: TieOrder

    def validate(self, score: Score) -> float:
        """nDCG@10 of its validation users, among its own items."""

        def own(asked: Histories) -> Floats:
            return np.ascontiguousarray(score(_moved(asked, self.place.start))[:, self.place])

        top = rank(own, self.validation.histories, 10, False, self.order)
        return float(measure(Ranked.judge(top.positions, self.validation.judgments), [STOP])[STOP].mean())


def pretrain(system: str, folders: list[Path], variant: str, params: Params, out: Path) -> tuple[Path, list[float]]:
    """Train the row ``system`` on the training parts of several runs, and write what another catalogue can begin with.

    Parameters
    ----------
    folders
        Folders ``artifacts`` of runs with one text model. Only what trains there is learnt from: no test interaction.
    variant
        Whose vectors are taken.
    out
        Folder for the file.

    Returns
    -------
    The file, and the validation nDCG@10 on each catalogue of the network that was kept, the mean of which chose it.

    Raises
    ------
    ParamsError
        The row is of a kind that cannot be transferred.
    ItemvecError
        The vectors have different widths; a catalogue has no interactions, or none to validate on.
    """
    from itemvec.recommenders.transferable import Transferable

    recommender = RECOMMENDERS.build(system, params.systems[system])
    if not isinstance(recommender, Transferable):
        raise ParamsError(f"pretrain: {system} is of a kind that reads no other catalogue; take unisrec or vqrec")
    catalogues: list[Catalogue] = []
    for folder in folders:
        catalogues.append(_load(folder, variant, params, sum(len(one.vectors) for one in catalogues)))
    widths = {one.vectors.shape[1] for one in catalogues}
    if len(widths) > 1:
        raise ItemvecError(f"pretrain: vectors have {' and '.join(map(str, widths))} numbers; take runs of one model")

    def validate(score: Score) -> float:
        return float(np.mean([one.validate(score) for one in catalogues]))

    vectors = np.concatenate([one.vectors for one in catalogues])
    training = Training(_together(catalogues), vectors, validate, params.seed)
    network, score = recommender.taught(training)
    return recommender.saved(network, training).write(out), [one.validate(score) for one in catalogues]


def _load(folder: Path, variant: str, params: Params, start: int) -> Catalogue:
    """The catalogue of a run, whose items come after ``start`` others."""
    items, vectors = open_vectors(folder / "vectors" / f"{variant}.digest", "items").load()
    interactions = read_parquet(folder / "tables" / "interactions.parquet")
    if not len(interactions):
        raise ItemvecError(f"{folder}: has no interactions to learn from; leave it out")
    given = PART in interactions.column_names
    parts = split("given" if given else params.recommend.split, Histories.of(interactions, items), interactions)
    if not len(parts.validation.histories):
        raise ItemvecError(f"{folder}: its split leaves no validation cases, which training needs")
    return Catalogue(vectors, parts.train, parts.validation, slice(start, start + len(items)), TieOrder(items))


def _together(catalogues: list[Catalogue]) -> Histories:
    """Training histories of all catalogues, over the items of all."""
    moved = [_moved(one.train, one.place.start) for one in catalogues]
    users = pa.chunked_array([one.users for one in moved]).combine_chunks()
    return Histories(users, _joined(moved, lambda one: one.items), _offsets(moved), catalogues[-1].place.stop)


def _moved(histories: Histories, start: int) -> Histories:
    return Histories(histories.users, histories.items + start, histories.offsets, histories.n_items + start)


def _offsets(parts: list[Histories]) -> Ints:
    return np.concatenate([[0], np.cumsum(_joined(parts, lambda one: one.lengths))])


def _joined(parts: list[Histories], what: Callable[[Histories], Ints]) -> Ints:
    return np.concatenate([what(one) for one in parts])
