"""How recommendation, search, reranking and tuning are measured: parts of ``params.yaml``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from itemvec.core.options import Depth, NaturalFloat, OpenShare, Positive, PositiveFloat

Row = dict[str, Any]


@dataclass(frozen=True)
class RecommendProtocol:
    """How recommendation is measured.

    Parameters
    ----------
    split
        Which interactions train and which are tested: a kind of split, or a row with its kind and options.
    mask_history
        Keep what a user already has, as far as a case shows it, out of the ranking.
    depth
        How many items are ranked for each case.
    seeds
        How often training that is random is repeated, each time with another seed.
    metrics
        Metrics to compute; the first decides comparisons.
    """

    split: str | Row
    mask_history: bool
    depth: Depth
    seeds: Positive
    metrics: list[str]


@dataclass(frozen=True)
class SearchProtocol:
    """How search is measured.

    Parameters
    ----------
    depth, metrics
        How many items are ranked for each query, and what is computed of them; the first metric decides
        comparisons.
    split
        ``given``: the column ``split`` of the queries says what each is for; where there is none, all are test
        queries. ``{validation: 0.2}`` takes that share of the test queries to tune on.
    judge
        ``query``: all that is relevant to a query counts. ``pair``: each relevant item of a query is a query of its
        own, to which the others are not relevant (as arXiv 2507.05006 counts).
    least_gain
        From which gain an item is relevant to the metrics that know no grades, as the level of trec_eval; 0 for any
        gain above zero. Queries without such an item are left out.
    unjudged
        ``irrelevant``: what nobody judged for a query counts as not relevant to it. ``skipped``: it is taken out of
        the ranking, and what follows moves up (Sakai, SIGIR 2007); raise ``depth``, since what
        lies deeper stays out.
    ties
        How equal scores are ranked. ``hash``: at random, by hashes of the ids of item and query. ``trec_eval``: as
        trec_eval sorts a run, the id that sorts last first, to repeat a published figure; it favours some ids.
    """

    depth: Depth
    metrics: list[str]
    split: Literal["given"] | dict[Literal["validation"], OpenShare] = "given"
    judge: Literal["query", "pair"] = "query"
    least_gain: NaturalFloat = 0.0
    unjudged: Literal["irrelevant", "skipped"] = "irrelevant"
    ties: Literal["hash", "trec_eval"] = "hash"


@dataclass(frozen=True)
class RerankProtocol:
    """What the rows of ``rerankers`` reorder.

    Parameters
    ----------
    first
        The run whose items are reordered, named as its files are: ``baseline/bm25``, ``search/exact/full``.
    depth
        How many of the best items of each query are reordered; those after them keep their places.
    """

    first: str
    depth: Depth


@dataclass(frozen=True)
class TuneProtocol:
    """How the rows of ``tuners`` are tried, all with the same effort.

    Parameters
    ----------
    trials
        How many settings of each are tried; validation queries choose.
    seeds
        How often what is random is learnt, each time with another seed: the chosen setting, whose gain on test cases is
        the mean over the seeds, and each point of the learning curve, which also draws other queries each time.
    duplicates
        A query whose cosine with a test query is this or more, untuned, is not learnt from. Nor is one of the same
        words.
    """

    trials: Positive = 4
    seeds: Positive = 3
    duplicates: PositiveFloat = 0.95


@dataclass(frozen=True)
class DecideProtocol:
    """How the verdict is reached.

    Parameters
    ----------
    tolerance
        Share of the best mean that a cheaper choice may lose, and must be shown not to: 0.01 is 1 %.
    """

    tolerance: OpenShare = 0.01
