"""Evaluation of a recommender: fit it on the training part, rank all items, compare with the next items."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from itemvec.core.arrays import Floats, Ids
from itemvec.core.columns import ITEM, TIME, USER
from itemvec.core.engine import HERE, Engine
from itemvec.core.errors import ItemvecError
from itemvec.core.files import n_rows, read_parquet
from itemvec.core.memory import return_free_memory
from itemvec.core.params import RecommendProtocol
from itemvec.core.progress import progress, say
from itemvec.core.top_k import TieOrder, Top, top_k
from itemvec.metrics import Ranked, measure
from itemvec.protocol.attributes import Attributes
from itemvec.protocol.case_facts import case_facts, large_ranking, masked_targets
from itemvec.protocol.evaluation import Evaluation, evaluate, nothing
from itemvec.protocol.histories import Histories
from itemvec.protocol.list_diversity import list_diversity
from itemvec.protocol.splits import Cases, Split, split
from itemvec.protocol.training_log import means_of_seeds, sd_of_seeds, training_facts
from itemvec.protocol.useful_depth import within
from itemvec.protocol.user_cohorts import cohorts
from itemvec.protocol.within_condition import within_condition
from itemvec.recommenders import Explains, Limited, Measures, Recommender, Score, Training
from itemvec.recommenders.neural import Neural
from itemvec.recommenders.reasons import explained, with_reasons

if TYPE_CHECKING:
    from itemvec.store import VectorTable

TASK = "recommend"
SCORES, USERS = 1 << 24, 1024  # in memory at a time: 64 MB of scores, at most this many users
STOP = "ndcg@10"  # decides early stopping, and tuning


def recommend_on(
    recommender: Recommender,
    interactions: Path,
    catalogue: Path,
    digest: Path,
    protocol: RecommendProtocol,
    seed: int,
    engine: Engine = HERE,
) -> Evaluation:
    """``recommend`` on the item vectors of the database that ``digest`` describes; nothing is loaded without data.

    ``catalogue`` is the table of items, of which only the attributes are read.
    """
    if not n_rows(interactions):
        return nothing(protocol.metrics, {"task": TASK, "users_left_out": 0})
    check_size(recommender, n_rows(catalogue))
    from itemvec.store import further_seeds, open_vectors

    items, vectors = open_vectors(digest, "items").load()
    return_free_memory()
    others = {number: open_vectors(digest, "items", number) for number in further_seeds(digest, "items")}
    conditions = Attributes.read(catalogue, items)
    return recommend(recommender, interactions, items, vectors, protocol, seed, conditions, others, engine)


def recommend(
    recommender: Recommender,
    interactions: Path,
    items: Ids,
    vectors: Floats | None,
    protocol: RecommendProtocol,
    seed: int,
    conditions: Attributes | None = None,
    others: Mapping[int, VectorTable] | None = None,
    engine: Engine = HERE,
) -> Evaluation:
    """Fit and evaluate ``recommender``, once per seed if its training, or the vectors, are random.

    Parameters
    ----------
    interactions
        Parquet file, sorted by user and time.
    items
        Ids of the catalogue, which is ranked in full.
    vectors
        float32 of shape (n_items, dim), in the order of ``items``; None for a baseline.
    conditions
        What the items of ``items`` meet; None where the data set keeps no attributes.
    others
        The same as learnt with other seeds, by seed: then each of these is a seed of the recommender too.
    engine
        Where trained networks rank the items for the test users; training and all else is here.
    """
    if not n_rows(interactions):
        return nothing(protocol.metrics, {"task": TASK, "users_left_out": 0})
    check_size(recommender, len(items))
    protocol, order = within(protocol, len(items)), TieOrder(items)
    parts, facts = _divided(interactions, items, protocol)
    if protocol.mask_history:
        facts["targets_masked"] = masked_targets(parts.test)

    def validate(score: Score) -> float:
        if not len(parts.validation.histories):
            raise ItemvecError(
                "recommend: the split leaves no validation cases, which training needs; change recommend.split"
            )
        return _mean(rank(score, parts.validation.histories, 10, protocol.mask_history, order), parts.validation)

    rankings, validated, trainings = {}, [], []
    reasons: list[Any] = []  # of each seed, where the kind has any
    more: list[dict[str, Any]] = []
    seeds = [seed, *others] if others else range(seed, seed + (protocol.seeds if recommender.random else 1))
    for number in seeds:
        of_seed = others[number].load().vectors if others and number in others else vectors
        training = Training(parts.train, of_seed, validate, number, conditions)
        score = recommender.fit(training)
        trainings.append({"seed": number} | training_facts(training.curve, getattr(recommender, "epochs", None)))
        where = engine if isinstance(recommender, Neural) else HERE
        rankings[number] = rank(score, parts.test.histories, protocol.depth, protocol.mask_history, order, True, where)
        if isinstance(score, Explains):
            reasons.append(explained(score, parts.test.histories, rankings[number], items))
        if len(parts.validation.histories):
            validated.append(validate(score))
        more.append(score.measure(parts.test, protocol.mask_history, order) if isinstance(score, Measures) else {})
        if conditions is not None:
            more[-1]["within_condition"] = within_condition(score, parts.test, conditions, protocol.mask_history, order)
        del score  # so that it does not take memory beside the next
    if validated:
        facts["validated"] = {STOP: float(np.mean(validated))} | sd_of_seeds(validated)
    if any("epochs" in one for one in trainings):
        facts["training"] = trainings
    facts |= means_of_seeds(more)
    shown = parts.test.histories
    facts["lists"] = list_diversity([top.positions for top in rankings.values()], shown, vectors)
    groups = pa.repeat(pa.scalar("users"), len(shown))
    slices = cohorts(parts.train, parts.test)
    names = protocol.metrics
    found = evaluate(rankings, parts.test.judgments, groups, items, names, facts, slices, shown.users)
    return replace(found, run=with_reasons(found.run, reasons)) if reasons else found


def check_size(recommender: Recommender, n_items: int) -> None:
    """Refuse a catalogue that is too large for a recommender, before its tables are read."""
    if isinstance(recommender, Limited):
        recommender.check_size(n_items)


def _divided(interactions: Path, items: Ids, protocol: RecommendProtocol) -> tuple[Split, dict[str, Any]]:
    """The audited parts of a split, and what is counted of them; the tables themselves do not stay in memory."""
    table = read_parquet(interactions, encoded=[USER, ITEM])
    whole = Histories.of(table, items)
    parts = split(protocol.split, whole, table)
    parts.check_filled(str(protocol.split if isinstance(protocol.split, str) else protocol.split.get("kind")))
    if remark := large_ranking(parts):
        say(remark)
    return parts, {"task": TASK} | parts.audit(whole, np.asarray(table[TIME])) | case_facts(parts, whole)


def rank(
    score: Score,
    histories: Histories,
    k: int,
    mask: bool,
    order: TieOrder | None = None,
    shown: bool = False,
    engine: Engine = HERE,
) -> Top:
    """The best ``k`` items of each user, without those in the history where ``mask`` says so; ties by ``order``."""
    tops = []
    rows = min(USERS, max(1, SCORES // max(histories.n_items, 1)))
    with progress(len(histories), "recommend", "users") if shown else nullcontext() as bar:
        for top in engine.map(_best_of, (score, k, mask, order), histories.blocks(rows)):
            tops.append(top)
            if bar is not None:
                bar.update(len(top.scores))
    return Top(np.concatenate([top.positions for top in tops]), np.concatenate([top.scores for top in tops]))


def _best_of(how: tuple[Score, int, bool, TieOrder | None], block: Histories) -> Top:
    score, k, mask, order = how
    scores = score(block)
    if mask:
        scores[block.rows, block.items] = -np.inf
    return top_k(scores, k, None if order is None else order.of(block.users))


def _mean(top: Top, cases: Cases) -> float:
    return float(measure(Ranked.judge(top.positions, cases.judgments), [STOP])[STOP].mean())
